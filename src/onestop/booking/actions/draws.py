"""The draw: ask for a place, prove an address, close the list, publish the seed, give places in drawn order.

Every step is one short transaction and harmless when it is run again, so that a draw over ten thousand requests holds
up nobody and goes on after a crash where it stopped. `booking/drawing.py` runs them.
"""

import uuid
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.offers import hold_offer
from onestop.booking.actions.waiting import join_list, leave_list
from onestop.booking.capacity import expire_holds, freed_by
from onestop.booking.contacts import Contact
from onestop.booking.draws import TAKES_PART
from onestop.booking.rests import resting
from onestop.booking.tables import bookings, draw_entries, members, parties, stop_members, stops, waiting
from onestop.booking.wish import Wish
from onestop.days.queries.capacity import load_capacity
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.draws import Draw, the_draw
from onestop.days.tables import days, draws
from onestop.db.ledger import record
from onestop.db.statements import insert
from onestop.domain.booking import BookingState, Channel, Interpreter, check_move
from onestop.domain.day import DayState, Release, check_bookable
from onestop.domain.draw import DrawOutcome, DrawState, commitment_of, draw_seed, list_hash, result_hash
from onestop.domain.errors import (
    DrawKeyChanged,
    DrawNotYet,
    NoDraw,
    RequestsNotYet,
    RequestsOver,
)
from onestop.domain.facts import Fact
from onestop.domain.levelling import levelled, prompt_of
from onestop.domain.party import Member, accompanied
from onestop.domain.plan import NominalPlan, WantedStop, offered_arrivals
from onestop.domain.roles import SYSTEM, Actor
from onestop.domain.visit import StopState
from onestop.domain.waiting import drawn_until, wants

_B = BookingState
LEAVE_AT_ONCE = 20
RANK_AT_ONCE = 200
LOOK_AT_ONCE = 40
SEARCH_AT_ONCE = 2
"""Requests in one transaction: those that leave, get a rank, get an outcome, and of these need a search for a plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """A party in a draw, and the public id of its request."""

    party: UUID
    request: UUID


def request_place(
    conn: sa.Connection,
    day_id: UUID,
    wish: Wish,
    *,
    channel: Channel,
    key: bytes,
    name: str = "",
    contact: tuple[Contact, ...] = (),
    helper: UUID | None = None,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Requested:
    """Ask for a place while the window is open; without a person or machine of the centre an e-mail address is needed.

    Such a request counts once the address is proved. Raises `RequestsNotYet`, `RequestsOver`, `ProofNeeded`, `NoDraw`.
    """
    check_open(day_by_id(conn, day_id), the_draw(conn, day_id), now=now)
    party = join_list(
        conn,
        day_id,
        wish,
        channel=channel,
        key=key,
        state=_B.REQUESTED,
        not_before=not_before,
        not_after=not_after,
        name=name,
        contact=contact,
        helper=helper,
        actor=actor,
        now=now,
    )
    # Random to the last bit: an id that grew with time would tell who came first.
    request = uuid.uuid4()
    insert(conn, draw_entries, id=request, day_id=day_id, party_id=party)
    return Requested(party=party, request=request)


def check_open(day: Day, draw: Draw, *, now: datetime) -> None:
    """Raise the refusal that says why no request is taken now."""
    check_bookable(day.state, closes_at=day.closes_at, now=now)
    if day.release is not Release.DRAW:
        raise NoDraw
    state = draw.state(now)
    if state is DrawState.ANNOUNCED:
        raise RequestsNotYet
    if state is not DrawState.OPEN:
        raise RequestsOver


def days_to_draw(conn: sa.Connection, *, now: datetime) -> list[UUID]:
    """Published days whose window is over and whose places are not all given yet."""
    due = sa.select(draws.c.day_id).join_from(draws, days)
    published = (days.c.state == DayState.PUBLISHED, days.c.release == Release.DRAW, days.c.closes_at > now)
    return list(
        conn.execute(due.where(*published, draws.c.closes_at <= now, draws.c.drawn_at.is_(None))).scalars().all()
    )


def close_draw(conn: sa.Connection, day_id: UUID, *, actor: Actor = SYSTEM, now: datetime) -> bool:
    """Fix the list of requests; false if some that do not take part are still to be sent home: call it again.

    Whoever withdrew, did not prove her address or asked too often with it takes no part, and is not on the list.
    Raises `DrawNotYet` while the window is open.
    """
    day, draw = _running(conn, day_id, now=now)
    if draw.closed_at is not None:
        return True
    if draw.state(now) is not DrawState.CLOSED:
        raise DrawNotYet
    own = sa.select(draw_entries.c.id, draw_entries.c.party_id, bookings.c.state).outerjoin_from(
        draw_entries, bookings, bookings.c.party_id == draw_entries.c.party_id
    )
    out = conn.execute(own.where(draw_entries.c.day_id == day.id, ~TAKES_PART).limit(LEAVE_AT_ONCE)).all()
    conn.execute(draw_entries.delete().where(draw_entries.c.id.in_([row.id for row in out])))
    for row in out:
        if row.state == _B.REQUESTED:
            leave_list(conn, row.party_id, actor=SYSTEM, now=now)
    if len(out) == LEAVE_AT_ONCE:
        return False
    ids = requests_of(conn, day.id)
    conn.execute(draws.update().where(draws.c.day_id == day.id).values(list_hash=list_hash(ids), closed_at=now))
    terms = {"requests": len(ids)}
    record(conn, Fact(kind="DrawClosed", at=now, day=day.id, actor=actor.ref, terms=terms))
    return True


def publish_seed(conn: sa.Connection, day_id: UUID, *, key: bytes, actor: Actor = SYSTEM, now: datetime) -> str:
    """Tell the seed that the commitment was made to; only after the list is fixed. Raises `DrawKeyChanged`."""
    _, draw = _running(conn, day_id, now=now)
    if draw.closed_at is None:
        raise DrawNotYet
    if draw.seed is not None:
        return draw.seed
    seed = draw_seed(key, day=day_id, nonce=draw.nonce)
    if commitment_of(seed) != draw.commitment:
        raise DrawKeyChanged
    conn.execute(draws.update().where(draws.c.day_id == day_id).values(seed=seed))
    record(conn, Fact(kind="SeedPublished", at=now, day=day_id, actor=actor.ref))
    return seed


def write_ranks(conn: sa.Connection, day_id: UUID, ranks: Mapping[UUID, int], *, now: datetime) -> None:
    """Store the ranks of some requests; whoever computes them again stores the same."""
    _running(conn, day_id, now=now)
    mine = draw_entries.c.id == sa.bindparam("request")
    conn.execute(
        draw_entries.update().where(mine, draw_entries.c.day_id == day_id).values(rank=sa.bindparam("place")),
        [{"request": request, "place": rank} for request, rank in ranks.items()],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Giving:
    """How far places were given: wishes that have nothing to hope for any more, and whether nobody is left."""

    hopeless: frozenset[Hashable] = frozenset()
    over: bool = False


def give_places(conn: sa.Connection, day_id: UUID, done: Giving, *, now: datetime) -> Giving:
    """Give the next ones in drawn order their place, or their place on the waiting list; call it until it is `over`.

    What somebody gave back meanwhile rests and is offered to the list in its order, so that none is passed over.
    """
    day, draw = _running(conn, day_id, now=now)
    if draw.drawn_at is not None:
        return Giving(over=True)
    expire_holds(conn, day_id, now=now)
    rows = conn.execute(_NEXT, {"day": day_id}).all()
    wishes = _wishes(conn, [row.party_id for row in rows if row.state == _B.REQUESTED])
    hopeless, searches = set(done.hopeless), 0
    outcomes: list[tuple[sa.Row[Any], DrawOutcome]] = []
    for row in rows:
        wish = wishes.get(row.party_id)
        if wish is None:
            outcomes.append((row, DrawOutcome.WITHDRAWN))
            continue
        same = (*wish, row.not_before_at, row.not_after_at)
        if same not in hopeless:
            if searches == SEARCH_AT_ONCE:
                break
            searches += 1
            if _give(conn, day, row, wish, now=now):
                outcomes.append((row, DrawOutcome.DRAWN))
                continue
            hopeless.add(same)
        outcomes.append((row, DrawOutcome.LISTED))
    _write_outcomes(conn, day_id, outcomes, now=now)
    if not rows:
        _finish(conn, day_id, now=now)
    return Giving(hopeless=frozenset(hopeless), over=not rows)


def requests_of(conn: sa.Connection, day_id: UUID) -> Sequence[UUID]:
    """The public ids of all requests of a day."""
    return conn.execute(sa.select(draw_entries.c.id).where(draw_entries.c.day_id == day_id)).scalars().all()


_NEXT: sa.Select[Any] = (
    sa.select(
        draw_entries,
        bookings.c.id.label("booking"),
        bookings.c.state,
        waiting.c.not_before_at,
        waiting.c.not_after_at,
    )
    .outerjoin_from(draw_entries, bookings, bookings.c.party_id == draw_entries.c.party_id)
    .outerjoin(waiting, waiting.c.party_id == draw_entries.c.party_id)
    .where(draw_entries.c.day_id == sa.bindparam("day"), draw_entries.c.outcome.is_(None))
    .order_by(draw_entries.c.rank)
    .limit(LOOK_AT_ONCE)
)
_Wanted = tuple[frozenset[tuple[UUID, frozenset[int]]], tuple[Member, ...], frozenset[str], Interpreter]
"""What decides whether a time can be found: stops with who goes there, who comes, languages, how to talk."""


def _running(conn: sa.Connection, day_id: UUID, *, now: datetime) -> tuple[Day, Draw]:
    day, draw = day_by_id(conn, day_id), the_draw(conn, day_id)
    if day.release is not Release.DRAW:
        raise NoDraw
    check_bookable(day.state, closes_at=day.closes_at, now=now)
    return day, draw


def _wishes(conn: sa.Connection, who: Sequence[UUID]) -> dict[UUID, _Wanted]:
    """What these parties still want, in three statements however many they are."""
    wanted: dict[UUID, dict[UUID, set[int]]] = {party: {} for party in who}
    for row in conn.execute(
        sa.select(stops.c.party_id, stops.c.service_id, members.c.mark)
        .join_from(stops, stop_members, stop_members.c.stop_id == stops.c.id)
        .join(members, members.c.id == stop_members.c.member_id)
        .where(stops.c.party_id.in_(who), stops.c.state == StopState.PLANNED)
        .order_by(stops.c.position, members.c.mark)
    ):
        wanted[row.party_id].setdefault(row.service_id, set()).add(row.mark)
    people: dict[UUID, list[Member]] = {party: [] for party in who}
    for row in conn.execute(sa.select(members).where(members.c.party_id.in_(who)).order_by(members.c.mark)):
        people[row.party_id].append(Member(mark=row.mark, child=row.child, guardian_mark=row.guardian_mark))
    asked = sa.select(parties.c.id, parties.c.languages, parties.c.interpreter).where(parties.c.id.in_(who))
    return {
        row.id: (
            frozenset((service, accompanied(people[row.id], marks)) for service, marks in wanted[row.id].items()),
            tuple(people[row.id]),
            frozenset(row.languages),
            Interpreter(row.interpreter),
        )
        for row in conn.execute(asked)
    }


def _give(conn: sa.Connection, day: Day, row: sa.Row[Any], wish: _Wanted, *, now: datetime) -> bool:
    """Hold the prompt place that burdens the day least for her, until she answers; false if there is none."""
    wanted, people, languages, interpreter = wish
    if not wanted:
        return False
    asked = tuple(WantedStop(service=service, members=marks) for service, marks in sorted(wanted, key=_by_service))
    freed = freed_by(conn, sa.false(), without=resting(day.id, now))
    room = load_capacity(
        conn, day, services=frozenset(stop.service for stop in asked), languages=tuple(sorted(languages)), freed=freed
    )
    ends: dict[datetime, datetime] = {}
    plans: list[NominalPlan] = []
    for plan in offered_arrivals(
        room,
        stops=asked,
        languages=tuple(sorted(languages)),
        interpreter=interpreter,
        party=people,
        not_before=now,
    ):
        until = drawn_until(plan.arrival_at, day.zone, now=now)
        if until is not None and wants(plan.arrival_at, not_before=row.not_before_at, not_after=row.not_after_at):
            plans.append(plan)
            ends[plan.arrival_at] = until
    if not plans:
        return False
    best = levelled(room, prompt_of(plans))[0]
    until = ends[best.arrival_at]
    check_move(_B.REQUESTED, _B.DRAWN)
    hold_offer(conn, row.party_id, row.booking, best, until=until, state=_B.DRAWN)
    terms = {"minutes": int((until - now).total_seconds() // 60), "offers": 1, "rank": row.rank}
    record(conn, Fact(kind="PlaceOffered", at=now, day=day.id, party=row.party_id, actor=SYSTEM.ref, terms=terms))
    return True


def _by_service(wanted: tuple[UUID, frozenset[int]]) -> UUID:
    return wanted[0]


def _write_outcomes(
    conn: sa.Connection, day_id: UUID, outcomes: Sequence[tuple[sa.Row[Any], DrawOutcome]], *, now: datetime
) -> None:
    if not outcomes:
        return
    conn.execute(
        draw_entries.update().where(draw_entries.c.id == sa.bindparam("request")).values(outcome=sa.bindparam("what")),
        [{"request": row.id, "what": what} for row, what in outcomes],
    )
    staying = [row for row, what in outcomes if what is not DrawOutcome.WITHDRAWN]
    if staying:
        conn.execute(
            waiting.update().where(waiting.c.party_id == sa.bindparam("party")).values(rank=sa.bindparam("place")),
            [{"party": row.party_id, "place": row.rank} for row in staying],
        )
    listed = [row for row, what in outcomes if what is DrawOutcome.LISTED]
    check_move(_B.REQUESTED, _B.LISTED)
    conn.execute(bookings.update().where(bookings.c.id.in_([row.booking for row in listed])).values(state=_B.LISTED))
    for row in listed:
        terms = {"rank": row.rank}
        record(conn, Fact(kind="PartyListed", at=now, day=day_id, party=row.party_id, actor=SYSTEM.ref, terms=terms))


def _finish(conn: sa.Connection, day_id: UUID, *, now: datetime) -> None:
    asked = sa.select(draw_entries.c.rank, draw_entries.c.id, draw_entries.c.outcome)
    rows = conn.execute(asked.where(draw_entries.c.day_id == day_id).order_by(draw_entries.c.rank)).all()
    results = [(row.rank, row.id, DrawOutcome(row.outcome)) for row in rows]
    conn.execute(draws.update().where(draws.c.day_id == day_id).values(drawn_at=now, result_hash=result_hash(results)))
    drawn = sum(outcome is DrawOutcome.DRAWN for _, _, outcome in results)
    terms = {"requests": len(results), "drawn": drawn}
    record(conn, Fact(kind="DrawDone", at=now, day=day_id, actor=SYSTEM.ref, terms=terms))
