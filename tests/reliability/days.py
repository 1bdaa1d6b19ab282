"""Days for races: one with a single place, one with eight equal desks; both lie round the present moment."""

from datetime import datetime, timedelta

from onestop.days.dayfile import DayFile, parse_day

_DAY = """
schema = 1
slug = "{slug}"
timezone = "UTC"
working_language = "sk"
[day]
opens = {opens:%H:%M}:00
closes = {closes:%H:%M}:00
slot_minutes = {slot}
reserve_percent = 0
parties = {parties}
release = "open"
display_languages = ["en"]
[[institution]]
key = "mic"
name = "Centre"
[[desk]]
number = 1
count = {desks}
institution = "mic"
services = ["legal"]
minutes = 20
languages = ["en"]
"""


def one_place(now: datetime) -> tuple[DayFile, datetime]:
    """A day of 20 minutes with one desk for a talk of 20 minutes, and its opening: one party, whoever else comes."""
    opens = _ten_minutes(now) + timedelta(hours=1)
    text = _DAY.format(
        slug="one-place", opens=opens, closes=opens + timedelta(minutes=20), slot=20, parties=100, desks=1
    )
    return parse_day(text), opens


def eight_desks(now: datetime) -> tuple[DayFile, datetime]:
    """A day that opened an hour ago with eight desks that do the same, and its opening."""
    opens = _ten_minutes(now) - timedelta(hours=1)
    text = _DAY.format(
        slug="eight-desks", opens=opens, closes=opens + timedelta(hours=12), slot=60, parties=20, desks=8
    )
    return parse_day(text), opens


def _ten_minutes(now: datetime) -> datetime:
    return now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0)
