"""Many hands at one small day: whatever the order of their acts, no place is given twice and none is lost (R1).

People hold, confirm, prove, move, change, part, cancel, wait, are offered, answer late or never, while jobs run and
time passes; each chooses by what she saw before others acted. Every third day has few places. A history is drawn from
its number: a failing one can be played again.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import (
    cancel_booking,
    extend_hold,
    hold_arrival,
    move_booking,
    release_hold,
    wish_of,
)
from onestop.booking.actions.changes import change_booking
from onestop.booking.actions.offers import Round, days_to_offer, decline_offer, lapse_offers, make_offers, take_offer
from onestop.booking.actions.proofs import book_held, prove_contact
from onestop.booking.actions.splitting import give_own_ticket
from onestop.booking.actions.waiting import join_list, leave_list, wish_earlier
from onestop.booking.at_once import book_at_once
from onestop.booking.capacity import expire_holds
from onestop.booking.contacts import Contact
from onestop.booking.holds import book_again, hold_instead
from onestop.booking.queries import PROVED, arrivals, members_of
from onestop.booking.tables import bookings, claims, contacts, members, stop_members, stops, waiting
from onestop.booking.wish import Wish
from onestop.days.dayfile import parse_day
from onestop.days.queries.capacity import load_capacity
from onestop.days.queries.days import day_by_id
from onestop.days.tables import capacity, days
from onestop.db.session import Database
from onestop.domain.booking import BookingState, Channel, Interpreter
from onestop.domain.errors import Refusal
from onestop.domain.party import check_stop_members, leaves_child_alone
from onestop.domain.plan import GAP, offered_arrivals
from onestop.domain.roles import VISITOR
from onestop.domain.waiting import OFFERS_AT_MOST, offer_until, wants
from onestop.reports.verify import verify
from onestop.retention.actions import erase_party
from tests.halls import KEY, ON, TestDay, make_test_day

B = BookingState
ACTS = 24
SERVICES = ("legal", "social", "residence")
FILE = parse_day("""
schema = 1
slug = "tight"
timezone = "Europe/Bratislava"
working_language = "sk"
[day]
opens = 09:00:00
closes = 10:40:00
slot_minutes = 20
reserve_percent = 20
release = "open"
display_languages = ["en"]
[[institution]]
key = "mic"
name = "Centre"
[[institution]]
key = "police"
name = "Police"
authority = "police"
[[desk]]
number = 1
institution = "mic"
services = ["legal", "social"]
minutes = 20
languages = ["sk", "en"]
[[desk]]
number = 2
institution = "police"
services = ["residence"]
minutes = 10
languages = ["sk"]
[[mediator]]
languages = ["ar", "en", "uk"]
[[precedence]]
before = "legal"
after = "residence"
""")
LIVING = (B.HELD, B.CONFIRMED)


@dataclass(slots=True)
class Hands:
    """Everybody who acts on one day, and what they saw last."""

    hall: TestDay
    chance: Random
    seen: list[datetime] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)

    def play(self, acts: int) -> None:
        """So many acts, each by somebody."""
        every: list[Callable[[], object]] = [
            *[self.hold, self.book, self.join, self.look, self.cancel, self.offer] * 3,
            *[self.confirm, self.move, self.take, self.wait, self.earlier, self.change, self.part, self.prove] * 2,
            *(self.instead, self.again, self.extend, self.release, self.decline, self.leave),
            *(self.expire, self.lapse, self.erase),
        ]
        for _ in range(acts):
            act = self.chance.choice(every)
            try:
                act()
            except Refusal as refusal:
                self.refused[type(refusal).__name__] += 1
            else:
                self.done[act.__name__] += 1

    def write(self, action: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """An act of a visitor, now."""
        return self.hall.write(action, *args, actor=VISITOR, **more)

    def wish(self) -> Wish:
        """What somebody may want."""
        keys = self.chance.sample(SERVICES, self.chance.choice((1, 1, 2, 3)))
        adults, children = self.chance.choice(((1, 0), (1, 0), (2, 0), (1, 2), (2, 1)))
        everybody = range(1, adults + children + 1)
        apart = {
            key: {self.chance.randint(1, adults), self.chance.choice(everybody)}
            for key in keys
            if self.chance.random() < 0.4
        }
        languages = self.chance.choice((("en",), ("ar",), ("uk", "ru"), ("fr",)))
        how = self.chance.choice(tuple(Interpreter))
        return self.hall.wish(
            *keys, adults=adults, children=children, languages=languages, interpreter=how, together=apart
        )

    def contact(self) -> tuple[Contact, ...]:
        """One of a few addresses, which some of them share."""
        return (Contact(kind="email", address=f"{self.chance.choice('abcd')}@example.org"),)

    def look(self) -> None:
        """Somebody reads the times; others act before she presses one."""
        found = self.hall.db.read_now(arrivals, self.hall.day, self.wish(), now=self.hall.now)
        self.seen = [plan.arrival_at for plan in found.plans]

    def time(self) -> datetime:
        """One of the times somebody saw."""
        return self.chance.choice(self.seen) if self.seen else self.hall.day.opens_at

    def one(self, *states: BookingState, hold: bool = False) -> UUID:
        """Somebody whose booking was in one of these states, mostly; or anybody."""
        of_day = sa.select(bookings.c.id if hold else bookings.c.party_id).where(bookings.c.day_id == self.hall.id)
        if self.chance.random() < 0.9:
            of_day = of_day.where(bookings.c.state.in_(states))
        found = self.hall.db.read_now(lambda conn: sorted(conn.execute(of_day).scalars()))
        return self.chance.choice(found) if found else self.hall.id

    def offered(self) -> UUID:
        """Somebody who was offered a place, mostly; or anybody."""
        asked = sa.select(waiting.c.party_id).where(waiting.c.day_id == self.hall.id, waiting.c.offer_at.is_not(None))
        found = self.hall.db.read_now(lambda conn: sorted(conn.execute(asked).scalars()))
        return self.chance.choice(found) if found else self.one(B.CONFIRMED)

    def hold(self) -> None:
        self.write(
            hold_arrival, self.hall.id, self.wish(), arrival_at=self.time(), channel=Channel.PUBLIC, hold_minutes=10
        )

    def instead(self) -> None:
        self.write(
            hold_instead, self.hall.id, self.wish(), instead_of=self.one(B.HELD, hold=True),
            arrival_at=self.time(), channel=Channel.PUBLIC, invitation=None, hold_minutes=10,
        )  # fmt: skip

    def again(self) -> None:
        self.write(
            book_again, self.one(B.HELD, B.EXPIRED, hold=True), self.wish(), arrival_at=self.time(),
            channel=Channel.PUBLIC, key=KEY, name="", contact=self.contact(),
        )  # fmt: skip

    def book(self) -> None:
        self.write(
            book_at_once, self.hall.id, self.wish(), arrival_at=self.time(), channel=Channel.RECEPTION, key=KEY,
            hold_minutes=1, with_reserve=self.chance.random() < 0.5,
        )  # fmt: skip

    def confirm(self) -> None:
        self.write(book_held, self.one(B.HELD, B.EXPIRED, hold=True), key=KEY, contact=self.contact())

    def prove(self) -> None:
        """Somebody opens the link of a message, which may be late."""
        asked = sa.select(contacts.c.id).join(bookings, bookings.c.party_id == contacts.c.party_id)
        asked = asked.where(bookings.c.day_id == self.hall.id, contacts.c.proved_at.is_(None))
        found = self.hall.db.read_now(lambda conn: sorted(conn.execute(asked).scalars()))
        self.write(prove_contact, self.chance.choice(found) if found else self.hall.id, key=KEY)

    def change(self) -> None:
        self.write(change_booking, self.one(B.CONFIRMED), self.wish(), arrival_at=self.time(), how=Channel.PUBLIC.value)

    def part(self) -> None:
        """A second adult wants a ticket of her own."""
        asked = sa.select(members.c.party_id).join(bookings, bookings.c.party_id == members.c.party_id)
        adult = (members.c.mark == 2, members.c.child.is_(False), bookings.c.state == B.CONFIRMED)
        asked = asked.where(bookings.c.day_id == self.hall.id, *adult)
        found = self.hall.db.read_now(lambda conn: sorted(conn.execute(asked).scalars()))
        party = self.chance.choice(found) if found else self.one(B.CONFIRMED)
        shared = sa.select(stops.c.service_id).where(stops.c.party_id == party, stops.c.state == "planned")
        also = self.hall.db.read_now(lambda conn: sorted(conn.execute(shared).scalars()))
        also = self.chance.sample(also, min(len(also), self.chance.randrange(3)))
        self.write(give_own_ticket, party, 2, also=also, key=KEY, how=Channel.PUBLIC.value)

    def extend(self) -> None:
        self.write(extend_hold, self.one(B.HELD, B.EXPIRED, hold=True), minutes=10)

    def release(self) -> None:
        self.write(release_hold, self.one(B.HELD, B.EXPIRED, hold=True))

    def move(self) -> None:
        self.write(move_booking, self.one(B.CONFIRMED), arrival_at=self.time())

    def cancel(self) -> None:
        self.write(cancel_booking, self.one(B.CONFIRMED))

    def join(self) -> None:
        half = self.hall.day.opens_at + timedelta(hours=1)
        window = self.chance.choice(({}, {}, {"not_before": half}, {"not_after": half}))
        how = {"channel": Channel.PUBLIC, "key": KEY, "contact": self.contact()}
        self.write(join_list, self.hall.id, self.wish(), **how, **window)

    def earlier(self) -> None:
        self.write(wish_earlier, self.one(B.CONFIRMED))

    def take(self) -> None:
        self.write(take_offer, self.offered(), key=KEY)

    def decline(self) -> None:
        self.write(decline_offer, self.offered())

    def leave(self) -> None:
        self.write(leave_list, self.one(B.LISTED, B.OFFERED, B.CONFIRMED))

    def erase(self) -> None:
        self.write(erase_party, self.one(B.CONFIRMED, B.OFFERED, B.LISTED), journal=None)

    def wait(self) -> None:
        self.hall.later(minutes=self.chance.choice((1, 4, 11, 25, 70)))

    def expire(self) -> None:
        self.hall.db.write_now(expire_holds, self.hall.id, now=self.hall.now, day=self.hall.id)

    def lapse(self) -> None:
        self.hall.db.write_now(lapse_offers, self.hall.id, now=self.hall.now, day=self.hall.id)

    def offer(self) -> None:
        """What the job does, if there is anything for it to do."""
        due = self.hall.db.read_now(days_to_offer, now=self.hall.now)
        turn = Round(over=self.hall.id not in due)
        while not turn.over:
            turn = self.hall.db.write_now(make_offers, self.hall.id, turn, now=self.hall.now, day=self.hall.id)


def check(hands: Hands) -> None:
    """What must be so after any history."""
    hall = hands.hall
    assert hall.db.read_now(verify, now=hall.now, day=hall.id) == []
    hall.db.read_now(claims_fit, hall)
    hall.db.read_now(plans_are_feasible, hall)


def claims_fit(conn: sa.Connection, hall: TestDay) -> None:
    """R1 counted anew: claims of living bookings and of offers, by row."""
    used: Counter[UUID] = Counter()
    kept: Counter[UUID] = Counter()
    of_day = sa.select(claims).join(bookings, bookings.c.id == claims.c.booking_id).where(bookings.c.day_id == hall.id)
    for row in conn.execute(of_day):
        used[row.capacity_id] += row.minutes - row.reserve
        kept[row.capacity_id] += row.reserve
    for row in conn.execute(sa.select(capacity).where(capacity.c.day_id == hall.id)):
        assert (row.used, row.used_reserve) == (used[row.id], kept[row.id])
        assert used[row.id] <= row.total - row.reserve
        assert kept[row.id] <= row.reserve


def plans_are_feasible(conn: sa.Connection, hall: TestDay) -> None:
    """Of everybody with a time: stops in the hours, in order, nobody in two places, no child alone, all claimed."""
    legal, residence = hall.service("legal"), hall.service("residence")
    for booking in conn.execute(
        sa.select(bookings).where(bookings.c.day_id == hall.id, bookings.c.state.in_(LIVING))
    ).all():
        people = {member.mark: member for member in members_of(conn, booking.party_id)}
        going: dict[UUID, set[int]] = defaultdict(set)
        for row in conn.execute(
            sa.select(stop_members.c.stop_id, members.c.mark)
            .join(members, members.c.id == stop_members.c.member_id)
            .where(members.c.party_id == booking.party_id)
        ):
            going[row.stop_id].add(row.mark)
        planned = conn.execute(
            sa.select(stops).where(stops.c.party_id == booking.party_id, stops.c.state == "planned")
        ).all()
        assert planned
        for stop in planned:
            check_stop_members(tuple(people.values()), going[stop.id])
            assert booking.arrival_at <= stop.planned_at
            assert stop.planned_at + timedelta(minutes=stop.minutes) <= booking.ends_at <= hall.day.closes_at
            for other in planned:
                shared = going[stop.id] & going[other.id]
                if other.id != stop.id and shared:
                    first, then = sorted((stop, other), key=lambda each: each.planned_at)
                    assert first.planned_at + timedelta(minutes=first.minutes) + GAP <= then.planned_at
                    if {first.service_id, then.service_id} == {legal, residence}:
                        assert first.service_id == legal
            there = [each for each in planned if each.planned_at <= stop.planned_at < _end(each)]
            assert not leaves_child_alone(people.values(), {mark for each in there for mark in going[each.id]})
        desks = conn.execute(
            sa.select(sa.func.sum(claims.c.minutes))
            .join(capacity, capacity.c.id == claims.c.capacity_id)
            .where(claims.c.booking_id == booking.id, capacity.c.kind == "service", claims.c.offered.is_(False))
        ).scalar_one()
        assert desks == sum(stop.minutes for stop in planned)


def _end(stop: sa.Row[Any]) -> datetime:
    return stop.planned_at + timedelta(minutes=stop.minutes)


def nothing_is_lost(hands: Hands) -> None:
    """Every hold and every offer that still stands can be taken, and nobody waits for a place that is free."""
    hall = hands.hall
    hands.offer()
    for row in hall.db.read_now(lambda conn: conn.execute(_waiting_ones(hall.id)).all()):
        room = hall.db.read_now(load_free, row.party_id, hall)
        assert [
            plan.arrival_at
            for plan in room
            if wants(plan.arrival_at, not_before=row.not_before_at, not_after=row.not_after_at)
            and offer_until(plan.arrival_at, hall.day.zone, now=hall.now) is not None
        ] == []
    held = sa.select(bookings.c.id).where(
        bookings.c.day_id == hall.id, bookings.c.state == B.HELD, bookings.c.hold_until_at > hall.now
    )
    for number, hold in enumerate(hall.db.read_now(lambda conn: list(conn.execute(held).scalars()))):
        own = Contact(kind="email", address=f"own{number}@example.org")
        if hands.write(book_held, hold, key=KEY, contact=(own,)).ticket is None:
            asked = sa.select(contacts.c.id).join(bookings, bookings.c.party_id == contacts.c.party_id)
            contact = hall.db.read_now(
                lambda conn, asked=asked, hold=hold: conn.execute(asked.where(bookings.c.id == hold)).scalar_one()
            )
            assert hands.write(prove_contact, contact, key=KEY).ticket is not None
    offered = sa.select(waiting.c.party_id).where(waiting.c.day_id == hall.id, waiting.c.offer_until_at > hall.now)
    for party in hall.db.read_now(lambda conn: list(conn.execute(offered).scalars())):
        hands.write(take_offer, party, key=KEY)
    check(hands)


def _waiting_ones(day: UUID) -> sa.Select[Any]:
    return (
        sa.select(waiting)
        .join(bookings, bookings.c.party_id == waiting.c.party_id)
        .where(
            waiting.c.day_id == day,
            waiting.c.ended_at.is_(None),
            waiting.c.offer_at.is_(None),
            waiting.c.offers < OFFERS_AT_MOST,
            bookings.c.state == B.LISTED,
            sa.or_(~sa.exists().where(days.c.id == day, days.c.scarce), PROVED),
        )
    )


def load_free(conn: sa.Connection, party: UUID, hall: TestDay) -> list[Any]:
    """The plans a waiting party could have."""
    wish = wish_of(conn, party)
    room = load_capacity(conn, day_by_id(conn, hall.id), services=wish.services, languages=wish.languages)
    how = {"languages": wish.languages, "interpreter": wish.interpreter, "not_before": hall.now, "party": wish.members}
    return offered_arrivals(room, stops=wish.stops, **how)


def play(database: Database, number: int) -> Hands:
    """One history, all of it decided by its number."""
    chance = Random(number)
    hall = make_test_day(database, file=FILE, on=ON + timedelta(days=number))
    hall.later(hours=-chance.choice((2, 20, 30)))
    few = days.update().where(days.c.id == hall.id).values(scarce=number % 3 == 0)
    database.write_now(lambda conn: conn.execute(few))
    hands = Hands(hall, chance)
    for _ in range(chance.randrange(6)):
        hands.look()
        with suppress(Refusal):
            hands.book()
    for _ in range(2):
        hands.play(ACTS // 2)
        check(hands)
    nothing_is_lost(hands)
    return hands


@pytest.mark.parametrize("count", [60, pytest.param(5000, marks=pytest.mark.full)])
def test_whatever_the_order_no_place_is_given_twice_and_none_is_lost(database: Database, count: int) -> None:
    refused: Counter[str] = Counter()
    done: Counter[str] = Counter()
    for number in range(count):
        try:
            hands = play(database, number)
        except AssertionError as error:
            raise AssertionError(f"history {number}") from error
        refused += hands.refused
        done += hands.done
    # A history that only refuses would prove nothing.
    assert {"hold", "confirm", "book", "join", "move", "cancel", "offer", "take", "instead", "again", "change"} <= set(
        done
    )
    assert {"part", "prove"} <= set(done)
    assert {"ArrivalTaken", "HoldGone", "OfferGone"} <= set(refused)
