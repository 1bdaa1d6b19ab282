"""Other steps, people, languages or another time for a confirmed booking: all of it or nothing."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking import queries
from onestop.booking.actions.bookings import confirmed_booking, lay_plan, let_offer_go, wish_of_party, write_plan
from onestop.booking.actions.parties import add_stop
from onestop.booking.capacity import claim, expire_holds, give_back
from onestop.booking.rests import beyond, rest
from onestop.booking.tables import bookings, members, parties, stop_members, stops
from onestop.booking.wish import Wish
from onestop.days.queries.days import day_by_id
from onestop.days.queries.offer import day_offer
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.domain.day import check_bookable
from onestop.domain.errors import Changed, ServiceUnknown
from onestop.domain.facts import Fact, Term
from onestop.domain.roles import Actor
from onestop.domain.visit import StopState, check_stop_move


def change_booking(
    conn: sa.Connection,
    party: UUID,
    wish: Wish,
    *,
    arrival_at: datetime,
    seen: str | None = None,
    how: str,
    actor: Actor,
    now: datetime,
) -> queries.Booking:
    """Give a confirmed booking what is wished for now; name, number, codes and contacts stay as they are.

    A step that stays keeps the yes it had; a new one is accepted at this door (`how`). `seen` is the `state_mark` of
    what she looked at. Raises `ArrivalTaken` when the whole does not fit at that time, `Changed` when the booking is
    not as she saw it; then nothing has changed.
    """
    booking = confirmed_booking(conn, party)
    before = wish_of_party(conn, booking)
    if state_mark(booking, before) == _mark(wish, arrival_at):
        return booking
    if seen is not None and seen != state_mark(booking, before):
        raise Changed
    day = day_by_id(conn, booking.day)
    check_bookable(day.state, closes_at=day.closes_at, now=now)
    expire_holds(conn, day.id, now=now)
    let_offer_go(conn, booking, now=now)
    plan = lay_plan(
        conn,
        day,
        wish,
        arrival_at=arrival_at,
        now=now,
        with_reserve=queries.uses_reserve(conn, booking.id),
        moving=booking.id,
    )
    freed = give_back(conn, [booking.id])
    claim(conn, booking.id, plan.claims)
    rest(conn, day.id, beyond(freed, plan.claims), now=now)
    conn.execute(
        bookings.update()
        .where(bookings.c.id == booking.id)
        .values(arrival_at=arrival_at, ends_at=plan.ends_at, no_interpreter=plan.no_interpreter)
    )
    conn.execute(
        parties.update()
        .where(parties.c.id == party)
        .values(languages=list(wish.languages), interpreter=wish.interpreter)
    )
    planned = queries.planned_stops(conn, party)  # read first: what was hers alone goes with her
    people = _write_people(conn, party, wish)
    _write_stops(conn, booking, wish, planned=planned, people=people, how=how, actor=actor, now=now)
    write_plan(conn, party, plan)
    terms: dict[str, Term] = {
        "stops": len(wish.stops),
        "members": len(wish.members),
        "added": len(wish.services - before.services),
        "dropped": len(before.services - wish.services),
        "moved": int(arrival_at != booking.arrival_at),
    }
    record(conn, Fact(kind="BookingChanged", at=now, day=day.id, party=party, actor=actor.ref, terms=terms))
    return queries.booking_by_id(conn, booking.id)


def state_mark(booking: queries.Booking, wish: Wish) -> str:
    """A short mark of what a booking is now: two pages that were opened before and after a change differ in it."""
    return _mark(wish, booking.arrival_at)


def _mark(wish: Wish, arrival_at: datetime) -> str:
    said: list[Any] = [
        arrival_at.timestamp(),
        sorted((stop.service.hex, sorted(stop.members)) for stop in wish.stops),
        [(member.mark, member.child) for member in wish.members],
        list(wish.languages),
        str(wish.interpreter),
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:12]


def _write_people(conn: sa.Connection, party: UUID, wish: Wish) -> dict[int, UUID]:
    """The members of the wish by mark; whoever does not come any more is gone."""
    known = {row.mark: row.id for row in conn.execute(sa.select(members).where(members.c.party_id == party))}
    for member in wish.members:
        values = {"child": member.child, "guardian_mark": member.guardian_mark}
        if member.mark in known:
            conn.execute(members.update().where(members.c.id == known[member.mark]).values(**values))
        else:
            known[member.mark] = new_id()
            conn.execute(members.insert().values(id=known[member.mark], party_id=party, mark=member.mark, **values))
    coming = {member.mark for member in wish.members}
    gone = [known.pop(mark) for mark in sorted(set(known) - coming)]
    conn.execute(stop_members.delete().where(stop_members.c.member_id.in_(gone)))
    conn.execute(members.delete().where(members.c.id.in_(gone)))
    return known


def _write_stops(
    conn: sa.Connection,
    booking: queries.Booking,
    wish: Wish,
    *,
    planned: Sequence[queries.BookedStop],
    people: dict[int, UUID],
    how: str,
    actor: Actor,
    now: datetime,
) -> None:
    kept = {stop.service: stop.id for stop in planned if stop.service in wish.services}
    check_stop_move(StopState.PLANNED, StopState.DROPPED)
    conn.execute(
        stops.update()
        .where(stops.c.id.in_([stop.id for stop in planned if stop.id not in kept.values()]))
        .values(state=StopState.DROPPED, ended_at=now, version=stops.c.version + 1)
    )
    offer = day_offer(conn, booking.day)
    for position, wanted in enumerate(wish.stops):
        going = [people[mark] for mark in sorted(wanted.members)]
        stop = kept.get(wanted.service)
        if stop is not None:
            conn.execute(stops.update().where(stops.c.id == stop).values(position=position))
            conn.execute(stop_members.delete().where(stop_members.c.stop_id == stop))
            conn.execute(stop_members.insert(), [{"stop_id": stop, "member_id": member} for member in going])
            continue
        service = offer.service(wanted.service)
        if service is None:
            raise ServiceUnknown
        add_stop(
            conn,
            party=booking.party,
            day=booking.day,
            position=position,
            service=service,
            member_ids=going,
            state=StopState.PLANNED,
            how=how,
            actor=actor,
            now=now,
        )
