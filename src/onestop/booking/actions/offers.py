"""Offers to those who wait: who is asked next and with which time, and what she makes of it."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.bookings import wish_of
from onestop.booking.actions.waiting import booking_of, free_offer, waits_of, withdraw, write_waiting
from onestop.booking.capacity import claim, expire_holds, give_back, with_seats
from onestop.booking.queries import PROVED
from onestop.booking.rests import rest, wake
from onestop.booking.tables import bookings, claims, rests, stops, waiting
from onestop.booking.tickets import Ticket, issue_ticket
from onestop.booking.wish import Wish
from onestop.days.queries.capacity import load_capacity
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.sessions import is_held
from onestop.days.tables import days
from onestop.db.ledger import record
from onestop.db.statements import change
from onestop.domain.booking import PROVES, WAITS, BookingState, check_move
from onestop.domain.day import DayState, check_bookable
from onestop.domain.errors import BookingClosed, OfferGone
from onestop.domain.facts import Fact
from onestop.domain.levelling import levelled, prompt_of
from onestop.domain.plan import NominalPlan, PlannedStop, offered_arrivals
from onestop.domain.roles import SYSTEM, Actor
from onestop.domain.visit import StopState
from onestop.domain.waiting import OFFERS_AT_MOST, offer_until, wants

_B = BookingState


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """How far the list of a day was gone through: who was looked at, and which wishes have nothing to hope for."""

    seen: frozenset[UUID] = frozenset()
    hopeless: frozenset[Hashable] = frozenset()
    over: bool = False


AT_ONCE = 8
"""Parties looked at in one transaction: each may cost a search for a plan."""


def make_offers(conn: sa.Connection, day_id: UUID, done: Round, *, now: datetime) -> Round:
    """Offer what became free to the next ones on the list; call again with what it gives until that is `over`.

    Whoever has no time goes before who wants an earlier one, who was offered less before who was offered more; then
    drawn ranks, then those who wait longest.
    """
    day = day_by_id(conn, day_id)
    conn.execute(rests.delete().where(rests.c.day_id == day_id, rests.c.until_at <= now, rests.c.tried))
    if day.state is not DayState.PUBLISHED or now >= day.closes_at:
        conn.execute(rests.delete().where(rests.c.day_id == day_id))
        return replace(done, over=True)
    expire_holds(conn, day_id, now=now)
    lapse_offers(conn, day_id, now=now)
    conn.execute(rests.update().where(rests.c.day_id == day_id, rests.c.tried.is_(False)).values(tried=True))
    conn.execute(waiting.update().where(waiting.c.day_id == day_id, waiting.c.seen.is_(False)).values(seen=True))
    seen, hopeless = set(done.seen), set(done.hopeless)
    rows = conn.execute(_next_ones(day).where(waiting.c.party_id.not_in(done.seen)).limit(AT_ONCE)).all()
    for row in rows:
        seen.add(row.party_id)
        wish = wish_of(conn, row.party_id)
        same = _same(wish, row)
        if same in hopeless:
            continue
        if not _offer(conn, day, row, wish, now=now):
            hopeless.add(same)
    return Round(seen=frozenset(seen), hopeless=frozenset(hopeless), over=len(rows) < AT_ONCE)


def take_offer(conn: sa.Connection, party: UUID, *, key: bytes, actor: Actor, now: datetime) -> Ticket | None:
    """Take the offered place; gives the ticket, `None` to one who has hers already. Raises `OfferGone`."""
    waits = waits_of(conn, party)
    if waits is None or waits.offer_until_at is None or waits.offer_until_at <= now:
        raise OfferGone
    booking, day = booking_of(conn, party), day_by_id(conn, waits.day_id)
    check_bookable(day.state, closes_at=day.closes_at, now=now)
    if booking.state == _B.CONFIRMED:
        rest(conn, day.id, give_back(conn, [booking.id], offered=False), now=now)
    elif booking.state in WAITS:
        check_move(BookingState(booking.state), _B.CONFIRMED)
    else:
        raise BookingClosed
    conn.execute(claims.update().where(claims.c.booking_id == booking.id).values(offered=False))
    plan: dict[str, Any] = waits.plan
    for service, start, minutes, *held in plan["stops"]:
        session = UUID(held[0]) if held and held[0] else None
        if session is not None and not is_held(conn, day.id, session, datetime.fromisoformat(start)):
            raise OfferGone
        conn.execute(
            stops.update()
            .where(stops.c.party_id == party, stops.c.service_id == UUID(service), stops.c.state == StopState.PLANNED)
            .values(planned_at=datetime.fromisoformat(start), minutes=minutes, session_id=session)
        )
    change(
        conn,
        bookings,
        booking.id,
        state=_B.CONFIRMED,
        arrival_at=waits.offer_at,
        ends_at=datetime.fromisoformat(plan["ends_at"]),
        no_interpreter=plan["no_interpreter"],
        confirmed_at=booking.confirmed_at or now,
    )
    write_waiting(conn, party, offer_at=None, offer_until_at=None, plan=None, ended_at=now)
    if booking.state == _B.CONFIRMED:
        record(conn, Fact(kind="BookingMoved", at=now, day=day.id, party=party, actor=actor.ref))
        return None
    ticket = issue_ticket(conn, party=party, day=day.id, key=key)
    record(conn, Fact(kind="BookingConfirmed", at=now, day=day.id, party=party, actor=actor.ref))
    return ticket


def decline_offer(conn: sa.Connection, party: UUID, *, actor: Actor, now: datetime) -> None:
    """Let an offered place go and stay on the list, after the third time not; harmless twice."""
    waits = waits_of(conn, party)
    if waits is not None and waits.offer_at is not None:
        _lapse(conn, waits, kind="OfferDeclined", actor=actor, now=now)


def lapse_offers(conn: sa.Connection, day_id: UUID, *, now: datetime) -> None:
    """End the offers nobody answered in time."""
    over = sa.select(waiting).where(waiting.c.day_id == day_id, waiting.c.offer_until_at <= now)
    for waits in conn.execute(over.order_by(waiting.c.offer_until_at, waiting.c.party_id)).all():
        _lapse(conn, waits, kind="OfferLapsed", actor=SYSTEM, now=now)


def days_with_lapsed_offers(conn: sa.Connection, *, now: datetime) -> list[UUID]:
    """Days on which somebody did not answer in time."""
    return list(conn.execute(sa.select(waiting.c.day_id).distinct().where(waiting.c.offer_until_at <= now)).scalars())


def days_to_offer(conn: sa.Connection, *, now: datetime) -> list[UUID]:
    """Days where minutes became free that nobody was asked about, or rested long enough, or where somebody is new."""
    free = sa.select(rests.c.day_id).where(sa.or_(rests.c.tried.is_(False), rests.c.until_at <= now))
    new = sa.select(waiting.c.day_id).where(waiting.c.seen.is_(False), waiting.c.ended_at.is_(None))
    return list(conn.execute(sa.union(free, new)).scalars())


def days_with_waiting(conn: sa.Connection) -> list[UUID]:
    """Days on which somebody waits for a place or for an earlier time."""
    waits = sa.select(waiting.c.day_id).distinct().join(days, days.c.id == waiting.c.day_id)
    where = (waiting.c.ended_at.is_(None), days.c.state == DayState.PUBLISHED)
    return list(conn.execute(waits.where(*where)).scalars())


def hold_offer(
    conn: sa.Connection,
    party: UUID,
    booking: UUID,
    plan: NominalPlan,
    *,
    until: datetime,
    state: BookingState | None,
) -> None:
    """Claim a plan for somebody who may take it until then; `state` is what her booking becomes, if she has no time."""
    claim(conn, booking, plan.claims, offered=True)
    wake(conn, plan.claims)
    if state is not None:
        change(conn, bookings, booking, state=state)
    write_waiting(
        conn,
        party,
        offers=waiting.c.offers + 1,
        offer_at=plan.arrival_at,
        offer_until_at=until,
        plan={
            "ends_at": plan.ends_at.isoformat(),
            "no_interpreter": plan.no_interpreter,
            "stops": [_planned(stop) for stop in plan.stops],
        },
    )


def _planned(stop: PlannedStop) -> list[str | int | None]:
    """A stop of an offered plan, as it is kept; offers from before there were sessions lack the last."""
    return [str(stop.service), stop.start.isoformat(), stop.minutes, str(stop.session) if stop.session else None]


def _next_ones(day: Day) -> sa.Select[Any]:
    asked = (
        sa.select(waiting, bookings.c.id, bookings.c.state, bookings.c.arrival_at, bookings.c.ends_at)
        .join_from(waiting, bookings, bookings.c.party_id == waiting.c.party_id)
        .where(
            waiting.c.day_id == day.id,
            waiting.c.ended_at.is_(None),
            waiting.c.offer_at.is_(None),
            waiting.c.offers < OFFERS_AT_MOST,
            bookings.c.state.in_([_B.LISTED, _B.CONFIRMED]),
        )
        .order_by(
            bookings.c.state == _B.CONFIRMED,
            waiting.c.offers,
            waiting.c.rank.is_(None),
            waiting.c.rank,
            waiting.c.since_at,
            waiting.c.party_id,
        )
    )
    if not day.proves:
        return asked
    return asked.where(sa.or_(bookings.c.state == _B.CONFIRMED, bookings.c.channel.not_in(PROVES), PROVED))


def _offer(conn: sa.Connection, day: Day, row: sa.Row[Any], wish: Wish, *, now: datetime) -> bool:
    """Offer the best time she said she can come at, or the first that begins and ends before hers; false if none."""
    if not wish.stops:
        return False
    less = with_seats({}, conn, day.id)
    room = load_capacity(conn, day, services=wish.services, languages=wish.languages, freed=less)
    found = [
        (plan, until)
        for plan in offered_arrivals(
            room,
            stops=wish.stops,
            languages=wish.languages,
            interpreter=wish.interpreter,
            party=wish.members,
            not_before=now,
        )
        if wants(plan.arrival_at, not_before=row.not_before_at, not_after=row.not_after_at)
        and (row.arrival_at is None or (plan.arrival_at < row.arrival_at and plan.ends_at < row.ends_at))
        and (until := offer_until(plan.arrival_at, day.zone, now=now)) is not None
    ]
    if not found:
        return False
    ends = {plan.arrival_at: until for plan, until in found}
    plans = prompt_of([plan for plan, _ in found])
    best = plans[0] if row.arrival_at is not None else levelled(room, plans)[0]
    until = ends[best.arrival_at]
    state = None
    if row.state == _B.LISTED:
        check_move(_B.LISTED, _B.OFFERED)
        state = _B.OFFERED
    hold_offer(conn, row.party_id, row.id, best, until=until, state=state)
    terms = {"minutes": int((until - now).total_seconds() // 60), "offers": row.offers + 1}
    record(conn, Fact(kind="PlaceOffered", at=now, day=day.id, party=row.party_id, actor=SYSTEM.ref, terms=terms))
    return True


def _same(wish: Wish, row: sa.Row[Any]) -> Hashable:
    """What decides whether a time can be found: equal for people who would hear the same."""
    return (
        frozenset((stop.service, stop.members) for stop in wish.stops),
        wish.members,
        frozenset(wish.languages),
        wish.interpreter,
        row.not_before_at,
        row.not_after_at,
        row.arrival_at,
    )


def withdraw_offers(conn: sa.Connection, day_id: UUID, *, now: datetime) -> None:
    """Take back what is offered, because it is not true any more: it does not count, and the list is asked anew."""
    offered = sa.select(waiting).where(waiting.c.day_id == day_id, waiting.c.offer_at.is_not(None))
    for waits in conn.execute(offered.order_by(waiting.c.party_id)).all():
        _end_offer(conn, waits, last=False, now=now)
        write_waiting(conn, waits.party_id, offers=waits.offers - 1, seen=False)


def _end_offer(conn: sa.Connection, waits: sa.Row[Any], *, last: bool, now: datetime) -> sa.Row[Any]:
    """Free what is offered; gives the booking as it was."""
    booking = booking_of(conn, waits.party_id)
    free_offer(conn, booking, waits, now=now)
    write_waiting(conn, waits.party_id, offer_at=None, offer_until_at=None, plan=None, ended_at=now if last else None)
    if booking.state in {_B.OFFERED, _B.DRAWN}:
        check_move(BookingState(booking.state), _B.LAPSED)
        then = _B.WITHDRAWN if last else _B.LISTED
        check_move(_B.LAPSED, then)
        change(conn, bookings, booking.id, state=_B.LAPSED if last else then)
    return booking


def _lapse(conn: sa.Connection, waits: sa.Row[Any], *, kind: str, actor: Actor, now: datetime) -> None:
    last = waits.offers >= OFFERS_AT_MOST
    booking = _end_offer(conn, waits, last=last, now=now)
    terms = {"offers": waits.offers}
    record(conn, Fact(kind=kind, at=now, day=waits.day_id, party=waits.party_id, actor=actor.ref, terms=terms))
    if last and booking.state in {_B.OFFERED, _B.DRAWN}:
        withdraw(conn, booking_of(conn, waits.party_id), actor=actor, now=now)
