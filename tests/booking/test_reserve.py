"""How many bookings of one door may use what is kept back, and whether every time is shown alike."""

from typing import Any

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import move_booking
from onestop.booking.at_once import book_at_once
from onestop.booking.queries import arrivals, reserve_left
from onestop.days.queries.days import day_by_id
from onestop.days.tables import capacity, days
from onestop.db.session import Database
from onestop.domain.booking import Channel
from onestop.domain.errors import ArrivalTaken
from tests.booking.test_waiting import audit
from tests.halls import KEY, TestDay, make_test_day


@pytest.fixture
def hall(database: Database) -> TestDay:
    """A day on which everything is kept back; helpers may give out two of it."""
    made = make_test_day(database)
    everything = {"reserve": capacity.c.total, "wanted_reserve": capacity.c.wanted}
    database.write_now(lambda conn: conn.execute(capacity.update().values(**everything)))
    database.write_now(lambda conn: conn.execute(days.update().values(reserve_limits={"helper": 2})))
    return made


def book(hall: TestDay, channel: Channel, *, nth: int = 0) -> Any:
    plans = hall.db.read_now(arrivals, hall.day, hall.wish("legal"), now=hall.now, with_reserve=True).plans
    how = {"arrival_at": plans[nth].arrival_at, "key": KEY, "hold_minutes": 1, "with_reserve": True}
    return hall.write(book_at_once, hall.id, hall.wish("legal"), channel=channel, **how)


def left(hall: TestDay, channel: Channel) -> bool:
    day = hall.db.read_now(day_by_id, hall.id)
    return hall.db.read_now(reserve_left, day, channel)


def test_helpers_give_out_their_part_of_what_is_kept_and_the_reception_still_has_the_rest(hall: TestDay) -> None:
    for _ in range(2):
        assert left(hall, Channel.HELPER)
        booked, _ = book(hall, Channel.HELPER)
    assert not left(hall, Channel.HELPER)
    with pytest.raises(ArrivalTaken):
        book(hall, Channel.HELPER)
    for _ in range(3):
        book(hall, Channel.RECEPTION)
    assert left(hall, Channel.RECEPTION)

    later = hall.db.read_now(arrivals, hall.day, hall.wish("legal"), now=hall.now, with_reserve=True).plans[-1]
    hall.write(move_booking, booked.party, arrival_at=later.arrival_at, with_reserve=True)  # its own place counts once
    audit(hall)


def test_a_day_can_show_every_time_alike(hall: TestDay) -> None:
    def best() -> int:
        day = hall.db.read_now(day_by_id, hall.id)
        return len(hall.db.read_now(arrivals, day, hall.wish("legal"), now=hall.now, with_reserve=True).best)

    assert best() == 4
    hall.db.write_now(lambda conn: conn.execute(sa.update(days).values(all_times=True)))
    assert best() == 0
