"""The hall as the calling rule sees it: free desks, waiting stops, mediators; a fixed number of statements."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stop_members, stops
from onestop.days.queries.desks import DeskRow, MediatorRow, day_precedences, desks_of_day, mediators_of_day
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.tables import day_sessions
from onestop.db.types import Instant
from onestop.domain.booking import Interpreter
from onestop.domain.calling import Desk, HallState, Mediator, WaitingStop
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.visit import AT_DESK, STOP_OPEN, BlockedBy, StopState, VisitState, waited_seconds
from onestop.visits.queries.sessions import running_sessions, sessions_to_begin
from onestop.visits.tables import visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """A snapshot under the day's lock."""

    desks: tuple[DeskRow, ...]
    busy_desks: frozenset[UUID]
    waiting: tuple[WaitingStop, ...]
    state: HallState
    sessions: Mapping[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    """By desk, when the next session begins there that has not begun."""

    def free_desk(self, desk_id: UUID) -> Desk:
        """The desk as the rule takes it."""
        return self.as_called(next(desk for desk in self.desks if desk.id == desk_id))

    def as_called(self, desk: DeskRow) -> Desk:
        """A configured desk as the rule takes it on this day."""
        return replace(calling_desk(desk), session_at=self.sessions.get(desk.id))

    def ready_desks(self, now: datetime) -> list[Desk]:
        """Open desks that asked to be given the next visitor and still stand by it."""
        return [
            self.as_called(desk)
            for desk in self.desks
            if desk.state is DeskState.OPEN
            and desk.ready_until_at is not None
            and desk.ready_until_at > now
            and desk.id not in self.busy_desks
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Languages somebody in the hall speaks: mediators (`bridged`), and at the desks of a service with them."""

    bridged: frozenset[str]
    by_service: dict[UUID, frozenset[str]]

    def reaches(self, languages: Collection[str], service: UUID) -> bool:
        """Whether somebody can talk in one of these languages at this service."""
        return not self.by_service.get(service, self.bridged).isdisjoint(languages)


def calling_desk(desk: DeskRow) -> Desk:
    """A configured desk as the rule takes it."""
    return Desk(
        id=desk.id,
        number=desk.number,
        services=frozenset(desk.services),
        languages=desk.languages,
        closes_at=desk.closes_at,
    )


def load_hall(conn: sa.Connection, day: UUID, *, now: datetime, at: Collection[UUID] | None = None) -> Hall:
    """What a call of this day depends on; a fixed number of statements however many people wait.

    `at` are the desks it is wanted for: only who could be called there is loaded, which is all their choice needs.
    """
    desks = desks_of_day(conn, day)
    people = mediators_of_day(conn, day)
    served = conn.execute(_SERVED, {"day": day}).all()
    helping = {row.mediator_id for row in served}
    spoken = spoken_here(desks, people, now=now)
    sessions = sessions_of_day(conn, day)
    # Nobody is called to a session one by one.
    held = {one.service for one in sessions}
    wanted = {service for desk in desks if at is None or desk.id in at for service in desk.services} - held
    return Hall(
        desks=tuple(desks),
        busy_desks=frozenset(row.desk_id for row in served) | frozenset(running_sessions(conn, day)),
        sessions=sessions_to_begin(conn, day, now=now),
        waiting=_waiting(conn, day, desks, now, wanted, _next_sessions(conn, day) if sessions else {}),
        state=HallState(
            mediators=tuple(
                Mediator(
                    id=one.id,
                    languages=one.languages,
                    free=one.state is MediatorState.FREE and one.id not in helping,
                    opens_at=one.opens_at,
                    closes_at=one.closes_at,
                )
                for one in people
                if one.state is not MediatorState.LEFT
            ),
            busy_members=frozenset(row.member_id for row in served if row.member_id is not None),
            backlog_minutes=backlog_of(conn, day, desks),
            spoken=spoken.bridged.union(*spoken.by_service.values()),
            spoken_for=spoken.by_service,
        ),
    )


_SERVED = (
    sa.select(stops.c.desk_id, stops.c.mediator_id, stop_members.c.member_id)
    .outerjoin_from(stops, stop_members, sa.and_(stop_members.c.stop_id == stops.c.id, stop_members.c.active))
    .where(stops.c.day_id == sa.bindparam("day"), stops.c.state.in_(AT_DESK))
)
_BACKLOG = (
    sa.select(stops.c.service_id, sa.func.sum(stops.c.minutes).label("minutes"))
    .where(
        stops.c.day_id == sa.bindparam("day"),
        stops.c.state.in_([StopState.WAITING, StopState.PARKED]),
        stops.c.session_id.is_(None),
    )
    .group_by(stops.c.service_id)
)
_CALLABLE = (StopState.WAITING, StopState.PARKED)
_ACCEPTED = tuple(sorted(STOP_OPEN - {StopState.PROPOSED}))
_more = stops.alias("more")
_REMAINING = (
    sa.select(sa.func.sum(_more.c.minutes))
    .where(_more.c.visit_id == stops.c.visit_id, _more.c.state.in_(_ACCEPTED))
    .scalar_subquery()
)
_INSIDE = (
    stops.c.day_id == sa.bindparam("day"),
    visits.c.state == VisitState.OPEN,
    visits.c.stepped_out_at.is_(None),
    stops.c.service_id.in_(sa.bindparam("services", expanding=True)),
)
_CANDIDATES = (
    sa.select(
        stops.c.id,
        stops.c.visit_id,
        stops.c.service_id,
        stops.c.state,
        stops.c.callable_from_at,
        stops.c.only_desk_id,
        stops.c.minutes,
        _REMAINING,
        visits.c.waited_seconds,
        visits.c.waiting_since_at,
        visits.c.free_from_at,
        visits.c.need,
        parties.c.number,
        sa.type_coerce(parties.c.languages, sa.Text),
        parties.c.interpreter,
    )
    .join_from(stops, visits, visits.c.id == stops.c.visit_id)
    .join(parties, parties.c.id == visits.c.party_id)
    .where(*_INSIDE, stops.c.state.in_(_CALLABLE))
    .order_by(stops.c.id)
)
_WITH_MEMBERS = (
    sa.select(stops.c.visit_id, stops.c.service_id, stop_members.c.stop_id, stop_members.c.member_id)
    .join_from(stops, visits, visits.c.id == stops.c.visit_id)
    .join(stop_members, stop_members.c.stop_id == stops.c.id)
    .where(*_INSIDE, stops.c.state.in_(sa.bindparam("states", expanding=True)))
)
_GO_TO_SESSIONS = (
    sa.select(stop_members.c.member_id, sa.func.min(day_sessions.c.starts_at, type_=Instant()).label("starts_at"))
    .join_from(stops, day_sessions, day_sessions.c.id == stops.c.session_id)
    .join(stop_members, stop_members.c.stop_id == stops.c.id)
    .where(stops.c.day_id == sa.bindparam("day"), stops.c.state == StopState.WAITING)
    .group_by(stop_members.c.member_id)
)
# What waits for a paper may never come today: nothing waits for it.
_BEFORE_OTHERS = _WITH_MEMBERS.where(sa.or_(stops.c.blocked_by.is_(None), stops.c.blocked_by != BlockedBy.PAPERS.value))
"""Built once: these are hot."""


def _waiting(
    conn: sa.Connection,
    day: UUID,
    desks: Sequence[DeskRow],
    now: datetime,
    services: Collection[UUID],
    next_sessions: Mapping[UUID, datetime],
) -> tuple[WaitingStop, ...]:
    asked = {"day": day, "services": list(services)}
    going: dict[UUID, set[UUID]] = defaultdict(set)
    for _, _, stop, member in conn.execute(_WITH_MEMBERS, {**asked, "states": _CALLABLE}).all():
        going[stop].add(member)
    first = _firsts(conn, day, services)
    ahead = _ahead(conn, day, frozenset[UUID]().union(*first.values()))
    closed = {desk.id for desk in desks if desk.state is DeskState.CLOSED}
    away = {desk.id for desk in desks if desk.state is not DeskState.OPEN}
    found: list[WaitingStop] = []
    for row in conn.execute(_CANDIDATES, asked).all():
        stop, visit, service, state, again_from, only, minutes, remaining, waited, *more = row
        since, free_from, need, number, *talk = more
        parked = state == StopState.PARKED
        # Parked means this desk first, not this desk only: while it has a break another one may call her.
        only_desk = None if only in (away if parked else closed) else only
        members = frozenset(going[stop])
        found.append(
            WaitingStop(
                stop=stop,
                visit=visit,
                service=service,
                members=members,
                languages=words_of(talk[0]),
                interpreter=Interpreter(talk[1]),
                waited_minutes=waited_seconds(waited, since, now) / 60,
                remaining_minutes=float(remaining or 0),
                need=need,
                precedence_met=not any(
                    other != stop and earlier in first[service] and member in members
                    for earlier, other, member in ahead.get(visit, ())
                ),
                callable_from=max(filter(None, (again_from, free_from)), default=None),
                only_desk=only_desk,
                parked=parked and only_desk is not None,
                number=number,
                minutes=float(minutes),
                session_at=min((next_sessions[each] for each in members if each in next_sessions), default=None),
            )
        )
    return tuple(found)


def _next_sessions(conn: sa.Connection, day: UUID) -> dict[UUID, datetime]:
    """By member, when the first session begins that she waits for."""
    rows = conn.execute(_GO_TO_SESSIONS, {"day": day}).all()
    return {row.member_id: row.starts_at for row in rows}


def _firsts(conn: sa.Connection, day: UUID, services: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The services that go before each of these."""
    pairs = day_precedences(conn, day)
    return {
        service: frozenset(before for before, after in pairs if before != service and after in (None, service))
        for service in services
    }


def _ahead(conn: sa.Connection, day: UUID, services: Collection[UUID]) -> dict[UUID, list[tuple[UUID, UUID, UUID]]]:
    """By visit: service, stop and member of the accepted stops that go before others."""
    found: dict[UUID, list[tuple[UUID, UUID, UUID]]] = defaultdict(list)
    if services:
        asked = {"day": day, "services": list(services), "states": _ACCEPTED}
        for visit, service, stop, member in conn.execute(_BEFORE_OTHERS, asked).all():
            found[visit].append((service, stop, member))
    return found


@lru_cache(4096)
def _read_words(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def words_of(languages: str | list[str]) -> tuple[str, ...]:
    """Languages as the database driver gives them: SQLite the text, PostgreSQL the list."""
    return _read_words(languages) if isinstance(languages, str) else tuple(languages)


def backlog_of(conn: sa.Connection, day: UUID, desks: Sequence[DeskRow]) -> dict[UUID, float]:
    """Minutes of the talks that wait for each desk, shared among the open desks of a service; one statement."""
    minutes = {row.service_id: float(row.minutes) for row in conn.execute(_BACKLOG, {"day": day})}
    opened = Counter(service for desk in desks if desk.state is DeskState.OPEN for service in desk.services)
    return {
        desk.id: sum(minutes.get(service, 0.0) / max(1, opened[service]) for service in desk.services) for desk in desks
    }


def spoken_here(desks: Sequence[DeskRow], mediators: Sequence[MediatorRow], *, now: datetime) -> Spoken:
    """Who can still talk to whom: desks and mediators that went home do not count."""
    bridged = frozenset(
        language
        for one in mediators
        if one.state is not MediatorState.LEFT and one.closes_at > now
        for language in one.languages
    )
    by_service = {service: bridged for desk in desks for service in desk.services}
    for desk in desks:
        if desk.is_expected(now):
            for service in desk.services:
                by_service[service] |= desk.languages
    return Spoken(bridged=bridged, by_service=by_service)
