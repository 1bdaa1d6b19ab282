"""The people who work at a day, and the hours they are there."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from onestop.domain.day import opening_instants
from onestop.domain.intervals import Interval, joined

AROUND = timedelta(hours=4)
"""How long before the doors open and after they close somebody may still work: halls are set up and cleared."""
MANY_HOURS = timedelta(hours=12)
SHORTEST_BLOCK = timedelta(minutes=30)


class Work(StrEnum):
    """What somebody does on a day. Mediators have rows of their own, because the plan is made of their hours."""

    OFFICER = "officer"
    MEDIATOR = "mediator"
    RECEPTION = "reception"
    GUIDE = "guide"


ON_SHIFT = (Work.OFFICER, Work.RECEPTION, Work.GUIDE)
"""The kinds of work whose hours are shifts."""


def shift_instants(on: date, starts: time, ends: time, zone: ZoneInfo, *, day: Interval) -> Interval | None:
    """A shift of a day from its local hours, also after midnight; `None` where it lies too far from the day."""
    earliest, latest = day[0] - AROUND, day[1] + AROUND
    for date_of in (on, on + timedelta(days=1)):
        start, end = opening_instants(date_of, starts, ends, zone)
        if start < end and earliest <= start and end <= latest:
            return start, end
    return None


def overlap(hours: Sequence[Interval]) -> bool:
    """Whether two of them, in the order of time, are at the same time."""
    return any(later[0] < earlier[1] for earlier, later in pairwise(hours))


def blocks(opens_at: datetime, closes_at: datetime, zone: ZoneInfo) -> tuple[Interval, ...]:
    """The hours of a day to tick, by the clock on the wall; of two hours each where the day is longer than twelve."""
    step = timedelta(hours=2 if closes_at - opens_at > MANY_HOURS else 1)
    found: list[Interval] = []
    start = opens_at
    while start < closes_at:
        past_hour = timedelta(minutes=start.astimezone(zone).minute)
        end = min(start - past_hour + step, closes_at)
        # Less than half an hour at the end is no block of its own.
        end = closes_at if closes_at - end < SHORTEST_BLOCK else end
        found.append((start, end))
        start = end
    return tuple(found)


def as_said(hours: Iterable[Interval], zone: ZoneInfo) -> list[list[str]]:
    """Ticked blocks as local hours, those that touch as one."""
    return [[f"{at.astimezone(zone):%H:%M}" for at in each] for each in joined(hours)]
