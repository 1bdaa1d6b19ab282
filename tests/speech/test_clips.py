"""Spoken calls: the right words in each language, made once, recorded pieces first, silence where nothing can speak."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from onestop.clock import real_now
from onestop.locale.languages import LANGUAGES
from onestop.locale.locales import locale_for
from onestop.speech.clips import Clips
from onestop.speech.voices import VOICES, missing_programs, speak
from onestop.speech.words import Call, has_words, sentence_of

WHOLE = Call(number=123, member=None, desk=4)
ALONE = Call(number=123, member=2, desk=4)


def made(var: Path) -> list[Path]:
    return sorted((var / "speech").glob("*"))


def record(var: Path, tag: str, *words: str) -> None:
    folder = var / "clips" / tag
    folder.mkdir(parents=True, exist_ok=True)
    for word in words:
        (folder / f"{word}.opus").write_bytes(b"recorded")


def test_the_sentence_has_number_and_desk_as_digits_in_every_shipped_language() -> None:
    said = {tag: (sentence_of(locale_for(tag), WHOLE), sentence_of(locale_for(tag), ALONE)) for tag in LANGUAGES}

    assert said["en"] == ("Number 123, desk 4.", "Number 123, person 2, desk 4.")
    assert said["sk"] == ("Číslo 123, pult 4.", "Číslo 123, osoba 2, pult 4.")
    assert [tag for tag in LANGUAGES if not has_words(tag)] == []
    assert len({whole for whole, _ in said.values()}) == len(LANGUAGES)
    assert has_words("ru") is False


@pytest.mark.parametrize("tag", sorted(VOICES))
def test_every_voice_speaks_on_this_machine(tag: str) -> None:
    assert missing_programs() == ()
    sound = speak("123, 4.", VOICES[tag])

    assert sound is not None
    assert (sound[:4], sound[28:36], len(sound) > 3000) == (b"OggS", b"OpusHead", True)


def test_languages_without_a_voice_have_none() -> None:
    assert [tag for tag in ("ti", "ps", "so") if tag in VOICES] == []


def test_her_language_comes_first_each_clip_is_made_once_and_then_kept(tmp_path: Path) -> None:
    clips = Clips(tmp_path)

    hers, local = clips.of_call(WHOLE, ("ar", "sk"))
    stamps = [path.stat().st_mtime_ns for path in (hers, local)]
    again = clips.of_call(WHOLE, ("ar", "sk", "ar"))
    other = clips.of_call(ALONE, ("sk",))

    assert (again, [path.stat().st_mtime_ns for path in again]) == ((hers, local), stamps)
    assert made(tmp_path) == sorted({hers, local, *other})
    assert [word for path in made(tmp_path) for word in ("123", "ar", "sk") if path.stem == word] == []


def test_a_language_that_cannot_be_spoken_leaves_the_local_one(tmp_path: Path) -> None:
    clips = Clips(tmp_path)

    assert clips.of_call(WHOLE, ("ti", "sk")) == clips.of_call(WHOLE, ("sk",))
    assert len(clips.of_call(WHOLE, ("sk",))) == 1
    assert [clips.speaks(tag) for tag in ("ti", "ru", "sk", "ar")] == [False, False, True, True]


def test_recorded_words_win_and_give_a_voice_to_a_language_without_one(tmp_path: Path) -> None:
    clips = Clips(tmp_path)
    record(tmp_path, "ti", "number", "desk", "person", *"012345678", "12")
    assert not clips.speaks("ti")  # a call with a 9 could not be said
    record(tmp_path, "ti", "9")
    record(tmp_path, "sk", "number", "desk", *"123")

    spoken = {tag: [path.stem for path in clips.of_call(ALONE, (tag,))] for tag in ("ti", "sk")}
    whole = [path.stem for path in clips.of_call(Call(number=412, member=None, desk=12), ("ti",))]

    assert spoken["ti"] == ["number", "1", "2", "3", "person", "2", "desk", "4"]
    assert whole == ["number", "4", "1", "2", "desk", "12"]
    assert (len(spoken["sk"]), spoken["sk"][0] in ("number", "person")) == (1, False)  # "person" is not recorded
    assert clips.speaks("ti")


def test_without_the_programs_nothing_is_spoken_and_the_missing_ones_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(Clips(tmp_path / "before").of_call(WHOLE, ("sk",))) == 1
    monkeypatch.setenv("PATH", str(tmp_path))

    assert missing_programs() == ("espeak-ng", "opusenc")
    assert Clips(tmp_path).of_call(WHOLE, ("ar", "sk")) == ()
    assert Clips(tmp_path).speaks("sk") is False
    assert made(tmp_path) == []


@pytest.mark.parametrize("broken", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\ncat >/dev/null\n"])
def test_a_program_that_fails_or_says_nothing_leaves_no_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    for name in ("espeak-ng", "opusenc"):
        (tmp_path / name).write_text(broken)
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")

    assert Clips(tmp_path).of_call(WHOLE, ("sk",)) == ()
    assert made(tmp_path) == []


def test_clips_of_yesterday_are_forgotten_and_recorded_ones_stay(tmp_path: Path) -> None:
    clips = Clips(tmp_path)
    record(tmp_path, "ti", "number")
    (old,) = clips.of_call(WHOLE, ("ar",))
    (fresh,) = clips.of_call(WHOLE, ("sk",))
    yesterday = (real_now() - timedelta(hours=25)).timestamp()
    for path in (old, tmp_path / "clips" / "ti" / "number.opus"):
        os.utime(path, (yesterday, yesterday))

    gone = clips.forget(real=real_now())

    assert (gone, made(tmp_path)) == (1, [fresh])
    assert (tmp_path / "clips" / "ti" / "number.opus").exists()
