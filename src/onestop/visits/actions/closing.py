"""The end of a day: nobody is lost, whoever is still expected is told, and a day nobody closed closes by itself."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking, release_hold
from onestop.booking.actions.waiting import end_waiting
from onestop.booking.capacity import give_back
from onestop.booking.tables import bookings, stops
from onestop.days.queries.days import day_by_id
from onestop.days.tables import days, desks
from onestop.db.ledger import record
from onestop.domain.booking import BookingState, check_move
from onestop.domain.day import DayState, DeskState, check_day_move
from onestop.domain.errors import N_, DayNotBegun, DayStillInside, DeskServing
from onestop.domain.facts import Fact
from onestop.domain.roles import SYSTEM, Actor
from onestop.domain.visit import StopState, VisitReason, VisitState
from onestop.visits.actions.alarms import end_alarms
from onestop.visits.actions.broadcasting import end_broadcasts
from onestop.visits.actions.calls import finish
from onestop.visits.actions.route import drop_stop, leave
from onestop.visits.tables import visits

FORGOTTEN_AFTER = timedelta(hours=12)
"""So long after its hours a day that nobody closed is closed by itself."""
BY_ITSELF = N_("Nobody closed the day. It closed by itself.")


def close_day(conn: sa.Connection, day_id: UUID, *, reason: str = "", actor: Actor, now: datetime) -> None:
    """Close the day: whoever is still inside ends as left, whoever did not come is missed.

    Bookings for a time that has not come yet are cancelled, so that their holders are told. The reason stays with the
    day. Raises `DayNotBegun`, `DayStillInside` while somebody is inside and no reason is given, `DeskServing` in the
    middle of a talk.
    """
    day = day_by_id(conn, day_id)
    check_day_move(day.state, DayState.CLOSED)
    if now < day.opens_at and now.astimezone(day.zone).date() < day.on:
        raise DayNotBegun
    inside = conn.execute(
        sa.select(visits.c.id).where(visits.c.day_id == day_id, visits.c.state == VisitState.OPEN)
    ).scalars().all()  # fmt: skip
    if inside and not reason.strip():
        raise DayStillInside(count=len(inside))
    if _serving(conn, day_id):
        raise DeskServing
    conn.execute(desks.update().where(desks.c.day_id == day_id).values(ready_since_at=None, ready_until_at=None))
    for visit in inside:
        _end(conn, visit, actor=actor, now=now)
    _end_bookings(conn, day_id, actor=actor, now=now)
    conn.execute(desks.update().where(desks.c.day_id == day_id).values(state=DeskState.CLOSED))
    end_alarms(conn, day_id, now=now)
    end_broadcasts(conn, day_id, now=now)
    conn.execute(
        days.update()
        .where(days.c.id == day_id)
        .values(state=DayState.CLOSED, closed_at=now, closed_why=reason.strip()[:200], version=days.c.version + 1)
    )
    record(conn, Fact(kind="DayClosed", at=now, day=day_id, actor=actor.ref, terms={"inside": len(inside)}))


def days_left_open(conn: sa.Connection, *, now: datetime) -> list[UUID]:
    """Published days whose hours ended long ago."""
    over = sa.and_(days.c.state == DayState.PUBLISHED, days.c.closes_at <= now - FORGOTTEN_AFTER)
    return list(conn.execute(sa.select(days.c.id).where(over)).scalars())


def close_forgotten(conn: sa.Connection, day_id: UUID, *, now: datetime) -> None:
    """Close a day that nobody closed; talks that nobody ended are finished first. Harmless twice."""
    if day_by_id(conn, day_id).state is not DayState.PUBLISHED:
        return
    for stop in _serving(conn, day_id):
        finish(conn, stop, actor=SYSTEM, now=now)
    close_day(conn, day_id, reason=BY_ITSELF, actor=SYSTEM, now=now)


def _serving(conn: sa.Connection, day: UUID) -> list[UUID]:
    return list(
        conn.execute(sa.select(stops.c.id).where(stops.c.day_id == day, stops.c.state == StopState.SERVING)).scalars()
    )


def _end(conn: sa.Connection, visit: UUID, *, actor: Actor, now: datetime) -> None:
    """A visit that has nothing left but an unanswered proposal is completed; every other one has left."""
    proposed = sa.select(stops.c.id).where(stops.c.visit_id == visit, stops.c.state == StopState.PROPOSED)
    for stop in conn.execute(proposed).scalars().all():
        drop_stop(conn, stop, actor=actor, now=now)
    leave(conn, visit, reason=VisitReason.DAY_CLOSED, actor=actor, now=now)


def _end_bookings(conn: sa.Connection, day_id: UUID, *, actor: Actor, now: datetime) -> None:
    end_waiting(conn, day_id, actor=actor, now=now)
    rows = conn.execute(
        sa.select(bookings).where(
            bookings.c.day_id == day_id, bookings.c.state.in_([BookingState.CONFIRMED, BookingState.HELD])
        )
    ).all()
    for row in rows:
        if row.state == BookingState.HELD:
            release_hold(conn, row.id, actor=actor, now=now)
        elif row.arrival_at > now:
            cancel_booking(conn, row.party_id, actor=actor, now=now)
    missed = [row for row in rows if row.state == BookingState.CONFIRMED and row.arrival_at <= now]
    give_back(conn, [row.id for row in missed])
    for row in missed:
        check_move(BookingState.CONFIRMED, BookingState.MISSED)
        conn.execute(bookings.update().where(bookings.c.id == row.id).values(state=BookingState.MISSED, ended_at=now))
        conn.execute(
            stops.update()
            .where(stops.c.party_id == row.party_id, stops.c.state.in_([StopState.PLANNED, StopState.PROPOSED]))
            .values(state=StopState.DROPPED, ended_at=now, version=stops.c.version + 1)
        )
        record(conn, Fact(kind="BookingMissed", at=now, day=day_id, party=row.party_id, actor=actor.ref))
