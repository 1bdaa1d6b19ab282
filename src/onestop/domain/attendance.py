"""An institution that comes later, leaves early or does not come: what is left of the hours of its desks."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from onestop.domain.intervals import Interval, after, before


class Attendance(StrEnum):
    """How an institution keeps its hours otherwise than planned."""

    LATE = "late"
    EARLY = "early"
    AWAY = "away"


def hours_left(hours: Sequence[Interval], how: Attendance, at: datetime) -> tuple[Interval, ...]:
    """The hours of a desk that comes only at, or leaves at, this moment; nothing is ever added. Breaks stay."""
    match how:
        case Attendance.LATE:
            return after(hours, at)
        case Attendance.EARLY:
            return before(hours, at)
        case Attendance.AWAY:
            return ()
