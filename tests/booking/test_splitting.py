"""A ticket of her own for an adult of a booked party."""

from typing import Any

import pytest

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.actions.parties import add_contact
from onestop.booking.actions.splitting import give_own_ticket
from onestop.booking.contacts import Contact
from onestop.booking.tables import bookings, contacts, members, stops
from onestop.booking.tickets import Ticket, find_code
from onestop.days.tables import capacity
from onestop.db.ledger import facts
from onestop.domain.errors import NoRoomForTwo
from onestop.domain.party import party_of
from onestop.reports.verify import verify
from tests.booking.test_changes import booked, hall, stored, used, wanted, wish
from tests.halls import KEY, TestDay
from tests.visits.looking import rows, told

__all__ = ["hall"]

EMAIL = Contact(kind="email", address="family@example.org")


def family(hall: TestDay) -> Ticket:
    """Two adults and a child; the second adult has a talk of her own."""
    ticket = hall.book(wish(hall, "legal", "social", adults=2, children=1, together={"social": [2]}), name="Amira")
    hall.db.write_now(lambda conn: add_contact(conn, hall.day, ticket.party, EMAIL, KEY))
    return ticket


def split(hall: TestDay, ticket: Ticket, mark: int = 2, **more: Any) -> Ticket:
    return hall.write(give_own_ticket, ticket.party, mark, key=KEY, how="phone", **more)


def test_her_steps_move_to_a_ticket_of_her_own_for_the_same_time(hall: TestDay) -> None:
    first = family(hall)
    at = booked(hall, first).arrival_at
    (talk,) = [row.id for row in rows(hall, stops, stops.c.service_id == hall.service("social"))]
    own = split(hall, first)

    assert (own.number, own.party != first.party, own.code != first.code) == (101, True, True)
    assert hall.db.read_now(find_code, own.code).party == own.party
    assert (booked(hall, own).arrival_at, booked(hall, own).name) == (at, "")
    assert wanted(hall, own).together == {hall.service("social"): {1}}
    assert wanted(hall, own).members == party_of(adults=1)
    assert wanted(hall, first).together == {hall.service("legal"): {1, 2}}
    assert wanted(hall, first).members == party_of(adults=1, children=1)
    assert [row.id for row in rows(hall, stops, stops.c.party_id == own.party)] == [talk]
    assert [row.party_id for row in rows(hall, contacts, contacts.c.kind == "email")] == [first.party]
    assert hall.db.read_now(verify, now=hall.now) == []


def test_a_step_they_share_is_hers_too_only_if_she_wants_it(hall: TestDay) -> None:
    first = family(hall)
    own = split(hall, first, also=[hall.service("legal")])

    assert wanted(hall, own).services == {hall.service("legal"), hall.service("social")}
    assert wanted(hall, first).services == {hall.service("legal")}
    consents = {(row.party_id, row.consent_how) for row in rows(hall, stops, stops.c.day_id == hall.id)}
    assert consents == {(first.party, "reception"), (own.party, "reception"), (own.party, "phone")}
    assert hall.db.read_now(verify, now=hall.now) == []


def test_the_first_adult_can_leave_and_the_others_are_numbered_anew(hall: TestDay) -> None:
    first = hall.book(wish(hall, "legal", "social", adults=2, children=1, together={"social": [1]}))
    split(hall, first, 1)

    assert wanted(hall, first).members == party_of(adults=1, children=1)
    assert [row.guardian_mark for row in rows(hall, members, members.c.party_id == first.party)] == [None, 1]


def test_each_ticket_is_cancelled_for_itself_and_every_minute_comes_back(hall: TestDay) -> None:
    first = family(hall)
    own = split(hall, first)
    hall.write(cancel_booking, own.party)
    assert wanted(hall, first).services == {hall.service("legal")}
    hall.write(cancel_booking, first.party)

    assert used(hall) == 0
    assert hall.db.read_now(verify, now=hall.now) == []


def test_without_a_place_for_two_at_that_time_nothing_changes(hall: TestDay) -> None:
    first = family(hall)
    at = booked(hall, first).arrival_at
    full = capacity.update().where(capacity.c.kind == "arrivals", capacity.c.bucket_at == at)
    hall.db.write_now(lambda conn: conn.execute(full.values(used=capacity.c.total - capacity.c.reserve)))
    before = stored(hall, first)
    with pytest.raises(NoRoomForTwo):
        split(hall, first)

    assert stored(hall, first) == before
    assert len(rows(hall, bookings, bookings.c.day_id == hall.id)) == 1


def test_no_fact_and_no_message_names_the_other_ticket(hall: TestDay) -> None:
    first = family(hall)
    own = split(hall, first)
    lines = [row for row in rows(hall, facts, facts.c.day_id == hall.id) if row.party_id in (first.party, own.party)]
    other = {first.party: own, own.party: first}

    assert told(hall, "BookingChanged") == [{"stops": 1, "members": 2, "added": 0, "dropped": 1, "moved": 0}]
    assert {row.party_id for row in lines} == {first.party, own.party}
    assert [row for row in lines if str(other[row.party_id].party) in str(row.terms)] == []
    assert [row for row in lines if other[row.party_id].number in row.terms.values()] == []
