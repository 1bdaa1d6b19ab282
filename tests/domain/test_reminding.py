"""Reminders: the day before at a decent hour, the morning of the day, each only where it helps."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.day import local_instant
from onestop.domain.reminding import WELL_BEFORE, reminders

ZONE = ZoneInfo("Europe/Bratislava")
WEEK = timedelta(days=7)


def local(arrival: str, *, told: timedelta | str = WEEK) -> list[tuple[str, str, str]]:
    """Kind, due and end of each reminder on the venue's clock."""
    on, at = arrival.split()
    arrival_at = local_instant(date.fromisoformat(on), time.fromisoformat(at), ZONE)
    if isinstance(told, str):
        told_on, told_at = told.split()
        moment = local_instant(date.fromisoformat(told_on), time.fromisoformat(told_at), ZONE)
    else:
        moment = arrival_at - told
    return [
        (one.kind, f"{one.due_at.astimezone(ZONE):%m-%d %H:%M}", f"{one.until_at.astimezone(ZONE):%m-%d %H:%M}")
        for one in reminders(arrival_at, ZONE, told_at=moment)
    ]


@pytest.mark.parametrize(
    ("arrival", "expected"),
    [
        ("2026-12-03 10:20", [("reminder", "12-02 10:20", "12-03 07:30"), ("morning", "12-03 07:30", "12-03 10:20")]),
        # Two hours before, where that is earlier than half past seven.
        ("2026-12-03 08:30", [("reminder", "12-02 08:30", "12-03 06:30"), ("morning", "12-03 06:30", "12-03 08:30")]),
        # Never in the evening or the night.
        ("2026-12-03 07:10", [("reminder", "12-02 08:00", "12-03 05:10"), ("morning", "12-03 05:10", "12-03 07:10")]),
        ("2026-12-03 20:00", [("reminder", "12-02 19:30", "12-03 07:30"), ("morning", "12-03 07:30", "12-03 20:00")]),
        ("2026-12-03 06:50", [("reminder", "12-02 08:00", "12-03 06:50")]),
        ("2026-12-03 00:30", [("reminder", "12-02 08:00", "12-03 00:30")]),
        # The nights that skip and repeat an hour.
        ("2027-03-28 10:00", [("reminder", "03-27 09:00", "03-28 07:30"), ("morning", "03-28 07:30", "03-28 10:00")]),
        ("2027-03-28 08:30", [("reminder", "03-27 08:00", "03-28 06:30"), ("morning", "03-28 06:30", "03-28 08:30")]),
        ("2026-10-25 10:00", [("reminder", "10-24 11:00", "10-25 07:30"), ("morning", "10-25 07:30", "10-25 10:00")]),
    ],
)
def test_both_reminders_come_at_a_decent_local_hour(arrival: str, expected: list[tuple[str, str, str]]) -> None:
    assert local(arrival) == expected


@pytest.mark.parametrize(
    ("told", "kinds"),
    [
        ("2026-12-02 02:20", ["reminder", "morning"]),
        ("2026-12-02 02:21", ["morning"]),
        ("2026-12-02 23:30", ["morning"]),
        ("2026-12-02 23:31", []),
        ("2026-12-03 00:01", []),
        ("2026-12-03 09:00", []),
    ],
)
def test_who_has_just_booked_is_not_reminded(told: str, kinds: list[str]) -> None:
    assert [kind for kind, *_ in local("2026-12-03 10:20", told=told)] == kinds


def test_an_appointment_made_on_the_same_day_has_no_reminder_however_early() -> None:
    assert local("2026-12-03 20:00", told="2026-12-03 00:00") == []


@given(
    arrival=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(ZoneInfo("UTC"))),
    told=st.timedeltas(timedelta(minutes=1), WEEK),
    zone=st.sampled_from(["Europe/Bratislava", "Europe/Athens", "Asia/Kathmandu", "America/New_York"]),
)
def test_reminders_follow_each_other_and_never_come_in_the_night(arrival: datetime, told: timedelta, zone: str) -> None:
    there = ZoneInfo(zone)
    found = reminders(arrival, there, told_at=arrival - told)

    assert [one.kind for one in found] in ([], ["reminder"], ["morning"], ["reminder", "morning"])
    moments = [moment for one in found for moment in (one.due_at, one.until_at)]
    assert moments == sorted(moments)
    assert all(moment <= arrival for moment in moments)
    assert all(one.due_at - (arrival - told) >= WELL_BEFORE for one in found)
    hours = {one.kind: one.due_at.astimezone(there).time() for one in found}
    assert time(8) <= hours.get("reminder", time(8)) < time(20)
    assert time(5) <= hours.get("morning", time(5)) <= time(7, 30)
