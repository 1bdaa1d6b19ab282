"""Desks that stand by: the program calls for them the moment somebody can be called, jointly when they are several."""

from datetime import timedelta

import pytest

from onestop.days.actions import set_paused
from onestop.days.queries.desks import mediators_of_day
from onestop.domain.booking import Interpreter
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.visit import StopState
from onestop.visits.actions.calls import Called, finish, no_show, park, serve
from onestop.visits.actions.desks import set_desk_state, stand_down
from onestop.visits.actions.matching import days_with_ready_desks, match
from onestop.visits.actions.mediators import set_mediator_state
from onestop.visits.actions.route import accept_stop, come_back, propose_stop, step_out
from tests.halls import TestDay
from tests.visits.looking import call_at, state, stop, stops_of, told


def job(hall: TestDay) -> int:
    """What the clockwork does each second."""
    return hall.db.write_now(match, hall.id, now=hall.now, day=hall.id)


def test_a_ready_desk_is_given_the_next_visitor_the_moment_she_comes(hall: TestDay) -> None:
    assert hall.next(1, standing=True) == Called(stop=None, new=False, ready=True)
    _, came = hall.walk_in(hall.wish("legal"))
    stops = stops_of(hall, came)
    assert state(hall, stops["legal"]) == StopState.CALLED
    assert stop(hall, stops["legal"]).desk_id == hall.desks[1].id
    hall.write(finish, stops["legal"])
    hall.walk_in(hall.wish("legal"))
    assert told(hall, "StopCalled") == told(hall, "StopCalled")[:1]  # it was ready for one visitor, not for all


def test_ready_ends_after_ten_minutes_so_that_nobody_is_called_to_an_empty_chair(hall: TestDay) -> None:
    hall.next(1, standing=True)
    hall.later(minutes=10)
    _, came = hall.walk_in(hall.wish("legal"))
    assert state(hall, stops_of(hall, came)["legal"]) == StopState.WAITING
    assert hall.db.read_now(days_with_ready_desks, now=hall.now) == []
    hall.later(seconds=-1)
    assert hall.db.read_now(days_with_ready_desks, now=hall.now) == [hall.id]


@pytest.mark.parametrize("how", ["cancelled", "paused", "closed"])
def test_a_desk_that_no_longer_stands_by_is_given_nobody(hall: TestDay, how: str) -> None:
    hall.next(1, standing=True)
    if how == "cancelled":
        hall.write(stand_down, hall.desks[1].id)
    else:
        hall.write(set_desk_state, hall.desks[1].id, DeskState(how))
        hall.write(set_desk_state, hall.desks[1].id, DeskState.OPEN)
    _, came = hall.walk_in(hall.wish("legal"))
    assert state(hall, stops_of(hall, came)["legal"]) == StopState.WAITING


def test_nobody_is_called_during_a_pause_and_afterwards_the_clockwork_makes_the_call(hall: TestDay) -> None:
    hall.next(1, standing=True)
    hall.write(set_paused, hall.id, paused=True, why="alarm")
    _, came = hall.walk_in(hall.wish("legal"))
    assert job(hall) == 0
    hall.write(set_paused, hall.id, paused=False, why="")
    assert job(hall) == 1
    assert state(hall, stops_of(hall, came)["legal"]) == StopState.CALLED
    assert job(hall) == 0


def test_after_a_finish_she_is_free_for_ready_desks_three_seconds_later(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal", "social"))
    stops = stops_of(hall, came)
    assert call_at(hall, 1) == stops["legal"]
    assert hall.next(2, standing=True).ready
    hall.write(finish, stops["legal"])
    assert state(hall, stops["social"]) == StopState.WAITING
    hall.later(seconds=2)
    assert job(hall) == 0
    hall.later(seconds=1)
    assert job(hall) == 1
    assert state(hall, stops["social"]) == StopState.CALLED


def test_who_was_not_here_and_who_was_parked_are_called_again_by_the_clockwork(hall: TestDay) -> None:
    _, away = hall.walk_in(hall.wish("legal"))
    _, parked = hall.walk_in(hall.wish("social"))
    hall.write(no_show, call_at(hall, 1))
    hall.write(park, call_at(hall, 2), minutes=7)
    for desk in (1, 2):
        assert hall.next(desk, standing=True).ready
    called = []
    for _ in range(10):
        hall.later(minutes=1)
        called.append(job(hall))
        hall.next(1, standing=True)  # an officer who is still there
    assert called == [0, 0, 0, 0, 0, 0, 1, 0, 0, 1]
    assert state(hall, stops_of(hall, away)["legal"]) == StopState.CALLED
    assert state(hall, stops_of(hall, parked)["social"]) == StopState.CALLED


@pytest.mark.parametrize("what", ["accepting a stop", "coming back", "a free mediator", "opening the desk"])
def test_whatever_makes_a_stop_callable_calls_it(hall: TestDay, what: str) -> None:
    arabic = {"languages": ["ar"], "interpreter": Interpreter.NEEDED}
    mediator = next(one.id for one in hall.db.read_now(mediators_of_day, hall.id) if "ar" in one.languages)
    _, came = hall.walk_in(hall.wish("legal", **(arabic if what == "a free mediator" else {})))
    legal = stops_of(hall, came)["legal"]
    if what == "accepting a stop":
        social = hall.write(propose_stop, came, hall.service("social"))
        hall.next(2, standing=True)
        hall.write(accept_stop, social, how="phone")
        assert state(hall, social) == StopState.CALLED
        return
    if what == "coming back":
        hall.write(step_out, came)
    if what == "a free mediator":
        hall.write(set_mediator_state, mediator, MediatorState.BREAK)
    if what == "opening the desk":
        hall.write(set_desk_state, hall.desks[1].id, DeskState.CLOSED)
        hall.write(set_desk_state, hall.desks[1].id, DeskState.OPEN)
    assert what == "opening the desk" or hall.next(1, standing=True).ready
    if what == "coming back":
        hall.write(come_back, came)
    if what == "a free mediator":
        hall.write(set_mediator_state, mediator, MediatorState.FREE)
    if what == "opening the desk":
        assert hall.next(1).new
    assert state(hall, legal) == StopState.CALLED


def test_the_one_free_mediator_goes_to_the_ready_desk_with_more_work(hall: TestDay) -> None:
    arabic = {"languages": ["ar"], "interpreter": Interpreter.NEEDED}
    _, busy = hall.walk_in(hall.wish("employment-office", **arabic))
    assert call_at(hall, 5) == stops_of(hall, busy)["employment-office"]
    _, senior = hall.walk_in(hall.wish("social", **arabic))
    hall.later(minutes=1)
    others = [hall.walk_in(hall.wish("labour", **arabic))[1] for _ in range(3)]
    for desk in (2, 3):
        assert hall.next(desk, standing=True).ready
    hall.write(finish, stops_of(hall, busy)["employment-office"])
    assert state(hall, stops_of(hall, senior)["social"]) == StopState.WAITING
    labour = [stop(hall, stops_of(hall, other)["labour"]) for other in others]
    assert sorted(row.state for row in labour) == [StopState.CALLED, StopState.WAITING, StopState.WAITING]


def test_two_ready_desks_are_never_given_the_same_party_or_mediator(hall: TestDay) -> None:
    for desk in (1, 2, 3):
        hall.next(desk, standing=True)
    hall.write(set_paused, hall.id, paused=True, why="alarm")
    _, one = hall.walk_in(hall.wish("legal", "social", "labour"))
    _, other = hall.walk_in(hall.wish("social"))
    hall.write(set_paused, hall.id, paused=False, why="")
    assert job(hall) == 2
    at = {each: stop(hall, each) for came in (one, other) for each in stops_of(hall, came).values()}
    called = [row for row in at.values() if row.state == StopState.CALLED]
    assert len({row.desk_id for row in called}) == len({row.visit_id for row in called}) == 2


def test_a_desk_that_is_serving_is_not_ready_whatever_it_pressed_before(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    assert hall.next(1, standing=True) == Called(stop=called, new=False)
    hall.write(serve, called)
    assert hall.db.read_now(days_with_ready_desks, now=hall.now + timedelta(seconds=1)) == []
