"""How full the published days are at this moment, as numbers of people at work on them and of nobody in particular."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from onestop.booking.tables import bookings, stops
from onestop.days.tables import days
from onestop.domain.booking import BookingState
from onestop.domain.day import DayState
from onestop.domain.visit import AT_DESK, StopState, VisitState
from onestop.visits.tables import visits


@dataclass(frozen=True, slots=True, kw_only=True)
class DayGauges:
    """One published day: visits that wait, stops that are called, served now and finished, holds that live."""

    slug: str
    waiting: int
    called: int
    serving: int
    served: int
    holds: int


def day_gauges(conn: sa.Connection, *, now: datetime) -> list[DayGauges]:
    """Every published day by its public name; one statement."""
    at_desk = sa.exists().where(stops.c.visit_id == visits.c.id, stops.c.state.in_(AT_DESK))
    waiting = sa.select(sa.func.count()).where(
        visits.c.day_id == days.c.id,
        visits.c.state == VisitState.OPEN,
        visits.c.stepped_out_at.is_(None),
        ~at_desk,
    )
    holds = sa.select(sa.func.count()).where(
        bookings.c.day_id == days.c.id, bookings.c.state == BookingState.HELD, bookings.c.hold_until_at > now
    )

    def in_state(state: StopState) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).where(stops.c.day_id == days.c.id, stops.c.state == state).scalar_subquery()

    rows = conn.execute(
        sa.select(
            days.c.slug,
            waiting.scalar_subquery().label("waiting"),
            in_state(StopState.CALLED).label("called"),
            in_state(StopState.SERVING).label("serving"),
            in_state(StopState.FINISHED).label("served"),
            holds.scalar_subquery().label("holds"),
        )
        .where(days.c.state == DayState.PUBLISHED)
        .order_by(days.c.slug)
    )
    return [
        DayGauges(
            slug=row.slug,
            waiting=row.waiting,
            called=row.called,
            serving=row.serving,
            served=row.served,
            holds=row.holds,
        )
        for row in rows
    ]
