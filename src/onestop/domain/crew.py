"""The people who work at a day, and the hours they are there."""

from collections.abc import Sequence
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from onestop.domain.day import opening_instants
from onestop.domain.intervals import Interval

AROUND = timedelta(hours=4)
"""How long before the doors open and after they close somebody may still work: halls are set up and cleared."""


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
