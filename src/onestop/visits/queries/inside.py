"""How many are expected and inside, for the buttons that close or cancel a day."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings
from onestop.domain.booking import BookingState
from onestop.domain.visit import VisitState
from onestop.visits.tables import visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """Bookings that stand, tickets inside, and tickets that were here at all."""

    booked: int
    inside: int
    came: int


def inside_of_day(conn: sa.Connection, day: UUID) -> Inside:
    """The counts; one statement."""

    def count(table: sa.Table, *where: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).select_from(table).where(table.c.day_id == day, *where).scalar_subquery()

    row = conn.execute(
        sa.select(
            count(bookings, bookings.c.state == BookingState.CONFIRMED).label("booked"),
            count(visits, visits.c.state == VisitState.OPEN).label("inside"),
            count(visits).label("came"),
        )
    ).one()
    return Inside(booked=row.booked, inside=row.inside, came=row.came)
