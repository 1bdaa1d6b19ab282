"""Reads of the floor: every desk of the day on one screen, and those that are behind; no names."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import members, parties, stop_members, stops
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.days.tables import desks, mediator_languages
from onestop.directory.tables import services
from onestop.domain.booking import Interpreter
from onestop.domain.calling import Hindrance
from onestop.domain.day import DeskState
from onestop.domain.errors import DeskUnknown
from onestop.domain.visit import AT_DESK, UNDO_WINDOW, BlockedBy, StopState, VisitState
from onestop.visits.queries.desk import HeldBack, held_back
from onestop.visits.queries.hall import Hall, backlog_of, load_hall
from onestop.visits.queries.people import DeskSpot, Row, Title, title_of
from onestop.visits.queries.sessions import SessionAtDesk, next_sessions
from onestop.visits.tables import acts, visits

BEHIND_MINUTES = 60
"""Talks for so long wait at a desk that is behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDesk:
    """Who is called to or served at a desk; `member` when only one of a party is."""

    stop: UUID
    party: UUID
    number: int
    member: int | None
    state: StopState
    since_at: datetime
    title: Title
    languages: tuple[str, ...]
    interpreter: Interpreter
    mediator: tuple[str, ...]
    """The languages of the mediator who comes with the call, none without one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorDesk:
    """A desk on floor control. A desk that has only private services does not say whose it is (R19)."""

    id: UUID
    mark: DeskSpot
    institution: str
    private: bool
    state: DeskState
    ready_until_at: datetime | None
    at_desk: AtDesk | None
    session: SessionAtDesk | None
    """The session that runs there or comes next; of a private one nothing (R19)."""
    waiting: int
    held: tuple[HeldBack, ...]
    """Why nobody of those who wait can come, while the desk stands ready."""
    undo_act: UUID | None
    """The last act here, while it can still be taken back."""
    undo_until_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A desk in its hours that people wait for: not open, or with more talks before it than it can soon give."""

    mark: DeskSpot
    state: DeskState
    waiting: int
    minutes: int
    """Of the talks that wait, shared among the open desks that give them."""


def floor_desks(conn: sa.Connection, day: UUID, *, now: datetime) -> tuple[FloorDesk, ...]:
    """Every desk by number; six statements, and those of `load_hall` while a desk stands ready."""
    configured = desks_of_day(conn, day)
    ready = [desk.id for desk in configured if _is_ready(desk, now)]
    hall = load_hall(conn, day, now=now, at=ready) if ready else None
    private = set(conn.execute(sa.select(services.c.id).where(services.c.private)).scalars())
    at_desk = {row.desk_id: row for row in _at_desks(conn, day)}
    mediators: dict[UUID, list[str]] = defaultdict(list)
    for row in conn.execute(
        sa.select(mediator_languages)
        .where(mediator_languages.c.mediator_id.in_([row.mediator_id for row in at_desk.values() if row.mediator_id]))
        .order_by(mediator_languages.c.language)
    ):
        mediators[row.mediator_id].append(row.language)
    sessions = {desk: one for desk, one in next_sessions(conn, day, now=now).items() if not one.private}
    waiting, aside = _waiting(conn, day)
    undo = _last_acts(conn, day, now)
    return tuple(
        _desk(
            desk,
            private,
            at_desk.get(desk.id),
            mediators,
            sessions.get(desk.id),
            waiting,
            undo.get(desk.id),
            hall,
            aside,
            now,
        )
        for desk in configured
    )


def desks_behind(conn: sa.Connection, day: UUID, *, now: datetime) -> tuple[Behind, ...]:
    """Desks that people wait for and that do not keep up, by number; three statements."""
    configured = desks_of_day(conn, day)
    backlog = backlog_of(conn, day, configured)
    waiting, _ = _waiting(conn, day)
    found = (
        Behind(
            mark=DeskSpot(number=desk.number, colour=desk.colour, shape=desk.shape),
            state=desk.state,
            waiting=sum(waiting[service] for service in desk.services),
            minutes=round(backlog[desk.id]),
        )
        for desk in configured
        if any(begin <= now < end for begin, end in desk.openings)
    )
    return tuple(
        each for each in found if each.waiting and (each.state is not DeskState.OPEN or each.minutes >= BEHIND_MINUTES)
    )


def floor_desk(conn: sa.Connection, day: UUID, desk: UUID, *, now: datetime) -> FloorDesk:
    """One desk of this day. Raises `DeskUnknown`."""
    found = next((one for one in floor_desks(conn, day, now=now) if one.id == desk), None)
    if found is None:
        raise DeskUnknown
    return found


def _desk(
    desk: DeskRow,
    private: set[UUID],
    at_desk: Row | None,
    mediators: dict[UUID, list[str]],
    session: SessionAtDesk | None,
    waiting: Counter[UUID],
    undo: Row | None,
    hall: Hall | None,
    aside: Counter[tuple[UUID, str]],
    now: datetime,
) -> FloorDesk:
    hidden = bool(desk.services) and set(desk.services) <= private
    ready = _is_ready(desk, now)
    return FloorDesk(
        id=desk.id,
        mark=DeskSpot(number=desk.number, colour=desk.colour, shape=desk.shape),
        institution="" if hidden else desk.institution.name,
        private=hidden,
        state=desk.state,
        ready_until_at=desk.ready_until_at if ready else None,
        at_desk=_visitor(at_desk, mediators) if at_desk is not None else None,
        session=session,
        waiting=sum(waiting[service] for service in desk.services),
        held=_held(hall, desk, aside, now) if ready and hall is not None and at_desk is None else (),
        undo_act=undo.id if undo is not None else None,
        undo_until_at=undo.at + UNDO_WINDOW if undo is not None else None,
    )


def _is_ready(desk: DeskRow, now: datetime) -> bool:
    return desk.ready_until_at is not None and desk.ready_until_at > now


def _held(hall: Hall, desk: DeskRow, aside: Counter[tuple[UUID, str]], now: datetime) -> tuple[HeldBack, ...]:
    kept_back = held_back(hall, hall.as_called(desk), now=now)
    found = tuple(each for each in kept_back if each.why != Hindrance.OTHER_SERVICE)
    kept = {why: sum(aside[service, why] for service in desk.services) for why in BlockedBy}
    return found + tuple(HeldBack(why=why, people=people) for why, people in kept.items() if people)


def _visitor(row: Row, mediators: dict[UUID, list[str]]) -> AtDesk:
    return AtDesk(
        stop=row.id,
        party=row.party_id,
        number=row.number,
        member=member_mark(row),
        state=StopState(row.state),
        since_at=row.served_at or row.called_at,
        title=title_of(row),
        languages=tuple(row.languages),
        interpreter=Interpreter(row.interpreter),
        mediator=tuple(mediators[row.mediator_id]) if row.mediator_id else (),
    )


def member_mark(row: Row) -> int | None:
    """The mark on the board: only when one of several people is meant."""
    return row.mark if row.going == 1 and row.people > 1 else None


def _at_desks(conn: sa.Connection, day: UUID) -> list[Row]:
    return list(conn.execute(at_desk_rows(day).where(stops.c.state.in_(AT_DESK), stops.c.session_id.is_(None))))


def at_desk_rows(day: UUID) -> sa.Select[Any]:
    """Stops of a day that have a desk, with whose they are and where."""
    going = sa.select(sa.func.count()).where(stop_members.c.stop_id == stops.c.id)
    marks = (
        sa.select(sa.func.min(members.c.mark))
        .join_from(stop_members, members)
        .where(stop_members.c.stop_id == stops.c.id)
    )
    everybody = sa.select(sa.func.count()).where(members.c.party_id == parties.c.id)
    chosen: Any = (
        sa.select(
            stops.c.id,
            stops.c.party_id,
            stops.c.desk_id,
            stops.c.state,
            stops.c.private,
            stops.c.mediator_id,
            stops.c.no_shows,
            stops.c.called_at,
            stops.c.served_at,
            services.c.key,
            parties.c.number,
            parties.c.languages,
            parties.c.interpreter,
            desks.c.number.label("desk_number"),
            desks.c.colour,
            desks.c.shape,
            going.scalar_subquery().label("going"),
            marks.scalar_subquery().label("mark"),
            everybody.scalar_subquery().label("people"),
        )
        .join_from(stops, parties, parties.c.id == stops.c.party_id)
        .join(services, services.c.id == stops.c.service_id)
        .join(desks, desks.c.id == stops.c.desk_id)
        .where(stops.c.day_id == day)
    )
    return chosen


def _waiting(conn: sa.Connection, day: UUID) -> tuple[Counter[UUID], Counter[tuple[UUID, str]]]:
    """How many wait for a service, and how many are set aside there, by the reason."""
    rows = conn.execute(
        sa.select(stops.c.service_id, stops.c.blocked_by, sa.func.count().label("counted"))
        .join_from(stops, visits, visits.c.id == stops.c.visit_id)
        .where(
            stops.c.day_id == day,
            visits.c.state == VisitState.OPEN,
            stops.c.state.in_([StopState.WAITING, StopState.PARKED, StopState.BLOCKED]),
        )
        .group_by(stops.c.service_id, stops.c.blocked_by)
    )
    waiting, aside = Counter[UUID](), Counter[tuple[UUID, str]]()
    for row in rows:
        if row.blocked_by is None:
            waiting[row.service_id] += int(row.counted)
        else:
            aside[row.service_id, row.blocked_by] += int(row.counted)
    return waiting, aside


def _last_acts(conn: sa.Connection, day: UUID, now: datetime) -> dict[UUID, Row]:
    rows = conn.execute(
        sa.select(acts.c.desk_id, acts.c.id, acts.c.at, acts.c.undone_at)
        .where(
            acts.c.day_id == day,
            acts.c.desk_id.is_not(None),
            acts.c.at >= now - UNDO_WINDOW,
        )
        .order_by(acts.c.at, acts.c.id)
    )
    newest = {row.desk_id: row for row in rows}
    # Before an act that was taken back nothing can be taken back: the rows have changed since.
    return {desk: row for desk, row in newest.items() if row.undone_at is None}
