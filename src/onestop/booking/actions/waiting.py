"""Changes to the waiting list: join it, wish for an earlier time, leave it. What is offered to whom: `offers.py`."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.invitations import invitation_of, return_invitation, use_invitation
from onestop.booking.actions.parties import add_contact, make_party, write_name
from onestop.booking.capacity import give_back
from onestop.booking.contacts import Contact, check_email
from onestop.booking.helped import check_cap
from onestop.booking.rests import rest
from onestop.booking.tables import bookings, stops, waiting
from onestop.booking.wish import Wish
from onestop.days.drawing import check_drawn
from onestop.days.queries.days import day_by_id
from onestop.db.ledger import record
from onestop.db.statements import change, insert
from onestop.db.types import new_id
from onestop.domain.booking import PROVES, WAITS, BookingState, Channel, check_move
from onestop.domain.day import check_bookable
from onestop.domain.errors import BookingClosed, TicketUnknown
from onestop.domain.facts import Fact, Term
from onestop.domain.roles import Actor
from onestop.domain.ticket import code_hash, short_hash, waiting_code, waiting_short_code
from onestop.domain.visit import StopState

_B = BookingState


def join_list(
    conn: sa.Connection,
    day_id: UUID,
    wish: Wish,
    *,
    channel: Channel,
    key: bytes,
    state: BookingState = _B.LISTED,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    name: str = "",
    contact: tuple[Contact, ...] = (),
    invitation: str | None = None,
    helper: UUID | None = None,
    since: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Put a party on the waiting list, or with `state` requested into a draw; gives the party.

    `invitation` is the hash of an invitation code and counts as used from now on. `since` is from when it has waited,
    if that is longer ago than now.
    """
    day = day_by_id(conn, day_id)
    check_bookable(day.state, closes_at=day.closes_at, now=now)
    if state is not _B.REQUESTED:
        check_drawn(conn, day)
    invited = invitation_of(conn, day, channel, invitation)
    if helper is not None:
        check_cap(conn, helper, day_id, now=now)
    use_invitation(conn, invited)
    must_prove = day.proves and channel in PROVES
    if must_prove:
        check_email(contact)
    party = make_party(conn, wish, day=day_id, how=channel.value, actor=actor, now=now, state=StopState.PLANNED)
    if name.strip():
        write_name(conn, party, name)
    for one in contact:
        add_contact(conn, day, party, one, key, proved_later=must_prove)
    insert(
        conn,
        bookings,
        id=new_id(),
        party_id=party,
        day_id=day_id,
        state=state,
        channel=channel,
        invitation_id=invited,
        helper_id=helper,
        created_at=now,
    )
    insert(
        conn,
        waiting,
        party_id=party,
        day_id=day_id,
        code_hash=code_hash(waiting_code(key, day=day_id, party=party)),
        short_hash=short_hash(day_id, waiting_short_code(key, day=day_id, party=party)),
        since_at=since or now,
        not_before_at=not_before,
        not_after_at=not_after,
    )
    kind = "PlaceRequested" if state is _B.REQUESTED else "PartyListed"
    terms = {"channel": channel, "stops": len(wish.stops), "members": len(wish.members)}
    record(conn, Fact(kind=kind, at=now, day=day_id, party=party, actor=actor.ref, terms=terms))
    return party


def wish_earlier(conn: sa.Connection, party: UUID, *, actor: Actor, now: datetime) -> None:
    """Whoever has a time says that she would like an earlier one; harmless twice. Raises `BookingClosed`."""
    booking = booking_of(conn, party)
    if booking.state != _B.CONFIRMED:
        raise BookingClosed
    known = conn.execute(sa.select(waiting).where(waiting.c.party_id == party)).one_or_none()
    if known is not None and known.ended_at is None:
        return
    if known is None:
        insert(conn, waiting, party_id=party, day_id=booking.day_id, since_at=now)
    else:
        fresh = {"since_at": now, "rank": None, "offers": 0, "not_before_at": None, "not_after_at": None, "seen": False}
        write_waiting(conn, party, **fresh, ended_at=None)
    record(conn, Fact(kind="EarlierWished", at=now, day=booking.day_id, party=party, actor=actor.ref))


def leave_list(conn: sa.Connection, party: UUID, *, because: str = "", actor: Actor, now: datetime) -> None:
    """Wait no more, for a place or for an earlier time; harmless twice. What was offered goes to the next one.

    `because` is a code in the ledger for whoever tells her; empty when she or the reception wants it.
    """
    waits = waits_of(conn, party)
    if waits is None or waits.ended_at is not None:
        return
    booking = booking_of(conn, party)
    free_offer(conn, booking, waits, now=now)
    write_waiting(conn, party, offer_at=None, offer_until_at=None, plan=None, ended_at=now)
    if booking.state in WAITS:
        withdraw(conn, booking, because=because, actor=actor, now=now)
    else:
        record(conn, Fact(kind="EarlierNotWished", at=now, day=booking.day_id, party=party, actor=actor.ref))


def end_waiting(conn: sa.Connection, day_id: UUID, *, actor: Actor, now: datetime) -> None:
    """The day is over: nobody waits for a place any more."""
    still = sa.select(waiting.c.party_id).where(waiting.c.day_id == day_id, waiting.c.ended_at.is_(None))
    for party in conn.execute(still.order_by(waiting.c.party_id)).scalars().all():
        leave_list(conn, party, actor=actor, now=now)


def withdraw(conn: sa.Connection, booking: sa.Row[Any], *, because: str = "", actor: Actor, now: datetime) -> None:
    """Her booking waits no more, with an entry in the ledger; her steps and her invitation go back."""
    state = BookingState(booking.state)
    if state in {_B.OFFERED, _B.DRAWN}:
        check_move(state, _B.LAPSED)
        state = _B.LAPSED
    check_move(state, _B.WITHDRAWN)
    change(conn, bookings, booking.id, state=_B.WITHDRAWN, ended_at=now)
    conn.execute(
        stops.update()
        .where(stops.c.party_id == booking.party_id, stops.c.state == StopState.PLANNED)
        .values(state=StopState.DROPPED, ended_at=now, version=stops.c.version + 1)
    )
    return_invitation(conn, booking.id)
    terms: dict[str, Term] = {"because": because} if because else {}
    record(
        conn,
        Fact(kind="PartyWithdrew", at=now, day=booking.day_id, party=booking.party_id, actor=actor.ref, terms=terms),
    )


def free_offer(conn: sa.Connection, booking: sa.Row[Any], waits: sa.Row[Any], *, now: datetime) -> None:
    """Give back what is offered to her, for others to find; harmless when nothing is."""
    if waits.offer_at is not None:
        rest(conn, waits.day_id, give_back(conn, [booking.id], offered=True), now=now)


def waits_of(conn: sa.Connection, party: UUID) -> sa.Row[Any] | None:
    """Her row on the waiting list."""
    return conn.execute(sa.select(waiting).where(waiting.c.party_id == party)).one_or_none()


def booking_of(conn: sa.Connection, party: UUID) -> sa.Row[Any]:
    """Her booking. Raises `TicketUnknown`."""
    row = conn.execute(sa.select(bookings).where(bookings.c.party_id == party)).one_or_none()
    if row is None:
        raise TicketUnknown
    return row


def write_waiting(conn: sa.Connection, party: UUID, **values: Any) -> None:
    """Write these columns of her row on the waiting list."""
    conn.execute(waiting.update().where(waiting.c.party_id == party).values(**values))
