"""A booking laid again at its own time, after the set-up of its day has changed."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.bookings import confirmed_booking, let_offer_go, wish_of_party, write_plan
from onestop.booking.capacity import claim, claims_of, give_back
from onestop.booking.tables import bookings
from onestop.days.queries.capacity import load_capacity
from onestop.days.queries.days import day_by_id
from onestop.domain.capacity import Bucket
from onestop.domain.errors import ArrivalTaken
from onestop.domain.plan import nominal_plan


def lay_anew(conn: sa.Connection, party: UUID, *, now: datetime) -> bool:
    """Lay a confirmed booking in the minutes the set-up has now; `False`: no plan is left, and all stays as it was.

    Her arrival stays claimed, also where nobody else can book it any more.
    """
    booking = confirmed_booking(conn, party)
    let_offer_go(conn, booking, now=now)
    wish = wish_of_party(conn, booking)
    try:
        with conn.begin_nested():
            give_back(conn, [booking.id], offered=False, arrivals_too=False)
            kept = {one.bucket for one in claims_of(conn, booking.id)}
            room = load_capacity(conn, day_by_id(conn, booking.day), services=wish.services, languages=wish.languages)
            hers = Bucket(start=booking.arrival_at, id=min(kept), total=1, reserve=0, used=0, used_reserve=0)
            plan = nominal_plan(
                replace(room, arrivals=(hers,)),
                arrival_at=booking.arrival_at,
                stops=wish.stops,
                languages=wish.languages,
                interpreter=wish.interpreter,
                party=wish.members,
                with_reserve=True,
            )
            if plan is None:
                raise ArrivalTaken
            claim(conn, booking.id, [one for one in plan.claims if one.bucket not in kept])
    except ArrivalTaken:
        return False
    conn.execute(
        bookings.update()
        .where(bookings.c.id == booking.id)
        .values(ends_at=plan.ends_at, no_interpreter=plan.no_interpreter)
    )
    write_plan(conn, party, plan)
    return True
