"""Reads of a draw: the public list, the address a link proves, and what somebody's own request is."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.queries import PROVED
from onestop.booking.tables import bookings, contacts, draw_entries, parties
from onestop.domain.booking import PROVES, BookingState
from onestop.domain.draw import DrawOutcome
from onestop.domain.errors import NotKnown
from onestop.domain.ticket import prove_code

TAKES_PART = sa.func.coalesce(
    sa.and_(bookings.c.state == BookingState.REQUESTED, sa.or_(bookings.c.channel.not_in(PROVES), PROVED)),
    sa.false(),
)
"""Of an entry joined to its booking: it still asks, and from afar with a proved address that is not used too often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A request on the public list; rank and outcome are `None` until the draw is done."""

    request: UUID
    rank: int | None
    outcome: DrawOutcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many requests are on the list, and how many of them got a place."""

    requests: int
    drawn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Requests before the list is closed: all of them, and those that would be on it now."""

    all: int
    counting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proving:
    """An address that a link proves, with the booking it belongs to; `limited` once it was proved too often.

    `until` is the end of a hold, `renewed` whether the ticket has another code than its first.
    """

    contact: UUID
    party: UUID
    day: UUID
    booking: UUID
    state: BookingState
    arrival_at: datetime | None
    until: datetime | None
    renewed: bool
    proved_at: datetime | None
    limited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnRequest:
    """A request as its own page tells it."""

    day: UUID
    request: UUID
    rank: int | None
    outcome: DrawOutcome | None


def lines_of(conn: sa.Connection, day: UUID, *, done: bool, after: int = 0, limit: int) -> Sequence[Line]:
    """A page of the list: by rank once the draw is done, before that by id and without ranks."""
    asked = sa.select(draw_entries).where(draw_entries.c.day_id == day)
    asked = asked.order_by(draw_entries.c.rank if done else draw_entries.c.id).offset(after).limit(limit)
    return [_line(row, done=done) for row in conn.execute(asked)]


def line_of(conn: sa.Connection, day: UUID, request: UUID, *, done: bool) -> Line | None:
    """One request of the list by its public id."""
    asked = sa.select(draw_entries).where(draw_entries.c.day_id == day, draw_entries.c.id == request)
    row = conn.execute(asked).one_or_none()
    return None if row is None else _line(row, done=done)


def counts_of(conn: sa.Connection, day: UUID) -> Counts:
    """One statement."""
    drawn = sa.func.count().filter(draw_entries.c.outcome == DrawOutcome.DRAWN)
    asked = sa.select(sa.func.count(), drawn).select_from(draw_entries).where(draw_entries.c.day_id == day)
    requests, places = conn.execute(asked).one()
    return Counts(requests=requests, drawn=places)


def asked_of(conn: sa.Connection, day: UUID) -> Asked:
    """One statement."""
    asked = sa.select(sa.func.count(), sa.func.count().filter(TAKES_PART)).select_from(
        sa.outerjoin(draw_entries, bookings, bookings.c.party_id == draw_entries.c.party_id)
    )
    total, counting = conn.execute(asked.where(draw_entries.c.day_id == day)).one()
    return Asked(all=total, counting=counting)


def find_proof(conn: sa.Connection, key: bytes, code: str) -> Proving:
    """The address behind a link. Raises `NotKnown` alike for unknown, forged and erased ones."""
    try:
        party = UUID(hex=code[:32])
    except ValueError as error:
        raise NotKnown from error
    asked = (
        sa.select(
            *(contacts.c.id, contacts.c.address, contacts.c.proved_at, contacts.c.limited, parties.c.generation),
            *(bookings.c.id.label("booking"), bookings.c.day_id, bookings.c.state),
            *(bookings.c.arrival_at, bookings.c.hold_until_at),
        )
        .join_from(contacts, bookings, bookings.c.party_id == contacts.c.party_id)
        .join(parties, parties.c.id == contacts.c.party_id)
    )
    for row in conn.execute(asked.where(contacts.c.party_id == party, contacts.c.kind == "email")).all():
        if hmac.compare_digest(prove_code(key, party=party, address=row.address).encode(), code.encode()):
            return Proving(
                contact=row.id,
                party=party,
                day=row.day_id,
                booking=row.booking,
                state=BookingState(row.state),
                arrival_at=row.arrival_at,
                until=row.hold_until_at,
                renewed=row.generation > 1,
                proved_at=row.proved_at,
                limited=row.limited,
            )
    raise NotKnown


def own_request(conn: sa.Connection, party: UUID) -> OwnRequest | None:
    """What a waiting page says of a draw; `None` for a party that is in none."""
    row = conn.execute(sa.select(draw_entries).where(draw_entries.c.party_id == party)).one_or_none()
    if row is None:
        return None
    return OwnRequest(
        day=row.day_id,
        request=row.id,
        rank=row.rank,
        outcome=DrawOutcome(row.outcome) if row.outcome else None,
    )


def _line(row: sa.Row[Any], *, done: bool) -> Line:
    return Line(
        request=row.id,
        rank=row.rank if done else None,
        outcome=DrawOutcome(row.outcome) if done and row.outcome else None,
    )
