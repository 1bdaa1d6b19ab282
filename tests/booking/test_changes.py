"""Changing a confirmed booking: steps, people, languages and time at once, or nothing at all."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import pytest

from onestop.booking.actions.bookings import cancel_booking, confirm_booking, hold_arrival, wish_of_party
from onestop.booking.actions.changes import change_booking, state_mark
from onestop.booking.queries import Booking, arrivals, booking_of_party
from onestop.booking.tables import bookings, claims, members, parties, stops
from onestop.booking.tickets import Ticket
from onestop.booking.wish import Wish, make_wish
from onestop.days.tables import capacity
from onestop.db.session import Database
from onestop.domain.booking import Channel, Interpreter
from onestop.domain.errors import ArrivalTaken, BookingArrived, BookingCancelled, Changed
from onestop.domain.party import party_of
from onestop.domain.visit import StopState
from onestop.reports.verify import verify
from tests.halls import KEY, TestDay, make_test_day
from tests.visits.looking import rows, told


@pytest.fixture
def hall(database: Database) -> TestDay:
    """The pilot day, on the eve."""
    made = make_test_day(database)
    made.later(days=-1)
    return made


def wish(
    hall: TestDay,
    *keys: str,
    adults: int = 1,
    children: int = 0,
    together: Mapping[str, Collection[int]] | None = None,
    interpreter: Interpreter = Interpreter.NONE,
) -> Wish:
    """What somebody wants, services by key."""
    return make_wish(
        hall.offer,
        services=[hall.service(key) for key in keys],
        members=party_of(adults=adults, children=children),
        languages=("uk",),
        interpreter=interpreter,
        display_language="uk",
        together={hall.service(key): marks for key, marks in (together or {}).items()},
    )


def change(hall: TestDay, ticket: Ticket, to: Wish, **more: Any) -> Booking:
    """Change as herself, at her own time if no other is named."""
    at = more.pop("arrival_at", None) or booked(hall, ticket).arrival_at
    return hall.write(change_booking, ticket.party, to, arrival_at=at, how="phone", **more)


def booked(hall: TestDay, ticket: Ticket) -> Booking:
    found = hall.db.read_now(booking_of_party, ticket.party)
    assert found is not None
    return found


def wanted(hall: TestDay, ticket: Ticket) -> Wish:
    return hall.db.read_now(wish_of_party, booked(hall, ticket))


def stored(hall: TestDay, ticket: Ticket) -> list[Any]:
    """Everything of one booking."""
    own = stops.c.party_id == ticket.party
    return [
        rows(hall, bookings, bookings.c.party_id == ticket.party),
        rows(hall, parties, parties.c.id == ticket.party),
        rows(hall, members, members.c.party_id == ticket.party),
        rows(hall, stops, own),
        sorted(map(tuple, rows(hall, claims, claims.c.booking_id == booked(hall, ticket).id, ordered=False))),
        wanted(hall, ticket),
    ]


def used(hall: TestDay) -> int:
    return sum(row.used for row in rows(hall, capacity, capacity.c.day_id == hall.id))


def states(hall: TestDay, ticket: Ticket) -> dict[UUID, str]:
    return {row.service_id: row.state for row in rows(hall, stops, stops.c.party_id == ticket.party)}


def test_a_step_of_somebody_who_does_not_come_any_more_goes_with_her(hall: TestDay) -> None:
    ticket = hall.book(wish(hall, "legal", "social", adults=2, together={"social": [2]}))
    change(hall, ticket, wish(hall, "legal"))
    assert states(hall, ticket) == {
        hall.service("legal"): StopState.PLANNED,
        hall.service("social"): StopState.DROPPED,
    }
    assert hall.db.read_now(verify, now=hall.now) == []


def test_steps_people_and_languages_change_and_the_rest_of_the_ticket_stays(hall: TestDay) -> None:
    ticket = hall.book(wish(hall, "legal", "residence"), name="Amira")
    before = booked(hall, ticket)
    yes = {row.service_id: row.consent_at for row in rows(hall, stops, stops.c.party_id == ticket.party)}
    hall.later(minutes=5)
    to = wish(hall, "legal", "social", adults=2, children=3, together={"legal": [2]}, interpreter=Interpreter.OWN)
    after = change(hall, ticket, to)

    assert wanted(hall, ticket).together == {hall.service("legal"): {2}, hall.service("social"): {1, 2, 3, 4, 5}}
    assert wanted(hall, ticket).members == party_of(adults=2, children=3)
    assert (after.name, after.number, after.generation, after.arrival_at, after.interpreter) == (
        before.name,
        before.number,
        before.generation,
        before.arrival_at,
        Interpreter.OWN,
    )
    assert states(hall, ticket) == {
        hall.service("legal"): StopState.PLANNED,
        hall.service("residence"): StopState.DROPPED,
        hall.service("social"): StopState.PLANNED,
    }
    consents = {
        row.service_id: (row.consent_at, row.consent_how) for row in rows(hall, stops, stops.c.state == "planned")
    }
    assert consents == {
        hall.service("legal"): (yes[hall.service("legal")], "reception"),
        hall.service("social"): (hall.now, "phone"),
    }
    assert told(hall, "BookingChanged") == [{"stops": 2, "members": 5, "added": 1, "dropped": 1, "moved": 0}]
    assert hall.db.read_now(verify, now=hall.now) == []


def test_minutes_of_what_she_took_off_are_free_again_and_new_ones_are_claimed_once(hall: TestDay) -> None:
    ticket = hall.book(wish(hall, "legal", "residence"))
    change(hall, ticket, wish(hall, "social"))
    alone = used(hall)
    hall.write(cancel_booking, ticket.party)
    assert used(hall) == 0
    hall.book(wish(hall, "social"))

    assert used(hall) == alone
    assert hall.db.read_now(verify, now=hall.now) == []


def test_without_room_for_the_new_plan_everything_stays_as_it_was(hall: TestDay) -> None:
    ticket = hall.book(wish(hall, "legal", adults=2, together={"legal": [1]}))
    police = [row.id for row in rows(hall, capacity, capacity.c.key.like("%residence%"))]
    assert police
    full = capacity.update().where(capacity.c.id.in_(police)).values(used=capacity.c.total - capacity.c.reserve)
    before = stored(hall, ticket)
    hall.db.write_now(lambda conn: conn.execute(full))
    with pytest.raises(ArrivalTaken):
        change(hall, ticket, wish(hall, "residence", adults=1, children=4))

    assert stored(hall, ticket) == before
    assert told(hall, "BookingChanged") == []


def test_another_time_is_taken_in_the_same_act(hall: TestDay) -> None:
    ticket = hall.book(wish(hall, "legal"))
    to = wish(hall, "legal", "social")
    plans = hall.db.read_now(arrivals, hall.day, to, now=hall.now, moving=booked(hall, ticket).id).plans
    later = plans[3].arrival_at
    change(hall, ticket, to, arrival_at=later)

    assert booked(hall, ticket).arrival_at == later
    assert [row.planned_at >= later for row in rows(hall, stops, stops.c.state == "planned")] == [True, True]
    assert told(hall, "BookingChanged") == [{"stops": 2, "members": 1, "added": 1, "dropped": 0, "moved": 1}]
    assert hall.db.read_now(verify, now=hall.now) == []


def test_the_same_again_changes_nothing_and_tells_nobody(hall: TestDay) -> None:
    ticket = hall.book(wish(hall, "legal"))
    before = stored(hall, ticket)
    change(hall, ticket, wish(hall, "legal"))

    assert (stored(hall, ticket), told(hall, "BookingChanged")) == (before, [])


def test_a_page_from_before_another_change_changes_nothing_unless_it_asks_for_what_is(hall: TestDay) -> None:
    ticket = hall.book(wish(hall, "legal"))
    seen = state_mark(booked(hall, ticket), wanted(hall, ticket))
    change(hall, ticket, wish(hall, "legal", "social"), seen=seen)
    now = stored(hall, ticket)
    with pytest.raises(Changed):
        change(hall, ticket, wish(hall, "residence"), seen=seen)
    change(hall, ticket, wish(hall, "legal", "social"), seen=seen)

    assert stored(hall, ticket) == now


def test_what_was_taken_off_can_be_chosen_again(hall: TestDay) -> None:
    ticket = hall.book(wish(hall, "legal", "social"))
    change(hall, ticket, wish(hall, "legal"))
    change(hall, ticket, wish(hall, "legal", "social"))

    assert wanted(hall, ticket).services == {hall.service("legal"), hall.service("social")}
    assert hall.db.read_now(verify, now=hall.now) == []


def test_a_booking_that_ended_or_arrived_is_not_changed(hall: TestDay) -> None:
    cancelled, here = hall.book(wish(hall, "legal")), hall.book(wish(hall, "legal"))
    hall.write(cancel_booking, cancelled.party)
    hall.later(days=1)
    hall.arrive(here)
    for ticket, refusal in ((cancelled, BookingCancelled), (here, BookingArrived)):
        with pytest.raises(refusal):
            change(hall, ticket, wish(hall, "social"))


def test_a_booking_made_with_the_reserve_may_use_it_for_a_change(hall: TestDay) -> None:
    nearly = capacity.update().where(capacity.c.day_id == hall.id, capacity.c.kind != "arrivals")
    full = nearly.values(used=capacity.c.total - capacity.c.reserve - 3)
    hall.db.write_now(lambda conn: conn.execute(full))
    plain = wish(hall, "legal")
    assert hall.db.read_now(arrivals, hall.day, plain, now=hall.now).plans == ()
    at = hall.db.read_now(arrivals, hall.day, plain, now=hall.now, with_reserve=True).plans[0].arrival_at
    held = hall.write(
        hold_arrival, hall.id, plain, arrival_at=at, channel=Channel.RECEPTION, hold_minutes=1, with_reserve=True
    )
    ticket = hall.write(confirm_booking, held.id, key=KEY)
    change(hall, ticket, wish(hall, "legal", "social"))

    assert wanted(hall, ticket).services == {hall.service("legal"), hall.service("social")}
