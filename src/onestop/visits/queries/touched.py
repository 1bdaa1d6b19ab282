"""What a change of the set-up means for one ticket, until she has read it."""

from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings
from onestop.days.tables import setup_changes
from onestop.domain.booking import BookingState
from onestop.domain.touch import Touch
from onestop.domain.visit import VisitState
from onestop.visits.tables import setup_touched, visits

STILL = sa.or_(
    visits.c.state == VisitState.OPEN,
    sa.and_(bookings.c.state == BookingState.CONFIRMED, bookings.c.arrival_at == setup_touched.c.arrival_at),
)
"""Of somebody touched: she is inside, or has the booking she had then."""
NEWS = sa.and_(
    setup_touched.c.told_at.is_not(None), setup_touched.c.seen_at.is_(None), setup_touched.c.how != Touch.UNNOTICED
)
"""She was told, and nobody knows whether she has read it."""

_TOUCHED = (
    sa.select(setup_touched.c.how)
    .join(setup_changes, setup_changes.c.id == setup_touched.c.change_id)
    .outerjoin(bookings, bookings.c.party_id == setup_touched.c.party_id)
    .outerjoin(visits, visits.c.party_id == setup_touched.c.party_id)
    .where(setup_touched.c.party_id == sa.bindparam("party"), NEWS, STILL)
    .order_by(setup_changes.c.version.desc())
)


def touched_of(conn: sa.Connection, party: UUID) -> tuple[Touch, ...]:
    """How changes touch her that she has not read: that of the date, and the newest other one; one statement."""
    unread = [Touch(how) for how in conn.execute(_TOUCHED, {"party": party}).scalars()]
    moved = [touch for touch in unread if touch is Touch.DAY]
    others = [touch for touch in unread if touch is not Touch.DAY]
    return (*moved[:1], *others[:1])
