"""Reads of the waiting list: a party's page, who is before her, and which page a waiting code opens."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, contacts, members, parties, stops, waiting
from onestop.days.queries.days import Day, day_by_id
from onestop.directory.tables import institutions, services
from onestop.domain.booking import PROVES, BookingState, Interpreter
from onestop.domain.errors import TicketUnknown
from onestop.domain.ticket import code_hash, read_long_code, read_short_code, short_hashes
from onestop.domain.visit import StopState


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedLine:
    """A stop she waits for; a private one says neither service nor institution (R19)."""

    service: str
    institution: str
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A place kept for her until then."""

    arrival_at: datetime
    until: datetime


def offer_of(row: sa.Row[Any]) -> Offer | None:
    """The offer in a row of the waiting list, whether or not its time is over."""
    return Offer(arrival_at=row.offer_at, until=row.offer_until_at) if row.offer_at is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingParty:
    """Somebody who waits, or waited, for a place. `before` counts those who are asked before her."""

    party: UUID
    day: Day
    state: BookingState
    display_language: str
    languages: tuple[str, ...]
    interpreter: Interpreter
    offer: Offer | None
    offers: int
    not_before_at: datetime | None
    not_after_at: datetime | None
    before: int
    stops: tuple[WantedLine, ...]
    waiting_for_proof: bool
    """Whether the link in the message was not used yet, and must be."""
    opens: bool
    """Whether a code of this page still opens it: not once her ticket has a new code."""


def find_waiting(conn: sa.Connection, code: str, *, days: Sequence[UUID] = ()) -> tuple[UUID, UUID]:
    """Party and day of a waiting page's long code, or of a short code on the first of these days that knows it.

    Raises `TicketUnknown`.
    """
    if (long := read_long_code(code)) is not None:
        where = waiting.c.code_hash == code_hash(long)
    elif (short := read_short_code(code)) is not None:
        where = waiting.c.short_hash.in_(short_hashes(days, short))
    else:
        raise TicketUnknown
    found = conn.execute(sa.select(waiting.c.party_id, waiting.c.day_id).where(where)).all()
    if not found:
        raise TicketUnknown
    row = found[0] if len(found) == 1 else min(found, key=lambda one: days.index(one.day_id))
    return row.party_id, row.day_id


_WAS_PROVED = sa.exists().where(contacts.c.party_id == waiting.c.party_id, contacts.c.proved_at.is_not(None))
_MUST_PROVE = frozenset({BookingState.REQUESTED, BookingState.LISTED})


def waiting_party(conn: sa.Connection, party: UUID) -> WaitingParty:
    """The page of somebody who waits; three statements. Raises `TicketUnknown`."""
    row = conn.execute(
        sa.select(
            waiting,
            bookings.c.state,
            bookings.c.channel,
            parties.c.display_language,
            parties.c.languages,
            parties.c.interpreter,
            _WAS_PROVED.label("proved"),
        )
        .join_from(waiting, bookings, bookings.c.party_id == waiting.c.party_id)
        .join(parties, parties.c.id == waiting.c.party_id)
        .where(waiting.c.party_id == party)
    ).one_or_none()
    if row is None:
        raise TicketUnknown
    wanted = conn.execute(
        sa.select(services.c.key, institutions.c.name, stops.c.private)
        .join_from(stops, services, services.c.id == stops.c.service_id)
        .join(institutions, institutions.c.id == stops.c.institution_id)
        .where(stops.c.party_id == party, stops.c.state == StopState.PLANNED)
        .order_by(stops.c.position, stops.c.id)
    )
    day = day_by_id(conn, row.day_id)
    return WaitingParty(
        party=party,
        day=day,
        state=BookingState(row.state),
        display_language=row.display_language,
        languages=tuple(row.languages),
        interpreter=Interpreter(row.interpreter),
        offer=offer_of(row),
        offers=row.offers,
        not_before_at=row.not_before_at,
        not_after_at=row.not_after_at,
        before=_before(conn, day, row) if row.state == BookingState.LISTED else 0,
        stops=tuple(_wanted(each) for each in wanted),
        waiting_for_proof=_waits_for_proof(day, row),
        opens=row.code_hash is not None,
    )


def _waits_for_proof(day: Day, row: sa.Row[Any]) -> bool:
    return day.proves and row.channel in PROVES and row.state in _MUST_PROVE and not row.proved


def _before(conn: sa.Connection, day: Day, row: sa.Row[Any]) -> int:
    """How many on the list are asked before this one: neither who holds an offer now nor who must prove an address."""
    late = sa.func.coalesce(waiting.c.rank, 2**31 - 1)
    own = row.rank if row.rank is not None else 2**31 - 1
    earlier = sa.or_(
        waiting.c.offers < row.offers,
        sa.and_(
            waiting.c.offers == row.offers,
            sa.or_(late < own, sa.and_(late == own, waiting.c.since_at < row.since_at)),
        ),
    )
    return conn.execute(
        sa.select(sa.func.count())
        .select_from(waiting)
        .join(bookings, bookings.c.party_id == waiting.c.party_id)
        .where(
            waiting.c.day_id == row.day_id,
            waiting.c.ended_at.is_(None),
            waiting.c.party_id != row.party_id,
            bookings.c.state == BookingState.LISTED,
            earlier,
            sa.or_(bookings.c.channel.not_in(PROVES), _WAS_PROVED) if day.proves else sa.true(),
        )
    ).scalar_one()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """Somebody on the list, as reception sees her. `earlier` has a time and would like an earlier one."""

    party: UUID
    name: str
    people: int
    languages: tuple[str, ...]
    since_at: datetime
    earlier: bool
    number: int | None
    offer: Offer | None
    offers: int
    not_before_at: datetime | None
    not_after_at: datetime | None
    waiting_for_proof: bool
    """Whether she must prove an address before a place is offered to her."""
    stops: tuple[WantedLine, ...]


def waiting_list(conn: sa.Connection, day: Day) -> tuple[WaitingLine, ...]:
    """Everybody who waits, in the order they are asked in; two statements."""
    rows = conn.execute(
        sa.select(
            waiting,
            bookings.c.state,
            bookings.c.channel,
            _WAS_PROVED.label("proved"),
            parties.c.name,
            parties.c.number,
            parties.c.languages,
            sa.select(sa.func.count()).where(members.c.party_id == parties.c.id).scalar_subquery().label("people"),
        )
        .join_from(waiting, bookings, bookings.c.party_id == waiting.c.party_id)
        .join(parties, parties.c.id == waiting.c.party_id)
        .where(waiting.c.day_id == day.id, waiting.c.ended_at.is_(None))
        .order_by(
            waiting.c.offer_at.is_(None),
            bookings.c.state == BookingState.CONFIRMED,
            waiting.c.offers,
            waiting.c.rank.is_(None),
            waiting.c.rank,
            waiting.c.since_at,
            waiting.c.party_id,
        )
    ).all()
    wanted: dict[UUID, list[WantedLine]] = defaultdict(list)
    for row in conn.execute(
        sa.select(stops.c.party_id, services.c.key, institutions.c.name, stops.c.private)
        .join_from(stops, services, services.c.id == stops.c.service_id)
        .join(institutions, institutions.c.id == stops.c.institution_id)
        .where(stops.c.party_id.in_([row.party_id for row in rows]), stops.c.state == StopState.PLANNED)
        .order_by(stops.c.position, stops.c.id)
    ):
        wanted[row.party_id].append(_wanted(row))
    return tuple(
        WaitingLine(
            party=row.party_id,
            name=row.name,
            people=row.people,
            languages=tuple(row.languages),
            since_at=row.since_at,
            earlier=row.state == BookingState.CONFIRMED,
            number=row.number,
            offer=offer_of(row),
            offers=row.offers,
            not_before_at=row.not_before_at,
            not_after_at=row.not_after_at,
            waiting_for_proof=_waits_for_proof(day, row),
            stops=tuple(wanted[row.party_id]),
        )
        for row in rows
    )


def _wanted(row: Any) -> WantedLine:
    return WantedLine(
        service="" if row.private else row.key, institution="" if row.private else row.name, private=row.private
    )
