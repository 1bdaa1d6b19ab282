"""What officers do: next, recall, start, finish, not here, park, send on; and whom a desk may call."""

from datetime import timedelta
from uuid import UUID

import pytest

from onestop.days.actions import set_paused
from onestop.days.queries.desks import mediators_of_day
from onestop.domain.booking import Interpreter
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.errors import (
    DayPaused,
    DeskNotOpen,
    DeskServing,
    DeskUnknown,
    MoveRefused,
    ServiceUnknown,
    StopUnknown,
)
from onestop.domain.operational import OperationalNeed
from onestop.domain.visit import Outcome, StopState
from onestop.visits.actions.calls import (
    Called,
    call_next,
    correct_outcome,
    finish,
    no_show,
    park,
    recall,
    serve,
    transfer,
)
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.actions.mediators import set_mediator_state
from onestop.visits.actions.route import set_needs
from onestop.visits.tables import calls
from tests.halls import TestDay
from tests.visits.looking import active_members, call_at, call_of, end, rows, state, stop, stops_of, told, waited

# -- next --------------------------------------------------------------------------------------------------


def test_next_gives_the_open_call_again_and_is_refused_while_somebody_is_served(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    hall.walk_in(hall.wish("legal"))
    first = call_at(hall, 1)
    assert hall.next(1) == Called(stop=first, new=False)
    hall.write(serve, first)
    with pytest.raises(DeskServing):
        hall.next(1)


def test_nobody_is_called_to_a_desk_that_is_not_open_or_during_a_pause_of_the_day(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    for shut in (DeskState.PAUSED, DeskState.CLOSED):
        hall.write(set_desk_state, hall.desks[1].id, shut)
        with pytest.raises(DeskNotOpen):
            hall.next(1)
    hall.write(set_desk_state, hall.desks[1].id, DeskState.OPEN)
    hall.write(set_paused, hall.id, paused=True, why="alarm")
    with pytest.raises(DayPaused):
        hall.next(1)
    hall.write(set_paused, hall.id, paused=False, why="")
    assert hall.next(1).new


def test_seniority_runs_on_while_the_day_pauses(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal"))
    hall.write(set_paused, hall.id, paused=True, why="alarm")
    hall.later(minutes=20)
    assert waited(hall, came) == 20


def test_with_nobody_to_call_nothing_stays_armed_unless_it_was_asked_for(hall: TestDay) -> None:
    assert hall.next(1) == Called(stop=None, new=False)
    hall.walk_in(hall.wish("legal"))
    assert rows(hall, calls, calls.c.day_id == hall.id) == []


def test_the_longest_waiting_is_called_first_and_one_who_is_not_due_last(hall: TestDay) -> None:
    early = hall.arrive(hall.book(hall.wish("social"), at=hall.day.opens_at + timedelta(hours=1)))
    hall.later(minutes=5)
    _, first = hall.walk_in(hall.wish("social"))
    hall.later(minutes=5)
    _, second = hall.walk_in(hall.wish("social"))
    order = []
    for _ in range(3):
        called = call_at(hall, 2)
        order.append(stop(hall, called).visit_id)
        hall.write(finish, called)
    assert order == [first, second, early]


def test_an_operational_need_counts_as_twenty_minutes(hall: TestDay) -> None:
    hall.walk_in(hall.wish("social"))
    hall.later(minutes=19)
    _, infant = hall.walk_in(hall.wish("social"))
    hall.write(set_needs, infant, needs=list(OperationalNeed))
    called = call_at(hall, 2)
    assert stop(hall, called).visit_id == infant
    assert call_of(hall, called).terms == {
        "waited": 0,
        "still": 18,
        "need": 20,
        "score": -16.0,
        "mediator": False,
        "no_interpreter": False,
        "parked": False,
    }


def test_the_counsellor_comes_before_the_police_desk(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("residence", "legal"))
    stops = stops_of(hall, came)
    assert hall.next(4) == Called(stop=None, new=False)
    assert call_at(hall, 1) == stops["legal"]
    hall.write(finish, stops["legal"])
    hall.later(seconds=3)
    assert call_at(hall, 4) == stops["residence"]


def test_unknown_desks_and_stops_are_not_known(hall: TestDay) -> None:
    with pytest.raises(DeskUnknown):
        hall.write(call_next, hall.id)
    with pytest.raises(StopUnknown):
        hall.write(serve, hall.id)


# -- interpreters ------------------------------------------------------------------------------------------


def test_a_mediator_is_claimed_with_the_call_and_free_again_with_the_end_of_the_talk(hall: TestDay) -> None:
    arabic = {"languages": ["ar"], "interpreter": Interpreter.NEEDED}
    hall.walk_in(hall.wish("legal", **arabic))
    hall.walk_in(hall.wish("social", **arabic))
    called = call_at(hall, 1)
    assert stop(hall, called).mediator_id is not None
    assert call_of(hall, called).mediator_id == stop(hall, called).mediator_id
    assert call_of(hall, called).terms["mediator"]
    assert hall.next(2) == Called(stop=None, new=False)  # the one Arabic mediator is at desk 1
    hall.write(finish, called)
    assert stop(hall, call_at(hall, 2)).mediator_id is not None


def test_nobody_is_called_with_a_mediator_who_has_a_break_or_has_left(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal", languages=["ar"], interpreter=Interpreter.NEEDED))
    mediator = arabic_mediator(hall)
    hall.write(set_mediator_state, mediator, MediatorState.BREAK)
    assert hall.next(1) == Called(stop=None, new=False)
    hall.write(set_mediator_state, mediator, MediatorState.FREE)
    assert stop(hall, call_at(hall, 1)).mediator_id == mediator


def test_a_party_whose_language_nobody_speaks_is_never_held_back(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal", languages=["vi"], interpreter=Interpreter.NEEDED))
    called = call_at(hall, 1)
    assert stop(hall, called).mediator_id is None
    assert call_of(hall, called).terms["no_interpreter"]


def test_a_party_is_not_held_back_either_when_its_mediator_has_gone_home(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal", languages=["ar"], interpreter=Interpreter.NEEDED))
    hall.write(set_mediator_state, arabic_mediator(hall), MediatorState.LEFT)
    assert call_of(hall, call_at(hall, 1)).terms["no_interpreter"]


def test_who_brings_an_interpreter_or_speaks_with_the_officer_needs_no_mediator(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal", languages=["ar"], interpreter=Interpreter.OWN))
    hall.walk_in(hall.wish("social", languages=["ar", "en"], interpreter=Interpreter.NEEDED))
    assert [stop(hall, call_at(hall, desk)).mediator_id for desk in (1, 2)] == [None, None]


# -- not here ----------------------------------------------------------------------------------------------


def test_a_no_show_is_back_after_ten_minutes_twice_and_missed_the_third_time(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal"))
    seen = []
    for _ in range(3):
        called = call_at(hall, 1)
        hall.later(minutes=2)
        assert hall.write(no_show, called) == state(hall, called)
        seen.append(state(hall, called))
        hall.later(minutes=9, seconds=59)
        assert hall.next(1) == Called(stop=None, new=False)
        hall.later(seconds=1)
    assert seen == [StopState.WAITING, StopState.WAITING, StopState.MISSED]
    assert end(hall, came) == ("left", "no_show")
    assert told(hall, "StopNotHere") == [{"count": 1}, {"count": 2}, {"count": 3}]
    assert [row.outcome for row in rows(hall, calls, calls.c.stop_id == called)] == ["no_show"] * 3


def test_who_missed_one_desk_still_goes_to_the_others_with_all_her_seniority(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal", "social"))
    legal = stops_of(hall, came)["legal"]
    for _ in range(3):
        assert call_at(hall, 1) == legal
        hall.write(no_show, legal)
        hall.later(minutes=10)
    assert end(hall, came) == ("open", None)
    assert waited(hall, came) == 30
    assert call_at(hall, 2) == stops_of(hall, came)["social"]


def test_only_somebody_called_can_be_not_here(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal"))
    waiting = stops_of(hall, came)["legal"]
    for act in (no_show, recall, park, finish, serve):
        with pytest.raises(MoveRefused):
            hall.write(act, waiting)


# -- recall, start, finish ---------------------------------------------------------------------------------


def test_a_recall_repeats_the_call_and_counts(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    hall.later(minutes=1)
    hall.write(recall, called)
    hall.later(minutes=1)
    hall.write(recall, called)
    assert (call_of(hall, called).recalls, call_of(hall, called).recalled_at) == (2, hall.now)
    assert len(told(hall, "StopRecalled")) == 2


def test_being_served_adds_nothing_to_seniority_and_a_second_press_nothing_at_all(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal", "social"))
    called = call_at(hall, 1)
    hall.later(minutes=4)
    hall.write(serve, called)
    hall.later(minutes=15)
    hall.write(serve, called)
    assert waited(hall, came) == 4
    hall.write(finish, called, outcome=Outcome.SETTLED)
    hall.later(minutes=2)
    hall.write(finish, called, outcome=Outcome.ADVISED)
    assert waited(hall, came) == 6
    assert stop(hall, called).outcome == Outcome.SETTLED
    assert told(hall, "StopServed") == [{"way_seconds": 240}]
    assert told(hall, "StopFinished") == [{"outcome": "settled", "served_seconds": 900}]


def test_a_talk_nobody_started_begins_and_ends_with_finish(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    hall.later(minutes=9)
    hall.write(finish, called)
    row = stop(hall, called)
    assert (row.state, row.served_at, row.ended_at) == (StopState.FINISHED, hall.now, hall.now)
    assert call_of(hall, called).outcome == "served"
    assert end(hall, came) == ("completed", "done")


def test_how_a_stop_ended_is_corrected_afterwards_and_only_then(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    with pytest.raises(MoveRefused):
        hall.write(correct_outcome, called, outcome=Outcome.SETTLED)
    hall.write(finish, called)
    hall.write(correct_outcome, called, outcome=Outcome.PAPERS_MISSING)
    assert stop(hall, called).outcome == Outcome.PAPERS_MISSING


# -- park --------------------------------------------------------------------------------------------------


def test_a_parked_stop_comes_back_by_itself_to_its_own_desk_before_everybody_else(small: TestDay) -> None:
    _, came = small.walk_in(small.wish("legal"))
    parked = call_at(small, 1)
    small.write(serve, parked)
    small.walk_in(small.wish("legal"))
    small.later(minutes=30)  # the other one waits half an hour by then
    small.write(park, parked, minutes=10)
    assert state(small, parked) == StopState.PARKED
    assert active_members(small, parked) == 0
    small.later(minutes=9, seconds=59)
    assert waited(small, came) == pytest.approx(9 + 59 / 60)
    other = call_at(small, 1)
    assert other != parked
    small.write(finish, other)
    small.later(seconds=1)
    assert small.next(2) == Called(stop=None, new=False)  # desk 2 gives legal advice too, but she was parked at desk 1
    small.walk_in(small.wish("legal"))
    assert call_at(small, 1) == parked
    assert call_of(small, parked).terms["parked"]


def test_when_its_desk_closes_a_parked_stop_may_be_called_elsewhere(small: TestDay) -> None:
    small.walk_in(small.wish("legal"))
    parked = call_at(small, 1)
    small.write(park, parked, minutes=5)
    small.write(set_desk_state, small.desks[1].id, DeskState.CLOSED)
    small.later(minutes=5)
    assert call_at(small, 2) == parked


def test_a_desk_does_not_close_over_a_visitor(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    with pytest.raises(DeskServing):
        hall.write(set_desk_state, hall.desks[1].id, DeskState.CLOSED)
    hall.write(set_desk_state, hall.desks[1].id, DeskState.PAUSED)
    hall.write(finish, called)
    hall.write(set_desk_state, hall.desks[1].id, DeskState.CLOSED)
    assert told(hall, "DeskClosed") == [{}]


# -- sending on --------------------------------------------------------------------------------------------


def test_a_stop_sent_on_to_another_desk_waits_there_with_its_seniority(small: TestDay) -> None:
    _, came = small.walk_in(small.wish("legal"))
    small.later(minutes=12)
    sent = call_at(small, 1)
    small.later(minutes=3)
    small.write(serve, sent)
    small.later(minutes=5)
    small.write(transfer, sent, desk=small.desks[2].id)
    small.later(seconds=3)
    assert waited(small, came) == pytest.approx(15 + 3 / 60)
    assert small.next(1) == Called(stop=None, new=False)
    assert call_at(small, 2) == sent


def test_a_stop_sent_on_to_another_service_is_one_of_that_service(small: TestDay) -> None:
    small.walk_in(small.wish("legal"))
    sent = call_at(small, 2)
    small.write(transfer, sent, service=small.service("social"))
    row = stop(small, sent)
    assert (row.service_id, row.minutes, row.state) == (small.service("social"), 15, StopState.WAITING)
    assert call_of(small, sent).outcome == "withdrawn"
    small.later(seconds=3)
    assert small.next(1) == Called(stop=None, new=False)
    assert call_at(small, 2) == sent


def test_nothing_is_sent_on_to_another_institution_or_to_a_desk_that_cannot_help(small: TestDay) -> None:
    _, came = small.walk_in(small.wish("legal", "social"))
    sent = call_at(small, 2)
    police = small.desks[3].id
    wrong = {
        "a desk of another institution": ({"desk": police}, MoveRefused),
        "a service of another institution": ({"service": small.service("residence")}, ServiceUnknown),
        "a desk without this service": (
            {"desk": small.desks[1].id, "service": small.service("social")},
            ServiceUnknown,
        ),
        "a service she waits for already": ({"service": other_service(small, sent)}, MoveRefused),
        "nowhere": ({}, MoveRefused),
    }
    for where, refusal in wrong.values():
        with pytest.raises(refusal):
            small.write(transfer, sent, **where)
    assert state(small, sent) == StopState.CALLED
    waiting = next(each for each in stops_of(small, came).values() if each != sent)
    with pytest.raises(MoveRefused):
        small.write(transfer, waiting, desk=small.desks[2].id)


# -- parties -----------------------------------------------------------------------------------------------


def test_a_family_is_called_together_and_nobody_of_it_is_called_elsewhere_meanwhile(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal", "social", adults=2, children=1))
    called = call_at(hall, 1)
    assert active_members(hall, called) == 3
    assert hall.next(2) == Called(stop=None, new=False)
    hall.write(finish, called)
    assert active_members(hall, called) == 0
    hall.later(seconds=3)
    assert call_at(hall, 2) == stops_of(hall, came)["social"]


def test_two_of_one_party_can_be_at_two_desks_at_the_same_time(hall: TestDay) -> None:
    wish = hall.wish("legal", "social", adults=2, together={"legal": {1}, "social": {2}})
    _, came = hall.walk_in(wish)
    first, second = call_at(hall, 1), call_at(hall, 2)
    assert {first, second} == set(stops_of(hall, came).values())
    hall.later(minutes=1)
    hall.write(serve, first)
    hall.later(minutes=5)
    hall.write(serve, second)
    hall.write(finish, first)
    hall.later(minutes=5)
    assert waited(hall, came) == 1  # one of them is still being served
    hall.write(finish, second)
    assert end(hall, came) == ("completed", "done")


def arabic_mediator(hall: TestDay) -> UUID:
    """The one mediator who speaks Arabic."""
    return next(one.id for one in hall.db.read_now(mediators_of_day, hall.id) if "ar" in one.languages)


def other_service(hall: TestDay, stop_id: UUID) -> UUID:
    """Legal for social advice and the other way round."""
    has = stop(hall, stop_id).service_id
    return next(hall.service(key) for key in ("legal", "social") if hall.service(key) != has)
