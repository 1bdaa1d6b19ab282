"""Arriving: check in a booking, issue a walk-in ticket, take a check-in back, close the day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.parties import make_party, write_name
from onestop.booking.queries import booking_of_party
from onestop.booking.tables import bookings, parties, stops
from onestop.booking.tickets import Ticket, adopt_ticket, issue_ticket, ticket_again
from onestop.booking.wish import Wish
from onestop.days.queries.days import Day, day_by_id
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.domain.booking import BookingState, check_move
from onestop.domain.day import check_bookable
from onestop.domain.errors import (
    BookingCancelled,
    BookingClosed,
    MoveRefused,
    TicketUnknown,
    WrongDay,
)
from onestop.domain.facts import Fact, Term
from onestop.domain.operational import OperationalNeed
from onestop.domain.roles import Actor
from onestop.domain.visit import CARRIED_OVER_HEAD_START_MINUTES, StopState, VisitState, waiting_since
from onestop.visits.actions.matching import match
from onestop.visits.actions.route import set_needs
from onestop.visits.actions.rows import move_stop, note, visit_row
from onestop.visits.tables import calls, visits


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedIn:
    """The visit of a ticket that is known to be here; `again` when it already was."""

    visit: UUID
    party: UUID
    number: int
    state: VisitState
    again: bool


def check_in(
    conn: sa.Connection,
    party: UUID,
    *,
    came_at: datetime | None = None,
    on_paper: bool = True,
    actor: Actor,
    now: datetime,
) -> CheckedIn:
    """Turn a booking into a visit whose stops wait. Repeating it gives the same answer.

    `came_at` is when she came if that is told only now, from paper or by a machine that was cut off; whoever tells it
    calls `match` at the end.

    Raises `WrongDay`, `BookingCancelled`, `BookingClosed`, or the day's refusal.
    """
    known = conn.execute(sa.select(visits).where(visits.c.party_id == party)).one_or_none()
    row = conn.execute(
        sa.select(parties.c.number, parties.c.carried_from_id).where(parties.c.id == party)
    ).one_or_none()
    if row is None or row.number is None:
        raise TicketUnknown
    number = row.number
    if known is not None:
        return CheckedIn(visit=known.id, party=party, number=number, state=VisitState(known.state), again=True)
    booking = booking_of_party(conn, party)
    if booking is None:
        raise TicketUnknown
    day = day_by_id(conn, booking.day)
    came = now if came_at is None else min(came_at, now)
    if booking.state is BookingState.CANCELLED:
        raise BookingCancelled
    if came.astimezone(day.zone).date() != day.on and not day.opens_at <= came <= day.closes_at:
        raise WrongDay(on=day.on)
    check_bookable(day.state, closes_at=day.closes_at, now=came)
    if booking.state is not BookingState.CONFIRMED:
        raise BookingClosed
    check_move(booking.state, BookingState.ARRIVED)
    conn.execute(bookings.update().where(bookings.c.id == booking.id).values(state=BookingState.ARRIVED))
    waited = timedelta(minutes=CARRIED_OVER_HEAD_START_MINUTES) if row.carried_from_id is not None else timedelta()
    visit = _open_visit(
        conn, party, day.id, booked_at=booking.arrival_at, walk_in=False, nonce=None, waited=waited, now=came
    )
    record(
        conn,
        Fact(
            kind="VisitorCheckedIn",
            at=now,
            day=day.id,
            party=party,
            visit=visit,
            actor=actor.ref,
            terms={
                "early_seconds": int((booking.arrival_at - came).total_seconds()),
                **(_from_paper(came_at, now) if on_paper else {}),
            },
        ),
    )
    if came_at is None:
        match(conn, day.id, now=now)
    return CheckedIn(visit=visit, party=party, number=number, state=VisitState.OPEN, again=False)


def undo_check_in(conn: sa.Connection, visit_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take a check-in back while nothing has been called yet. Raises `MoveRefused`."""
    visit = visit_row(conn, visit_id)
    rows = conn.execute(sa.select(stops).where(stops.c.visit_id == visit_id)).all()
    called = conn.execute(sa.select(calls.c.id).where(calls.c.stop_id.in_([row.id for row in rows])).limit(1)).scalar()
    untouched = all(row.state in {StopState.WAITING, StopState.BLOCKED} for row in rows)
    if visit.walk_in or visit.state != VisitState.OPEN or called is not None or not untouched:
        raise MoveRefused
    booking = booking_of_party(conn, visit.party_id)
    if booking is None:
        raise MoveRefused
    check_move(booking.state, BookingState.CONFIRMED)
    for row in rows:
        move_stop(conn, row, StopState.PLANNED, visit_id=None, blocked_by=None)
    note(conn, "CheckInUndone", now=now, actor=actor, visit=visit)
    conn.execute(visits.delete().where(visits.c.id == visit_id))
    conn.execute(bookings.update().where(bookings.c.id == booking.id).values(state=BookingState.CONFIRMED))


def issue_walk_in(
    conn: sa.Connection,
    day_id: UUID,
    wish: Wish,
    *,
    key: bytes,
    how: str,
    name: str = "",
    needs: Collection[OperationalNeed] = (),
    nonce: str | None = None,
    actor: Actor,
    now: datetime,
) -> tuple[Ticket, UUID]:
    """A ticket for somebody without an appointment, who waits from now on; never refused for want of room.

    The same nonce gives the same ticket. Gives the ticket and the visit.
    """
    if nonce is not None:
        known = conn.execute(sa.select(visits).where(visits.c.day_id == day_id, visits.c.nonce == nonce)).one_or_none()
        if known is not None:
            return ticket_again(conn, party=known.party_id, key=key), known.id
    day = day_by_id(conn, day_id)
    _check_time(day, now)
    party = make_party(conn, wish, day=day_id, how=how, actor=actor, now=now, state=StopState.PLANNED)
    if name.strip():
        write_name(conn, party, name)
    ticket = issue_ticket(conn, party=party, day=day_id, key=key)
    visit = open_walk_in(conn, party, day_id, wish, nonce=nonce, how=how, came_at=now, actor=actor, now=now)
    if needs:
        set_needs(conn, visit, needs=needs, actor=actor, now=now)
    match(conn, day_id, now=now)
    return ticket, visit


def issue_on_paper(
    conn: sa.Connection,
    day_id: UUID,
    wish: Wish,
    *,
    key: bytes,
    how: str,
    number: int | None,
    came_at: datetime,
    actor: Actor,
    now: datetime,
) -> tuple[Ticket, UUID]:
    """The ticket of somebody who was given one on paper: a spare `number`, or a new one where it is `None`.

    `came_at` is when; whoever enters it calls `match` at the end. Gives the ticket and the visit.
    """
    came = min(came_at, now)
    _check_time(day_by_id(conn, day_id), came)
    party = make_party(conn, wish, day=day_id, how=how, actor=actor, now=now, state=StopState.PLANNED)
    if number is None:
        ticket = issue_ticket(conn, party=party, day=day_id, key=key)
    else:
        ticket = adopt_ticket(conn, party=party, day=day_id, key=key, number=number)
    visit = open_walk_in(
        conn, party, day_id, wish, nonce=None, how=how, came_at=came, told_at=came_at, actor=actor, now=now
    )
    return ticket, visit


def _check_time(day: Day, came: datetime) -> None:
    """Raise the day's refusal, or `WrongDay` for somebody who came on no hour of it."""
    check_bookable(day.state, closes_at=day.closes_at, now=came)
    if came.astimezone(day.zone).date() != day.on and not day.opens_at <= came <= day.closes_at:
        raise WrongDay(on=day.on)


def open_walk_in(
    conn: sa.Connection,
    party: UUID,
    day_id: UUID,
    wish: Wish,
    *,
    nonce: str | None,
    how: str,
    came_at: datetime,
    told_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """The visit of a party without an appointment, told in the ledger; no desk has been asked yet.

    `told_at` is the moment that a sheet of paper gives.
    """
    visit = _open_visit(conn, party, day_id, booked_at=None, walk_in=True, nonce=nonce, now=came_at)
    record(
        conn,
        Fact(
            kind="WalkInIssued",
            at=now,
            day=day_id,
            party=party,
            visit=visit,
            actor=actor.ref,
            terms={
                "how": how,
                "stops": len(wish.stops),
                "members": len(wish.members),
                **_from_paper(told_at, now),
            },
        ),
    )
    return visit


def _from_paper(at: datetime | None, now: datetime) -> dict[str, Term]:
    """What a fact says of something that was told only afterwards, from paper: how long ago it was."""
    return {} if at is None else {"paper": True, "ago_seconds": max(0, int((now - at).total_seconds()))}


def _open_visit(
    conn: sa.Connection,
    party: UUID,
    day: UUID,
    *,
    booked_at: datetime | None,
    walk_in: bool,
    nonce: str | None,
    waited: timedelta = timedelta(),
    now: datetime,
) -> UUID:
    visit = new_id()
    conn.execute(
        visits.insert().values(
            id=visit,
            party_id=party,
            day_id=day,
            state=VisitState.OPEN,
            walk_in=walk_in,
            booked_at=booked_at,
            checked_in_at=now,
            waiting_since_at=waiting_since(checked_in_at=now, booked_at=booked_at),
            waited_seconds=int(waited.total_seconds()),
            nonce=nonce,
        )
    )
    conn.execute(
        stops.update()
        .where(stops.c.party_id == party, stops.c.state == StopState.PLANNED)
        .values(visit_id=visit, state=StopState.WAITING, version=stops.c.version + 1)
    )
    return visit
