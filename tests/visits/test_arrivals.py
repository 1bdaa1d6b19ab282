"""Arriving: early, on time and late; twice; on the wrong day; without an appointment; and taken back."""

from datetime import timedelta
from uuid import uuid4

import pytest

from onestop.booking.actions.bookings import cancel_booking, wish_of_party
from onestop.booking.queries import booking_of_party
from onestop.booking.tickets import find_code
from onestop.db.session import Database
from onestop.domain.errors import (
    BookingCancelled,
    DayOver,
    MoveRefused,
    TicketUnknown,
    WrongDay,
)
from onestop.domain.visit import StopState, VisitState
from onestop.visits.actions.arrivals import CheckedIn, check_in, issue_walk_in, undo_check_in
from onestop.visits.actions.calls import finish, no_show, serve
from onestop.visits.actions.route import come_back, step_out
from onestop.visits.tables import visits
from tests.halls import KEY, make_test_day
from tests.visits.looking import booking_state, call_at, rows, state, stops_of, told, visit, waited


def test_a_check_in_makes_the_stops_wait_and_a_second_one_changes_nothing(database: Database) -> None:
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("legal", "residence"))
    first = hall.write(check_in, ticket.party)
    assert first == CheckedIn(visit=first.visit, party=ticket.party, number=100, state=VisitState.OPEN, again=False)
    assert {key: state(hall, stop) for key, stop in stops_of(hall, first.visit).items()} == {
        "legal": StopState.WAITING,
        "residence": StopState.WAITING,
    }
    assert booking_state(hall, ticket.party) == "arrived"
    hall.later(minutes=1)
    again = hall.write(check_in, ticket.party)
    assert again == CheckedIn(visit=first.visit, party=ticket.party, number=100, state=VisitState.OPEN, again=True)
    assert told(hall, "VisitorCheckedIn") == [{"early_seconds": 1800}]


@pytest.mark.parametrize(
    ("late", "waited_at_11"),
    [(-30, 60), (0, 60), (15, 60), (16, 44)],
    ids=["half an hour early", "on time", "15 minutes late", "16 minutes late"],
)
def test_she_waits_from_the_booked_time_unless_she_is_more_than_15_minutes_late(
    database: Database, late: int, waited_at_11: int
) -> None:
    hall = make_test_day(database)
    ten = hall.day.opens_at + timedelta(hours=1)
    ticket = hall.book(hall.wish("legal"), at=ten)
    hall.now = ten + timedelta(minutes=late)
    came = hall.arrive(ticket)
    hall.now = ten + timedelta(hours=1)
    assert waited(hall, came) == waited_at_11


def test_who_comes_early_does_not_begin_to_wait_earlier_by_stepping_out_and_coming_back(database: Database) -> None:
    hall = make_test_day(database)
    ten = hall.day.opens_at + timedelta(hours=1)
    came = hall.arrive(hall.book(hall.wish("legal"), at=ten))
    hall.write(step_out, came)
    hall.later(minutes=5)
    hall.write(come_back, came)
    assert waited(hall, came) == -85
    hall.now = ten + timedelta(minutes=7)
    assert waited(hall, came) == 7


def test_who_is_served_before_her_time_waits_for_her_next_stop_from_the_booked_time_on(database: Database) -> None:
    hall = make_test_day(database)
    ten = hall.day.opens_at + timedelta(hours=1)
    came = hall.arrive(hall.book(hall.wish("legal", "residence"), at=ten))
    hall.open_desks()
    hall.now = hall.day.opens_at
    stop = call_at(hall, 1)
    hall.write(serve, stop)
    hall.later(minutes=20)
    hall.write(finish, stop)
    assert waited(hall, came) == -40


def test_a_part_of_a_second_that_was_waited_is_never_lost(database: Database) -> None:
    hall = make_test_day(database)
    _, came = hall.walk_in(hall.wish("legal"))
    hall.later(seconds=100, milliseconds=300)
    before = waited(hall, came)
    hall.write(step_out, came)
    assert before <= waited(hall, came) <= before + 1 / 60


def test_a_booking_of_another_day_is_refused_with_the_day_it_is_for(database: Database) -> None:
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("legal"))
    hall.later(days=-1)
    with pytest.raises(WrongDay) as refusal:
        hall.arrive(ticket)
    assert refusal.value.params == {"date": "2026-12-03"}


def test_nobody_arrives_with_a_cancelled_an_unknown_or_a_late_ticket(database: Database) -> None:
    hall = make_test_day(database)
    cancelled, late = hall.book(hall.wish("legal")), hall.book(hall.wish("social"))
    hall.write(cancel_booking, cancelled.party)
    with pytest.raises(BookingCancelled):
        hall.arrive(cancelled)
    with pytest.raises(TicketUnknown):
        hall.write(check_in, uuid4())
    hall.now = hall.day.closes_at
    with pytest.raises(DayOver):
        hall.arrive(late)


def test_a_booking_whose_check_in_was_taken_back_wants_the_same_stops(database: Database) -> None:
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("legal"))
    booking = database.read_now(booking_of_party, ticket.party)
    assert booking is not None
    hall.write(undo_check_in, hall.arrive(ticket))
    assert database.read_now(wish_of_party, booking).stops == hall.wish("legal").stops


def test_a_check_in_is_taken_back_as_if_she_had_never_come(database: Database) -> None:
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("legal", "social"))
    came = hall.arrive(ticket)
    stops = stops_of(hall, came)
    hall.write(step_out, came)  # blocked stops go back as well
    hall.write(undo_check_in, came)
    assert rows(hall, visits, visits.c.party_id == ticket.party) == []
    assert booking_state(hall, ticket.party) == "confirmed"
    assert {state(hall, stop) for stop in stops.values()} == {StopState.PLANNED}
    hall.later(minutes=5)
    again = hall.arrive(ticket)
    assert again != came
    assert {state(hall, stop) for stop in stops.values()} == {StopState.WAITING}


def test_a_check_in_is_not_taken_back_once_she_was_called(database: Database) -> None:
    hall = make_test_day(database)
    came = hall.arrive(hall.book(hall.wish("legal")))
    hall.open_desks()
    hall.now = hall.day.opens_at
    hall.write(no_show, call_at(hall, 1))
    with pytest.raises(MoveRefused):
        hall.write(undo_check_in, came)


def test_a_walk_in_has_no_booking_to_go_back_to(database: Database) -> None:
    hall = make_test_day(database)
    _, came = hall.walk_in(hall.wish("legal"))
    with pytest.raises(MoveRefused):
        hall.write(undo_check_in, came)


def test_a_walk_in_waits_from_now_on_and_is_never_refused_for_want_of_room(database: Database) -> None:
    hall = make_test_day(database)
    came = [hall.walk_in(hall.wish("residence")) for _ in range(20)]  # 15 min each; the desk has four hours
    assert [ticket.number for ticket, _ in came] == list(range(100, 120))
    hall.later(minutes=3)
    assert {waited(hall, visit_id) for _, visit_id in came} == {3}
    ticket, visit_id = came[0]
    assert database.read_now(find_code, ticket.code).party == ticket.party
    assert visit(hall, visit_id).walk_in


def test_nobody_walks_in_on_another_date_or_after_closing(database: Database) -> None:
    hall = make_test_day(database)
    hall.later(days=-1)
    with pytest.raises(WrongDay):
        hall.walk_in(hall.wish("legal"))
    hall.now = hall.day.closes_at
    with pytest.raises(DayOver):
        hall.walk_in(hall.wish("legal"))


def test_the_same_nonce_gives_the_same_ticket_and_one_visit(database: Database) -> None:
    hall = make_test_day(database)
    wish = hall.wish("legal")
    first = hall.write(issue_walk_in, hall.id, wish, key=KEY, how="kiosk", nonce="n-1")
    hall.later(minutes=2)
    assert hall.write(issue_walk_in, hall.id, wish, key=KEY, how="kiosk", nonce="n-1") == first
    assert len(told(hall, "WalkInIssued")) == 1
