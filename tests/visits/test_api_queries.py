"""The machine interface reads with a fixed number of statements."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from onestop.days.actions import create_day
from onestop.days.dayfile import read_template
from onestop.days.queries.offer import day_offer, day_offers
from onestop.db.session import Database
from onestop.visits.queries.api import (
    desk_place,
    desk_queue,
    stop_line,
    stops_of_visit,
    ticket_view,
    visit_of_party,
    visit_place,
)
from onestop.visits.queries.api_day import day_overview, facts_after
from tests.counting import cost
from tests.halls import STAFF, TestDay, make_test_day

SERVICES = ("legal", "social", "labour")


def test_statements_do_not_grow_with_the_hall(database: Database) -> None:
    hall = make_test_day(database)
    hall.open_desks()

    one = _counted(hall, parties=1, services=1)
    three = _counted(hall, parties=3, services=3)

    assert one == three
    assert one == {
        "desk_place": 1,
        "desk_queue": 7,
        "visit_place": 2,
        "visit_of_party": 1,
        "stop_line": 1,
        "ticket_view": 5,
        "day_overview": 5,
        "facts_after": 1,
    }


def test_one_day_and_three_are_offered_with_the_same_statements(database: Database) -> None:
    hall = make_test_day(database)
    days = [hall.id]
    for later in (7, 14):
        file = read_template("arrival-hub")
        on = hall.day.on + timedelta(days=later)
        days.append(database.write_now(create_day, file, on=on, actor=STAFF, now=hall.now))

    counts = [cost(database, partial(day_offers, day_ids=some)) for some in (days[:1], days)]
    assert counts == [0, 0]
    together = database.read_now(day_offers, days)
    assert together == {day: database.read_now(day_offer, day) for day in days}
    assert together[hall.id] == hall.offer
    assert together[days[1]].services != hall.offer.services


def _counted(hall: TestDay, *, parties: int, services: int) -> dict[str, int]:
    wish = hall.wish(*SERVICES[:services], adults=services)
    made = [hall.walk_in(wish) for _ in range(parties)]
    hall.next(1)
    ticket, visit = made[-1]
    [stop, *_] = hall.db.read_now(stops_of_visit, visit)
    place = hall.db.read_now(desk_place, hall.desks[1].id)
    reads: dict[str, Callable[[sa.Connection], Any]] = {
        "desk_place": lambda conn: desk_place(conn, place.desk),
        "desk_queue": lambda conn: desk_queue(conn, place, now=hall.now),
        "visit_place": lambda conn: visit_place(conn, visit),
        "visit_of_party": lambda conn: visit_of_party(conn, ticket.party),
        "stop_line": lambda conn: stop_line(conn, stop),
        "ticket_view": lambda conn: ticket_view(conn, ticket.code),
        "day_overview": lambda conn: day_overview(conn, hall.id, now=hall.now),
        "facts_after": lambda conn: facts_after(conn, hall.id, after=0, limit=100),
    }
    return {name: cost(hall.db, read) for name, read in reads.items()}
