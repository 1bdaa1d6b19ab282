"""What a helper booked for the people she accompanies: how much she may, which bookings are hers, nobody else's.

Her account stands in the booking until retention or the visitor erases it; from then on it is not hers any more.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.queries import actor_of_account
from onestop.booking.queries import Booking, booking_of_party
from onestop.booking.tables import bookings, members, parties, stops
from onestop.directory.tables import services
from onestop.domain.booking import LIVE, BookingState, check_to_come
from onestop.domain.checklist import Coming
from onestop.domain.errors import HelperFull, NotAllowed, TicketUnknown
from onestop.domain.visit import StopState

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Helped:
    """A booking of hers. What happens in the hall is the visitor's: nothing of it stands here."""

    party: UUID
    day: UUID
    number: int
    name: str
    state: BookingState
    arrival_at: datetime
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpedStop:
    """A stop as it was booked."""

    service: UUID
    key: str
    private: bool
    planned_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpedBooking:
    """One booking of hers with its plan, which is empty as soon as the visitor is here or the booking has ended."""

    helped: Helped
    ends_at: datetime
    languages: tuple[str, ...]
    display_language: str
    no_interpreter: bool
    coming: Coming
    answers: tuple[str, ...]
    """What was answered that papers hang on."""
    renewed: bool
    """The visitor was given a new code since: that one is hers alone."""
    stops: tuple[HelpedStop, ...]


def check_cap(conn: sa.Connection, helper: UUID, day: UUID, *, now: datetime) -> None:
    """Raise `HelperFull` if she has as many live bookings on this day as she may, `NotAllowed` if she may have none.

    Holds under the day's lock only: two tabs of hers count one after the other.
    """
    someone = actor_of_account(conn, helper, now=now)
    cap = someone.cap(day) if someone is not None else 0
    if not cap:
        raise NotAllowed
    if live_of_helper(conn, helper).get(day, 0) >= cap:
        raise HelperFull(cap=cap)


def live_of_helper(conn: sa.Connection, helper: UUID) -> dict[UUID, int]:
    """How many live bookings of hers each day has; one statement."""
    rows = conn.execute(
        sa.select(bookings.c.day_id, sa.func.count().label("live"))
        .where(bookings.c.helper_id == helper, bookings.c.state.in_(LIVE))
        .group_by(bookings.c.day_id)
    )
    return {row.day_id: int(row.live) for row in rows}


def helped_bookings(conn: sa.Connection, helper: UUID) -> tuple[Helped, ...]:
    """Every booking of hers by arrival; one statement."""
    rows = conn.execute(_HELPED.where(bookings.c.helper_id == helper).order_by(bookings.c.arrival_at, parties.c.number))
    return tuple(_helped(row) for row in rows)


def helped_booking(conn: sa.Connection, helper: UUID, day: UUID, party: UUID) -> HelpedBooking:
    """One booking of hers; two statements. Raises `TicketUnknown` for everybody else's."""
    row = conn.execute(_HELPED.where(*_hers(helper, day, party))).one_or_none()
    if row is None:
        raise TicketUnknown
    planned = conn.execute(
        sa.select(stops.c.service_id, services.c.key, stops.c.private, stops.c.planned_at)
        .join_from(stops, services)
        # Planned until she is here: then her stops wait, and are her own matter.
        .where(stops.c.party_id == party, stops.c.state == StopState.PLANNED)
        .order_by(stops.c.planned_at, stops.c.position)
    )
    return HelpedBooking(
        helped=_helped(row),
        ends_at=row.ends_at,
        languages=tuple(row.languages),
        display_language=row.display_language,
        no_interpreter=row.no_interpreter,
        coming=Coming(adults=row.people - row.children, children=row.children),
        answers=tuple(row.answers),
        renewed=row.generation > 1,
        stops=tuple(
            HelpedStop(service=stop.service_id, key=stop.key, private=stop.private, planned_at=stop.planned_at)
            for stop in planned
        ),
    )


def helped_to_come(conn: sa.Connection, helper: UUID, day: UUID, party: UUID) -> Booking:
    """A booking of hers whose visitor is still to come; two statements.

    Raises `TicketUnknown` for everybody else's, or why nothing can be done with it any more.
    """
    booking = on_helped(conn, helper, day, party, _booking)
    check_to_come(booking.state)
    return booking


def on_helped(
    conn: sa.Connection,
    helper: UUID,
    day: UUID,
    party: UUID,
    act: Callable[..., T],
    **more: Any,
) -> T:
    """Do something with a booking of hers. Raises `TicketUnknown` for everybody else's."""
    mine = sa.select(bookings.c.id).join_from(bookings, parties).where(*_hers(helper, day, party))
    if conn.execute(mine).first() is None:
        raise TicketUnknown
    return act(conn, party, **more)


_HELPED = (
    sa.select(
        bookings.c.party_id,
        bookings.c.day_id,
        bookings.c.state,
        bookings.c.arrival_at,
        bookings.c.ends_at,
        bookings.c.no_interpreter,
        parties.c.number,
        parties.c.generation,
        parties.c.name,
        parties.c.languages,
        parties.c.display_language,
        parties.c.answers,
        sa.select(sa.func.count()).where(members.c.party_id == parties.c.id).scalar_subquery().label("people"),
        sa.select(sa.func.count())
        .where(members.c.party_id == parties.c.id, members.c.child)
        .scalar_subquery()
        .label("children"),
    )
    .join_from(bookings, parties)
    .where(parties.c.number.is_not(None), parties.c.erased_at.is_(None))
)


def _booking(conn: sa.Connection, party: UUID) -> Booking:
    found = booking_of_party(conn, party)
    assert found is not None, "read in the same transaction"
    return found


def _hers(helper: UUID, day: UUID, party: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        bookings.c.helper_id == helper,
        bookings.c.day_id == day,
        bookings.c.party_id == party,
        parties.c.number.is_not(None),
        parties.c.erased_at.is_(None),
    )


def _helped(row: Any) -> Helped:
    return Helped(
        party=row.party_id,
        day=row.day_id,
        number=row.number,
        name=row.name,
        state=BookingState(row.state),
        arrival_at=row.arrival_at,
        people=row.people,
    )
