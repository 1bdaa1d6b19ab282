"""Synthetic voices: espeak-ng speaks, opusenc makes it small. Both are programs of the machine."""

import logging
import shutil
import subprocess
from dataclasses import dataclass

SPEAKER, ENCODER = "espeak-ng", "opusenc"
KILOBITS = 24
EFFORT = 3
"""Of ten: more costs the encoder three times as long, and a hall does not hear it."""
PATIENCE_SECONDS = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A voice of espeak-ng, and how many words it says a minute: slower than talk, a hall has an echo."""

    name: str
    rate: int = 135


VOICES: dict[str, Voice] = {
    tag: Voice(name=name)
    for tag, name in (
        *(
            ("en", "en-gb"),
            ("sk", "sk"),
            ("uk", "uk"),
            ("ar", "ar"),
            ("ru", "ru"),
            ("sr-Cyrl", "sr"),
            ("sr-Latn", "sr"),
        ),
        *(("el", "el"), ("fa", "fa"), ("fa-AF", "fa"), ("ur", "ur"), ("hi", "hi"), ("bn", "bn"), ("ko", "ko")),
        *(("fr", "fr-fr"), ("sq", "sq"), ("ka", "ka"), ("am", "am"), ("tr", "tr"), ("vi", "vi"), ("es", "es")),
        *(("zh-Hans", "cmn"), ("cs", "cs"), ("hu", "hu"), ("de", "de"), ("it", "it"), ("pl", "pl"), ("pt", "pt")),
        *(("ro", "ro"), ("bg", "bg"), ("hy", "hy")),
    )
}
"""By language. Tigrinya, Pashto and Somali have none: they are spoken where people recorded them."""


def missing_programs() -> tuple[str, ...]:
    """What speech needs of the machine and is not there."""
    return tuple(name for name in (SPEAKER, ENCODER) if shutil.which(name) is None)


def speak(text: str, voice: Voice) -> bytes | None:
    """The text as Ogg Opus; `None` where the machine cannot, which is logged without the text."""
    speaker = shutil.which(SPEAKER)
    if speaker is None or missing_programs():
        return None
    wave = run_quietly(
        [speaker, "-v", voice.name, "-s", str(voice.rate), "-b", "1", "--stdin", "--stdout"], text.encode()
    )
    return encode(wave) if wave else None


def encode(wave: bytes, *more: str) -> bytes | None:
    """Sound as Ogg Opus, small enough for a hall; `None` where it is no sound or the machine cannot."""
    small = ["--speech", "--bitrate", str(KILOBITS), "--comp", str(EFFORT)]
    return run_quietly([ENCODER, "--quiet", "--ignorelength", *small, *more, "-", "-"], wave)


def run_quietly(command: list[str], given: bytes) -> bytes | None:
    """What a program makes of `given`; `None` if it fails, which is logged without what it was given."""
    try:
        done = subprocess.run(command, input=given, capture_output=True, timeout=PATIENCE_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("%s does not work: %s", command[0], type(error).__name__)
        return None
    if done.returncode != 0 or not done.stdout:
        log.warning("%s ended with %s and %s bytes", command[0], done.returncode, len(done.stdout))
        return None
    return done.stdout
