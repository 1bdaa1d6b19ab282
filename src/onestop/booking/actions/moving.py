"""Bookings that go with their day to another date."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.bookings import release_hold
from onestop.booking.actions.offers import withdraw_offers
from onestop.booking.tables import bookings, stops, waiting
from onestop.db.shifting import shift
from onestop.domain.booking import BookingState
from onestop.domain.roles import Actor


def end_what_is_asked(conn: sa.Connection, day: UUID, *, actor: Actor, now: datetime) -> None:
    """Take back held times and offered places: what people read of them would not be true any more."""
    held = sa.select(bookings.c.id).where(bookings.c.day_id == day, bookings.c.state == BookingState.HELD)
    for hold in conn.execute(held.order_by(bookings.c.id)).scalars().all():
        release_hold(conn, hold, actor=actor, now=now)
    withdraw_offers(conn, day, now=now)


def shift_bookings(conn: sa.Connection, day: UUID, by: timedelta) -> None:
    """Move arrivals, planned stops and wishes for a time; what is claimed stays claimed."""
    shift(conn, by, bookings.c.arrival_at, bookings.c.ends_at, where=bookings.c.day_id == day)
    shift(conn, by, stops.c.planned_at, where=stops.c.day_id == day)
    shift(conn, by, waiting.c.not_before_at, waiting.c.not_after_at, where=waiting.c.day_id == day)
