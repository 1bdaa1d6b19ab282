"""A day that is simulated and what comes of it: values only; `onestop.domain.simulation` plays them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.calling import Choice, Desk, Mediator
from onestop.domain.plan import WantedStop

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimDesk:
    """A desk with its hours, and for each of its services the minutes a talk is expected to last."""

    desk: Desk
    openings: tuple[tuple[datetime, datetime], ...]
    minutes: Mapping[UUID, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimSession:
    """A session with a fixed start; a service that has some is reached through them only."""

    service: UUID
    desk: UUID
    starts_at: datetime
    minutes: float
    seats: int
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimDay:
    """What is known of a day before it; `services` in the order in which they are done by hand."""

    opens_at: datetime
    closes_at: datetime
    services: tuple[UUID, ...]
    desks: tuple[SimDesk, ...]
    mediators: tuple[Mediator, ...]
    precedences: tuple[tuple[UUID, UUID | None], ...]
    sessions: tuple[SimSession, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SimVisitor:
    """A party that is expected; without `booked_at` she comes unannounced, without `comes_at` she does not come."""

    id: UUID
    booked_at: datetime | None
    comes_at: datetime | None
    stops: tuple[WantedStop, ...]
    languages: tuple[str, ...]
    interpreter: Interpreter
    need: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedStop:
    """A talk that was had: whose, where, with whom, and when; `choice` is why she was called then."""

    visitor: UUID
    service: UUID
    desk: UUID
    called_at: datetime
    begun_at: datetime
    ended_at: datetime
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayedVisit:
    """One party from her coming to her leaving; `unfinished` are the services nobody could give her."""

    visitor: UUID
    booked_at: datetime | None
    came_at: datetime
    left_at: datetime
    waited_minutes: float
    unfinished: tuple[UUID, ...]

    @property
    def inside_minutes(self) -> float:
        """Minutes in the building."""
        return (self.left_at - self.came_at) / _MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A day that was played: visits in the order of leaving, stops in the order of calling."""

    day: SimDay
    visits: tuple[PlayedVisit, ...]
    stops: tuple[PlayedStop, ...]
