"""Undo: within thirty seconds an act is taken back exactly, or refused with a sentence because something followed."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from onestop.days.queries.desks import mediators_of_day
from onestop.domain.booking import Interpreter
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.errors import StopUnknown, UndoRefused, UndoTooLate
from onestop.domain.visit import StopState, VisitReason
from onestop.reports.violations import DayRows
from onestop.visits.actions.calls import finish, no_show, park, recall, serve, transfer
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.actions.door import bring_back
from onestop.visits.actions.mediators import set_mediator_state
from onestop.visits.actions.route import drop_stop, leave, propose_stop, step_out
from onestop.visits.actions.undo import last_act, last_act_of_desk, undo
from tests.halls import TestDay
from tests.visits.images import Image, difference, dump, image_of, restored
from tests.visits.looking import call_at, call_of, end, state, stop, stops_of, told, waited


def image(hall: TestDay, visit: UUID) -> Image:
    return image_of(hall.db.read_now(DayRows, hall.id), visit)


def everything(hall: TestDay) -> list[Any]:
    return dump(hall.db.read_now(DayRows, hall.id))


ACTS: dict[str, Callable[[TestDay, UUID, UUID], object]] = {
    "call": lambda hall, _visit, _stop: call_at(hall, 1),
    "serve": lambda hall, _visit, stop: hall.write(serve, stop),
    "finish": lambda hall, _visit, stop: hall.write(finish, stop),
    "no_show": lambda hall, _visit, stop: hall.write(no_show, stop),
    "park": lambda hall, _visit, stop: hall.write(park, stop),
    "transfer": lambda hall, _visit, stop: hall.write(transfer, stop, desk=hall.desks[1].id),
    "drop_stop": lambda hall, _visit, stop: hall.write(drop_stop, stop),
    "add_stop": lambda hall, visit, _stop: hall.write(
        propose_stop, visit, hall.service("social"), accepted_how="said_to_officer"
    ),
    "leave": lambda hall, visit, _stop: hall.write(leave, visit, reason=VisitReason.OWN_WISH),
}


@pytest.mark.parametrize("act", list(ACTS))
@pytest.mark.parametrize("more", [(), ("labour",)], ids=["her only stop", "one of two stops"])
def test_every_act_is_taken_back_exactly(hall: TestDay, act: str, more: tuple[str, ...]) -> None:
    _, visit = hall.walk_in(hall.wish("legal", *more, languages=["ar"], interpreter=Interpreter.NEEDED, adults=2))
    legal = stops_of(hall, visit)["legal"]
    hall.later(minutes=5)
    if act != "call":
        assert call_at(hall, 1) == legal
        hall.later(minutes=1)
    before = image(hall, visit)
    made = ACTS[act](hall, visit, legal)
    after = image(hall, visit)
    assert after != before
    hall.later(seconds=30)
    assert hall.write(undo, made if act == "add_stop" else legal) == act
    assert difference(before, restored(image(hall, visit), before)) == {}
    assert told(hall, "ActUndone") == [{"act": act}]


def test_a_call_that_was_taken_back_stays_on_the_list_of_calls_as_undone(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    hall.write(recall, called)
    hall.write(undo, called)
    assert (call_of(hall, called).outcome, call_of(hall, called).recalls) == ("undone", 1)
    assert call_at(hall, 1) == called


def test_an_undo_that_comes_after_thirty_seconds_is_too_late_and_changes_nothing(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    hall.write(finish, called)
    hall.later(seconds=31)
    before = everything(hall)
    with pytest.raises(UndoTooLate):
        hall.write(undo, called)
    assert everything(hall) == before


def test_where_nothing_was_done_there_is_nothing_to_take_back(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    with pytest.raises(UndoTooLate):
        hall.write(undo, stops_of(hall, visit)["legal"])
    with pytest.raises(StopUnknown):
        hall.db.read_now(last_act_of_desk, hall.desks[1].id, now=hall.now)


def next_at_the_desk(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    call_at(hall, 1)


def called_elsewhere(hall: TestDay) -> None:
    hall.later(seconds=3)
    call_at(hall, 2)


def mediator_elsewhere(hall: TestDay) -> None:
    hall.walk_in(hall.wish("labour", languages=["ar"], interpreter=Interpreter.NEEDED))
    call_at(hall, 3)


def mediator_left(hall: TestDay) -> None:
    for one in hall.db.read_now(mediators_of_day, hall.id):
        hall.write(set_mediator_state, one.id, MediatorState.LEFT)


def desk_closed(hall: TestDay) -> None:
    hall.write(set_desk_state, hall.desks[1].id, DeskState.CLOSED)


def stepped_out(hall: TestDay) -> None:
    (visit,) = hall.db.read_now(DayRows, hall.id).visits
    hall.write(step_out, visit)


def day_closed(hall: TestDay) -> None:
    hall.write(close_day, hall.id, reason="alarm")


@pytest.mark.parametrize(
    "since",
    [next_at_the_desk, called_elsewhere, mediator_elsewhere, mediator_left, desk_closed, stepped_out, day_closed],
)
def test_a_finish_on_which_something_was_built_is_not_taken_back(
    hall: TestDay, since: Callable[[TestDay], None]
) -> None:
    hall.walk_in(hall.wish("legal", "social", languages=["ar"], interpreter=Interpreter.NEEDED))
    called = call_at(hall, 1)
    hall.write(finish, called)
    since(hall)
    before = everything(hall)
    with pytest.raises(UndoRefused):
        hall.write(undo, called)
    assert everything(hall) == before


def test_only_the_last_act_is_taken_back_and_only_once(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    hall.write(serve, called)
    hall.write(finish, called)
    assert hall.write(undo, called) == "finish"
    assert state(hall, called) == StopState.SERVING
    with pytest.raises(UndoRefused):
        hall.write(undo, called)
    assert state(hall, called) == StopState.SERVING


def test_a_visit_that_an_act_ended_is_open_again_with_the_seniority_it_had(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    hall.later(minutes=8)
    called = call_at(hall, 1)
    hall.write(serve, called)
    hall.later(minutes=10)
    hall.write(finish, called)
    assert end(hall, visit) == ("completed", "done")
    hall.later(seconds=20)
    hall.write(undo, called)
    assert end(hall, visit) == ("open", None)
    assert waited(hall, visit) == 8


def test_a_desk_that_asked_for_the_next_one_meanwhile_no_longer_does(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    hall.write(finish, called)
    assert hall.next(1, standing=True).ready
    hall.write(undo, called)
    rows = hall.db.read_now(DayRows, hall.id)
    assert rows.desks[hall.desks[1].id].ready_until_at is None
    assert state(hall, called) == StopState.CALLED


def test_a_call_that_was_taken_back_is_free_for_another_desk_that_stands_by(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal", "social"))
    called = call_at(hall, 1)
    assert hall.next(2, standing=True).ready
    hall.write(undo, called)
    assert state(hall, called) == StopState.WAITING
    assert state(hall, stops_of(hall, visit)["social"]) == StopState.CALLED


def test_a_missed_stop_brought_back_is_missed_again_by_an_undo(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    legal = stops_of(hall, visit)["legal"]
    for _ in range(3):
        hall.write(no_show, call_at(hall, 1))
        hall.later(minutes=10)
    before = image(hall, visit)
    hall.write(bring_back, legal)
    assert (end(hall, visit), state(hall, legal)) == (("open", None), StopState.WAITING)
    hall.write(undo, legal)
    assert difference(before, restored(image(hall, visit), before)) == {}


def test_the_last_act_is_known_for_a_stop_and_for_a_desk(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    hall.later(seconds=1)
    hall.write(serve, called)
    act = hall.db.read_now(last_act, called, now=hall.now)
    assert act is not None
    assert (act.kind, act.stop_id, act.desk_id, act.at) == ("serve", called, hall.desks[1].id, hall.now)
    assert hall.db.read_now(last_act_of_desk, hall.desks[1].id, now=hall.now).id == act.id
    assert hall.db.read_now(last_act, called, now=hall.now + timedelta(seconds=31)) is None
    with pytest.raises(UndoTooLate):
        hall.db.read_now(last_act_of_desk, hall.desks[1].id, now=hall.now + timedelta(seconds=31))
    assert stop(hall, called).state == StopState.SERVING
