"""The clips of a call: recorded pieces where somebody made all that are needed, else one made by a voice and kept."""

import hashlib
import os
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from onestop.locale.locales import locale_for
from onestop.speech.voices import KILOBITS, VOICES, Voice, missing_programs, speak
from onestop.speech.words import Call, has_words, sentence_of

MADE, RECORDED = "speech", "clips"
"""Folders below `var`: what the program makes and forgets, and what people recorded and nobody removes."""
ENDING = ".opus"
NEEDED = ("number", "desk", *(str(digit) for digit in range(10)))
"""Words without which a call cannot be put together from recordings."""
KEPT = timedelta(hours=24)
"""A sound says a number and a language; after its day nobody needs to find it on a disk."""
FORM = 1
"""Raise it when clips are made in another way, so that old ones are not played."""


class Clips:
    """The sounds of one installation, below its `var` folder."""

    def __init__(self, var: Path) -> None:
        self._made = var / MADE
        self._recorded = var / RECORDED
        self._making = threading.Lock()
        self._count = 0

    def of_call(self, call: Call, languages: Iterable[str]) -> tuple[Path, ...]:
        """What is played for a call, in order: for each language its clips, none for one that cannot be spoken."""
        found: list[Path] = []
        for tag in dict.fromkeys(languages):
            found += self._pieces(call, tag) or self._whole(call, tag)
        return tuple(found)

    def prepare(self, call: Call, languages: Iterable[str]) -> bool:
        """Make what is missing for a call that may come; whether something was missing."""
        before = self._count
        self.of_call(call, languages)
        return self._count > before

    def speaks(self, tag: str) -> bool:
        """Whether a call can be said in a language here, made or recorded."""
        if self.is_recorded(tag):
            return True
        return tag in VOICES and has_words(tag) and not missing_programs()

    def reads(self, tag: str) -> bool:
        """Whether any text of a language can be read aloud here, not calls alone."""
        return tag in VOICES and not missing_programs()

    def of_text(self, text: str, tag: str) -> Path | None:
        """A text read aloud, made once; `None` where nobody can speak its language."""
        voice = VOICES.get(tag)
        return self._kept(text, tag, voice) if voice is not None else None

    def is_recorded(self, tag: str) -> bool:
        """Whether every word of a call was recorded in a language."""
        return all((self._recorded / tag / f"{word}{ENDING}").is_file() for word in NEEDED)

    def forget(self, *, real: datetime) -> int:
        """Remove what was made for calls of yesterday; gives how many."""
        before = (real - KEPT).timestamp()
        old = [path for path in self._made.glob("*") if path.stat().st_mtime < before]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _pieces(self, call: Call, tag: str) -> list[Path]:
        """Recorded words of this call, a number as a whole or digit by digit; nothing unless all of it is there."""
        folder = self._recorded / tag
        if not folder.is_dir():
            return []
        spoken = [("number", call.number), *([("person", call.member)] if call.member else []), ("desk", call.desk)]
        found: list[Path] = []
        for word, count in spoken:
            whole = folder / f"{count}{ENDING}"
            said = [whole] if whole.is_file() else [folder / f"{digit}{ENDING}" for digit in str(count)]
            found += [folder / f"{word}{ENDING}", *said]
        return found if all(path.is_file() for path in found) else []

    def _whole(self, call: Call, tag: str) -> list[Path]:
        voice = VOICES.get(tag)
        if voice is None or not has_words(tag):
            return []
        path = self._kept(sentence_of(locale_for(tag), call), tag, voice)
        return [path] if path is not None else []

    def _kept(self, text: str, tag: str, voice: Voice) -> Path | None:
        path = self._made / f"{_name(text, tag, voice)}{ENDING}"
        if not path.is_file():
            with self._making:  # several boards ask for the same clip at once: it is made once
                if not path.is_file():
                    if not _make(text, voice, path):
                        return None
                    self._count += 1
        return path


def _name(text: str, tag: str, voice: Voice) -> str:
    what = "\n".join((text, tag, voice.name, str(voice.rate), str(KILOBITS), str(FORM)))
    return hashlib.sha256(what.encode()).hexdigest()


def _make(text: str, voice: Voice, path: Path) -> bool:
    sound = speak(text, voice)
    if sound is None:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: another process may look for it meanwhile.
    half = path.with_name(f"{path.stem}.{os.getpid()}.half")
    half.write_bytes(sound)
    half.replace(path)
    return True
