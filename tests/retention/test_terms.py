"""How long things are kept: local days of the venue, also across a change of summer time (R11)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from onestop.domain.retention import (
    TicketScope,
    blurred,
    common_languages,
    day_ends_at,
    persons_until,
    phone_keeps,
    ticket_scope,
    without_rare,
)

ZONE = ZoneInfo("Europe/Bratislava")


@pytest.mark.parametrize(
    ("on", "ends", "until"),
    [
        (date(2026, 12, 3), "2026-12-03T23:00:00+00:00", "2026-12-10T23:00:00+00:00"),
        (date(2027, 3, 27), "2027-03-27T23:00:00+00:00", "2027-04-03T22:00:00+00:00"),  # the clock goes forward
        (date(2026, 10, 24), "2026-10-24T22:00:00+00:00", "2026-10-31T23:00:00+00:00"),  # and back
    ],
)
def test_terms_end_at_local_midnight(on: date, ends: str, until: str) -> None:
    closes = datetime(on.year, on.month, on.day, 14, tzinfo=UTC)

    assert (day_ends_at(on, closes, ZONE), persons_until(on, closes, ZONE, days=7)) == (
        datetime.fromisoformat(ends),
        datetime.fromisoformat(until),
    )


def test_a_day_that_goes_past_midnight_ends_when_it_closes() -> None:
    closes = datetime(2026, 12, 4, 2, tzinfo=UTC)

    assert day_ends_at(date(2026, 12, 3), closes, ZONE) == closes
    assert persons_until(date(2026, 12, 3), closes, ZONE, days=0) == closes


def test_a_ticket_is_whole_until_a_day_after_its_day() -> None:
    on, closes = date(2026, 12, 3), datetime(2026, 12, 3, 14, tzinfo=UTC)
    over = datetime(2026, 12, 4, 23, tzinfo=UTC)

    assert [ticket_scope(on, closes, ZONE, now=over + timedelta(seconds=s)) for s in (-1, 0)] == [
        TicketScope.WHOLE,
        TicketScope.NEXT_STEPS,
    ]


def test_a_phone_keeps_a_ticket_from_the_morning_of_the_day_to_its_end() -> None:
    on, closes = date(2026, 12, 3), datetime(2026, 12, 3, 14, tzinfo=UTC)
    morning, midnight = datetime(2026, 12, 2, 23, tzinfo=UTC), datetime(2026, 12, 3, 23, tzinfo=UTC)
    moments = (morning - timedelta(seconds=1), morning, closes, midnight, midnight + timedelta(hours=1))

    kept = [phone_keeps(on, closes, ZONE, now=now) for now in moments]
    assert kept == [timedelta(), timedelta(hours=24), timedelta(hours=9), timedelta(), timedelta()]


def test_times_lose_their_last_minutes_downwards() -> None:
    assert blurred(datetime(2026, 12, 3, 9, 59, 59, 999999, tzinfo=UTC)) == datetime(2026, 12, 3, 9, 55, tzinfo=UTC)
    assert blurred(datetime(2026, 12, 3, 9, 55, tzinfo=UTC)) == datetime(2026, 12, 3, 9, 55, tzinfo=UTC)


def test_languages_of_fewer_than_five_visits_become_one_other() -> None:
    common = common_languages({"uk": 5, "ru": 12, "ti": 4, "am": 1})

    assert common == {"uk", "ru"}
    assert [without_rare(spoken, common) for spoken in (["uk", "ru"], ["ti", "am"], ["ti", "uk"], [])] == [
        ["uk", "ru"],
        ["other"],
        ["other", "uk"],
        [],
    ]
