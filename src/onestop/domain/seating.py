"""Who goes to which session once the day runs: her own while she is in time, else the next one with seats."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.calling import SESSION_LATE

CALLED_FROM = timedelta(minutes=30)
"""So long before its start everybody can be called to a session."""
BEGUN_FROM = timedelta(minutes=15)
"""So long before its start a session can begin, once everybody is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How a session is held: planned from `starts_at` to `ends_at`, and what has happened."""

    starts_at: datetime
    ends_at: datetime
    called_at: datetime | None = None
    begun_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def runs(self) -> bool:
        """Whether it has begun and not ended."""
        return self.begun_at is not None and self.ended_at is None

    @property
    def late_at(self) -> datetime:
        """Until when whoever is not there keeps her seat.

        One that began takes those who are a few minutes late; one that nobody began may only be late itself.
        """
        if self.ended_at is not None:
            return self.ended_at
        if self.begun_at is not None:
            return max(self.starts_at, self.begun_at) + SESSION_LATE
        return self.ends_at

    @property
    def begins_from(self) -> datetime:
        """The earliest moment at which it can begin."""
        return self.starts_at - BEGUN_FROM

    def may_call(self, now: datetime) -> bool:
        """Whether everybody can be called to it now."""
        return self.begun_at is None and self.starts_at - CALLED_FROM <= now < self.ends_at

    def may_begin(self, now: datetime) -> bool:
        """Whether it can begin now."""
        return self.begun_at is None and self.begins_from <= now < self.ends_at


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSession:
    """A session of the running day; `free` are the seats that nobody here or still expected has.

    Whoever is not there at `late_at` goes to another one.
    """

    id: UUID
    service: UUID
    starts_at: datetime
    late_at: datetime
    language: str
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeker:
    """A stop that waits for a session, in the order in which seats are given; `session` is the one it has."""

    stop: UUID
    service: UUID
    people: int
    languages: frozenset[str]
    interpreter: Interpreter
    session: UUID | None


def seat(sessions: Iterable[HeldSession], seekers: Sequence[Seeker], *, now: datetime) -> dict[UUID, UUID | None]:
    """The stops that go to another session than before; `None`: there is none left for them today.

    Whoever is in time for hers keeps it. The others get the first to come that they follow and that has a seat for each
    of them; where none to come is in their language, any.
    """
    held = sorted(sessions, key=lambda one: (one.starts_at, one.id))
    known = {one.id: one for one in held}
    free = {one.id: one.free for one in held}
    moved: dict[UUID, UUID | None] = {}
    late: list[Seeker] = []
    for one in seekers:
        hers = known.get(one.session) if one.session is not None else None
        if hers is None or hers.late_at <= now:
            late.append(one)
    for one in late:
        if one.session is not None and one.session in free:
            free[one.session] += one.people
        chosen = _first(held, one, free, now=now)
        if chosen is not None:
            free[chosen] -= one.people
        if chosen != one.session:
            moved[one.stop] = chosen
    return moved


def _first(held: Sequence[HeldSession], one: Seeker, free: Mapping[UUID, int], *, now: datetime) -> UUID | None:
    ahead = [each for each in held if each.service == one.service and now <= each.starts_at and now < each.late_at]
    follows = [
        each
        for each in ahead
        if one.interpreter is Interpreter.OWN or not each.language or each.language in one.languages
    ]
    return next((each.id for each in follows or ahead if free[each.id] >= one.people), None)
