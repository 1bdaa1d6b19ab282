"""An institution that comes later, leaves early or does not come: what is left of the hours of its desks."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from onestop.domain.coverage import Span


class Attendance(StrEnum):
    """How an institution keeps its hours otherwise than planned."""

    LATE = "late"
    EARLY = "early"
    AWAY = "away"


def hours_left(hours: Sequence[Span], how: Attendance, at: datetime) -> tuple[Span, ...]:
    """The hours of a desk that comes only at, or leaves at, this moment; nothing is ever added. Breaks stay."""
    match how:
        case Attendance.LATE:
            return tuple((max(start, at), end) for start, end in hours if end > at)
        case Attendance.EARLY:
            return tuple((start, min(end, at)) for start, end in hours if start < at)
        case Attendance.AWAY:
            return ()
