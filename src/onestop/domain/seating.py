"""Who goes to which session once the day runs: her own while she is in time, else the next one with seats."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.calling import SESSION_LATE


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSession:
    """A session of the running day; `free` are the seats that nobody here or still expected has."""

    id: UUID
    service: UUID
    starts_at: datetime
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
        if hers is None or hers.starts_at + SESSION_LATE <= now:
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
    ahead = [each for each in held if each.service == one.service and each.starts_at >= now]
    follows = [
        each
        for each in ahead
        if one.interpreter is Interpreter.OWN or not each.language or each.language in one.languages
    ]
    return next((each.id for each in follows or ahead if free[each.id] >= one.people), None)
