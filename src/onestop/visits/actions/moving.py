"""A whole day goes to another date: everybody keeps her place and her time of day, and is told."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.moving import end_what_is_asked, shift_bookings
from onestop.booking.tables import bookings, parties
from onestop.days import setup
from onestop.days.history import keep_change
from onestop.days.queries.days import day_by_id
from onestop.days.queries.picture import picture_of
from onestop.days.tables import setup_changes
from onestop.db.shifting import shift
from onestop.domain.booking import WAITS, BookingState
from onestop.domain.errors import N_, Refusal
from onestop.domain.roles import Actor
from onestop.domain.touch import Touch, Touched
from onestop.visits.actions.touching import note_touched, tell_next_touched
from onestop.visits.tables import setup_touched, visits


class MoveHasVisitors(Refusal):
    code = "move_has_visitors"
    sentence = N_("Visitors have come to this day already. It cannot be moved any more.")


class MoveHasBookings(Refusal):
    code = "move_has_bookings"
    sentence = N_("%(count)s bookings stand. Please look at the page again before you move the day.")


def move_day(
    conn: sa.Connection, day: UUID, *, on: date, bookings_too: bool, version: int, actor: Actor, now: datetime
) -> int:
    """Put a day that has not begun on another date; gives how many bookings go with it.

    Whoever has a place or waits for one is told afterwards, a few in a transaction (`tell_next_touched`). Held times
    and offered places are taken back. Raises `MoveHasVisitors`, `MoveHasBookings` unless they are to go too, and what
    `days.setup.move_day` raises.
    """
    if conn.execute(sa.select(visits.c.id).where(visits.c.day_id == day).limit(1)).first() is not None:
        raise MoveHasVisitors
    booked = conn.execute(
        sa.select(sa.func.count()).where(bookings.c.day_id == day, bookings.c.state == BookingState.CONFIRMED)
    ).scalar_one()
    if booked and not bookings_too:
        raise MoveHasBookings(count=booked)
    end_what_is_asked(conn, day, actor=actor, now=now)
    before = picture_of(conn, day)
    by = setup.move_day(conn, day, on, version=version, actor=actor, now=now)
    shift_bookings(conn, day, by)
    # What she was told before about her time is still about her time.
    earlier = setup_touched.c.change_id.in_(sa.select(setup_changes.c.id).where(setup_changes.c.day_id == day))
    shift(conn, by, setup_touched.c.arrival_at, where=earlier)
    touched = _everybody(conn, day)
    change = keep_change(conn, day, before, touched={Touch.DAY.value: booked} if booked else {}, actor=actor, now=now)
    if change is not None and touched:
        note_touched(conn, change, touched)
        tell_next_touched(conn, day, actor=actor, now=now)
    return booked


def _everybody(conn: sa.Connection, day: UUID) -> list[Touched]:
    """Who has a place or waits for one."""
    opens_at = day_by_id(conn, day).opens_at
    rows = conn.execute(
        sa.select(bookings.c.party_id, bookings.c.arrival_at, parties.c.number)
        .join(parties, parties.c.id == bookings.c.party_id)
        .where(
            bookings.c.day_id == day,
            bookings.c.state.in_([BookingState.CONFIRMED, *WAITS]),
            parties.c.erased_at.is_(None),
        )
    ).all()
    return [
        Touched(
            party=row.party_id,
            number=row.number or 0,
            here=False,
            private=False,
            touch=Touch.DAY,
            arrival_at=row.arrival_at or opens_at,
        )
        for row in rows
    ]
