"""Changes to bookings: hold an arrival, confirm, extend, release, move, cancel."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking import queries
from onestop.booking.actions.invitations import invitation_of, return_invitation, use_invitation
from onestop.booking.actions.parties import add_contact, make_party, write_name
from onestop.booking.capacity import claim, expire_holds, freed_by, give_back, with_seats
from onestop.booking.contacts import Contact
from onestop.booking.helped import check_cap
from onestop.booking.rests import beyond, rest, rest_if_awaited, resting
from onestop.booking.seated import has_its_seats
from onestop.booking.tables import bookings, claims, parties, stops, waiting
from onestop.booking.tickets import Ticket, issue_ticket
from onestop.booking.wish import Wish
from onestop.days.drawing import check_drawn
from onestop.days.queries.capacity import load_capacity
from onestop.days.queries.days import Day, day_by_id
from onestop.db.ledger import record
from onestop.db.statements import change, insert
from onestop.db.types import new_id
from onestop.domain.booking import PROVES, BookingState, Channel, Interpreter, check_move, check_to_come
from onestop.domain.day import check_bookable
from onestop.domain.errors import ArrivalTaken, BookingArrived, HoldGone, ProofNeeded, TicketUnknown
from onestop.domain.facts import Fact, Term
from onestop.domain.party import Member, accompanied
from onestop.domain.plan import NominalPlan, WantedStop, nominal_plan
from onestop.domain.roles import Actor
from onestop.domain.visit import StopState

_WAITS_NO_MORE = (
    waiting.update()
    .where(waiting.c.party_id == sa.bindparam("party"), waiting.c.ended_at.is_(None))
    .values(offer_at=None, offer_until_at=None, plan=None, ended_at=sa.bindparam("now"))
)

_ASKED_ANEW = (
    waiting.update()
    .where(waiting.c.party_id == sa.bindparam("party"))
    .values(offer_at=None, offer_until_at=None, plan=None, seen=False)
)

LONGEST_HOLD = timedelta(minutes=30)
"""However often a hold is extended, it ends this long after it began."""


def hold_arrival(
    conn: sa.Connection,
    day_id: UUID,
    wish: Wish,
    *,
    arrival_at: datetime,
    channel: Channel,
    actor: Actor,
    now: datetime,
    hold_minutes: int,
    invitation: str | None = None,
    helper: UUID | None = None,
    with_reserve: bool = False,
) -> queries.Booking:
    """Keep the capacity of a whole plan for some minutes. Raises `ArrivalTaken` when no plan is left at that time.

    `invitation` is the hash of an invitation code. `with_reserve` lets reception and helpers use the reserve.
    `helper` is the account of one; raises `HelperFull` at her cap, `NotAllowed` when she does not help here any more.
    """
    day = day_by_id(conn, day_id)
    check_bookable(day.state, closes_at=day.closes_at, now=now)
    check_drawn(conn, day)
    invited = invitation_of(conn, day, channel, invitation)
    expire_holds(conn, day_id, now=now)
    if helper is not None:
        check_cap(conn, helper, day_id, now=now)
    plan = lay_plan(conn, day, wish, arrival_at=arrival_at, now=now, with_reserve=with_reserve)
    how = channel.value
    party = make_party(conn, wish, day=day_id, how=how, actor=actor, now=now, state=StopState.PLANNED, plan=plan)
    held = queries.Booking(
        id=new_id(),
        party=party,
        day=day_id,
        state=BookingState.HELD,
        arrival_at=arrival_at,
        ends_at=plan.ends_at,
        hold_until_at=now + timedelta(minutes=hold_minutes),
        no_interpreter=plan.no_interpreter,
        number=None,
        generation=1,
        name="",
        display_language=wish.display_language,
        languages=wish.languages,
        interpreter=wish.interpreter,
        invitation=invited,
        channel=channel,
        answers=wish.answers,
    )
    insert(
        conn,
        bookings,
        id=held.id,
        party_id=party,
        day_id=day_id,
        state=held.state,
        channel=channel,
        arrival_at=arrival_at,
        ends_at=held.ends_at,
        hold_until_at=held.hold_until_at,
        invitation_id=invited,
        helper_id=helper,
        no_interpreter=held.no_interpreter,
        created_at=now,
    )
    claim(conn, held.id, plan.claims)
    record(
        conn,
        Fact(
            kind="BookingHeld",
            at=now,
            day=day_id,
            party=party,
            actor=actor.ref,
            terms={"channel": channel, "stops": len(wish.stops), "members": len(wish.members)},
        ),
    )
    return held


def confirm_booking(
    conn: sa.Connection,
    hold: UUID,
    *,
    key: bytes,
    name: str = "",
    contact: tuple[Contact, ...] = (),
    actor: Actor,
    now: datetime,
) -> Ticket:
    """Turn a hold into a booking and issue its ticket. Raises `HoldGone` when its time or its session is gone.

    Where places are few, one from afar is confirmed by `proofs.book_held`; here it raises `ProofNeeded`.
    """
    return confirm_held(
        conn, queries.booking_by_id(conn, hold), key=key, name=name, contact=contact, actor=actor, now=now
    )


def confirm_held(
    conn: sa.Connection,
    held: queries.Booking,
    *,
    key: bytes,
    name: str = "",
    contact: tuple[Contact, ...] = (),
    actor: Actor,
    now: datetime,
) -> Ticket:
    """The same for a hold read or made in this transaction."""
    if held.state is not BookingState.HELD or held.hold_until_at is None or held.hold_until_at <= now:
        raise HoldGone
    day = day_by_id(conn, held.day)
    check_bookable(day.state, closes_at=day.closes_at, now=now)
    check_move(held.state, BookingState.CONFIRMED)
    if not has_its_seats(conn, held):
        raise HoldGone
    if day.proves and held.channel in PROVES and not queries.has_proof(conn, held.party):
        raise ProofNeeded(field="email")
    use_invitation(conn, held.invitation)
    if name.strip():
        write_name(conn, held.party, name)
    for one in contact:
        add_contact(conn, day, held.party, one, key)
    change(conn, bookings, held.id, state=BookingState.CONFIRMED, confirmed_at=now, hold_until_at=None)
    ticket = issue_ticket(conn, party=held.party, day=held.day, key=key)
    record(conn, Fact(kind="BookingConfirmed", at=now, day=held.day, party=held.party, actor=actor.ref))
    return ticket


def extend_hold(conn: sa.Connection, hold: UUID, *, minutes: int, actor: Actor, now: datetime) -> datetime:
    """Keep a hold longer; gives its new end. Raises `HoldGone` when it is over."""
    row = conn.execute(sa.select(bookings).where(bookings.c.id == hold)).one_or_none()
    if row is None or row.state != BookingState.HELD or row.hold_until_at <= now:
        raise HoldGone
    until = max(row.hold_until_at, min(now + timedelta(minutes=minutes), row.created_at + LONGEST_HOLD))
    conn.execute(bookings.update().where(bookings.c.id == hold).values(hold_until_at=until))
    record(conn, Fact(kind="HoldExtended", at=now, day=row.day_id, party=row.party_id, actor=actor.ref))
    return until


def release_hold(
    conn: sa.Connection, hold: UUID, *, for_another: bool = False, actor: Actor, now: datetime
) -> dict[UUID, tuple[int, int]]:
    """Give a held time back; harmless when it is gone already. Gives minutes and reserve by capacity row.

    These rest if they are awaited, unless the hold goes `for_another` in the same transaction, which may be the same.
    """
    row = conn.execute(sa.select(bookings).where(bookings.c.id == hold)).one_or_none()
    if row is None or row.state != BookingState.HELD:
        return {}
    freed = _end(conn, row.id, row.party_id, BookingState.HELD, BookingState.RELEASED, now)
    if not for_another:
        rest_if_awaited(conn, row.day_id, freed, now=now)
    record(conn, Fact(kind="HoldReleased", at=now, day=row.day_id, party=row.party_id, actor=actor.ref))
    return freed


def cancel_booking(conn: sa.Connection, party: UUID, *, because: str = "", actor: Actor, now: datetime) -> None:
    """Cancel a confirmed booking; its places are free at once. Raises when it has ended or she is here already.

    `because` is a code in the ledger for whoever tells her; empty when she or the reception wants it.
    """
    booking = confirmed_booking(conn, party)
    freed = _end(conn, booking.id, party, booking.state, BookingState.CANCELLED, now)
    rest(conn, booking.day, freed, now=now)
    return_invitation(conn, booking.id)
    conn.execute(_WAITS_NO_MORE, {"party": party, "now": now})
    terms: dict[str, Term] = {"because": because} if because else {}
    record(conn, Fact(kind="BookingCancelled", at=now, day=booking.day, party=party, actor=actor.ref, terms=terms))


def move_booking(
    conn: sa.Connection, party: UUID, *, arrival_at: datetime, actor: Actor, now: datetime, with_reserve: bool = False
) -> queries.Booking:
    """Move a confirmed booking to another arrival of its day; to its own one changes nothing.

    Raises `ArrivalTaken`; then nothing has changed.
    """
    booking = confirmed_booking(conn, party)
    if booking.arrival_at == arrival_at:
        return booking
    day = day_by_id(conn, booking.day)
    check_bookable(day.state, closes_at=day.closes_at, now=now)
    expire_holds(conn, day.id, now=now)
    let_offer_go(conn, booking, now=now)
    plan = lay_plan(
        conn,
        day,
        wish_of_party(conn, booking),
        arrival_at=arrival_at,
        now=now,
        with_reserve=with_reserve and queries.reserve_left(conn, day, booking.channel, but=booking.id),
        moving=booking.id,
    )
    freed = give_back(conn, [booking.id], offered=False)
    claim(conn, booking.id, plan.claims)
    rest(conn, day.id, beyond(freed, plan.claims), now=now)
    conn.execute(
        bookings.update()
        .where(bookings.c.id == booking.id)
        .values(arrival_at=arrival_at, ends_at=plan.ends_at, no_interpreter=plan.no_interpreter)
    )
    write_plan(conn, party, plan)
    record(conn, Fact(kind="BookingMoved", at=now, day=day.id, party=party, actor=actor.ref))
    return queries.booking_by_id(conn, booking.id)


def replan_booking(conn: sa.Connection, party: UUID, *, now: datetime) -> None:
    """Lay a confirmed booking again at its own time after a stop was taken off, so that its minutes are free.

    Without a plan at that time the old one stays; so it does when no stop is left to lay.
    """
    booking = queries.booking_of_party(conn, party)
    if booking is None or booking.state is not BookingState.CONFIRMED:
        return
    let_offer_go(conn, booking, now=now)
    wish = wish_of_party(conn, booking)
    freed = freed_by(conn, sa.and_(claims.c.booking_id == booking.id, claims.c.offered.is_(False)))
    plan = nominal_plan(
        load_capacity(
            conn, day_by_id(conn, booking.day), services=wish.services, languages=wish.languages, freed=freed
        ),
        arrival_at=booking.arrival_at,
        stops=wish.stops,
        languages=wish.languages,
        interpreter=wish.interpreter,
        party=wish.members,
        with_reserve=any(reserve for _, reserve in freed.values()),
    )
    if plan is None:
        return
    give_back(conn, [booking.id], offered=False)
    claim(conn, booking.id, plan.claims)
    rest(conn, booking.day, beyond(freed, plan.claims), now=now)
    conn.execute(
        bookings.update()
        .where(bookings.c.id == booking.id)
        .values(ends_at=plan.ends_at, no_interpreter=plan.no_interpreter)
    )
    write_plan(conn, party, plan)


def let_offer_go(conn: sa.Connection, booking: queries.Booking, *, now: datetime) -> None:
    """What is offered to a booking was for what it was: before a change it goes, and she is asked anew."""
    let_go = give_back(conn, [booking.id], offered=True)
    if let_go:
        rest(conn, booking.day, let_go, now=now)
        conn.execute(_ASKED_ANEW, {"party": booking.party})


def wish_of_party(conn: sa.Connection, booking: queries.Booking) -> Wish:
    """What the party of a booking still wants: its planned stops with their members."""
    return Wish(
        stops=wanted_stops(conn, booking.party, party := queries.members_of(conn, booking.party)),
        members=party,
        languages=booking.languages,
        interpreter=booking.interpreter,
        display_language=booking.display_language,
        answers=booking.answers,
    )


def wish_of(conn: sa.Connection, party: UUID) -> Wish:
    """The same for a party whose booking has no time yet. Raises `TicketUnknown`."""
    asked = conn.execute(sa.select(parties).where(parties.c.id == party)).one_or_none()
    if asked is None:
        raise TicketUnknown
    people = queries.members_of(conn, party)
    return Wish(
        stops=wanted_stops(conn, party, people),
        members=people,
        languages=tuple(asked.languages),
        interpreter=Interpreter(asked.interpreter),
        display_language=asked.display_language,
        answers=tuple(asked.answers),
    )


def wanted_stops(conn: sa.Connection, party: UUID, people: tuple[Member, ...]) -> tuple[WantedStop, ...]:
    """The planned stops of a party, each with the marks of those who go there."""
    wanted: dict[UUID, frozenset[int]] = {}
    for stop in queries.planned_stops(conn, party):
        wanted[stop.service] = wanted.get(stop.service, frozenset()) | stop.members
    return tuple(WantedStop(service=service, members=accompanied(people, marks)) for service, marks in wanted.items())


def lay_plan(
    conn: sa.Connection,
    day: Day,
    wish: Wish,
    *,
    arrival_at: datetime,
    now: datetime,
    with_reserve: bool,
    moving: UUID | None = None,
) -> NominalPlan:
    """The plan of a wish at this time; the claims of `moving` count as free. Raises `ArrivalTaken` without one."""
    if arrival_at < now:
        raise ArrivalTaken
    own = claims.c.booking_id == moving if moving is not None else sa.false()
    freed = with_seats(freed_by(conn, own, without=None if with_reserve else resting(day.id, now)), conn, day.id)
    plan = nominal_plan(
        load_capacity(conn, day, services=wish.services, languages=wish.languages, freed=freed),
        arrival_at=arrival_at,
        stops=wish.stops,
        languages=wish.languages,
        interpreter=wish.interpreter,
        party=wish.members,
        with_reserve=with_reserve,
    )
    if plan is None:
        raise ArrivalTaken
    return plan


def write_plan(conn: sa.Connection, party: UUID, plan: NominalPlan) -> None:
    """Store the times of a plan with the stops that are still planned."""
    for stop in plan.stops:
        conn.execute(
            stops.update()
            .where(stops.c.party_id == party, stops.c.service_id == stop.service, stops.c.state == StopState.PLANNED)
            .values(planned_at=stop.start, minutes=stop.minutes, session_id=stop.session)
        )


def confirmed_booking(conn: sa.Connection, party: UUID) -> queries.Booking:
    """The booking of a party that can still be changed. Raises when it has ended or she is here already."""
    booking = queries.booking_of_party(conn, party)
    if booking is None:
        raise BookingArrived
    check_to_come(booking.state)
    return booking


def _end(
    conn: sa.Connection, booking: UUID, party: UUID, was: BookingState, then: BookingState, now: datetime
) -> dict[UUID, tuple[int, int]]:
    check_move(was, then)
    freed = give_back(conn, [booking])
    conn.execute(bookings.update().where(bookings.c.id == booking).values(state=then, ended_at=now))
    conn.execute(
        stops.update()
        .where(stops.c.party_id == party, stops.c.state.in_([StopState.PLANNED, StopState.PROPOSED]))
        .values(state=StopState.DROPPED, ended_at=now, version=stops.c.version + 1)
    )
    return freed
