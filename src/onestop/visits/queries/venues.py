"""Whom a change of a venue touches, and whether anything knows it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings
from onestop.days.tables import days, setup_changes
from onestop.domain.booking import BookingState
from onestop.domain.day import DayState


@dataclass(frozen=True, slots=True, kw_only=True)
class DayThere:
    """A day at a venue that is still to come or runs, with how many bookings stand."""

    slug: str
    name: str
    on: date
    state: DayState
    bookings: int


def days_there(conn: sa.Connection, venue: UUID, *, now: datetime) -> tuple[DayThere, ...]:
    """Drafts and published days at a venue that are not over, soonest first; one statement."""
    rows = conn.execute(
        sa.select(days.c.slug, days.c.name, days.c.on_date, days.c.state, sa.func.count(bookings.c.id).label("booked"))
        .join_from(
            days,
            bookings,
            sa.and_(bookings.c.day_id == days.c.id, bookings.c.state == BookingState.CONFIRMED),
            isouter=True,
        )
        .where(
            days.c.venue_id == venue,
            days.c.state.in_([DayState.DRAFT, DayState.PUBLISHED]),
            days.c.closes_at > now,
        )
        .group_by(days.c.id, days.c.slug, days.c.name, days.c.on_date, days.c.state)
        .order_by(days.c.on_date, days.c.slug)
    )
    return tuple(
        DayThere(slug=row.slug, name=row.name, on=row.on_date, state=DayState(row.state), bookings=row.booked)
        for row in rows
    )


def is_venue_used(conn: sa.Connection, venue: UUID) -> bool:
    """Whether a day is or was there, or the history of a set-up can bring one back there; one statement."""
    known = (sa.cast(setup_changes.c[name], sa.Text).contains(str(venue)) for name in ("before", "after"))
    return conn.execute(
        sa.select(sa.or_(sa.exists().where(days.c.venue_id == venue), sa.exists().where(sa.or_(*known))))
    ).scalar_one()
