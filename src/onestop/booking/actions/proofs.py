"""Proving an address: where places are few, who asks from afar shows first that messages reach her.

Without it one program with many invented addresses takes every place. A link with a button is enough; at the doors of
the centre itself nobody needs an address.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking import queries
from onestop.booking.actions.bookings import LONGEST_HOLD, confirm_held, release_hold
from onestop.booking.actions.draws import check_open
from onestop.booking.actions.parties import add_contact, is_limited, write_name
from onestop.booking.contacts import Contact, check_email
from onestop.booking.seated import has_its_seats
from onestop.booking.tables import bookings, contacts, waiting
from onestop.booking.tickets import Ticket
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.draws import the_draw
from onestop.db.ledger import record
from onestop.db.statements import change
from onestop.domain.booking import PROVES, BookingState
from onestop.domain.day import Release, check_bookable
from onestop.domain.errors import HoldGone, NotKnown
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor

_B = BookingState
PROOF_TIME = timedelta(minutes=15)
"""So long a held time waits for the link in the message, and so much longer than any other hold it may last."""
WAITS_FOR_PROOF = frozenset({_B.REQUESTED, _B.LISTED, _B.OFFERED, _B.LAPSED})
"""States of somebody without a time whose address can be proved or written anew."""

_PROVABLE = (WAITS_FOR_PROOF - {_B.REQUESTED}) | {_B.HELD, _B.EXPIRED}
"""States in which an address can be proved whatever the hour; a request only while the window of its draw is open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a hold: its ticket, or none yet while its address is to be proved."""

    hold: UUID
    ticket: Ticket | None


def book_held(
    conn: sa.Connection,
    hold: UUID,
    *,
    key: bytes,
    name: str = "",
    contact: tuple[Contact, ...] = (),
    proved_by: UUID | None = None,
    actor: Actor,
    now: datetime,
) -> Kept:
    """Confirm a hold; where places are few and nobody of the centre books, keep it until its address is proved.

    An address that the party `proved_by` has proved counts here too. Asked again with another address, that one is to
    be proved. Raises `HoldGone` when the time is over, `ProofNeeded` without an e-mail address.
    """
    held = queries.booking_by_id(conn, hold)
    day = day_by_id(conn, held.day)
    if not day.proves or held.channel not in PROVES:
        ticket = confirm_held(conn, held, key=key, name=name, contact=contact, actor=actor, now=now)
        return Kept(hold=hold, ticket=ticket)
    if held.state is not _B.HELD or held.hold_until_at is None or held.hold_until_at <= now:
        raise HoldGone
    if not has_its_seats(conn, held):
        raise HoldGone
    check_bookable(day.state, closes_at=day.closes_at, now=now)
    check_email(contact)
    if name.strip():
        write_name(conn, held.party, name)
    conn.execute(contacts.delete().where(contacts.c.party_id == held.party))
    _add_unproved(conn, day, held.party, contact, key)
    if proved_by is not None and _carry_proof(conn, day, held.party, proved_by, now=now):
        return Kept(hold=hold, ticket=confirm_held(conn, held, key=key, actor=actor, now=now))
    created_at = conn.execute(sa.select(bookings.c.created_at).where(bookings.c.id == hold)).scalar_one()
    until = max(held.hold_until_at, min(now + PROOF_TIME, created_at + LONGEST_HOLD + PROOF_TIME))
    change(conn, bookings, hold, hold_until_at=until)
    record(conn, Fact(kind="ProofAsked", at=now, day=day.id, party=held.party, actor=actor.ref))
    return Kept(hold=hold, ticket=None)


def ask_again(
    conn: sa.Connection, party: UUID, *, contact: tuple[Contact, ...], key: bytes, actor: Actor, now: datetime
) -> None:
    """Send the link anew to somebody who waits without a time, to the address she writes now; her phone stays.

    Harmless once an address of hers is proved. Raises `ProofNeeded` without an e-mail address, `NotKnown` if she does
    not wait.
    """
    booking = conn.execute(sa.select(bookings).where(bookings.c.party_id == party)).one_or_none()
    if booking is None or booking.state not in WAITS_FOR_PROOF:
        raise NotKnown
    if any(row.proved_at is not None for row in _contacts(conn, party)):
        return
    check_email(contact)
    conn.execute(contacts.delete().where(contacts.c.party_id == party, contacts.c.kind == "email"))
    _add_unproved(conn, day_by_id(conn, booking.day_id), party, contact, key)
    record(conn, Fact(kind="ProofAsked", at=now, day=booking.day_id, party=party, actor=actor.ref))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """Whether the address counts, for it may have as many as the day allows; a held time it proved has its ticket."""

    counts: bool
    ticket: Ticket | None = None


def prove_contact(conn: sa.Connection, contact: UUID, *, key: bytes, actor: Actor, now: datetime) -> Proved:
    """The address is hers: a request counts from now on, who waits is asked, a held time is booked. Harmless twice.

    A time whose hold is over stays lost, and the proof stands for the next. Raises `RequestsOver` after the window of a
    draw, `NotKnown` if there is nothing to prove any more.
    """
    asked = sa.select(contacts, bookings.c.id.label("booking"), bookings.c.day_id, bookings.c.state)
    asked = asked.join_from(contacts, bookings, bookings.c.party_id == contacts.c.party_id)
    row: Any = conn.execute(asked.where(contacts.c.id == contact)).one_or_none()
    if row is None:
        raise NotKnown
    if row.proved_at is not None:
        return Proved(counts=not row.limited)
    day = day_by_id(conn, row.day_id)
    if row.state not in _PROVABLE:
        if day.release is Release.DRAW:
            check_open(day, the_draw(conn, day.id), now=now)
        if row.state != _B.REQUESTED:
            raise NotKnown
    limited = _count(conn, day, row.party_id, row.address_hash, now=now)
    on_list = row.state in WAITS_FOR_PROOF and row.state != _B.REQUESTED
    terms = {"limited": limited, "on_list": on_list}
    record(conn, Fact(kind="AddressProved", at=now, day=day.id, party=row.party_id, actor=actor.ref, terms=terms))
    if on_list:
        conn.execute(waiting.update().where(waiting.c.party_id == row.party_id).values(seen=False))
    if row.state != _B.HELD:
        return Proved(counts=not limited)
    held = queries.booking_by_id(conn, row.booking)
    if limited:
        release_hold(conn, held.id, actor=actor, now=now)
        return Proved(counts=False)
    if held.hold_until_at is None or held.hold_until_at <= now or not has_its_seats(conn, held):
        return Proved(counts=True)
    return Proved(counts=True, ticket=confirm_held(conn, held, key=key, actor=actor, now=now))


def _contacts(conn: sa.Connection, party: UUID) -> list[sa.Row[Any]]:
    return list(conn.execute(sa.select(contacts).where(contacts.c.party_id == party)).all())


def _add_unproved(conn: sa.Connection, day: Day, party: UUID, contact: tuple[Contact, ...], key: bytes) -> None:
    for one in contact:
        add_contact(conn, day, party, one, key, proved_later=True)


def _count(conn: sa.Connection, day: Day, party: UUID, proved: str, *, now: datetime) -> bool:
    """From now on the contacts of a party count, this one proved; true if it has as many as the day allows."""
    for row in _contacts(conn, party):
        values: dict[str, Any] = {"limited": is_limited(conn, day, party, row.address_hash)}
        if row.address_hash == proved:
            values["proved_at"] = now
        change(conn, contacts, row.id, **values)
    return is_limited(conn, day, party, proved)


def _carry_proof(conn: sa.Connection, day: Day, party: UUID, proved_by: UUID, *, now: datetime) -> bool:
    """Whether an address of this party was proved by the other one, and counts here too."""
    known = {row.address_hash for row in _contacts(conn, proved_by) if row.proved_at is not None}
    same = next((row.address_hash for row in _contacts(conn, party) if row.address_hash in known), None)
    return same is not None and not _count(conn, day, party, same, now=now)
