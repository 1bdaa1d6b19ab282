"""Who waits for a place because a helper asked for her: hers alone, and nothing of anybody else on the list."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, members, parties, waiting
from onestop.booking.waiting import Offer, offer_of
from onestop.domain.booking import BookingState
from onestop.domain.errors import TicketUnknown

T = TypeVar("T")
GONE = frozenset({BookingState.LAPSED, BookingState.WITHDRAWN})
"""States of somebody who is not on the list any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpedWaiting:
    """Somebody for whom she asked; `number` is the ticket's as soon as she took a place."""

    party: UUID
    day: UUID
    number: int | None
    name: str
    state: BookingState
    since_at: datetime
    people: int
    offer: Offer | None

    def offered(self, now: datetime) -> Offer | None:
        """The place that is kept for her now."""
        return self.offer if self.offer is not None and self.offer.until > now else None


class Standing(StrEnum):
    """How somebody who has no time stands, for whoever asked for her."""

    ASKED = "asked"
    OFFERED = "offered"
    LISTED = "listed"
    PLACED = "placed"
    GONE = "gone"


def standing_of(one: HelpedWaiting, now: datetime) -> Standing:
    """Where she stands now; whoever has a ticket is placed, whatever became of it."""
    if one.number is not None:
        return Standing.PLACED
    if one.state in GONE:
        return Standing.GONE
    if one.offered(now) is not None:
        return Standing.OFFERED
    return Standing.ASKED if one.state is BookingState.REQUESTED else Standing.LISTED


def helped_waiting(conn: sa.Connection, helper: UUID) -> tuple[HelpedWaiting, ...]:
    """Everybody of hers who has no time, offers first, those who are gone last; one statement."""
    rows = conn.execute(
        _WAITING.where(bookings.c.helper_id == helper, parties.c.number.is_(None)).order_by(
            bookings.c.state.in_(GONE), waiting.c.offer_until_at.is_(None), waiting.c.offer_until_at, waiting.c.since_at
        )
    )
    return tuple(_waits(row) for row in rows)


def helped_waiting_one(conn: sa.Connection, helper: UUID, day: UUID, party: UUID) -> HelpedWaiting:
    """One of hers; one statement. Raises `TicketUnknown` for everybody else's."""
    row = conn.execute(_WAITING.where(*_hers(helper, day, party))).one_or_none()
    if row is None:
        raise TicketUnknown
    return _waits(row)


def on_helped_waiting(
    conn: sa.Connection, helper: UUID, day: UUID, party: UUID, act: Callable[..., T], **more: Any
) -> T | None:
    """Do something for somebody of hers who waits, nothing once she has a place: then she has a booking.

    Raises `TicketUnknown` for everybody else's.
    """
    if helped_waiting_one(conn, helper, day, party).number is not None:
        return None
    return act(conn, party, **more)


_WAITING = (
    sa.select(
        bookings.c.party_id,
        bookings.c.day_id,
        bookings.c.state,
        parties.c.number,
        parties.c.name,
        waiting.c.since_at,
        waiting.c.offer_at,
        waiting.c.offer_until_at,
        sa.select(sa.func.count()).where(members.c.party_id == parties.c.id).scalar_subquery().label("people"),
    )
    .join_from(bookings, parties)
    .join(waiting, waiting.c.party_id == bookings.c.party_id)
    .where(parties.c.erased_at.is_(None))
)


def _hers(helper: UUID, day: UUID, party: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return bookings.c.helper_id == helper, bookings.c.day_id == day, bookings.c.party_id == party


def _waits(row: Any) -> HelpedWaiting:
    return HelpedWaiting(
        party=row.party_id,
        day=row.day_id,
        number=row.number,
        name=row.name,
        state=BookingState(row.state),
        since_at=row.since_at,
        people=row.people,
        offer=offer_of(row),
    )
