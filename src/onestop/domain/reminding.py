"""When a visitor is reminded: the day before at a decent hour, and on the morning itself."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from onestop.domain.day import local_instant

REMINDERS = ("reminder", "morning")
"""The kinds of message that remind."""
DAY_BEFORE = timedelta(hours=24)
QUIET_UNTIL, QUIET_FROM, LAST_CALL = time(8), time(20), time(19, 30)
"""Between `QUIET_FROM` and `QUIET_UNTIL` of the venue nobody is reminded of tomorrow; what falls into the evening
comes at `LAST_CALL`."""
MORNING = time(7, 30)
HEAD_START = timedelta(hours=2)
TOO_EARLY = time(5)
"""A reminder before this hour would wake her, so there is none on that morning."""
WELL_BEFORE = timedelta(hours=8)
"""Who has booked just now knows it still."""
FIRST_DESK = timedelta(minutes=15)
"""The promise: who comes at her time is at her first desk within this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A kind of message, when it goes out, and from when on it helps nobody any more."""

    kind: str
    due_at: datetime
    until_at: datetime


def reminders(arrival_at: datetime, zone: ZoneInfo, *, told_at: datetime) -> tuple[Reminder, ...]:
    """The reminders of an appointment that was told at `told_at`, soonest first.

    The one of the day before is over when that of the morning is due: a mail server that comes back late sends one.
    """
    found: list[Reminder] = []
    morning = _morning(arrival_at, zone, told_at)
    before = _day_before(arrival_at, zone)
    if before - told_at >= WELL_BEFORE:
        found.append(Reminder(kind="reminder", due_at=before, until_at=morning or arrival_at))
    if morning is not None:
        found.append(Reminder(kind="morning", due_at=morning, until_at=arrival_at))
    return tuple(found)


def _day_before(arrival_at: datetime, zone: ZoneInfo) -> datetime:
    at = (arrival_at - DAY_BEFORE).astimezone(zone)
    if at.time() < QUIET_UNTIL:
        return local_instant(at.date(), QUIET_UNTIL, zone)
    if at.time() >= QUIET_FROM:
        return local_instant(at.date(), LAST_CALL, zone)
    return arrival_at - DAY_BEFORE


def _morning(arrival_at: datetime, zone: ZoneInfo, told_at: datetime) -> datetime | None:
    on = arrival_at.astimezone(zone).date()
    due = min(local_instant(on, MORNING, zone), arrival_at - HEAD_START)
    local = due.astimezone(zone)
    same_day = told_at.astimezone(zone).date() >= on
    if same_day or local.date() != on or local.time() < TOO_EARLY or due - told_at < WELL_BEFORE:
        return None
    return due


def stop_code(key: bytes, *, party: UUID, address: str) -> str:
    """What opens the page that ends the reminders of a party to one address, and nothing else.

    Made again for every mail and for every try, it is stored nowhere and dies with the address.
    """
    digest = hmac.new(key, f"no reminders|{party}|{address}".encode(), hashlib.sha256).digest()
    return f"{party.hex}{base64.b32encode(digest[:17]).decode('ascii')[:26].lower()}"


def party_in(code: str) -> UUID | None:
    """The party a code is about, `None` for what cannot be one; whether it is right is for `stop_code` to say."""
    try:
        return UUID(hex=code[:32]) if len(code) == 58 else None
    except ValueError:
        return None
