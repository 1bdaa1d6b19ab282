"""A desk for which nobody can be called tells how many are kept from it and why: counts, and no number."""

from datetime import timedelta
from uuid import UUID

from onestop.booking.tables import stops
from onestop.domain.booking import Interpreter
from onestop.domain.calling import Hindrance
from onestop.domain.visit import BlockedBy
from onestop.visits.actions.calls import finish, no_show, park, serve
from onestop.visits.actions.route import step_out
from onestop.visits.actions.triage import miss_paper
from onestop.visits.queries.desk import HeldBack, NextHere, desk_screen
from tests.halls import TestDay
from tests.visits.looking import stops_of


def _next(hall: TestDay, number: int) -> NextHere:
    screen = hall.db.read_now(desk_screen, hall.desks[number].id, now=hall.now, parts=frozenset({"next"}))
    assert screen.next is not None
    return screen.next


def _held(hall: TestDay, number: int) -> tuple[int, tuple[HeldBack, ...]]:
    """How many could be called (three at most are listed), and who is kept back."""
    found = _next(hall, number)
    return len(found.queue), found.held


def _called(hall: TestDay, number: int) -> UUID:
    stop = hall.next(number).stop
    assert stop is not None
    return stop


def test_nobody_at_all_is_no_reason(hall: TestDay) -> None:
    hall.open_desks()
    assert (_held(hall, 1), _next(hall, 1).waiting) == ((0, ()), 0)


def test_who_is_at_another_desk_is_counted_and_then_stands_in_the_queue(hall: TestDay) -> None:
    hall.open_desks()
    for _ in range(2):
        hall.walk_in(hall.wish("legal", "social"))
    first = _called(hall, 1)
    assert _held(hall, 2) == (1, (HeldBack(why=Hindrance.AT_A_DESK, people=1),))

    hall.write(serve, first)
    hall.write(finish, first)
    assert _held(hall, 2) == (1, (HeldBack(why=Hindrance.AT_A_DESK, people=1),))  # she has just stood up
    hall.later(seconds=4)
    assert _held(hall, 2) == (2, ())


def test_what_goes_before_it_is_told_without_saying_what(small: TestDay) -> None:
    small.walk_in(small.wish("legal", "residence"))
    assert _held(small, 3) == (0, (HeldBack(why=Hindrance.FIRST_ELSEWHERE, people=1),))


def test_papers_and_stepping_out_are_told_apart(hall: TestDay) -> None:
    hall.open_desks()
    _, papers = hall.walk_in(hall.wish("residence"))
    _, out = hall.walk_in(hall.wish("residence"))
    hall.write(miss_paper, stops_of(hall, papers)["residence"], key="passport")
    hall.write(step_out, out)

    kept = (HeldBack(why=BlockedBy.PAPERS, people=1), HeldBack(why=BlockedBy.STEPPED_OUT, people=1))
    assert (_held(hall, 4), _held(hall, 1)) == ((0, kept), (0, ()))


def test_called_in_vain_is_told_by_number_and_not_once_more(hall: TestDay) -> None:
    hall.open_desks()
    hall.walk_in(hall.wish("legal"))
    hall.write(no_show, _called(hall, 1))
    here = _next(hall, 1)
    assert ([one.number for one in here.away], here.held) == ([100], ())


def test_who_is_not_due_yet_after_a_call_elsewhere_is_told_with_the_time(hall: TestDay) -> None:
    hall.open_desks()
    hall.walk_in(hall.wish("legal"))
    hall.write(no_show, _called(hall, 1))
    hall.db.write_now(lambda conn: conn.execute(stops.update().values(desk_id=hall.desks[3].id)))

    due = hall.now + timedelta(minutes=10)
    assert _held(hall, 1) == (0, (HeldBack(why=Hindrance.LATER, people=1, first_at=due),))


def test_parked_and_sent_to_one_desk_is_told_at_the_others(hall: TestDay) -> None:
    hall.open_desks()
    hall.walk_in(hall.wish("social"))
    at = next(number for number, desk in hall.desks.items() if hall.service("social") in desk.services)
    stop = _called(hall, at)
    hall.write(serve, stop)
    hall.write(park, stop, minutes=10)
    assert [one.parked for one in _next(hall, at).away] == [True]
    assert _held(hall, at) == (0, ())


def test_who_waits_for_an_interpreter_is_told(hall: TestDay) -> None:
    hall.open_desks()
    for key in ("legal", "residence"):
        hall.walk_in(hall.wish(key, languages=("ar",), interpreter=Interpreter.NEEDED))
    assert _held(hall, 4) == (1, ())
    _called(hall, 1)
    assert _held(hall, 4) == (0, (HeldBack(why=Hindrance.NO_MEDIATOR, people=1),))
