"""The review state of each catalogue: shown to organisers and at the foot of the pages."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from onestop.locale.catalogue import FOLDER

State = Literal["source", "machine draft", "native-checked"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Who read a catalogue, and when."""

    state: State
    by: str = ""
    on: date | None = None

    @property
    def checked(self) -> bool:
        return self.state != "machine draft"


@cache
def review_of(tag: str) -> Review:
    """The review of a language; a draft for one that nobody has entered."""
    with (FOLDER / "review.toml").open("rb") as file:
        entry = tomllib.load(file).get(tag, {"state": "machine draft"})
    return Review(**entry)
