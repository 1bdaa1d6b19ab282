"""What a day can take: minutes of desks and mediators and parties of arrivals, in buckets; seats of sessions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

BUCKET = timedelta(minutes=10)
MOST_SEATS = 500
SHORTEST_SESSION, LONGEST_SESSION = 5, 480
"""In minutes."""


class CapacityKind(StrEnum):
    SERVICE = "service"
    MEDIATOR = "mediator"
    ARRIVALS = "arrivals"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """One capacity row, in minutes (arrivals: parties, sessions: seats); `used` leaves out what the reserve gave."""

    id: UUID
    start: datetime
    total: int
    reserve: int
    used: int
    used_reserve: int

    def free(self, *, with_reserve: bool) -> int:
        """What can still be claimed; never below 0, also when a closed desk took more away than was left."""
        plain = self.total - self.reserve - self.used
        return max(0, plain + self.reserve - self.used_reserve if with_reserve else plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskGroup:
    """Desks alike in services and languages, whose minutes are interchangeable; no bucket where all are closed."""

    key: str
    services: frozenset[UUID]
    languages: frozenset[str]
    minutes: Mapping[UUID, int]
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorGroup:
    """Mediators with the same languages."""

    key: str
    languages: frozenset[str]
    buckets: tuple[Bucket, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A stop of a service with a fixed start and so many seats; `language` is empty where every one is understood.

    One bucket holds its seats, none if they were not loaded. It is held at one desk, which takes no talks meanwhile.
    """

    id: UUID
    service: UUID
    start: datetime
    minutes: int
    language: str
    buckets: tuple[Bucket, ...]

    def understood(self, languages: frozenset[str]) -> bool:
        """Whether it is held in one of these languages, or in no language of its own."""
        return not self.language or self.language in languages


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCapacity:
    """A day as the plan sees it; a precedence is (before, after), `None` after means every other service.

    All buckets of desks and mediators start on one ten-minute grid; `arrivals` holds one bucket per bookable time. A
    service that has `sessions` is reached through them only, whichever desks offer it.
    """

    opens_at: datetime
    closes_at: datetime
    slot: timedelta
    groups: tuple[DeskGroup, ...]
    mediators: tuple[MediatorGroup, ...]
    arrivals: tuple[Bucket, ...]
    precedences: tuple[tuple[UUID, UUID | None], ...]
    sessions: tuple[Session, ...] = ()

    def sessions_of(self, service: UUID) -> tuple[Session, ...]:
        """The sessions of a service; none if it is given in talks."""
        return tuple(session for session in self.sessions if session.service == service)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """`minutes` of one bucket in all, of which `reserve` from its reserve part."""

    bucket: UUID
    minutes: int
    reserve: int
