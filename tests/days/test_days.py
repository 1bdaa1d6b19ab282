"""Days: made from a file, published with their capacity, over nights and clock changes, paused and closed."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import hold_arrival
from onestop.booking.queries import Booking, arrivals
from onestop.booking.tables import bookings, claims, stops
from onestop.days.actions import create_day, publish_day, set_paused
from onestop.days.capacity import write_capacity
from onestop.days.dayfile import DayFile, parse_day, read_template, templates
from onestop.days.queries.days import day_by_id
from onestop.days.tables import capacity, days, desks, openings
from onestop.db.session import Database
from onestop.domain.booking import Channel
from onestop.domain.day import DayState
from onestop.domain.errors import (
    ArrivalTaken,
    DayNotPublished,
    DayOver,
    DayStillInside,
    DeskServing,
    MoveRefused,
    PublishRefused,
)
from onestop.domain.roles import VISITOR
from onestop.reports.verify import verify
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.closing import close_day
from tests.halls import ON, STAFF, TestDay, make_test_day
from tests.visits.looking import booking_state, call_at, end, rows, told

PILOT = read_template("iom-bratislava")


def one_desk(opens: str, closes: str, **day: Any) -> DayFile:
    """A day with one desk for talks of 20 minutes."""
    more = "\n".join(f"{name} = {value}" for name, value in {"slot_minutes": 20, "reserve_percent": 0, **day}.items())
    return parse_day(f"""
schema = 1
slug = "one-desk"
timezone = "Europe/Bratislava"
working_language = "sk"
[day]
opens = {opens}:00
closes = {closes}:00
display_languages = ["en"]
release = "open"
{more}
[[institution]]
key = "mic"
name = "Centre"
[[desk]]
institution = "mic"
services = ["legal"]
minutes = 20
languages = ["en"]
""")


def minutes(hall: TestDay, kind: str, column: str = "total") -> int:
    """The sum of a column over the capacity rows of a kind."""
    found = rows(hall, capacity, sa.and_(capacity.c.day_id == hall.id, capacity.c.kind == kind))
    return sum(getattr(row, column) for row in found)


# -- made and published ------------------------------------------------------------------------------------


def test_a_day_made_from_a_file_is_a_draft_in_which_nothing_can_be_booked(database: Database) -> None:
    hall = make_test_day(database, publish=False)
    assert (hall.day.state, hall.day.slug, hall.day.on) == (DayState.DRAFT, "iom-bratislava-2026-12-03", ON)
    assert (hall.day.opens_at, hall.day.closes_at) == (
        datetime(2026, 12, 3, 8, tzinfo=UTC),
        datetime(2026, 12, 3, 14, tzinfo=UTC),
    )
    assert database.read_now(arrivals, hall.day, hall.wish("legal"), now=hall.now).plans == ()
    with pytest.raises(DayNotPublished):
        hall.walk_in(hall.wish("legal"))
    with pytest.raises(DayNotPublished):
        held(hall, hall.day.opens_at)


def test_a_second_day_on_the_same_date_gets_an_address_of_its_own(database: Database) -> None:
    make = {"on": ON, "actor": STAFF, "now": datetime(2026, 12, 1, tzinfo=UTC)}
    made = [database.write_now(create_day, PILOT, **make) for _ in range(3)]
    slugs = [database.read_now(day_by_id, each).slug for each in made]
    assert slugs == [f"iom-bratislava-2026-12-03{end}" for end in ("", "-2", "-3")]


@pytest.mark.parametrize("template", templates())
def test_every_shipped_template_can_be_published_and_booked(database: Database, template: str) -> None:
    hall = make_test_day(database, template=template)
    assert hall.day.state is DayState.PUBLISHED
    for service in hall.offer.services:
        assert hall.book(hall.wish(service.key)).number >= 100


def test_publishing_writes_the_minutes_of_desks_and_mediators_and_keeps_a_fifth_back(database: Database) -> None:
    hall = make_test_day(database)
    hours = {"service": 6 + 6 + 6 + 4 + 6 + 6, "mediator": 6 + 6 + 3.5}
    for kind, open_hours in hours.items():
        assert (minutes(hall, kind), minutes(hall, kind, "reserve")) == (open_hours * 60, open_hours * 60 / 5)
    times = [row.bucket_at for row in rows(hall, capacity, capacity.c.kind == "arrivals")]
    assert (len(times), min(times)) == (22, hall.day.opens_at)
    assert max(times) == hall.day.closes_at - timedelta(minutes=45)  # the last arrival


def test_a_day_without_desks_is_not_published_and_a_published_one_not_again(database: Database) -> None:
    hall = make_test_day(database, publish=False)
    database.write_now(lambda conn: conn.execute(desks.delete()))
    with pytest.raises(PublishRefused) as refusal:
        hall.write(publish_day, hall.id)
    assert str(refusal.value) == "This day cannot be published yet: there is no desk."
    published = make_test_day(database)
    with pytest.raises(MoveRefused):
        published.write(publish_day, published.id)


def test_a_shorter_opening_takes_nothing_away_that_is_claimed(database: Database) -> None:
    hall = make_test_day(database, file=one_desk("09:00", "11:00"))
    hall.book(hall.wish("legal"), at=hall.day.opens_at + timedelta(minutes=40))
    until = hall.day.opens_at + timedelta(minutes=20)
    database.write_now(lambda conn: conn.execute(openings.update().values(closes_at=until)))
    database.write_now(write_capacity, hall.day)
    held_now = rows(hall, capacity, capacity.c.kind == "service")
    assert sorted((row.total, row.used) for row in held_now) == [(0, 0)] * 8 + [(10, 0)] * 2 + [(10, 10)] * 2
    assert database.read_now(verify, now=hall.now) == []


# -- clocks ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "hours"),
    [(date(2026, 3, 29), 5), (date(2026, 10, 25), 7), (date(2026, 6, 1), 6)],
    ids=["an hour is skipped", "an hour comes twice", "an ordinary night"],
)
def test_a_night_in_which_the_clock_changes_has_as_many_minutes_as_it_really_has(
    database: Database, on: date, hours: int
) -> None:
    hall = make_test_day(database, file=one_desk("00:00", "06:00"), on=on)
    assert hall.day.closes_at - hall.day.opens_at == timedelta(hours=hours)
    assert minutes(hall, "service") == hours * 60
    times = sorted(row.bucket_at for row in rows(hall, capacity, capacity.c.kind == "arrivals"))
    assert {later - earlier for earlier, later in pairwise(times)} == {timedelta(minutes=20)}


def test_a_day_that_opens_in_the_skipped_hour_opens_when_the_clock_has_moved(database: Database) -> None:
    hall = make_test_day(database, file=one_desk("02:30", "06:00"), on=date(2026, 3, 29))
    assert hall.day.opens_at == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # 03:30 on the wall


def test_a_hold_in_the_night_of_the_clock_change_lasts_ten_minutes_and_not_seventy(database: Database) -> None:
    hall = make_test_day(database, file=one_desk("00:00", "06:00"), on=date(2026, 10, 25))
    hall.now = datetime(2026, 10, 25, 0, 55, tzinfo=UTC)  # 02:55, five minutes before it is 02:00 again
    hold = held(hall, datetime(2026, 10, 25, 2, tzinfo=UTC))
    assert hold.hold_until_at == datetime(2026, 10, 25, 1, 5, tzinfo=UTC)


def test_a_day_over_midnight_takes_its_visitors_on_both_dates(database: Database) -> None:
    hall = make_test_day(database, file=one_desk("20:00", "02:00"))
    assert hall.day.closes_at - hall.day.opens_at == timedelta(hours=6)
    late = hall.day.opens_at + timedelta(hours=5)  # one in the morning
    ticket = hall.book(hall.wish("legal"), at=late)
    hall.now = late - timedelta(minutes=3)
    visit = hall.arrive(ticket)
    hall.walk_in(hall.wish("legal"))
    hall.open_desks()
    hall.write(finish, call_at(hall, 1))
    hall.write(finish, call_at(hall, 1))
    assert end(hall, visit) == ("completed", "done")
    hall.now = hall.day.closes_at
    with pytest.raises(DayOver):
        hall.walk_in(hall.wish("legal"))


# -- pause and close ---------------------------------------------------------------------------------------


def test_a_pause_says_why_and_ends(database: Database) -> None:
    hall = make_test_day(database)
    hall.write(set_paused, hall.id, paused=True, why="fire alarm")
    paused = database.read_now(day_by_id, hall.id)
    hall.write(set_paused, hall.id, paused=False, why="")
    over = database.read_now(day_by_id, hall.id)
    assert [(day.paused, day.paused_why) for day in (paused, over)] == [(True, "fire alarm"), (False, "")]
    assert (told(hall, "DayPaused"), told(hall, "DayResumed")) == ([{}], [{}])


def test_a_day_does_not_close_while_somebody_is_inside_unless_it_is_said_why(database: Database) -> None:
    hall = make_test_day(database)
    hall.now = hall.day.opens_at
    visits = [hall.walk_in(hall.wish("legal", "social"))[1] for _ in range(2)]
    hall.open_desks()
    call_at(hall, 1)
    with pytest.raises(DayStillInside) as refusal:
        hall.write(close_day, hall.id)
    assert str(refusal.value) == "2 visitors are still here. Send them on first, or close the day with a reason."
    hall.write(close_day, hall.id, reason="fire alarm")
    assert {end(hall, visit) for visit in visits} == {("left", "day_closed")}
    assert told(hall, "DayClosed") == [{"inside": 2}]
    assert {row.state for row in rows(hall, desks, desks.c.day_id == hall.id)} == {"closed"}
    assert database.read_now(verify, now=hall.now) == []


def test_a_day_does_not_close_in_the_middle_of_a_talk_whatever_the_reason(database: Database) -> None:
    hall = make_test_day(database)
    hall.now = hall.day.opens_at
    hall.walk_in(hall.wish("legal"))
    hall.open_desks()
    hall.write(serve, call_at(hall, 1))
    with pytest.raises(DeskServing):
        hall.write(close_day, hall.id, reason="fire alarm")
    assert database.read_now(day_by_id, hall.id).state is DayState.PUBLISHED


def test_at_closing_who_did_not_come_has_missed_it_and_every_minute_is_free(database: Database) -> None:
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("legal"))
    hold = held(hall, hall.day.opens_at)
    hall.now = hall.day.opens_at
    hall.write(close_day, hall.id)
    assert (booking_state(hall, ticket.party), booking_state(hall, hold.party)) == ("missed", "released")
    assert {row.state for row in rows(hall, stops, stops.c.day_id == hall.id)} == {"dropped"}
    assert rows(hall, claims, sa.true(), ordered=False) == []
    assert sum(row.used + row.used_reserve for row in rows(hall, capacity, sa.true())) == 0
    with pytest.raises(DayOver):
        held(hall, hall.day.opens_at)
    with pytest.raises(MoveRefused):
        hall.write(close_day, hall.id)
    assert database.read_now(verify, now=hall.now) == []


def test_the_place_of_a_day_is_taken_once(database: Database) -> None:
    hall = make_test_day(database, file=one_desk("09:00", "09:20"))
    held(hall, hall.day.opens_at)
    with pytest.raises(ArrivalTaken):
        held(hall, hall.day.opens_at)
    assert len(rows(hall, bookings, sa.true())) == 1
    assert rows(hall, days, days.c.id == hall.id)[0].next_number == 100


def held(hall: TestDay, at: datetime) -> Booking:
    """A hold for legal advice at this time."""
    return hall.db.write_now(
        hold_arrival, hall.id, hall.wish("legal"), arrival_at=at, channel=Channel.RECEPTION,
        actor=VISITOR, now=hall.now, hold_minutes=10, day=hall.id,
    )  # fmt: skip
