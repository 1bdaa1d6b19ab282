"""The desk and the board ask a fixed number of questions, however many people wait."""

from datetime import timedelta

from onestop.db.session import Database
from onestop.visits.actions.calls import finish, serve
from onestop.visits.queries.board import board, board_day
from onestop.visits.queries.desk import Part, desk_screen
from onestop.visits.queries.desk_places import desk_place, desks_to_open, place_of_act, place_of_stop
from tests.counting import cost, counted
from tests.halls import TestDay, make_test_day

PARTS: tuple[Part, ...] = ("now", "next", "mine", "help", "asked")


def _fill(hall: TestDay, waiting: int) -> None:
    """So many people served, waiting and called, each with two stops, some of them families."""
    hall.open_desks()
    for _ in range(waiting):
        hall.walk_in(hall.wish("legal", "social", adults=2, children=1))
        stop = hall.next(1).stop
        hall.write(serve, stop)
        hall.write(finish, stop)
        hall.later(seconds=4)
    for _ in range(waiting + 1):
        hall.walk_in(hall.wish("legal", "residence", adults=2))
    hall.next(1)
    hall.next(2)


def _screen_counts(hall: TestDay) -> dict[str, int]:
    desk = hall.desks[1].id
    counts = {part: cost(hall.db, desk_screen, desk, now=hall.now, parts=frozenset({part})) for part in PARTS}
    counts["all"] = cost(hall.db, desk_screen, desk, now=hall.now)
    return counts


def test_the_desk_asks_as_much_with_three_people_as_with_one_or_none(database: Database) -> None:
    hall = make_test_day(database)
    found = [_screen_counts(hall)]
    for waiting in (1, 3):
        _fill(hall, waiting)
        found.append(_screen_counts(hall))
        stop = hall.db.read_now(desk_screen, hall.desks[1].id, now=hall.now).visitor
        assert stop is not None
        hall.write(finish, stop.stop)

    assert found == [{"now": 10, "next": 8, "mine": 5, "help": 2, "asked": 2, "all": 22}] * 3


def test_where_something_belongs_is_one_question(database: Database) -> None:
    hall = make_test_day(database)
    _fill(hall, 1)
    stop = hall.db.read_now(desk_screen, hall.desks[1].id, now=hall.now).visitor
    assert stop is not None

    assert [
        cost(hall.db, desk_place, hall.desks[1].id),
        cost(hall.db, place_of_stop, stop.stop),
        cost(hall.db, place_of_act, stop.stop, None),
        cost(hall.db, desks_to_open, (), now=hall.now),
    ] == [1, 1, 1, 1]


def test_the_board_asks_twice_however_many_are_called(database: Database) -> None:
    hall = make_test_day(database)
    found: list[tuple[int, int, int]] = []
    for numbers in ((), (1,), (2, 3, 5)):
        hall.open_desks()
        for number, key in ((1, "legal"), (2, "social"), (3, "labour"), (5, "employment-office")):
            if number in numbers:
                hall.walk_in(hall.wish(key))
                hall.next(number)
        day = hall.db.read_now(board_day, hall.day.slug, now=hall.now)
        lines = len(hall.db.read_now(board, day, now=hall.now).calls)
        found.append(
            (lines, cost(hall.db, board_day, hall.day.slug, now=hall.now), cost(hall.db, board, day, now=hall.now))
        )

    assert found == [(0, 1, 1), (1, 1, 1), (4, 1, 1)]


def test_calling_next_costs_the_same_with_few_and_many(database: Database) -> None:
    hall = make_test_day(database)
    hall.open_desks()
    found: list[int] = []
    hall.next(1)  # nobody is there; what the organiser configured is read
    for waiting in (1, 3, 20):
        for _ in range(waiting):
            hall.walk_in(hall.wish("legal", "residence"))
        with counted() as count:
            called = hall.next(1)
        assert called.stop is not None
        found.append(count())
        hall.write(finish, called.stop)
        hall.later(seconds=timedelta(minutes=1).total_seconds())

    assert found == [20, 20, 20]
