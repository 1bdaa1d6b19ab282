"""Days for races and histories: a single place, eight equal desks, a small hall; all lie round the present moment."""

import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

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


_SMALL = """
schema = 1
slug = "small-hall"
timezone = "{zone}"
working_language = "sk"
[day]
opens = {opens:%H:%M}:00
closes = {closes:%H:%M}:00
slot_minutes = 60
reserve_percent = 0
parties = {parties}
release = "open"
display_languages = ["en"]
[[institution]]
key = "mic"
name = "Centre"
"""
_DESK = """
[[desk]]
number = {number}
institution = "mic"
services = {services}
minutes = 20
languages = ["en"]
"""
SERVICES: dict[int, tuple[str, ...]] = {1: ("legal",), 2: ("legal", "social"), 3: ("social",)}
"""What the desks of the small hall do."""


def small_hall(
    now: datetime, *, parties: int, services: dict[int, tuple[str, ...]] = SERVICES, hours: int = 3
) -> tuple[DayFile, date]:
    """A day that opened an hour ago, with arrivals for some hours more, `parties` each; and its date.

    Its clock shows about eleven, whatever the hour is here: the day never meets midnight.
    """
    ahead = (23 - now.hour) % 24 - 12
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
    local = _ten_minutes(now.astimezone(ZoneInfo(zone)))
    text = _SMALL.format(
        zone=zone, opens=local - timedelta(hours=1), closes=local + timedelta(hours=hours), parties=parties
    )
    for number, done in services.items():
        text += _DESK.format(number=number, services=json.dumps(done))
    return parse_day(text), local.date()


def _ten_minutes(now: datetime) -> datetime:
    return now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0)


def surge(now: datetime, *, parties: int) -> tuple[DayFile, datetime]:
    """A day of twelve hours with desks for so many parties, ten minutes each, and its opening."""
    opens, desks = _ten_minutes(now), parties // 60 + 2
    text = _DAY.format(
        slug="surge", opens=opens, closes=opens + timedelta(hours=12), slot=20, parties=parties, desks=desks
    )
    return parse_day(text.replace("minutes = 20", "minutes = 10")), opens
