"""The hall as the calling rule sees it: free desks, waiting stops, mediators; a fixed number of statements."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import members, parties, stop_members, stops
from onestop.days.queries.desks import DeskRow, MediatorRow, day_precedences, desks_of_day, mediators_of_day
from onestop.domain.booking import Interpreter
from onestop.domain.calling import Desk, HallState, Mediator, WaitingStop
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.visit import AT_DESK, STOP_OPEN, StopState, VisitState
from onestop.visits.tables import visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """A snapshot under the day's lock."""

    desks: tuple[DeskRow, ...]
    busy_desks: frozenset[UUID]
    waiting: tuple[WaitingStop, ...]
    state: HallState

    def free_desk(self, desk_id: UUID) -> Desk:
        """The desk as the rule takes it."""
        return calling_desk(next(desk for desk in self.desks if desk.id == desk_id))

    def ready_desks(self, now: datetime) -> list[Desk]:
        """Open desks that asked to be given the next visitor and still stand by it."""
        return [
            calling_desk(desk)
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


def load_hall(conn: sa.Connection, day: UUID, *, now: datetime) -> Hall:
    """Everything a call of this day depends on; a fixed number of statements however many people wait."""
    desks = desks_of_day(conn, day)
    at_desk = conn.execute(
        sa.select(stops.c.desk_id, stops.c.mediator_id).where(stops.c.day_id == day, stops.c.state.in_(AT_DESK))
    ).all()
    helping = {row.mediator_id for row in at_desk}
    people = mediators_of_day(conn, day)
    mediators = tuple(
        Mediator(
            id=row.id,
            languages=row.languages,
            free=row.state is MediatorState.FREE and row.id not in helping,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
        )
        for row in people
        if row.state is not MediatorState.LEFT
    )
    waiting = _waiting(conn, day, desks, now)
    busy_members = frozenset(
        conn.execute(
            sa.select(stop_members.c.member_id)
            .join_from(stop_members, stops)
            .where(stops.c.day_id == day, stop_members.c.active)
        ).scalars()
    )
    spoken = spoken_here(desks, people, now=now)
    return Hall(
        desks=tuple(desks),
        busy_desks=frozenset(row.desk_id for row in at_desk),
        waiting=waiting,
        state=HallState(
            mediators=mediators,
            busy_members=busy_members,
            backlog_minutes=_backlog(conn, day, desks),
            spoken=spoken.bridged.union(*spoken.by_service.values()),
            spoken_for=spoken.by_service,
        ),
    )


def _waiting(conn: sa.Connection, day: UUID, desks: list[DeskRow], now: datetime) -> tuple[WaitingStop, ...]:
    open_stops: dict[UUID, list[sa.Row[tuple[object, ...]]]] = defaultdict(list)
    rows = conn.execute(
        sa.select(stops)
        .join_from(stops, visits, visits.c.id == stops.c.visit_id)
        .where(
            stops.c.day_id == day,
            visits.c.state == VisitState.OPEN,
            visits.c.stepped_out_at.is_(None),
            stops.c.state.in_(STOP_OPEN),
        )
        .order_by(stops.c.id)
    ).all()
    for row in rows:
        open_stops[row.visit_id].append(row)
    who = {
        row.id: row
        for row in conn.execute(
            sa.select(
                visits.c.id,
                visits.c.waited_seconds,
                visits.c.waiting_since_at,
                visits.c.free_from_at,
                visits.c.need,
                parties.c.number,
                parties.c.languages,
                parties.c.interpreter,
            )
            .join_from(visits, parties)
            .where(visits.c.day_id == day, visits.c.state == VisitState.OPEN)
        )
    }
    going: dict[UUID, set[UUID]] = defaultdict(set)
    for row in conn.execute(
        sa.select(stop_members.c.stop_id, stop_members.c.member_id)
        .join_from(stop_members, stops)
        .join(members, members.c.id == stop_members.c.member_id)
        .where(stops.c.day_id == day, stops.c.state.in_(STOP_OPEN))
    ):
        going[row.stop_id].add(row.member_id)
    pairs = day_precedences(conn, day)
    closed = {desk.id for desk in desks if desk.state is DeskState.CLOSED}
    away = {desk.id for desk in desks if desk.state is not DeskState.OPEN}
    found: list[WaitingStop] = []
    for row in rows:
        parked = row.state == StopState.PARKED
        if row.state != StopState.WAITING and not parked:
            continue
        visit = who[row.visit_id]
        free_from = [at for at in (row.callable_from_at, visit.free_from_at) if at is not None]
        # Parked means this desk first, not this desk only: while it has a break another one may call her.
        only = None if row.only_desk_id in (away if parked else closed) else row.only_desk_id
        found.append(
            WaitingStop(
                stop=row.id,
                visit=row.visit_id,
                service=row.service_id,
                members=frozenset(going[row.id]),
                languages=tuple(visit.languages),
                interpreter=Interpreter(visit.interpreter),
                waited_minutes=waited_seconds(visit.waited_seconds, visit.waiting_since_at, now) / 60,
                remaining_minutes=float(
                    sum(other.minutes for other in open_stops[row.visit_id] if other.state != StopState.PROPOSED)
                ),
                need=visit.need,
                precedence_met=not any(
                    other.id != row.id
                    and other.service_id == before
                    and other.state != StopState.PROPOSED
                    and (after is None or after == row.service_id)
                    and row.service_id != before
                    and going[other.id] & going[row.id]
                    for other in open_stops[row.visit_id]
                    for before, after in pairs
                ),
                callable_from=max(free_from, default=None),
                only_desk=only,
                parked=parked and only is not None,
                number=visit.number,
            )
        )
    return tuple(found)


def waited_seconds(ended: int, since: datetime | None, now: datetime) -> float:
    """Seniority in seconds: ended waits and the one that runs; negative before the booked time of an early visitor."""
    return ended + ((now - since).total_seconds() if since is not None else 0.0)


def _backlog(conn: sa.Connection, day: UUID, desks: list[DeskRow]) -> dict[UUID, float]:
    minutes: dict[UUID, float] = {
        row.service_id: float(row.minutes)
        for row in conn.execute(
            sa.select(stops.c.service_id, sa.func.sum(stops.c.minutes).label("minutes"))
            .where(stops.c.day_id == day, stops.c.state.in_([StopState.WAITING, StopState.PARKED]))
            .group_by(stops.c.service_id)
        )
    }
    return {
        desk.id: sum(
            minutes.get(service, 0.0)
            / max(1, sum(1 for other in desks if other.state is DeskState.OPEN and service in other.services))
            for service in desk.services
        )
        for desk in desks
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
