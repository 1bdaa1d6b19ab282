"""Tickets: numbers from the day's one counter, codes from the key, look-up by hash."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import leases, parties, printed, waiting
from onestop.days.queries.days import day_by_id
from onestop.days.tables import days
from onestop.db.ledger import record
from onestop.db.memo import LIVE
from onestop.db.statements import change
from onestop.db.types import new_id
from onestop.devices.tables import devices
from onestop.domain.day import check_bookable
from onestop.domain.errors import DayUnknown, TicketUnknown
from onestop.domain.facts import Fact
from onestop.domain.printed import Lease
from onestop.domain.roles import Actor
from onestop.domain.ticket import (
    LEASE_SIZE,
    code_hash,
    read_long_code,
    read_short_code,
    short_code,
    short_hash,
    short_hashes,
    ticket_code,
)

LEASE_LASTS = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """What the visitor carries: number, long code, short code."""

    party: UUID
    day: UUID
    number: int
    code: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRef:
    """Which party a code opens."""

    party: UUID
    day: UUID
    number: int
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedNumber:
    """What a machine prints."""

    number: int
    code: str
    short: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedNumbers:
    """Numbers with working codes, for a machine that may lose the network; `counter` is where it counts on."""

    first: int
    last: int
    until_at: datetime
    counter: int
    tickets: tuple[LeasedNumber, ...]


def issue_ticket(conn: sa.Connection, *, party: UUID, day: UUID, key: bytes) -> Ticket:
    """Give the party the next number of the day and its code."""
    return _write(conn, party=party, day=day, number=take_numbers(conn, day, 1), generation=1, key=key)


def adopt_ticket(conn: sa.Connection, *, party: UUID, day: UUID, key: bytes, number: int) -> Ticket:
    """Give the party a number that is printed already, with the codes that stand on the paper.

    Should another short code of the day be the same, hers does not count; the long one always does.
    """
    ticket = _ticket(party=party, day=day, number=number, generation=1, key=key)
    taken = conn.execute(_SHORT_CODE_TAKEN, {"hash": short_hash(day, ticket.short)}).scalar()
    change(
        conn,
        parties,
        party,
        number=number,
        generation=1,
        code_hash=code_hash(ticket.code),
        short_hash=None if taken else short_hash(day, ticket.short),
    )
    return ticket


def new_code(conn: sa.Connection, *, party: UUID, key: bytes, actor: Actor, now: datetime) -> Ticket:
    """A lost ticket: the same number with a new code; the old code is dead at once. Raises `TicketUnknown`."""
    living = (parties.c.number.is_not(None), parties.c.erased_at.is_(None))
    row = conn.execute(sa.select(parties).where(parties.c.id == party, *living)).one_or_none()
    if row is None:
        raise TicketUnknown
    record(conn, Fact(kind="TicketRenewed", at=now, day=row.day_id, party=party, actor=actor.ref))
    # The page she waited on leads to her ticket: its codes die with the ticket's.
    conn.execute(waiting.update().where(waiting.c.party_id == party).values(code_hash=None, short_hash=None))
    return _write(conn, party=party, day=row.day_id, number=row.number, generation=row.generation + 1, key=key)


def ticket_again(conn: sa.Connection, *, party: UUID, key: bytes) -> Ticket:
    """The ticket as it was issued, made again from the key. Raises `TicketUnknown`."""
    row = conn.execute(sa.select(parties).where(parties.c.id == party, parties.c.number.is_not(None))).one_or_none()
    if row is None:
        raise TicketUnknown
    return _ticket(party=party, day=row.day_id, number=row.number, generation=row.generation, key=key)


def find_code(conn: sa.Connection, code: str, *, days: Sequence[UUID] = ()) -> TicketRef:
    """The party a long code opens, or a short code on the first of these `days` that knows it.

    A paper whose number somebody else could still get opens her ticket too. Raises `TicketUnknown`.
    """
    if (long := read_long_code(code)) is not None:
        where, paper = parties.c.code_hash == code_hash(long), printed.c.code_hash == code_hash(long)
    elif (short := read_short_code(code)) is not None:
        hashes = short_hashes(days, short)
        where, paper = parties.c.short_hash.in_(hashes), printed.c.short_hash.in_(hashes)
    else:
        raise TicketUnknown
    found = conn.execute(sa.select(parties).where(where)).all()
    if not found:
        # Two papers with one code say nothing about who holds this one.
        found = conn.execute(sa.select(parties).join(printed, printed.c.party_id == parties.c.id).where(paper)).all()
        if len(found) != 1:
            raise TicketUnknown
    row = found[0] if len(found) == 1 else min(found, key=lambda one: days.index(one.day_id))
    return TicketRef(party=row.id, day=row.day_id, number=row.number, generation=row.generation)


_TAKE_NUMBERS = (
    days.update()
    .where(days.c.id == sa.bindparam("day"))
    .values(next_number=days.c.next_number + sa.bindparam("count", type_=sa.Integer))
    .returning(days.c.next_number)
    .execution_options(**LIVE)
)
_SHORT_CODE_TAKEN = sa.select(parties.c.id).where(parties.c.short_hash == sa.bindparam("hash"))


def take_numbers(conn: sa.Connection, day: UUID, count: int) -> int:
    """Take `count` numbers from the day's counter; gives the first. Taken numbers are never given again (R7)."""
    after = conn.execute(_TAKE_NUMBERS, {"day": day, "count": count}).scalar()
    if after is None:
        raise DayUnknown
    return after - count


def lease_numbers(conn: sa.Connection, day: UUID, *, device: UUID, key: bytes, now: datetime) -> LeasedNumbers:
    """Take numbers for a machine that may lose the network. Raises the day's refusal."""
    at = day_by_id(conn, day)
    check_bookable(at.state, closes_at=at.closes_at, now=now)
    first = take_numbers(conn, day, LEASE_SIZE)
    last = first + LEASE_SIZE - 1
    until = now + LEASE_LASTS
    conn.execute(
        leases.insert().values(id=new_id(), day_id=day, device_id=device, first=first, last=last, until_at=until)
    )
    record(
        conn,
        Fact(kind="NumbersLeased", at=now, day=day, actor=f"device:{device}", terms={"first": first, "last": last}),
    )
    counted = conn.execute(sa.select(sa.func.max(printed.c.counter)).where(printed.c.device_id == device)).scalar()
    return LeasedNumbers(
        first=first,
        last=last,
        until_at=until,
        counter=(counted or 0) + 1,
        tickets=tuple(
            LeasedNumber(
                number=number,
                code=ticket_code(key, day=day, number=number, generation=1),
                short=short_code(key, day=day, number=number, generation=1),
            )
            for number in range(first, last + 1)
        ),
    )


def has_leased(conn: sa.Connection, day: UUID, device: UUID) -> bool:
    """Whether this machine was given numbers of the day."""
    mine = sa.select(leases.c.id).where(leases.c.day_id == day, leases.c.device_id == device).limit(1)
    return conn.execute(mine).scalar() is not None


def leases_of(conn: sa.Connection, day: UUID, number: int) -> list[Lease]:
    """The leases that hold this number of the day."""
    rows = conn.execute(
        sa.select(leases, devices.c.token_hash, devices.c.revoked_at)
        .join_from(leases, devices)
        .where(leases.c.day_id == day, leases.c.first <= number, leases.c.last >= number)
    )
    return [
        Lease(
            device=row.device_id,
            alive=row.revoked_at is None and row.token_hash is not None,
            first=row.first,
            last=row.last,
            until_at=row.until_at,
        )
        for row in rows
    ]


def _ticket(*, party: UUID, day: UUID, number: int, generation: int, key: bytes) -> Ticket:
    return Ticket(
        party=party,
        day=day,
        number=number,
        code=ticket_code(key, day=day, number=number, generation=generation),
        short=short_code(key, day=day, number=number, generation=generation),
    )


def _write(conn: sa.Connection, *, party: UUID, day: UUID, number: int, generation: int, key: bytes) -> Ticket:
    ticket = _ticket(party=party, day=day, number=number, generation=generation, key=key)
    # Short codes have 40 bits; should two of a day meet, the next generation gives another.
    while conn.execute(_SHORT_CODE_TAKEN, {"hash": short_hash(day, ticket.short)}).scalar():
        generation += 1
        ticket = _ticket(party=party, day=day, number=number, generation=generation, key=key)
    change(
        conn,
        parties,
        party,
        number=number,
        generation=generation,
        code_hash=code_hash(ticket.code),
        short_hash=short_hash(day, ticket.short),
    )
    return ticket
