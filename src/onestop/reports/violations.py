"""A broken promise as `verify` reports it, and what it was read from."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import (
    bookings,
    claims,
    contacts,
    leases,
    parties,
    printed,
    spare_tickets,
    stop_members,
    stops,
    waiting,
)
from onestop.days.tables import capacity, days, desks
from onestop.db.clock_row import load_clock
from onestop.db.ledger import facts
from onestop.visits.tables import calls, end_counts, session_runs, visits

Row = sa.Row[Any]
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A promise (`R1` …, `ledger`, `counts`) that does not hold, in a sentence, with the ids of the rows concerned."""

    rule: str
    sentence: str
    ids: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.rule}: {self.sentence} ({', '.join(self.ids)})"


class DayRows:
    """The rows of one day, each table read once and in one transaction."""

    def __init__(self, conn: sa.Connection, day: UUID) -> None:
        def of_day(table: sa.Table, *order: sa.ColumnElement[Any]) -> list[Row]:
            return list(conn.execute(sa.select(table).where(table.c.day_id == day).order_by(*order)))

        def below(table: sa.Table, link: sa.Column[Any], parent: sa.Table) -> list[Row]:
            inside = sa.select(parent.c.id).where(parent.c.day_id == day)
            return list(conn.execute(sa.select(table).where(link.in_(inside))))

        self.rate = load_clock(conn).rate
        self.day: Row = conn.execute(sa.select(days).where(days.c.id == day)).one()
        self.desks = by_id(of_day(desks))
        self.capacity = of_day(capacity, capacity.c.id)
        self.claims = below(claims, claims.c.booking_id, bookings)
        self.parties = by_id(of_day(parties, parties.c.created_at))
        self.bookings = of_day(bookings, bookings.c.id)
        self.waiting = {row.party_id: row for row in of_day(waiting, waiting.c.party_id)}
        self.contacts = below(contacts, contacts.c.party_id, parties)
        self.visits = by_id(of_day(visits, visits.c.id))
        self.stops = of_day(stops, stops.c.id)
        self.stop_members = below(stop_members, stop_members.c.stop_id, stops)
        self.calls = of_day(calls, calls.c.id)
        self.leases = of_day(leases, leases.c.first)
        self.spares = of_day(spare_tickets, spare_tickets.c.first)
        self.printed = of_day(printed, printed.c.counter, printed.c.id)
        self.session_runs = {row.session_id: row for row in of_day(session_runs)}
        self.facts = of_day(facts, facts.c.id)
        self.end_counts = of_day(end_counts, end_counts.c.question, end_counts.c.answer)

    @cached_property
    def erased(self) -> frozenset[UUID]:
        """Parties whose data were deleted: what is left of them need not fit together any more."""
        return frozenset(party.id for party in self.parties.values() if party.erased_at is not None)

    @cached_property
    def stops_of(self) -> dict[UUID, list[Row]]:
        """The stops of each visit."""
        return grouped((stop for stop in self.stops if stop.visit_id is not None), lambda stop: stop.visit_id)


def by_id(rows: Iterable[Row]) -> dict[Any, Row]:
    """Rows by their primary key."""
    return {row.id: row for row in rows}


def grouped(rows: Iterable[Row], key: Callable[[Row], K]) -> dict[K, list[Row]]:
    """Rows by what they share."""
    found: dict[K, list[Row]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def repeated(rows: Iterable[Row], key: Callable[[Row], K | None]) -> Iterator[list[Row]]:
    """The groups of rows that share what only one of them may have."""
    for value, group in grouped(rows, key).items():
        if value is not None and len(group) > 1:
            yield group


def violation(rule: str, sentence: str, *ids: object) -> Violation:
    """A violation; the ids as text."""
    return Violation(rule=rule, sentence=sentence, ids=tuple(str(each) for each in ids))
