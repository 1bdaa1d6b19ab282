"""She is called and not ready: the call is taken back, her place is kept, and nobody holds a desk up."""

from datetime import timedelta

import pytest

from onestop.days.queries.days import day_by_id
from onestop.domain.errors import MoveRefused, PutOffTooOften, UndoRefused
from onestop.domain.roles import VISITOR
from onestop.domain.visit import PUT_OFF_BACK, PUT_OFFS, StopState, after_put_off
from onestop.live.observer import changes_of
from onestop.visits.actions.calls import Called, no_show, serve
from onestop.visits.actions.put_off import put_off
from onestop.visits.actions.route import come_back
from onestop.visits.actions.undo import undo
from onestop.visits.queries.board import board, board_day
from onestop.visits.queries.desk import desk_screen
from tests.halls import TestDay
from tests.visits.looking import active_members, call_at, call_of, state, stop, told, waited


def test_she_may_say_so_twice_and_is_called_again_after_five_minutes(hall: TestDay) -> None:
    assert [after_put_off(times, hall.now) - hall.now for times in range(PUT_OFFS)] == [timedelta(minutes=5)] * 2
    with pytest.raises(PutOffTooOften):
        after_put_off(PUT_OFFS, hall.now)


def test_a_call_put_off_is_no_no_show_and_her_place_is_kept(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    hall.later(minutes=6)
    called = call_at(hall, 1)
    hall.later(minutes=1)
    for _ in range(2):
        hall.write(put_off, visit, actor=VISITOR)
    row = stop(hall, called)

    assert (row.state, row.no_shows, row.callable_from_at) == (StopState.WAITING, 0, hall.now + PUT_OFF_BACK)
    assert (waited(hall, visit), active_members(hall, called)) == (7, 0)
    assert (call_of(hall, called).outcome, call_of(hall, called).ended_at) == ("withdrawn", hall.now)
    assert told(hall, "StopPutOff") == [{"out": False}]
    assert hall.next(1) == Called(stop=None, new=False)
    hall.later(minutes=5)
    assert call_at(hall, 1) == called
    assert waited(hall, visit) == 12


def test_the_next_in_line_is_called_meanwhile(hall: TestDay) -> None:
    _, first = hall.walk_in(hall.wish("legal"))
    hall.later(minutes=1)
    _, second = hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    hall.write(put_off, first, actor=VISITOR)
    assert stop(hall, call_at(hall, 1)).visit_id == second
    assert stop(hall, called).visit_id == first


def test_who_steps_out_of_a_call_waits_for_her_own_return(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    hall.later(minutes=6)
    called = call_at(hall, 1)
    for _ in range(2):
        hall.write(put_off, visit, out=True, actor=VISITOR)
    row = stop(hall, called)
    assert (row.state, row.blocked_by, row.no_shows) == (StopState.BLOCKED, "stepped_out", 0)
    assert (told(hall, "StopPutOff"), told(hall, "VisitorSteppedOut")) == ([{"out": True}], [{}])
    hall.later(minutes=20)
    assert waited(hall, visit) == 6
    hall.write(come_back, visit, actor=VISITOR)
    assert call_at(hall, 1) == called


def test_the_third_time_she_is_sent_to_a_person_who_may_still_do_it(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    for _ in range(PUT_OFFS):
        called = call_at(hall, 1)
        hall.write(put_off, visit, actor=VISITOR)
        hall.later(minutes=5)
    call_at(hall, 1)
    for out in (False, True):
        with pytest.raises(PutOffTooOften):
            hall.write(put_off, visit, out=out, actor=VISITOR)
    assert state(hall, called) == StopState.CALLED
    hall.write(put_off, visit)
    assert state(hall, called) == StopState.WAITING


def test_a_talk_is_not_put_off(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    hall.write(serve, called)
    for out in (False, True):
        with pytest.raises(MoveRefused):
            hall.write(put_off, visit, out=out, actor=VISITOR)
    assert state(hall, called) == StopState.SERVING


def test_no_desk_takes_back_what_she_decided(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    called = call_at(hall, 1)
    hall.write(put_off, visit, actor=VISITOR)
    with pytest.raises(UndoRefused):
        hall.write(undo, called)
    assert state(hall, called) == StopState.WAITING


def test_the_desk_reads_who_is_not_ready_until_it_calls_the_next(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    called, desk = call_at(hall, 1), hall.desks[1].id

    def says() -> tuple[int | None, list[int]]:
        screen = hall.db.read_now(desk_screen, desk, now=hall.now)
        assert screen.next is not None
        return screen.not_ready and screen.not_ready.number, [one.number for one in screen.next.away]

    assert says() == (None, [])
    hall.write(put_off, visit, actor=VISITOR)
    assert says() == (100, [100])
    hall.later(minutes=2)
    assert says() == (None, [100])
    hall.later(minutes=3)
    assert says() == (None, [])
    hall.write(no_show, call_at(hall, 1))
    assert says() == (None, [100])
    assert stop(hall, called).no_shows == 1


def test_the_board_takes_the_call_down_and_every_screen_hears_of_it(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    call_at(hall, 1)
    slug = hall.db.read_now(day_by_id, hall.id).slug

    def shown() -> list[int]:
        day = hall.db.read_now(board_day, slug, now=hall.now)
        return [call.number for call in hall.db.read_now(board, day, now=hall.now).calls]

    assert shown() == [100]
    heard: list[str] = []
    hall.db.observers.append(lambda facts: heard.extend(change.key.split(":")[0] for change in changes_of(facts)))
    hall.write(put_off, visit, actor=VISITOR)
    assert (shown(), sorted(heard)) == ([], ["board", "desk", "overview", "visit"])
