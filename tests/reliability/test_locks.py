"""The walls behind the races, each alone: the day's lock, and the guarded statement without it.

Broken once on purpose, each turned these tests red and was put back: `pg_advisory_xact_lock` left out (two officers
call the same visitor and one of them is refused), the writer's lock left out on SQLite (a transaction begins within
another), the conditions of the guarded UPDATE left out (the database's CHECK stops it with an error, not "taken"), a
number read first and written in a second statement (given twice).
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier, Lock
from typing import Any
from uuid import UUID

from onestop.booking.actions.bookings import hold_arrival
from onestop.booking.tickets import take_numbers
from onestop.db.session import Database, open_database
from onestop.domain.booking import Channel
from onestop.domain.errors import ArrivalTaken
from onestop.domain.roles import VISITOR
from onestop.reports.verify import verify
from onestop.visits.actions.arrivals import issue_walk_in
from onestop.visits.actions.calls import call_next, finish
from tests.halls import KEY, STAFF, TestDay, make_test_day
from tests.reliability.days import eight_desks, one_place

THREADS = 8
NOON = datetime(2026, 12, 3, 12, tzinfo=UTC)


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """The same act in eight threads that begin together."""
    barrier = Barrier(THREADS)

    def begin(nth: int) -> Any:
        barrier.wait()
        return act(nth)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def crowded(database: Database) -> TestDay:
    """A day with eight open desks that do the same."""
    file, opens = eight_desks(NOON)
    hall = make_test_day(database, file=file, on=opens.date())
    hall.now = NOON
    hall.open_desks()
    return hall


def test_under_the_days_lock_nobody_is_called_twice_and_no_officer_hears_that_somebody_was_faster(
    database: Database,
) -> None:
    hall = crowded(database)
    waiting = 5 * THREADS

    def kiosk(_: int) -> list[int]:
        wish, how = hall.wish("legal"), {"key": KEY, "how": "kiosk", "actor": VISITOR, "now": hall.now}
        return [database.write_now(issue_walk_in, hall.id, wish, day=hall.id, **how)[0].number for _ in range(5)]

    numbers = [number for given in at_once(kiosk) for number in given]
    assert sorted(numbers) == list(range(100, 100 + waiting))

    called: list[UUID] = []
    asked = [0]
    mutex = Lock()

    def officer(nth: int) -> None:
        desk = hall.desks[nth + 1].id
        while True:
            with mutex:
                asked[0] += 1
            answer = database.write_now(call_next, desk, actor=STAFF, now=hall.now, day=hall.id)
            if answer.stop is None:
                with mutex:
                    asked[0] -= 1
                    assert asked[0] >= waiting  # empty only when nobody was left to call
                return
            called.append(answer.stop)
            database.write_now(finish, answer.stop, actor=STAFF, now=hall.now, day=hall.id)

    at_once(officer)
    assert len(called) == len(set(called)) == waiting
    assert database.read_now(verify, now=hall.now) == []


def test_without_the_days_lock_the_guard_alone_gives_the_one_place_once(database: Database) -> None:
    for _ in range(3):
        file, opens = one_place(NOON)
        hall = make_test_day(database, file=file, on=opens.date())
        how = {"arrival_at": opens, "channel": Channel.API, "actor": VISITOR, "now": hall.now, "hold_minutes": 10}

        def hold(_: int, hall: TestDay = hall, how: dict[str, Any] = how) -> str:
            try:
                return database.write_now(hold_arrival, hall.id, hall.wish("legal"), **how).state  # no day: no lock
            except ArrivalTaken:
                return "taken"

        assert Counter(at_once(hold)) == {"held": 1, "taken": THREADS - 1}
    assert database.read_now(verify, now=hall.now) == []


def test_without_the_days_lock_the_counter_alone_gives_each_number_once(database: Database) -> None:
    hall = crowded(database)

    def take(_: int) -> list[int]:
        return [database.write_now(take_numbers, hall.id, count) for count in (1, 3) * 5]  # no day: no lock

    firsts = [(first, count) for given in at_once(take) for first, count in zip(given, (1, 3) * 5, strict=True)]
    numbers = [number for first, count in firsts for number in range(first, first + count)]
    assert sorted(numbers) == list(range(100, 100 + THREADS * 20))


def test_a_command_beside_the_running_server_takes_no_place_twice(database: Database, database_url: str) -> None:
    """The command line is a process of its own: on SQLite only `BEGIN IMMEDIATE` keeps the two apart."""
    others = [open_database(database_url) for _ in range(THREADS)]
    for _ in range(3):
        file, opens = one_place(NOON)
        hall = make_test_day(database, file=file, on=opens.date())
        how = {"arrival_at": opens, "channel": Channel.API, "actor": VISITOR, "now": hall.now, "hold_minutes": 10}

        def hold(nth: int, hall: TestDay = hall, how: dict[str, Any] = how) -> str:
            try:
                return others[nth].write_now(hold_arrival, hall.id, hall.wish("legal"), **how, day=hall.id).state
            except ArrivalTaken:
                return "taken"

        assert Counter(at_once(hold)) == {"held": 1, "taken": THREADS - 1}
    for each in others:
        each.close()
    assert database.read_now(verify, now=hall.now) == []
