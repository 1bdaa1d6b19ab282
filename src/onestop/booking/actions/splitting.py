"""An adult of a booked party gets a ticket of her own: number, codes, people and steps apart from that moment on."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking import queries
from onestop.booking.actions.bookings import confirmed_booking, lay_plan, let_offer_go, wish_of_party, write_plan
from onestop.booking.actions.parties import add_stop
from onestop.booking.capacity import claim, expire_holds, give_back
from onestop.booking.rests import beyond, rest
from onestop.booking.tables import bookings, members, parties, stop_members, stops
from onestop.booking.tickets import Ticket, issue_ticket
from onestop.booking.wish import Wish
from onestop.days.queries.days import day_by_id
from onestop.days.queries.offer import day_offer
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.domain.booking import BookingState
from onestop.domain.day import check_bookable
from onestop.domain.errors import ArrivalTaken, NoRoomForTwo, ServiceUnknown
from onestop.domain.facts import Fact, Term
from onestop.domain.party import Member, Parted, part_party
from onestop.domain.plan import NominalPlan, WantedStop
from onestop.domain.roles import Actor
from onestop.domain.visit import StopState


def give_own_ticket(
    conn: sa.Connection,
    party: UUID,
    mark: int,
    *,
    also: Collection[UUID] = (),
    key: bytes,
    how: str,
    actor: Actor,
    now: datetime,
) -> Ticket:
    """Take a member with her own steps out of a booked party; gives her ticket, for the same time.

    A step she shares stays with the others; of those in `also` she gets one for herself, accepted at this door. Name
    and contacts stay with the first ticket; nothing in either says that there is another. Raises what `part_party`
    raises, or `NoRoomForTwo`; then nothing has changed.
    """
    booking = confirmed_booking(conn, party)
    day = day_by_id(conn, booking.day)
    check_bookable(day.state, closes_at=day.closes_at, now=now)
    expire_holds(conn, day.id, now=now)
    let_offer_go(conn, booking, now=now)
    before = wish_of_party(conn, booking)
    parted = part_party(before.members, before.together, mark, also=also)
    first = _wish(before, parted.members, parted.together)
    alone = frozenset({1})
    hers = _wish(before, (Member(mark=1),), dict.fromkeys([*parted.hers, *parted.copied], alone))
    reserve = queries.uses_reserve(conn, booking.id)
    try:
        kept = lay_plan(
            conn, day, first, arrival_at=booking.arrival_at, now=now, with_reserve=reserve, moving=booking.id
        )
        freed = give_back(conn, [booking.id])
        claim(conn, booking.id, kept.claims)
        own = lay_plan(conn, day, hers, arrival_at=booking.arrival_at, now=now, with_reserve=reserve)
        new_party = _write_party(conn, booking, own, now=now)
    except ArrivalTaken as taken:
        raise NoRoomForTwo from taken
    rest(conn, day.id, beyond(beyond(freed, kept.claims), own.claims), now=now)
    conn.execute(
        bookings.update()
        .where(bookings.c.id == booking.id)
        .values(ends_at=kept.ends_at, no_interpreter=kept.no_interpreter)
    )
    _part(conn, booking, parted, mark, new_party, how=how, actor=actor, now=now)
    write_plan(conn, party, kept)
    write_plan(conn, new_party, own)
    ticket = issue_ticket(conn, party=new_party, day=day.id, key=key)
    # Two facts that do not name each other.
    terms: dict[str, Term] = {
        "stops": len(first.stops),
        "members": len(first.members),
        "added": 0,
        "dropped": len(parted.hers),
        "moved": 0,
    }
    record(conn, Fact(kind="BookingChanged", at=now, day=day.id, party=party, actor=actor.ref, terms=terms))
    record(conn, Fact(kind="BookingConfirmed", at=now, day=day.id, party=new_party, actor=actor.ref))
    return ticket


def _wish(before: Wish, people: tuple[Member, ...], together: Mapping[UUID, frozenset[int]]) -> Wish:
    return replace(
        before,
        members=people,
        stops=tuple(WantedStop(service=service, members=going) for service, going in together.items()),
    )


def _write_party(conn: sa.Connection, booking: queries.Booking, plan: NominalPlan, *, now: datetime) -> UUID:
    """Her party and her booking with its claims; how they talk is as it was said for all."""
    party, own = new_id(), new_id()
    conn.execute(
        parties.insert().values(
            id=party,
            day_id=booking.day,
            display_language=booking.display_language,
            languages=list(booking.languages),
            interpreter=booking.interpreter,
            answers=list(booking.answers),
            created_at=now,
        )
    )
    channel = conn.execute(sa.select(bookings.c.channel).where(bookings.c.id == booking.id)).scalar_one()
    conn.execute(
        bookings.insert().values(
            id=own,
            party_id=party,
            day_id=booking.day,
            state=BookingState.CONFIRMED,
            channel=channel,
            arrival_at=booking.arrival_at,
            ends_at=plan.ends_at,
            no_interpreter=plan.no_interpreter,
            created_at=now,
            confirmed_at=now,
        )
    )
    claim(conn, own, plan.claims)
    return party


def _part(
    conn: sa.Connection,
    booking: queries.Booking,
    parted: Parted,
    mark: int,
    new_party: UUID,
    *,
    how: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Move her and her steps, number the others anew, and send along whom the rule of children sends."""
    people = {row.mark: row.id for row in conn.execute(sa.select(members).where(members.c.party_id == booking.party))}
    her = people.pop(mark)
    planned = {stop.service: stop.id for stop in queries.planned_stops(conn, booking.party)}
    own = [planned[service] for service in parted.hers]
    conn.execute(stop_members.delete().where(stop_members.c.member_id == her, stop_members.c.stop_id.not_in(own)))
    conn.execute(stops.update().where(stops.c.id.in_(own)).values(party_id=new_party))
    conn.execute(members.update().where(members.c.id == her).values(party_id=new_party, mark=1))
    for member in parted.members:  # marks only become smaller, so none is taken twice on the way
        old = next(each for each, new in parted.new_marks.items() if new == member.mark)
        conn.execute(
            members.update()
            .where(members.c.id == people[old])
            .values(mark=member.mark, guardian_mark=member.guardian_mark)
        )
    by_mark = {new: people[old] for old, new in parted.new_marks.items()}
    for service, going in parted.together.items():
        conn.execute(stop_members.delete().where(stop_members.c.stop_id == planned[service]))
        rows = [{"stop_id": planned[service], "member_id": by_mark[each]} for each in sorted(going)]
        conn.execute(stop_members.insert(), rows)
    offer = day_offer(conn, booking.day)
    for position, service in enumerate(sorted(parted.copied)):
        offered = offer.service(service)
        if offered is None:
            raise ServiceUnknown
        add_stop(
            conn,
            party=new_party,
            day=booking.day,
            position=100 + position,
            service=offered,
            member_ids=[her],
            state=StopState.PLANNED,
            how=how,
            actor=actor,
            now=now,
        )
