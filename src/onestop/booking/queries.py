"""Reads of booking: arrivals that still have a plan, holds, bookings."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.capacity import expired_holds, freed_by, with_seats
from onestop.booking.rests import resting
from onestop.booking.tables import bookings, claims, contacts, members, parties, stop_members, stops
from onestop.booking.wish import Wish
from onestop.days.queries.capacity import load_capacity
from onestop.days.queries.days import Day
from onestop.days.tables import invitations
from onestop.domain.booking import HOLDS_CAPACITY, BookingState, Channel, Interpreter
from onestop.domain.errors import HoldGone, TicketUnknown
from onestop.domain.levelling import best_of
from onestop.domain.party import Member
from onestop.domain.plan import NominalPlan, can_interpret, offered_arrivals
from onestop.domain.visit import StopState


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A booking with its party."""

    id: UUID
    party: UUID
    day: UUID
    state: BookingState
    arrival_at: datetime
    ends_at: datetime
    hold_until_at: datetime | None
    no_interpreter: bool
    number: int | None
    generation: int
    name: str
    display_language: str
    languages: tuple[str, ...]
    interpreter: Interpreter
    invitation: UUID | None
    channel: Channel
    answers: tuple[str, ...] = ()
    """Answers that papers hang on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """Arrival times on offer, each with its plan; whether an interpreter can be had.

    `best` are those that burden the day least, by time; none where the choice is small or the day shows all alike.
    """

    plans: tuple[NominalPlan, ...]
    best: tuple[NominalPlan, ...]
    interpreter_possible: bool


def arrivals(
    conn: sa.Connection, day: Day, wish: Wish, *, now: datetime, with_reserve: bool = False, moving: UUID | None = None
) -> Arrivals:
    """Arrival times with a complete plan; `moving` is a booking whose own claims count as free.

    Minutes that rest are seen by those who may use the reserve.
    """
    where = expired_holds(day.id, now)
    if moving is not None:
        where = sa.or_(where, claims.c.booking_id == moving)
    services, languages = wish.services, wish.languages
    freed = with_seats(freed_by(conn, where, without=None if with_reserve else resting(day.id, now)), conn, day.id)
    room = load_capacity(conn, day, services=services, languages=languages, freed=freed)
    plans = offered_arrivals(
        room,
        stops=wish.stops,
        languages=wish.languages,
        interpreter=wish.interpreter,
        party=wish.members,
        not_before=now,
        with_reserve=with_reserve,
    )
    return Arrivals(
        plans=tuple(plans),
        best=() if day.all_times else best_of(room, plans),
        interpreter_possible=can_interpret(
            room, stops=wish.stops, languages=wish.languages, interpreter=wish.interpreter
        ),
    )


def booking_by_id(conn: sa.Connection, booking_id: UUID) -> Booking:
    """A booking or hold by its id. Raises `HoldGone`."""
    found = _booking(conn, _BY_ID, booking_id)
    if found is None:
        raise HoldGone
    return found


def booking_of_party(conn: sa.Connection, party: UUID) -> Booking | None:
    """The booking behind a ticket; `None` for a walk-in."""
    return _booking(conn, _BY_PARTY, party)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedTo:
    """Where a party goes on: at that time, or on the waiting list of that day.

    Its codes were `renewed` when it was given others since: then nothing of before leads to it.
    """

    party: UUID
    day: UUID
    number: int | None
    arrival_at: datetime | None
    renewed: bool


def carried_to(conn: sa.Connection, party: UUID) -> CarriedTo | None:
    """The party of another day that goes on with the open stops of this one."""
    row = conn.execute(
        sa.select(parties.c.id, parties.c.day_id, parties.c.number, parties.c.generation, bookings.c.arrival_at)
        .join(bookings, bookings.c.party_id == parties.c.id)
        .where(parties.c.carried_from_id == party, parties.c.erased_at.is_(None))
        .order_by(parties.c.created_at.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return CarriedTo(
        party=row.id,
        day=row.day_id,
        number=row.number,
        arrival_at=row.arrival_at,
        renewed=row.generation > 1,
    )


def members_of(conn: sa.Connection, party: UUID) -> tuple[Member, ...]:
    """The members of a party by mark."""
    rows = conn.execute(sa.select(members).where(members.c.party_id == party).order_by(members.c.mark))
    return tuple(Member(mark=row.mark, child=row.child, guardian_mark=row.guardian_mark) for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedStop:
    """A stop of a booking before its day, with the marks of those who go there."""

    id: UUID
    service: UUID
    private: bool
    members: frozenset[int]


def planned_stops(conn: sa.Connection, party: UUID) -> tuple[BookedStop, ...]:
    """The stops of a party that are still planned, in order."""
    found: dict[UUID, BookedStop] = {}
    for row in conn.execute(
        sa.select(stops.c.id, stops.c.service_id, stops.c.private, members.c.mark)
        .join_from(stops, stop_members, stop_members.c.stop_id == stops.c.id)
        .join(members, members.c.id == stop_members.c.member_id)
        .where(stops.c.party_id == party, stops.c.state == StopState.PLANNED)
        .order_by(stops.c.position, stops.c.id, members.c.mark)
    ):
        known = found[row.id].members if row.id in found else frozenset[int]()
        found[row.id] = BookedStop(id=row.id, service=row.service_id, private=row.private, members=known | {row.mark})
    return tuple(found.values())


def reserve_left(conn: sa.Connection, day: Day, channel: Channel, *, but: UUID | None = None) -> bool:
    """Whether a booking of this channel may use the reserve; `but` does not count. At most one statement."""
    limit = dict(day.reserve_limits).get(channel)
    if limit is None:
        return True
    using = (
        sa.select(sa.func.count(sa.distinct(bookings.c.id)))
        .join_from(bookings, claims)
        .where(
            bookings.c.day_id == day.id,
            bookings.c.channel == channel,
            bookings.c.id != but,
            bookings.c.state.in_(HOLDS_CAPACITY),
            claims.c.reserve > 0,
        )
    )
    return conn.execute(using).scalar_one() < limit


def uses_reserve(conn: sa.Connection, booking: UUID) -> bool:
    """Whether a booking was given minutes of the reserve."""
    kept = sa.select(claims.c.capacity_id).where(claims.c.booking_id == booking, claims.c.reserve > 0)
    return conn.execute(kept.limit(1)).first() is not None


def can_come_again(conn: sa.Connection, party: UUID) -> bool:
    """Whether the sheet of this party still invites: not once her data is erased."""
    there = sa.select(parties.c.id).where(parties.c.id == party, parties.c.erased_at.is_(None))
    return conn.execute(there).first() is not None


def invites_again(conn: sa.Connection, party: UUID, code_hash: str) -> bool:
    """Whether the invitation of this party's sheet was not used yet; it is stored when it is used."""
    stored = sa.select(invitations.c.used < invitations.c.uses).where(invitations.c.code_hash == code_hash)
    return can_come_again(conn, party) and conn.execute(stored).scalar() is not False


def invitation_by_code_hash(conn: sa.Connection, day: UUID, code_hash: str) -> UUID | None:
    """A usable invitation to the day, `None` if unknown or used up."""
    return conn.execute(
        sa.select(invitations.c.id).where(
            invitations.c.day_id == day,
            invitations.c.code_hash == code_hash,
            invitations.c.used < invitations.c.uses,
        )
    ).scalar()


def language_of_party(conn: sa.Connection, party: UUID) -> str:
    """The display language of a party. Raises `TicketUnknown`."""
    found = conn.execute(sa.select(parties.c.display_language).where(parties.c.id == party)).scalar()
    if found is None:
        raise TicketUnknown
    return found


_BOOKING = sa.select(
    bookings,
    parties.c.number,
    parties.c.generation,
    parties.c.name,
    parties.c.display_language,
    parties.c.languages,
    parties.c.interpreter,
    parties.c.answers,
).join_from(bookings, parties)
_BY_ID = _BOOKING.where(bookings.c.id == sa.bindparam("value"))
_BY_PARTY = _BOOKING.where(bookings.c.party_id == sa.bindparam("value"))


def _booking(conn: sa.Connection, where: sa.Select[Any], value: UUID) -> Booking | None:
    row = conn.execute(where, {"value": value}).one_or_none()
    if row is None or row.arrival_at is None:  # who waits for a place has no time yet
        return None
    return Booking(
        id=row.id,
        party=row.party_id,
        day=row.day_id,
        state=BookingState(row.state),
        arrival_at=row.arrival_at,
        ends_at=row.ends_at,
        hold_until_at=row.hold_until_at,
        no_interpreter=row.no_interpreter,
        number=row.number,
        generation=row.generation,
        name=row.name,
        display_language=row.display_language,
        languages=tuple(row.languages),
        interpreter=Interpreter(row.interpreter),
        invitation=row.invitation_id,
        channel=Channel(row.channel),
        answers=tuple(row.answers),
    )


PROVED = sa.exists().where(
    contacts.c.party_id == bookings.c.party_id, contacts.c.proved_at.is_not(None), contacts.c.limited.is_(False)
)
"""Of a booking: whether an address is proved and not used more often than its day allows."""


def has_proof(conn: sa.Connection, party: UUID) -> bool:
    """The same of a party."""
    return conn.execute(sa.select(bookings.c.id).where(bookings.c.party_id == party, PROVED)).first() is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """The e-mail address of a party, whether reminders go to it, and the day it is about."""

    party: UUID
    day: UUID
    address: str
    stopped: bool


def reminded_address(conn: sa.Connection, party: UUID) -> Reminded | None:
    """Where reminders of a party go by mail; `None` for one that gave no address or was erased."""
    row = conn.execute(
        sa.select(contacts.c.address, contacts.c.reminders_off_at, parties.c.day_id)
        .join_from(contacts, parties)
        .where(contacts.c.party_id == party, contacts.c.kind == "email")
    ).one_or_none()
    if row is None:
        return None
    return Reminded(party=party, day=row.day_id, address=row.address, stopped=row.reminders_off_at is not None)
