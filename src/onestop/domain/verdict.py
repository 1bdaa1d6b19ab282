"""Whether a running day is well, in one word that can be read from three metres."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    WELL = "well"
    LOOK = "look"
    NOW = "now"


class Sign(StrEnum):
    """What speaks against a day, the gravest first."""

    ALARM = "alarm"
    TOO_MANY = "too_many"
    NO_DESK = "no_desk"
    RISK = "risk"
    MACHINE = "machine"
    PAUSED = "paused"
    UNSENT = "unsent"


_AT_ONCE = frozenset({Sign.ALARM, Sign.TOO_MANY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A sign with how often it is there, and the services it is about."""

    sign: Sign
    count: int
    services: tuple[str, ...] = ()


def verdict_of(seen: Iterable[Seen]) -> tuple[Verdict, tuple[Seen, ...]]:
    """The verdict with the signs that are there, the gravest first."""
    there = sorted((each for each in seen if each.count), key=lambda each: tuple(Sign).index(each.sign))
    if any(each.sign in _AT_ONCE for each in there):
        return Verdict.NOW, tuple(there)
    return (Verdict.LOOK if there else Verdict.WELL), tuple(there)
