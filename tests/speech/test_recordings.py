"""Recordings that people bring: what is no sound is told, what is kept holds nothing but the sound."""

import shutil
import struct
import subprocess
import wave
from io import BytesIO
from pathlib import Path

import pytest

from onestop.domain.errors import NotKnown
from onestop.speech.clips import NEEDED, Clips
from onestop.speech.recordings import (
    MOST_BYTES,
    RecorderMissing,
    RecordingLength,
    RecordingMissing,
    RecordingRefused,
    RecordingTooBig,
    WordRefused,
    keep_recording,
    recording,
    recordings,
    remove_recording,
)
from onestop.speech.words import Call

SECRET = "Kanarinka"


def tone(seconds: float = 0.5, rate: int = 16_000) -> bytes:
    """A sound as a WAV file."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", (n * 400) % 20_000 - 10_000) for n in range(int(seconds * rate))))
    return out.getvalue()


def opus(*more: str) -> bytes:
    """The same as Ogg Opus."""
    return subprocess.run(["opusenc", "--quiet", *more, "-", "-"], input=tone(), capture_output=True, check=True).stdout


@pytest.mark.parametrize("sound", [tone(), opus()], ids=["wav", "opus"])
def test_a_word_is_kept_small_and_heard_as_long_as_before(tmp_path: Path, sound: bytes) -> None:
    keep_recording(tmp_path, "ti", "number", sound)

    kept = recording(tmp_path, "ti", "number")
    assert (kept[:4], kept[28:36], len(kept) < 8_000) == (b"OggS", b"OpusHead", True)
    assert recordings(tmp_path, "ti")["number"].seconds == pytest.approx(0.5, abs=0.05)


def test_names_and_pictures_in_a_file_are_left_behind(tmp_path: Path) -> None:
    brought = opus("--artist", SECRET, "--title", SECRET)
    assert SECRET.encode() in brought

    keep_recording(tmp_path, "ti", "desk", brought)

    assert SECRET.encode() not in recording(tmp_path, "ti", "desk")


@pytest.mark.parametrize(
    ("sound", "refusal"),
    [
        (b"", RecordingMissing),
        (b"\xff\xfb" + b"mp3" * 500, RecordingRefused),
        (b"RIFF0000WAVE" + b"no sound" * 50, RecordingRefused),
        (b"OggS" + b"\0" * 24 + b"OpusHead" + b"broken" * 50, RecordingRefused),
        (tone(0.02), RecordingLength),
        (tone(7), RecordingLength),
        (b"RIFF" + bytes(MOST_BYTES), RecordingTooBig),
    ],
)
def test_what_is_no_word_is_told_and_leaves_nothing(
    tmp_path: Path, sound: bytes, refusal: type[RecordingRefused]
) -> None:
    with pytest.raises(RecordingRefused) as told:
        keep_recording(tmp_path, "ti", "number", sound)

    assert type(told.value) is refusal
    assert list(tmp_path.rglob("*.*")) == []


@pytest.mark.parametrize("word", ["../ticket", "07", "9999999", "", "number/x", "hello"])
def test_no_other_file_can_be_written_read_or_removed(tmp_path: Path, word: str) -> None:
    with pytest.raises(WordRefused):
        keep_recording(tmp_path, "ti", word, tone())
    with pytest.raises(WordRefused):
        recording(tmp_path, "ti", word)
    for tag in ("..", "qps-ploc", "xx"):
        with pytest.raises(NotKnown):
            remove_recording(tmp_path, tag, "number")


def test_all_words_give_a_language_a_voice_until_one_is_removed(tmp_path: Path) -> None:
    clips, call = Clips(tmp_path), Call(number=123, member=None, desk=12)
    for word in (*NEEDED, "12"):
        keep_recording(tmp_path, "ti", word, tone(0.2))

    said = [path.stem for path in clips.of_call(call, ("ti",))]
    assert (clips.speaks("ti"), said) == (True, ["number", "1", "2", "3", "desk", "12"])
    remove_recording(tmp_path, "ti", "7")
    remove_recording(tmp_path, "ti", "7")
    assert clips.speaks("ti") is False


def test_without_the_programs_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shutil.which("opusdec")
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(RecorderMissing):
        keep_recording(tmp_path, "ti", "number", tone())
