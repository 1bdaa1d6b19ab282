"""The desk and the board ask a fixed number of questions, however many people wait."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from onestop.db.session import Database
from onestop.visits.actions.calls import finish, serve
from onestop.visits.queries.board import board, board_day
from onestop.visits.queries.desk import Part, desk_screen
from onestop.visits.queries.desk_places import desk_place, desks_to_open, place_of_act, place_of_stop
from tests.halls import TestDay, make_test_day

PARTS: tuple[Part, ...] = ("now", "next", "mine")


@contextmanager
def _counted() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def _count(hall: TestDay, query: Callable[..., Any], *args: Any, **kwargs: Any) -> int:
    with _counted() as said:
        hall.db.read_now(query, *args, **kwargs)
    return _asked(said)


def _asked(said: list[str]) -> int:
    """Questions and changes, without the beginning of the transaction and the lock of the day."""
    return len([line for line in said if not line.startswith(("BEGIN", "PRAGMA", "SELECT pg_advisory"))])


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
    counts = {part: _count(hall, desk_screen, desk, now=hall.now, parts=frozenset({part})) for part in PARTS}
    counts["all"] = _count(hall, desk_screen, desk, now=hall.now)
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

    assert found == [{"now": 5, "next": 14, "mine": 5, "all": 22}] * 3


def test_where_something_belongs_is_one_question(database: Database) -> None:
    hall = make_test_day(database)
    _fill(hall, 1)
    stop = hall.db.read_now(desk_screen, hall.desks[1].id, now=hall.now).visitor
    assert stop is not None

    assert [
        _count(hall, desk_place, hall.desks[1].id),
        _count(hall, place_of_stop, stop.stop),
        _count(hall, place_of_act, stop.stop, None),
        _count(hall, desks_to_open, (), now=hall.now),
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
            (lines, _count(hall, board_day, hall.day.slug, now=hall.now), _count(hall, board, day, now=hall.now))
        )

    assert found == [(0, 1, 1), (1, 1, 1), (4, 1, 1)]


def test_calling_next_costs_the_same_with_few_and_many(database: Database) -> None:
    hall = make_test_day(database)
    hall.open_desks()
    found: list[int] = []
    for waiting in (1, 3, 20):
        for _ in range(waiting):
            hall.walk_in(hall.wish("legal", "residence"))
        with _counted() as said:
            called = hall.next(1)
        assert called.stop is not None
        found.append(_asked(said))
        hall.write(finish, called.stop)
        hall.later(seconds=timedelta(minutes=1).total_seconds())

    assert found == [29, 29, 29]
