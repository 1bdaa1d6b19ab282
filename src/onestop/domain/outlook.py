"""The hall at one instant, as far as the coming calls depend on it: what a forward roll starts from."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onestop.domain.calling import Desk, HallState, WaitingStop


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedStop:
    """A waiting stop with the length its talk is expected to have."""

    stop: WaitingStop
    minutes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDesk:
    """Who is at a desk; `served_minutes` is `None` while she was only called. `mediator` is taken as long."""

    stop: UUID
    visit: UUID
    service: UUID
    members: frozenset[UUID]
    minutes: float
    served_minutes: float | None
    mediator: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDesk:
    """A desk that takes visitors from an instant on (now, or its opening), and who is there."""

    desk: Desk
    takes_from: datetime
    at: AtDesk | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The hall at one instant, as far as the coming calls depend on it."""

    desks: tuple[WorkingDesk, ...]
    waiting: tuple[ExpectedStop, ...]
    state: HallState
    precedences: tuple[tuple[UUID, UUID | None], ...] = ()
