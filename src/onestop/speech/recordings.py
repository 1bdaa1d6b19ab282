"""Recorded words of an installation: uploaded by an organiser, made small and bare of everything but the sound."""

import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from onestop.db.ledger import record
from onestop.domain.errors import N_, InvalidInput, NotKnown
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.locale.languages import KNOWN, PSEUDO_LANGUAGES
from onestop.speech.clips import ENDING, NEEDED, RECORDED
from onestop.speech.voices import ENCODER, encode, run_quietly

DECODER = "opusdec"
MOST_BYTES = 240 * 1024
"""Forms end a little above this; two seconds of an uncompressed recording are less."""
LONGEST_SECONDS, SHORTEST_SECONDS = 6.0, 0.1
RATE = 48_000
"""Opus counts time in these parts of a second."""
WORDS = (*NEEDED, "person")
_NUMBER = re.compile(r"[1-9][0-9]{1,4}")


class RecordingRefused(InvalidInput):
    code = "recording_refused"
    sentence = N_("This file is no recording we can read. Please take a WAV or Ogg Opus file.")


class RecordingMissing(RecordingRefused):
    code = "recording_missing"
    sentence = N_("Please choose a file.")


class RecordingTooBig(RecordingRefused):
    code = "recording_too_big"
    sentence = N_("This file is too big. A word may have %(kilobytes)s KB at most.")


class RecordingLength(RecordingRefused):
    code = "recording_length"
    sentence = N_("A recording lasts between a tenth of a second and %(seconds)s seconds. This one does not.")


class RecorderMissing(RecordingRefused):
    code = "recorder_missing"
    sentence = N_("This server cannot store recordings: the program opus-tools is missing.")


class WordRefused(RecordingRefused):
    code = "word_refused"
    sentence = N_("Please write a number between 10 and 99999.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A recorded word and how long it is heard."""

    word: str
    seconds: float


def recordable(tag: str) -> bool:
    """Whether words of this language can be stored."""
    return tag in KNOWN and tag not in PSEUDO_LANGUAGES


def recordings(var: Path, tag: str) -> dict[str, Recording]:
    """What is recorded in a language, by word."""
    found = (var / RECORDED / tag).glob(f"*{ENDING}") if recordable(tag) else ()
    return {path.stem: Recording(word=path.stem, seconds=seconds_of(path.read_bytes())) for path in sorted(found)}


def recording(var: Path, tag: str, word: str) -> bytes:
    """One recorded word. Raises `NotKnown`."""
    try:
        return _path(var, tag, word).read_bytes()
    except FileNotFoundError as missing:
        raise NotKnown from missing


def keep_recording(var: Path, tag: str, word: str, sound: bytes) -> None:
    """Store a word, in place of an earlier one. Raises a `RecordingRefused` that says what is wrong with the file."""
    path = _path(var, tag, word)
    if not sound:
        raise RecordingMissing(field="sound")
    if len(sound) > MOST_BYTES:
        raise RecordingTooBig(field="sound", kilobytes=MOST_BYTES // 1024)
    if shutil.which(ENCODER) is None or shutil.which(DECODER) is None:
        raise RecorderMissing(field="sound")
    made = encode(_wave(sound), "--downmix-mono", "--discard-comments", "--discard-pictures")
    if made is None:
        raise RecordingRefused(field="sound")
    if not SHORTEST_SECONDS <= seconds_of(made) <= LONGEST_SECONDS:
        raise RecordingLength(field="sound", seconds=int(LONGEST_SECONDS))
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    half.write_bytes(made)
    half.replace(path)


def remove_recording(var: Path, tag: str, word: str) -> bool:
    """Take a word away; harmless twice. Gives whether it was there."""
    path = _path(var, tag, word)
    was_there = path.is_file()
    path.unlink(missing_ok=True)
    return was_there


def note_recording(conn: sa.Connection, tag: str, word: str, *, kept: bool, actor: Actor, now: datetime) -> None:
    """The ledger hears which word somebody stored or took away; the sound itself stands in a file."""
    kind = "RecordingKept" if kept else "RecordingRemoved"
    record(conn, Fact(kind=kind, at=now, actor=actor.ref, terms={"language": tag, "word": word}))


def seconds_of(opus: bytes) -> float:
    """How long an Ogg Opus file sounds (RFC 7845: the last granule position without what is skipped at first)."""
    head, last = opus.find(b"OpusHead"), opus.rfind(b"OggS")
    if head < 0 or last < 0 or len(opus) < last + 14:
        return 0.0
    skipped = int.from_bytes(opus[head + 10 : head + 12], "little")
    return max(0, int.from_bytes(opus[last + 6 : last + 14], "little", signed=True) - skipped) / RATE


def _wave(sound: bytes) -> bytes:
    """The bare sound: what is in a file beside it, names and pictures, is left behind."""
    if sound[:4] == b"RIFF" and sound[8:12] == b"WAVE":
        return sound
    if sound[:4] != b"OggS" or b"OpusHead" not in sound[:100]:
        raise RecordingRefused(field="sound")
    wave = run_quietly([DECODER, "--quiet", "--force-wav", "-", "-"], sound)
    if wave is None:
        raise RecordingRefused(field="sound")
    return wave


def _path(var: Path, tag: str, word: str) -> Path:
    """Where a word lies. Raises `NotKnown` for a language, `WordRefused` for a word that no call has."""
    if not recordable(tag):
        raise NotKnown
    if word not in WORDS and not _NUMBER.fullmatch(word):
        raise WordRefused(field="word")
    return var / RECORDED / tag / f"{word}{ENDING}"
