"""A held time whose sessions changed while its form was filled in."""

import sqlalchemy as sa

from onestop.booking.queries import Booking
from onestop.booking.tables import claims, stops
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.tables import capacity
from onestop.domain.plan import CapacityKind
from onestop.domain.visit import StopState

_SEAT_GONE = (
    sa.select(claims.c.capacity_id)
    .join_from(claims, capacity, capacity.c.id == claims.c.capacity_id)
    .where(
        claims.c.booking_id == sa.bindparam("booking"),
        capacity.c.kind == CapacityKind.SESSION,
        capacity.c.used + capacity.c.used_reserve > capacity.c.wanted,
    )
    .limit(1)
)
_UNSEATED = (
    sa.select(stops.c.id)
    .where(
        stops.c.party_id == sa.bindparam("party"),
        stops.c.state == StopState.PLANNED,
        stops.c.service_id.in_(sa.bindparam("services", expanding=True)),
        stops.c.session_id.is_(None),
    )
    .limit(1)
)


def has_its_seats(conn: sa.Connection, booking: Booking) -> bool:
    """Whether the sessions a booking goes to are there as they were; two statements, one on a day without sessions.

    They may have been moved or taken away, may have fewer seats, or may have come where there were talks before.
    """
    if conn.execute(_SEAT_GONE, {"booking": booking.id}).first() is not None:
        return False
    services = sorted({one.service for one in sessions_of_day(conn, booking.day)})
    return not services or conn.execute(_UNSEATED, {"party": booking.party, "services": services}).first() is None
