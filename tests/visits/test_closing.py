"""The end of a day: nobody is lost, whoever is still expected is told, and a forgotten day closes by itself."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from onestop.booking.queries import booking_of_party
from onestop.days.actions import publish_day
from onestop.days.queries.days import day_by_id
from onestop.days.tables import days
from onestop.domain.booking import BookingState
from onestop.domain.day import DayState
from onestop.domain.errors import DayNotBegun, DayStillInside, MoveRefused
from onestop.domain.visit import VisitReason, VisitState
from onestop.reports.verify import verify
from onestop.visits.actions.calls import finish
from onestop.visits.actions.closing import FORGOTTEN_AFTER, close_day, close_forgotten, days_left_open
from onestop.visits.actions.route import propose_stop
from onestop.visits.tables import visits
from tests.halls import TestDay
from tests.visits.looking import call_at, told


def ends(hall: TestDay) -> list[tuple[str, str | None]]:
    """State and reason of every visit, in the order they began."""
    return hall.db.read_now(
        lambda conn: [
            (row.state, row.reason)
            for row in conn.execute(sa.select(visits).order_by(visits.c.checked_in_at, visits.c.id))
        ]
    )


def booking_states(hall: TestDay, *parties: object) -> list[BookingState]:
    return [booking.state for each in parties if (booking := hall.db.read_now(booking_of_party, each)) is not None]


def test_a_booking_whose_time_has_not_come_is_cancelled_so_that_its_holder_is_told(hall: TestDay) -> None:
    early = hall.book(hall.wish("legal"), at=hall.day.opens_at)
    late = hall.book(hall.wish("legal"), at=hall.day.opens_at + timedelta(hours=2))
    hall.later(minutes=30)

    hall.write(close_day, hall.id)

    assert booking_states(hall, early.party, late.party) == [BookingState.MISSED, BookingState.CANCELLED]
    assert (len(told(hall, "BookingCancelled")), len(told(hall, "BookingMissed"))) == (1, 1)
    assert hall.db.read_now(verify, now=hall.now) == []


def test_the_day_before_it_is_not_closed_but_cancelled(hall: TestDay) -> None:
    hall.book(hall.wish("legal"))
    hall.later(days=-1)

    with pytest.raises(DayNotBegun):
        hall.write(close_day, hall.id)


def test_the_reason_stays_with_the_day(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    with pytest.raises(DayStillInside):
        hall.write(close_day, hall.id)

    hall.write(close_day, hall.id, reason=" The hall is flooded. ")

    day = hall.db.read_now(day_by_id, hall.id)
    assert (day.state, day.closed_why) == (DayState.CLOSED, "The hall is flooded.")
    assert ends(hall) == [(VisitState.LEFT, VisitReason.DAY_CLOSED)]


def test_who_has_only_a_proposal_left_is_completed(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    stop = call_at(hall, 1)
    hall.write(propose_stop, visit, hall.service("residence"))
    hall.write(finish, stop)

    hall.write(close_day, hall.id, reason="evening")

    assert ends(hall) == [(VisitState.COMPLETED, VisitReason.DONE)]
    assert hall.db.read_now(verify, now=hall.now) == []


def test_a_closed_day_is_not_published_again(hall: TestDay) -> None:
    hall.write(close_day, hall.id)
    with pytest.raises(MoveRefused):
        hall.write(publish_day, hall.id)


def test_a_day_nobody_closed_closes_by_itself_and_the_audit_says_so_before(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    hall.walk_in(hall.wish("legal"))
    hall.book(hall.wish("social"))
    call_at(hall, 1)
    hall.now = hall.day.closes_at + FORGOTTEN_AFTER - timedelta(seconds=1)
    assert hall.db.read_now(days_left_open, now=hall.now) == []
    hall.later(hours=12, seconds=1)
    assert {each.rule for each in hall.db.read_now(verify, now=hall.now)} == {"R8"}

    due = hall.db.read_now(days_left_open, now=hall.now)
    assert due == [hall.id]
    for day in due * 2:  # twice is harmless
        hall.db.write_now(close_forgotten, day, now=hall.now, day=day)

    assert hall.db.read_now(lambda conn: conn.execute(sa.select(days.c.state)).scalars().all()) == ["closed"]
    assert {state for state, _ in ends(hall)} == {VisitState.LEFT}
    assert hall.db.read_now(verify, now=hall.now) == []
