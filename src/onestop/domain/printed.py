"""Tickets a machine printed while it was cut off: whether the number can be hers, and since when she waits (R9).

Nothing here refuses: she holds the paper. What does not fit together is kept as a conflict that somebody looks at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from onestop.domain.ticket import FIRST_NUMBER

DOORS_OPEN_BEFORE = timedelta(hours=1)
"""So long before the opening of a day people may stand at a machine; nobody waits since before that."""


class Conflict(StrEnum):
    """What did not fit when a printed ticket was handed in."""

    TAKEN = "taken"
    """Another ticket has this number: she was given a new one."""
    FOREIGN = "foreign"
    """The number was given to another machine."""
    UNKNOWN = "unknown"
    """The number was given to no machine."""
    ENDED = "ended"
    """The machine's time for this number was over."""
    DESKS = "desks"
    """A desk she chose is not there any more."""
    OVER = "over"
    """The day was over when the ticket came."""
    TIME = "time"
    """The time on it cannot be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """Numbers a machine may print; `alive` while that machine may hand tickets in."""

    device: UUID
    alive: bool
    first: int
    last: int
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Whether she keeps the number on her paper, and what did not fit."""

    keeps: bool
    conflict: Conflict | None = None


def judge_number(
    number: int, *, leases: Iterable[Lease], device: UUID | None, taken: bool, counter: int, issued_at: datetime
) -> Judged:
    """Whether a printed number can be hers; `counter` is the next number of the day.

    She keeps it unless somebody has it, or another machine can still print it. A number that was counted and that no
    lease knows was leased before a restored backup: its code is still made by the same key.
    """
    if taken:
        return Judged(keeps=False, conflict=Conflict.TAKEN)
    lease = next((each for each in leases if each.first <= number <= each.last), None)
    if lease is None:
        return Judged(keeps=FIRST_NUMBER <= number < counter, conflict=Conflict.UNKNOWN)
    if lease.device != device:
        return Judged(keeps=not lease.alive, conflict=Conflict.FOREIGN)
    return Judged(keeps=True, conflict=Conflict.ENDED if issued_at >= lease.until_at else None)


def came_at(issued_at: datetime, *, opens_at: datetime, now: datetime) -> datetime:
    """When she was there: as the machine says, not in the future and not before people come to the day."""
    return min(max(issued_at, opens_at - DOORS_OPEN_BEFORE), now)


def is_likely(issued_at: datetime, *, opens_at: datetime, closes_at: datetime, now: datetime) -> bool:
    """Whether a machine's clock can be right about this day; a few minutes ahead of ours are nothing."""
    return opens_at - DOORS_OPEN_BEFORE <= issued_at < closes_at and issued_at <= now + timedelta(minutes=5)
