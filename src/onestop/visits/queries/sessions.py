"""How the sessions of a day are held, and who goes to one: numbers, never names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, members, parties, stop_members, stops
from onestop.days.queries.sessions import SessionRow, sessions_of_day
from onestop.days.tables import day_sessions, days, desks
from onestop.directory.tables import institutions, services
from onestop.domain.booking import BookingState
from onestop.domain.day import DayState, DeskState
from onestop.domain.errors import NotKnown
from onestop.domain.operational import OperationalNeed
from onestop.domain.seating import Held
from onestop.domain.visit import StopState, VisitState
from onestop.visits.tables import acts, session_runs, visit_needs, visits

Row: TypeAlias = Any  # a row of the database


class Place(StrEnum):
    """Where somebody who goes to a session is."""

    EXPECTED = "expected"
    """Booked, and not here yet."""
    WAITS = "waits"
    ELSEWHERE = "elsewhere"
    """At another desk, out, or kept back by a paper."""
    THERE = "there"
    """In the session."""
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One number on the list of a session."""

    stop: UUID
    version: int
    number: int
    marks: tuple[int, ...]
    """Who of them comes; empty for everybody of the number."""
    people: int
    languages: tuple[str, ...]
    needs: tuple[OperationalNeed, ...]
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAtDesk:
    """A session as its desk and floor control see it."""

    id: UUID
    held: Held
    seats: int
    people: int
    """Who goes there and is still awaited or there."""
    language: str
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionScreen:
    """A session with its list."""

    session: SessionAtDesk
    service_key: str
    desk: UUID
    desk_number: int
    desk_colour: int
    desk_shape: str
    desk_state: DeskState
    institution: str
    day: UUID
    day_slug: str
    day_state: DayState
    timezone: str
    list: tuple[Seat, ...]
    undo_act: UUID | None
    """The last act here, while it may be taken back."""
    undo_kind: str
    undo_at: datetime | None


_RUNS = sa.select(session_runs).where(session_runs.c.day_id == sa.bindparam("day"))


def runs_of_day(conn: sa.Connection, day: UUID) -> dict[UUID, Row]:
    """By session what has happened to it; one statement."""
    return {row.session_id: row for row in conn.execute(_RUNS, {"day": day})}


def held_of(session: SessionRow, run: Row | None) -> Held:
    """A configured session with what has happened to it."""
    return Held(
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        called_at=run.called_at if run is not None else None,
        begun_at=run.begun_at if run is not None else None,
        ended_at=run.ended_at if run is not None else None,
    )


def session_at(conn: sa.Connection, day: UUID, desk: UUID) -> UUID | None:
    """The session that this desk holds now; nothing is asked for a desk without sessions."""
    sessions = [one for one in sessions_of_day(conn, day) if one.desk == desk]
    runs = runs_of_day(conn, day) if sessions else {}
    return next((one.id for one in sessions if held_of(one, runs.get(one.id)).runs), None)


def running_sessions(conn: sa.Connection, day: UUID) -> dict[UUID, datetime]:
    """Desks that hold a session now, and since when; nothing is asked on a day without sessions."""
    sessions = sessions_of_day(conn, day)
    if not sessions:
        return {}
    runs = runs_of_day(conn, day)
    held = ((one.desk, held_of(one, runs.get(one.id))) for one in sessions)
    return {desk: each.begun_at for desk, each in held if each.runs and each.begun_at is not None}


def sessions_to_begin(conn: sa.Connection, day: UUID, *, now: datetime) -> dict[UUID, datetime]:
    """By desk, when the first session begins there that nobody has begun; nothing is asked without sessions."""
    sessions = sessions_of_day(conn, day)
    if not sessions:
        return {}
    runs = runs_of_day(conn, day)
    found: dict[UUID, datetime] = {}
    for one in sessions:
        if now < one.ends_at and held_of(one, runs.get(one.id)).begun_at is None:
            found.setdefault(one.desk, one.starts_at)
    return found


_PEOPLE = (
    sa.select(stops.c.session_id, sa.func.count().label("people"))
    .join_from(stops, stop_members, stop_members.c.stop_id == stops.c.id)
    .where(
        stops.c.day_id == sa.bindparam("day"),
        stops.c.session_id.is_not(None),
        stops.c.state.in_((StopState.PLANNED, StopState.WAITING, StopState.BLOCKED, StopState.SERVING)),
    )
    .group_by(stops.c.session_id)
)
_PRIVATE = (
    sa.select(day_sessions.c.id)
    .join_from(day_sessions, services, services.c.id == day_sessions.c.service_id)
    .where(day_sessions.c.day_id == sa.bindparam("day"), services.c.private)
)


def next_sessions(conn: sa.Connection, day: UUID, *, now: datetime) -> Mapping[UUID, SessionAtDesk]:
    """By desk the session that runs there or comes next; three statements on a day that has sessions, else none."""
    sessions = sessions_of_day(conn, day)
    if not sessions:
        return {}
    runs = runs_of_day(conn, day)
    people = {row.session_id: int(row.people) for row in conn.execute(_PEOPLE, {"day": day})}
    private = set(conn.execute(_PRIVATE, {"day": day}).scalars())
    found: dict[UUID, SessionAtDesk] = {}
    for one in sessions:
        held = held_of(one, runs.get(one.id))
        over = held.ended_at is not None or (held.begun_at is None and held.ends_at <= now)
        if over or (one.desk in found and not held.runs):
            continue
        found[one.desk] = SessionAtDesk(
            id=one.id,
            held=held,
            seats=one.seats,
            people=people.get(one.id, 0),
            language=one.language,
            private=one.id in private,
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledSession:
    """A session that everybody is called to, as boards tell it: when it begins and where."""

    id: UUID
    starts_at: datetime
    called_at: datetime
    desk_number: int


def called_sessions(conn: sa.Connection, day: UUID, *, now: datetime) -> tuple[CalledSession, ...]:
    """Sessions that people are called to now, by start; no private one (R19). Two statements, none without sessions.

    Who is a few minutes late still reads where to go.
    """
    sessions = sessions_of_day(conn, day)
    if not sessions:
        return ()
    runs = runs_of_day(conn, day)
    called = {key: row for key, row in runs.items() if row.called_at is not None and row.ended_at is None}
    if not called:
        return ()
    rows = conn.execute(
        sa.select(day_sessions.c.id, desks.c.number)
        .join_from(day_sessions, services, services.c.id == day_sessions.c.service_id)
        .join(desks, desks.c.id == day_sessions.c.desk_id)
        .where(day_sessions.c.id.in_(called), services.c.private.is_(False))
    )
    numbers = {row.id: row.number for row in rows}
    return tuple(
        CalledSession(
            id=one.id, starts_at=one.starts_at, called_at=called[one.id].called_at, desk_number=numbers[one.id]
        )
        for one in sessions
        if one.id in numbers and now < held_of(one, called[one.id]).late_at
    )


def session_place(conn: sa.Connection, session: UUID) -> tuple[UUID, bool]:
    """The desk of a session, and whether its talk is private; one statement. Raises `NotKnown`."""
    row = conn.execute(
        sa.select(day_sessions.c.desk_id, services.c.private)
        .join_from(day_sessions, services, services.c.id == day_sessions.c.service_id)
        .where(day_sessions.c.id == session)
    ).one_or_none()
    if row is None:
        raise NotKnown
    return row.desk_id, row.private


def session_screen(conn: sa.Connection, session: UUID, *, undo_since: datetime) -> SessionScreen:
    """A session with everybody who goes there, by number; five statements. Raises `NotKnown`.

    An act since `undo_since` may be taken back.
    """
    row = conn.execute(
        sa.select(
            day_sessions,
            services.c.key,
            services.c.private,
            desks.c.number,
            desks.c.colour,
            desks.c.shape,
            desks.c.state,
            institutions.c.name.label("institution"),
            days.c.slug,
            days.c.state.label("day_state"),
            days.c.timezone,
        )
        .join_from(day_sessions, services, services.c.id == day_sessions.c.service_id)
        .join(desks, desks.c.id == day_sessions.c.desk_id)
        .join(institutions, institutions.c.id == desks.c.institution_id)
        .join(days, days.c.id == day_sessions.c.day_id)
        .where(day_sessions.c.id == session)
    ).one_or_none()
    if row is None:
        raise NotKnown
    configured = next(one for one in sessions_of_day(conn, row.day_id) if one.id == session)
    people = _seats(conn, session)
    act = conn.execute(
        sa.select(acts.c.id, acts.c.kind, acts.c.at, acts.c.undone_at)
        .where(acts.c.desk_id == row.desk_id, acts.c.at >= undo_since)
        .order_by(acts.c.at.desc(), acts.c.id.desc())
        .limit(1)
    ).one_or_none()
    open_act = act if act is not None and act.undone_at is None else None
    return SessionScreen(
        session=SessionAtDesk(
            id=session,
            held=held_of(configured, runs_of_day(conn, row.day_id).get(session)),
            seats=row.seats,
            people=sum(seat.people for seat in people),
            language=row.language,
            private=row.private,
        ),
        service_key=row.key,
        desk=row.desk_id,
        desk_number=row.number,
        desk_colour=row.colour,
        desk_shape=row.shape,
        desk_state=DeskState(row.state),
        institution=row.institution,
        day=row.day_id,
        day_slug=row.slug,
        day_state=DayState(row.day_state),
        timezone=row.timezone,
        list=people,
        undo_act=open_act.id if open_act is not None else None,
        undo_kind=open_act.kind if open_act is not None else "",
        undo_at=open_act.at if open_act is not None else None,
    )


_LISTED = (StopState.PLANNED, StopState.WAITING, StopState.BLOCKED, StopState.SERVING, StopState.FINISHED)
_COMES = (BookingState.CONFIRMED, BookingState.ARRIVED)


def _seats(conn: sa.Connection, session: UUID) -> tuple[Seat, ...]:
    going = stop_members.alias()
    everybody = sa.select(sa.func.count()).where(members.c.party_id == parties.c.id).scalar_subquery()
    elsewhere = sa.exists().where(
        going.c.stop_id == stops.c.id,
        going.c.member_id.in_(sa.select(stop_members.c.member_id).where(stop_members.c.active)),
    )
    rows = conn.execute(
        sa.select(
            stops.c.id,
            stops.c.version,
            stops.c.state,
            stops.c.visit_id,
            parties.c.number,
            parties.c.languages,
            visits.c.stepped_out_at,
            everybody.label("people"),
            elsewhere.label("elsewhere"),
        )
        .join_from(stops, parties, parties.c.id == stops.c.party_id)
        .outerjoin(visits, visits.c.id == stops.c.visit_id)
        .outerjoin(bookings, bookings.c.party_id == parties.c.id)
        .where(
            stops.c.session_id == session,
            stops.c.state.in_(_LISTED),
            parties.c.number.is_not(None),
            sa.or_(
                sa.and_(stops.c.visit_id.is_(None), bookings.c.state.in_(_COMES)),
                visits.c.state == VisitState.OPEN,
                stops.c.state == StopState.FINISHED,
            ),
        )
        .order_by(parties.c.number, stops.c.id)
    ).all()
    marks: dict[UUID, list[int]] = {row.id: [] for row in rows}
    for each in conn.execute(
        sa.select(stop_members.c.stop_id, members.c.mark)
        .join_from(stop_members, members)
        .where(stop_members.c.stop_id.in_(marks))
        .order_by(members.c.mark)
    ):
        marks[each.stop_id].append(each.mark)
    needs: dict[UUID, list[OperationalNeed]] = {row.visit_id: [] for row in rows if row.visit_id is not None}
    for each in conn.execute(
        sa.select(visit_needs).where(visit_needs.c.visit_id.in_(needs)).order_by(visit_needs.c.kind)
    ):
        needs[each.visit_id].append(OperationalNeed(each.kind))
    return tuple(
        Seat(
            stop=row.id,
            version=row.version,
            number=row.number,
            marks=tuple(marks[row.id]) if len(marks[row.id]) < row.people else (),
            people=len(marks[row.id]),
            languages=tuple(row.languages),
            needs=tuple(needs.get(row.visit_id, ())),
            place=_place(row),
        )
        for row in rows
    )


def _place(row: Row) -> Place:
    match row.state:
        case StopState.FINISHED:
            return Place.DONE
        case StopState.SERVING:
            return Place.THERE
        case StopState.PLANNED:
            return Place.EXPECTED
        case StopState.WAITING if not row.elsewhere and row.stepped_out_at is None:
            return Place.WAITS
        case _:
            return Place.ELSEWHERE
