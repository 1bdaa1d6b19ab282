"""Sessions on the day: who goes to which, and that no desk calls somebody away from hers."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.queries import arrivals
from onestop.booking.tables import stops
from onestop.days.queries.sessions import sessions_of_day
from onestop.db.session import Database
from onestop.domain.calling import Hindrance
from onestop.reports.verify import verify
from onestop.visits.actions.matching import match
from onestop.visits.actions.sessions import begin_session
from onestop.visits.queries.desk import held_back
from onestop.visits.queries.hall import calling_desk, load_hall
from tests.booking.test_sessions import hold_session
from tests.halls import TestDay, make_test_day
from tests.visits.looking import rows


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 3, hour, minute, tzinfo=UTC)


def session_of(hall: TestDay, party: UUID, key: str = "social") -> UUID | None:
    (row,) = rows(hall, stops, sa.and_(stops.c.party_id == party, stops.c.service_id == hall.service(key)))
    return row.session_id


@pytest.fixture
def hall(database: Database) -> TestDay:
    """The pilot day with an orientation talk at 10 and one at 12, local time, for four people each."""
    made = make_test_day(database)
    hold_session(made, time(10), seats=4)
    hold_session(made, time(12), seats=4)
    made.now = at(8, 1)
    made.open_desks()
    return made


def number_of(hall: TestDay, key: str) -> int:
    return next(number for number, desk in hall.desks.items() if hall.service(key) in desk.services)


def test_a_walk_in_goes_to_the_next_session_with_seats_and_nobody_books_that_seat(hall: TestDay) -> None:
    first, second = hall.db.read_now(sessions_of_day, hall.id)
    three, _ = hall.walk_in(hall.wish("social", adults=3))
    two, _ = hall.walk_in(hall.wish("social", adults=2))
    assert [session_of(hall, one.party) for one in (three, two)] == [first.id, second.id]
    starts = {
        plan.stops[0].start
        for plan in hall.db.read_now(arrivals, hall.day, hall.wish("social", adults=2), now=hall.now).plans
    }
    assert starts == {second.starts_at}
    assert hall.db.read_now(verify, now=hall.now) == []


def test_whoever_comes_late_goes_to_the_next_one(hall: TestDay) -> None:
    first, second = hall.db.read_now(sessions_of_day, hall.id)
    ticket = hall.book(hall.wish("social"), at=at(8, 30))
    assert session_of(hall, ticket.party) == first.id
    hall.now = at(9, 9)
    hall.arrive(ticket)
    assert session_of(hall, ticket.party) == first.id
    hall.now = at(9, 44)  # it may still begin late
    hall.db.write_now(match, hall.id, now=hall.now, day=hall.id)
    assert session_of(hall, ticket.party) == first.id
    hall.now = at(9, 45)
    hall.db.write_now(match, hall.id, now=hall.now, day=hall.id)
    assert session_of(hall, ticket.party) == second.id
    hall.now = at(11, 45)
    hall.db.write_now(match, hall.id, now=hall.now, day=hall.id)
    assert session_of(hall, ticket.party) is None


def test_nobody_is_called_to_a_session_one_by_one(hall: TestDay) -> None:
    hall.walk_in(hall.wish("social"))
    assert hall.next(number_of(hall, "social")).stop is None


def test_no_desk_calls_somebody_whose_session_would_begin_before_the_talk_ends(hall: TestDay) -> None:
    hall.walk_in(hall.wish("social", "legal"))
    number = number_of(hall, "legal")
    desk = hall.desks[number]

    def why() -> list[Any]:
        seen = hall.db.read_now(load_hall, hall.id, now=hall.now, at=[desk.id])
        return [(each.why, each.people) for each in held_back(seen, calling_desk(desk), now=hall.now)]

    hall.now = at(9) - timedelta(minutes=19)
    assert why() == [(Hindrance.SESSION, 1)]
    assert hall.next(number).stop is None
    hall.now = at(9) - timedelta(minutes=20)
    assert why() == []
    assert hall.next(number).new


def test_a_desk_knows_the_session_that_comes_next_there_and_forgets_one_that_was_not_held(hall: TestDay) -> None:
    desk = hall.desks[number_of(hall, "social")]

    def next_one() -> datetime | None:
        return hall.db.read_now(load_hall, hall.id, now=hall.now, at=[desk.id]).free_desk(desk.id).session_at

    assert next_one() == at(9)
    hall.now = at(9)
    hall.write(begin_session, hall.db.read_now(sessions_of_day, hall.id)[0].id)
    assert next_one() == at(11)
    hall.now = at(11, 45)
    assert next_one() is None
