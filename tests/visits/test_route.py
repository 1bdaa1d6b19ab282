"""Her route: her yes and her no, stops added and taken off, stepping out, leaving."""

import pytest

from onestop.booking.tables import bookings, claims, stops
from onestop.db.session import Database
from onestop.domain.errors import MoveRefused, ServiceUnknown, VisitOver
from onestop.domain.operational import OperationalNeed
from onestop.domain.visit import StopState, VisitReason
from onestop.visits.actions.arrivals import check_in
from onestop.visits.actions.calls import Called, finish, park, serve, transfer
from onestop.visits.actions.route import (
    accept_stop,
    come_back,
    decline_stop,
    drop_stop,
    leave,
    propose_stop,
    set_needs,
    step_out,
)
from tests.halls import STAFF, TestDay, make_test_day
from tests.visits.looking import booking_state, call_at, call_of, end, rows, state, stop, stops_of, told, waited

# -- consent (R18) -----------------------------------------------------------------------------------------


def test_a_stop_an_officer_proposes_waits_for_her_yes(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    police = hall.write(propose_stop, visit, hall.service("residence"))
    row = stop(hall, police)
    assert (row.state, row.consent_at, row.consent_how, row.consent_by) == (StopState.PROPOSED, None, None, None)
    hall.write(finish, call_at(hall, 1))
    hall.later(minutes=1)
    assert hall.next(4) == Called(stop=None, new=False)
    assert end(hall, visit) == ("open", None)  # she is asked before she leaves


def test_her_yes_is_kept_with_when_who_and_at_which_door(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("social"))
    police = hall.write(propose_stop, visit, hall.service("residence"))
    hall.later(minutes=2)
    hall.write(accept_stop, police, how="phone")
    row = stop(hall, police)
    assert (row.state, row.consent_at, row.consent_how, row.consent_by) == (
        StopState.WAITING, hall.now, "phone", STAFF.ref,
    )  # fmt: skip
    hall.later(minutes=1)
    hall.write(accept_stop, police, how="reception")
    assert stop(hall, police).consent_how == "phone"
    assert call_at(hall, 4) == police


def test_a_stop_she_accepts_at_the_desk_waits_at_once(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("social"))
    added = hall.write(propose_stop, visit, hall.service("labour"), accepted_how="said_to_officer")
    assert (state(hall, added), stop(hall, added).consent_how) == (StopState.WAITING, "said_to_officer")


def test_a_proposed_stop_never_holds_back_the_others(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("residence"))
    hall.write(propose_stop, visit, hall.service("legal"))  # legal would come before the police desk
    assert hall.next(4).new


def test_a_service_she_still_has_to_see_is_not_added_twice_and_a_proposal_becomes_a_yes(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("social"))
    police = hall.write(propose_stop, visit, hall.service("residence"))
    again = hall.write(propose_stop, visit, hall.service("residence"), accepted_how="said_to_officer")
    assert (again, state(hall, police)) == (police, StopState.WAITING)
    assert len(stops_of(hall, visit)) == 2


def test_after_a_no_the_stop_is_gone_and_no_later_yes_brings_it_back(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("social"))
    police = hall.write(propose_stop, visit, hall.service("residence"))
    for _ in range(2):
        hall.write(decline_stop, police)
    with pytest.raises(MoveRefused):
        hall.write(accept_stop, police, how="phone")
    assert state(hall, police) == StopState.DECLINED
    assert told(hall, "StopDeclined") == [{}]


def test_a_no_to_the_last_open_step_ends_the_visit(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    police = hall.write(propose_stop, visit, hall.service("residence"))
    hall.write(finish, call_at(hall, 1))
    hall.write(decline_stop, police)
    assert end(hall, visit) == ("completed", "done")


def test_only_what_she_accepted_is_declined_by_dropping_it(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    with pytest.raises(MoveRefused):
        hall.write(decline_stop, stops_of(hall, visit)["legal"])


def test_nothing_is_added_that_the_day_does_not_have_or_after_the_visit(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    with pytest.raises(ServiceUnknown):
        hall.write(propose_stop, visit, hall.id)
    hall.write(leave, visit, reason=VisitReason.OWN_WISH)
    with pytest.raises(VisitOver):
        hall.write(propose_stop, visit, hall.service("social"))


# -- taking off --------------------------------------------------------------------------------------------


def test_a_stop_is_taken_off_without_losing_the_others_even_when_she_was_just_called(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal", "social"))
    legal = call_at(hall, 1)
    for _ in range(2):
        hall.write(drop_stop, legal)
    assert (state(hall, legal), call_of(hall, legal).outcome) == (StopState.DROPPED, "withdrawn")
    assert len(told(hall, "StopDropped")) == 1
    assert call_at(hall, 2) == stops_of(hall, visit)["social"]


def test_a_stop_that_hung_on_a_dropped_one_can_be_called(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal", "residence"))
    assert hall.next(4) == Called(stop=None, new=False)
    hall.write(drop_stop, stops_of(hall, visit)["legal"])
    assert call_at(hall, 4) == stops_of(hall, visit)["residence"]


def test_a_stop_is_not_taken_off_in_the_middle_of_the_talk(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    hall.write(serve, called)
    with pytest.raises(MoveRefused):
        hall.write(drop_stop, called)


def test_when_her_only_stop_is_taken_off_she_has_left_by_her_own_wish(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    hall.write(drop_stop, stops_of(hall, visit)["legal"])
    assert end(hall, visit) == ("left", "own_wish")


def test_a_booking_keeps_its_other_stops_and_is_cancelled_with_the_last_one(hall: TestDay) -> None:
    ticket = hall.book(hall.wish("legal", "residence"))
    first, last = (row.id for row in rows(hall, stops, stops.c.party_id == ticket.party))
    hall.write(drop_stop, first)
    assert booking_state(hall, ticket.party) == "confirmed"
    hall.write(drop_stop, last)
    assert booking_state(hall, ticket.party) == "cancelled"
    (booking,) = rows(hall, bookings, bookings.c.party_id == ticket.party)
    assert rows(hall, claims, claims.c.booking_id == booking.id, ordered=False) == []


def test_who_took_the_police_line_off_is_never_called_there(hall: TestDay) -> None:
    ticket = hall.book(hall.wish("legal", "residence"))
    police = next(row.id for row in rows(hall, stops, stops.c.service_id == hall.service("residence")))
    hall.write(drop_stop, police)
    visit = hall.write(check_in, ticket.party).visit
    hall.now = hall.day.opens_at
    assert hall.next(4) == Called(stop=None, new=False)
    hall.write(finish, call_at(hall, 1))
    hall.later(minutes=1)
    assert hall.next(4) == Called(stop=None, new=False)
    assert end(hall, visit) == ("completed", "done")


# -- stepping out ------------------------------------------------------------------------------------------


def test_who_steps_out_is_not_called_and_keeps_what_she_waited(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    hall.later(minutes=6)
    for _ in range(2):
        hall.write(step_out, visit)
    hall.later(minutes=20)
    assert hall.next(1) == Called(stop=None, new=False)
    assert waited(hall, visit) == 6
    for _ in range(2):
        hall.write(come_back, visit)
    hall.later(minutes=1)
    assert waited(hall, visit) == 7
    assert call_at(hall, 1) == stops_of(hall, visit)["legal"]
    assert (told(hall, "VisitorSteppedOut"), told(hall, "VisitorCameBack")) == ([{}], [{}])


def test_a_parked_visitor_who_steps_out_is_not_called_either(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    parked = call_at(hall, 1)
    hall.write(park, parked, minutes=5)
    hall.write(step_out, visit)
    hall.later(minutes=6)
    assert hall.next(1) == Called(stop=None, new=False)
    hall.write(come_back, visit)
    assert call_at(hall, 1) == parked


def test_nobody_steps_out_while_she_is_called(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    call_at(hall, 1)
    with pytest.raises(MoveRefused):
        hall.write(step_out, visit)


def test_a_stop_she_accepts_while_she_is_out_waits_for_her_return(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    police = hall.write(propose_stop, visit, hall.service("residence"))
    hall.write(step_out, visit)
    hall.write(accept_stop, police, how="phone")
    assert (state(hall, police), stop(hall, police).blocked_by) == (StopState.BLOCKED, "stepped_out")
    hall.write(come_back, visit)
    assert state(hall, police) == StopState.WAITING


# -- leaving -----------------------------------------------------------------------------------------------


def test_who_leaves_is_waited_for_nowhere(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal", "social"))
    called = call_at(hall, 1)
    for _ in range(2):
        hall.write(leave, visit, reason=VisitReason.OWN_WISH)
    assert end(hall, visit) == ("left", "own_wish")
    assert {state(hall, each) for each in stops_of(hall, visit).values()} == {StopState.DROPPED}
    assert call_of(hall, called).outcome == "withdrawn"
    assert hall.next(2) == Called(stop=None, new=False)
    assert told(hall, "VisitEnded") == [{"state": "left", "reason": "own_wish"}]
    with pytest.raises(VisitOver):
        hall.write(come_back, visit)
    with pytest.raises(VisitOver):
        hall.write(set_needs, visit, needs=[OperationalNeed.INFANT])


def test_nobody_leaves_in_the_middle_of_a_talk(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal", "social"))
    hall.write(serve, call_at(hall, 1))
    with pytest.raises(MoveRefused):
        hall.write(leave, visit, reason=VisitReason.OWN_WISH)


# -- private stops (R19) -----------------------------------------------------------------------------------


def test_a_private_stop_is_marked_from_the_first_and_stays_so_when_it_is_sent_on(database: Database) -> None:
    hall = make_test_day(database, template="greek-mic")
    hall.open_desks()
    hall.now = hall.day.opens_at
    _, visit = hall.walk_in(hall.wish("psychological", "legal"))
    marked = {key: bool(stop(hall, each).private) for key, each in stops_of(hall, visit).items()}
    assert marked == {"psychological": True, "legal": False}
    talk = stops_of(hall, visit)["psychological"]
    assert call_at(hall, 4) == talk
    hall.write(transfer, talk, service=hall.service("social"))
    assert (stop(hall, talk).service_id, bool(stop(hall, talk).private)) == (hall.service("social"), True)
