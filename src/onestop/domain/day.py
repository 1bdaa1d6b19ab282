"""An advisory day: its states, its release, and local hours turned into instants."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from onestop.domain.errors import DayCancelled, DayNotPublished, DayOver, MoveRefused


class DayState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"


DAY_MOVES: dict[DayState, frozenset[DayState]] = {
    DayState.DRAFT: frozenset({DayState.PUBLISHED, DayState.CANCELLED}),
    DayState.PUBLISHED: frozenset({DayState.CLOSED, DayState.CANCELLED}),
    DayState.CLOSED: frozenset(),
    DayState.CANCELLED: frozenset(),
}


class Release(StrEnum):
    """How the places of a day are given out."""

    INVITED = "invited"
    OPEN = "open"
    DRAW = "draw"


class DeskState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    PAUSED = "paused"


class MediatorState(StrEnum):
    FREE = "free"
    BREAK = "break"
    LEFT = "left"


LATE_OFFICER = timedelta(minutes=60)
EARLY_OFFICER = timedelta(minutes=30)


def check_day_move(now: DayState, then: DayState) -> None:
    """Raise `MoveRefused` unless the table allows the move."""
    if then not in DAY_MOVES[now]:
        raise MoveRefused


def check_bookable(state: DayState, *, closes_at: datetime, now: datetime) -> None:
    """Raise the refusal that says why nothing can be booked or walked in on this day."""
    check_running(state)
    if now >= closes_at:
        raise DayOver


def check_running(state: DayState) -> None:
    """Raise the refusal that says why nothing happens at the desks of this day."""
    if state is DayState.DRAFT:
        raise DayNotPublished
    if state is DayState.CANCELLED:
        raise DayCancelled
    if state is DayState.CLOSED:
        raise DayOver


def is_expected(
    state: DeskState,
    openings: Sequence[tuple[datetime, datetime]],
    *,
    opened_at: datetime | None,
    now: datetime,
) -> bool:
    """Whether a desk takes visitors, or will: closed, it is expected to until an hour after its hours began.

    A desk that was last opened (`opened_at`) for these hours and is closed has gone home.
    """
    if state is not DeskState.CLOSED:
        return True
    return any(
        now < min(closes, opens + LATE_OFFICER) and (opened_at is None or opened_at < opens - EARLY_OFFICER)
        for opens, closes in openings
    )


def local_instant(on: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a local hour. An hour that a DST night skips moves on by the gap; of a doubled one the first."""
    return datetime.combine(on, at, tzinfo=zone).astimezone(UTC)


def moved_by(opens_at: datetime, on: date, zone: ZoneInfo) -> timedelta:
    """How far everything of a day goes when it opens on another date at the same local hour.

    The same for all of it: no plan gets longer or shorter. A day over a night on which the clocks change keeps its
    lengths, not the local hour of its end.
    """
    return local_instant(on, opens_at.astimezone(zone).time(), zone) - opens_at


def opening_instants(on: date, opens: time, closes: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both ends of an opening as instants; a closing not after its opening lies on the next day."""
    start = local_instant(on, opens, zone)
    end = local_instant(on if closes > opens else on + timedelta(days=1), closes, zone)
    return start, end


def opening_within(
    on: date, opens: time, closes: time, zone: ZoneInfo, *, day_opens_at: datetime
) -> tuple[datetime, datetime]:
    """The same for a desk or mediator of a day: hours that end before the day opens are those after midnight."""
    start, end = opening_instants(on, opens, closes, zone)
    return (start, end) if end > day_opens_at else opening_instants(on + timedelta(days=1), opens, closes, zone)
