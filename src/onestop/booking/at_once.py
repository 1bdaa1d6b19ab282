"""Hold and confirm in one transaction, for doors where somebody decides with the time in front of her."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.bookings import confirm_held, hold_arrival
from onestop.booking.contacts import Contact
from onestop.booking.queries import Booking, reserve_left
from onestop.booking.tickets import Ticket
from onestop.booking.wish import Wish
from onestop.days.queries.days import day_by_id
from onestop.domain.booking import Channel
from onestop.domain.roles import Actor


def book_at_once(
    conn: sa.Connection,
    day_id: UUID,
    wish: Wish,
    *,
    arrival_at: datetime,
    channel: Channel,
    key: bytes,
    hold_minutes: int,
    name: str = "",
    contact: tuple[Contact, ...] = (),
    invitation: str | None = None,
    helper: UUID | None = None,
    with_reserve: bool = False,
    actor: Actor,
    now: datetime,
) -> tuple[Booking, Ticket]:
    """A confirmed booking with its ticket. Raises what the two steps raise; then nothing is kept.

    `with_reserve` is for doors that may use the reserve, as long as the day's limit for the channel is not reached.
    """
    held = hold_arrival(
        conn,
        day_id,
        wish,
        arrival_at=arrival_at,
        channel=channel,
        actor=actor,
        now=now,
        hold_minutes=hold_minutes,
        invitation=invitation,
        helper=helper,
        with_reserve=with_reserve and reserve_left(conn, day_by_id(conn, day_id), channel),
    )
    ticket = confirm_held(conn, held, key=key, name=name, contact=contact, actor=actor, now=now)
    return held, ticket
