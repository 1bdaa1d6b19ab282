"""Bookings that go with their day to another date."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.bookings import release_hold
from onestop.booking.tables import bookings, stops, waiting
from onestop.db.shifting import shift
from onestop.domain.booking import BookingState
from onestop.domain.roles import Actor


def release_holds(conn: sa.Connection, day: UUID, *, actor: Actor, now: datetime) -> None:
    """Give back what is held for people who are booking: what they read on their page would not be true any more."""
    held = sa.select(bookings.c.id).where(bookings.c.day_id == day, bookings.c.state == BookingState.HELD)
    for hold in conn.execute(held.order_by(bookings.c.id)).scalars().all():
        release_hold(conn, hold, actor=actor, now=now)


def shift_bookings(conn: sa.Connection, day: UUID, by: timedelta) -> None:
    """Move arrivals, planned stops, wishes for a time and offered places; what is claimed stays claimed."""
    shift(conn, by, bookings.c.arrival_at, bookings.c.ends_at, where=bookings.c.day_id == day)
    shift(conn, by, stops.c.planned_at, where=stops.c.day_id == day)
    wishes = (waiting.c.not_before_at, waiting.c.not_after_at, waiting.c.offer_at)
    shift(conn, by, *wishes, where=waiting.c.day_id == day)
    offered = sa.select(waiting.c.party_id, waiting.c.plan).where(
        waiting.c.day_id == day, waiting.c.offer_at.is_not(None)
    )
    for row in conn.execute(offered).all():
        conn.execute(waiting.update().where(waiting.c.party_id == row.party_id).values(plan=_moved(row.plan, by)))


def _moved(plan: dict[str, Any], by: timedelta) -> dict[str, Any]:
    def later(text: str) -> str:
        return (datetime.fromisoformat(text) + by).isoformat()

    laid = [[service, later(start), minutes] for service, start, minutes in plan["stops"]]
    return {**plan, "ends_at": later(plan["ends_at"]), "stops": laid}
