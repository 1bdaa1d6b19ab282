"""Spare tickets: numbers of the day's one counter with working codes, printed for hours without a computer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import leases, parties, spare_tickets
from onestop.booking.tickets import take_numbers
from onestop.days.tables import days as days_table
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.domain.day import DayState
from onestop.domain.facts import Fact
from onestop.domain.paper import MOST_SPARES, TicketOnPaper
from onestop.domain.roles import Actor
from onestop.domain.ticket import read_long_code, read_short_code, short_code, ticket_code


@dataclass(frozen=True, slots=True, kw_only=True)
class SpareTicket:
    """A ticket nobody has yet."""

    number: int
    code: str
    short: str


def lease_spares(
    conn: sa.Connection, day: UUID, *, count: int, key: bytes, actor: Actor, now: datetime
) -> tuple[SpareTicket, ...]:
    """Take fresh numbers for one printing; they are never given to anybody else and never printed again (R7).

    The ledger says who printed which numbers, and when.
    """
    wanted = max(0, min(count, MOST_SPARES))
    terms: dict[str, int | bool] = {"paper": True, "spares": wanted}
    first = 0
    if wanted:
        first = take_numbers(conn, day, wanted)
        last = first + wanted - 1
        conn.execute(spare_tickets.insert().values(id=new_id(), day_id=day, first=first, last=last, made_at=now))
        terms |= {"first": first, "last": last}
    record(conn, Fact(kind="DayPackMade", at=now, day=day, actor=actor.ref, terms=terms))
    return tuple(_spare(key, day, number) for number in range(first, first + wanted))


def is_spare(conn: sa.Connection, day: UUID, number: int) -> bool:
    """Whether this number was printed on a spare ticket of this day."""
    return _within(conn, spare_tickets, day, number)


def spares_again(
    conn: sa.Connection, day: UUID, *, first: int, count: int, key: bytes
) -> tuple[SpareTicket, ...] | None:
    """The spare tickets of a pack that nobody fetched; `None` where one of them is in use by now."""
    free = {number for start, last in unused_spares(conn, day) for number in range(start, last + 1)}
    numbers = range(first, first + count)
    return tuple(_spare(key, day, number) for number in numbers) if free.issuperset(numbers) else None


def note_taken(conn: sa.Connection, day: UUID, *, actor: Actor, now: datetime) -> None:
    """Somebody fetched the pack that is kept ready."""
    record(conn, Fact(kind="DayPackTaken", at=now, day=day, actor=actor.ref, terms={"paper": True}))


def check_spare(conn: sa.Connection, code: str, *, key: bytes, days: Sequence[UUID] = ()) -> None:
    """Raise `TicketOnPaper` for the code of a spare ticket that nobody has entered yet; for others do nothing.

    A long code counts on every published day, a short one on these `days`. Codes of spare tickets are stored nowhere:
    they are made again from the key, some hundred of them.
    """
    long, short = read_long_code(code), read_short_code(code)
    if long is None and (short is None or not days):
        return
    printed = sa.select(spare_tickets.c.day_id).distinct().join(days_table, days_table.c.id == spare_tickets.c.day_id)
    printed = printed.where(days_table.c.state == DayState.PUBLISHED)
    for day in conn.execute(printed).scalars().all():
        if long is None and day not in days:
            continue
        for first, last in unused_spares(conn, day):
            for number in range(first, last + 1):
                spare = _spare(key, day, number)
                if (long or short) == (spare.code if long else spare.short):
                    raise TicketOnPaper(day, number)


def is_leased(conn: sa.Connection, day: UUID, number: int) -> bool:
    """Whether this number was leased to a ticket machine."""
    return _within(conn, leases, day, number)


def unused_spares(conn: sa.Connection, day: UUID) -> tuple[tuple[int, int], ...]:
    """The printed numbers that no ticket has yet, as ranges (first, last) in order; two statements."""
    ranges = conn.execute(
        sa.select(spare_tickets.c.first, spare_tickets.c.last)
        .where(spare_tickets.c.day_id == day)
        .order_by(spare_tickets.c.first)
    ).all()
    known = set(
        conn.execute(
            sa.select(parties.c.number).where(parties.c.day_id == day, parties.c.number.is_not(None))
        ).scalars()
    )
    return tuple(run for row in ranges for run in _runs([n for n in range(row.first, row.last + 1) if n not in known]))


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _within(conn: sa.Connection, table: sa.Table, day: UUID, number: int) -> bool:
    found = sa.select(table.c.id).where(table.c.day_id == day, table.c.first <= number, table.c.last >= number)
    return conn.execute(found.limit(1)).scalar() is not None


def _spare(key: bytes, day: UUID, number: int) -> SpareTicket:
    return SpareTicket(
        number=number,
        code=ticket_code(key, day=day, number=number, generation=1),
        short=short_code(key, day=day, number=number, generation=1),
    )
