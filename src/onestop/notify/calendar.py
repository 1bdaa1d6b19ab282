"""Calendar files: one appointment, told neutrally, that every later file of the same ticket changes or cancels."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress

from onestop.domain.errors import N_
from onestop.locale.locales import Locale

SUMMARY = N_("Appointment")
NUMBER = N_("Your number: %(number)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """What a calendar is told. No institution, no service, no link: calendars are shared and copied to other firms."""

    party: UUID
    number: int
    arrival_at: datetime
    ends_at: datetime
    zone: str
    place: str
    sequence: int
    written_at: datetime
    organizer: str = ""
    """The address mails come from; some mail programs take a cancellation only with one."""


def calendar_file(appointment: Appointment, locale: Locale, *, cancelled: bool = False) -> bytes:
    """The `.ics` file (RFC 5545): METHOD PUBLISH, or CANCEL for one that will not take place.

    Times carry the venue's zone with its rules, so that they stay right across a change of summer time. The same input
    gives the same bytes.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//onestop//onestop//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    calendar.add_component(_event(appointment, locale, cancelled=cancelled))
    year = appointment.arrival_at.year
    calendar.add_missing_timezones(first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1))
    return calendar.to_ical()


def calendar_uid(party: UUID) -> str:
    """What makes later files meet the first one; it opens nothing and stands nowhere else."""
    return str(uuid5(party, "appointment"))


def _event(appointment: Appointment, locale: Locale, *, cancelled: bool) -> Event:
    zone = ZoneInfo(appointment.zone)
    event = Event()
    event.add("uid", calendar_uid(appointment.party))
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.written_at.astimezone(UTC))
    # Of an hour that a night has twice a time of a zone means the first: the second can only be told in UTC.
    second = any(at.astimezone(zone).fold for at in (appointment.arrival_at, appointment.ends_at))
    told = UTC if second else zone
    event.add("dtstart", appointment.arrival_at.astimezone(told))
    event.add("dtend", appointment.ends_at.astimezone(told))
    event.add("summary", locale.gettext(SUMMARY))
    event.add("description", locale.say(NUMBER, {"number": appointment.number}))
    event.add("location", appointment.place)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if cancelled else "OPAQUE")
    if appointment.organizer:
        event.add("organizer", vCalAddress(f"mailto:{appointment.organizer}"))
    return event
