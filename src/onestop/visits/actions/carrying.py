"""Carry over: what could not be finished goes on at another day, with a time that is kept and a head start there."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.bookings import confirm_held, hold_arrival
from onestop.booking.actions.waiting import join_list
from onestop.booking.contacts import Contact
from onestop.booking.queries import arrivals, members_of
from onestop.booking.tables import contacts, members, parties, stop_members, stops
from onestop.booking.wish import Wish
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.offer import day_offer
from onestop.db.daylock import hold_day
from onestop.db.ledger import record
from onestop.domain.booking import Channel, Interpreter
from onestop.domain.day import check_bookable
from onestop.domain.errors import MoveRefused, NothingToCarry
from onestop.domain.facts import Fact
from onestop.domain.plan import WantedStop
from onestop.domain.roles import Actor
from onestop.domain.visit import STOP_OPEN, StopState, VisitReason, VisitState
from onestop.visits.actions.matching import match
from onestop.visits.actions.route import drop_stop
from onestop.visits.actions.rows import Row, end_call, end_visit, move_stop, note, open_visit, set_active

CARRIED = "carried_over"
"""How the stops of the other day were accepted: they are those she accepted here (R18)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedOver:
    """The party at the other day; without a time it waits for one there, first on the list."""

    party: UUID
    day: UUID
    arrival_at: datetime | None
    stops: int


def carry_over(
    conn: sa.Connection, visit_id: UUID, to_day: UUID, *, key: bytes, actor: Actor, now: datetime
) -> CarriedOver:
    """End a visit here and book its open stops on another day, as far as that day has them.

    The whole plan is kept at the first time that has one, from the reserve if need be; without any the party waits on
    the list as long as it has waited here. Name, contacts, languages and members go along. Run under the lock of the
    day with the smaller id; the other one is taken here. Raises `NothingToCarry`, `MoveRefused` in the middle of a
    talk, or the other day's refusal.
    """
    visit = open_visit(conn, visit_id)
    for day in sorted({visit.day_id, to_day}):
        hold_day(conn, day)
    then = day_by_id(conn, to_day)
    check_bookable(then.state, closes_at=then.closes_at, now=now)
    if then.id == visit.day_id or then.opens_at <= now:
        raise MoveRefused
    left = _open_stops(conn, visit_id)
    if any(stop.state == StopState.SERVING for stop in left):
        raise MoveRefused
    offer = day_offer(conn, to_day)
    going = [stop for stop in left if stop.consent_at is not None and offer.service(stop.service_id) is not None]
    if not going:
        raise NothingToCarry
    wish = _wish(conn, visit.party_id, going)
    carried = _book(conn, visit, then, wish, key=key, actor=actor, now=now)
    for stop in left:
        if stop not in going:
            drop_stop(conn, stop.id, actor=actor, now=now)
    for stop in going:
        if stop.state == StopState.CALLED:
            end_call(conn, stop.id, "withdrawn", now)
            set_active(conn, stop.id, active=False)
            note(conn, "CallWithdrawn", now=now, actor=actor, stop=stop, desk=stop.desk_id)
        move_stop(conn, stop, StopState.CARRIED_OVER, ended_at=now, blocked_by=None)
    end_visit(conn, open_visit(conn, visit_id), VisitState.CARRIED_OVER, VisitReason.NEXT_DAY, actor=actor, now=now)
    match(conn, visit.day_id, now=now)
    return carried


def _book(
    conn: sa.Connection, visit: Row, day: Day, wish: Wish, *, key: bytes, actor: Actor, now: datetime
) -> CarriedOver:
    asked = conn.execute(sa.select(parties.c.name).where(parties.c.id == visit.party_id)).one()
    known = conn.execute(sa.select(contacts).where(contacts.c.party_id == visit.party_id).order_by(contacts.c.id)).all()
    contact = tuple(Contact(kind=row.kind, address=row.address, phone_end=row.phone_end) for row in known)
    found = arrivals(conn, day, wish, now=now, with_reserve=True).plans
    if found:
        at: datetime | None = found[0].arrival_at
        held = hold_arrival(
            conn,
            day.id,
            wish,
            arrival_at=found[0].arrival_at,
            channel=Channel.RECEPTION,
            hold_minutes=1,
            with_reserve=True,
            actor=actor,
            now=now,
        )
        confirm_held(conn, held, key=key, name=asked.name, contact=contact, actor=actor, now=now)
        party = held.party
    else:
        at = None
        party = join_list(
            conn,
            day.id,
            wish,
            channel=Channel.RECEPTION,
            key=key,
            name=asked.name,
            contact=contact,
            since=visit.checked_in_at,
            actor=actor,
            now=now,
        )
    conn.execute(parties.update().where(parties.c.id == party).values(carried_from_id=visit.party_id))
    conn.execute(stops.update().where(stops.c.party_id == party).values(consent_how=CARRIED))
    terms = {"stops": len(wish.stops), "booked": at is not None}
    record(conn, Fact(kind="VisitCarriedOn", at=now, day=day.id, party=party, actor=actor.ref, terms=terms))
    return CarriedOver(party=party, day=day.id, arrival_at=at, stops=len(wish.stops))


def _wish(conn: sa.Connection, party: UUID, going: list[Row]) -> Wish:
    asked = conn.execute(sa.select(parties).where(parties.c.id == party)).one()
    marks: dict[UUID, set[int]] = defaultdict(set)
    for row in conn.execute(
        sa.select(stop_members.c.stop_id, members.c.mark)
        .join(members, members.c.id == stop_members.c.member_id)
        .where(stop_members.c.stop_id.in_([stop.id for stop in going]))
    ):
        marks[row.stop_id].add(row.mark)
    wanted: dict[UUID, WantedStop] = {}
    for stop in going:
        also = wanted.get(stop.service_id)
        one = WantedStop(service=stop.service_id, members=frozenset(marks[stop.id]))
        wanted[stop.service_id] = one if also is None else replace(one, members=one.members | also.members)
    return Wish(
        stops=tuple(wanted.values()),
        members=members_of(conn, party),
        languages=tuple(asked.languages),
        interpreter=Interpreter(asked.interpreter),
        display_language=asked.display_language,
        answers=tuple(asked.answers),
    )


def _open_stops(conn: sa.Connection, visit: UUID) -> list[Row]:
    of_visit = sa.select(stops).where(stops.c.visit_id == visit, stops.c.state.in_(STOP_OPEN))
    return list(conn.execute(of_visit.order_by(stops.c.position, stops.c.id)))
