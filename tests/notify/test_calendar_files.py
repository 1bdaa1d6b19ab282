"""The calendar files of a booking, read by three libraries that share no parser; later files change the first entry."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import ics
import pytest
import sqlalchemy as sa
import vobject
from icalendar import Calendar

from onestop.booking.actions.bookings import cancel_booking, move_booking, wish_of_party
from onestop.booking.queries import arrivals, booking_of_party
from onestop.days.queries.days import day_by_id
from onestop.notify.kinds import KINDS
from onestop.notify.messages import compose
from onestop.notify.queries import message_by_id
from onestop.notify.tables import outbox
from onestop.visits.actions.setup import cancel_day, cancel_next_bookings
from tests.halls import KEY
from tests.notify.post import Mailing, opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event as a calendar program understands it."""

    method: str
    uid: str
    sequence: int
    status: str
    begins: datetime
    ends: datetime
    summary: str
    place: str


def by_icalendar(text: str) -> Entry:
    calendar = Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    return Entry(
        method=str(calendar["METHOD"]),
        uid=str(event["UID"]),
        sequence=int(event["SEQUENCE"]),
        status=str(event["STATUS"]),
        begins=event.decoded("dtstart").astimezone(UTC),
        ends=event.decoded("dtend").astimezone(UTC),
        summary=str(event["SUMMARY"]),
        place=str(event["LOCATION"]),
    )


def by_ics(text: str) -> Entry:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, about its next version
        calendar = ics.Calendar(text)
    (event,) = calendar.events
    # It keeps what it gives no name of its own as lines.
    extra = {line.name: line.value for line in event.extra}
    return Entry(
        method=str(calendar.method),
        uid=str(event.uid),
        sequence=int(extra["SEQUENCE"]),
        status=str(event.status),
        begins=event.begin.datetime.astimezone(UTC),
        ends=event.end.datetime.astimezone(UTC),
        summary=str(event.name),
        place=str(event.location),
    )


def by_vobject(text: str) -> Entry:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # from the time zones it builds
        calendar: Any = vobject.readOne(text)
    (event,) = calendar.vevent_list
    return Entry(
        method=calendar.method.value,
        uid=event.uid.value,
        sequence=int(event.sequence.value),
        status=event.status.value,
        begins=event.dtstart.value.astimezone(UTC),
        ends=event.dtend.value.astimezone(UTC),
        summary=event.summary.value,
        place=event.location.value,
    )


READERS = (by_icalendar, by_ics, by_vobject)


def files(mailing: Mailing) -> list[tuple[str, str]]:
    """Kind and calendar file of every message that carries one, in the order they were written."""
    rows = mailing.hall.db.read_now(
        lambda conn: conn.execute(sa.select(outbox.c.id).order_by(outbox.c.id)).scalars().all()
    )
    found: list[tuple[str, str]] = []
    for row in rows:
        message = mailing.hall.db.read_now(message_by_id, row)
        mail = opened(compose(message, key=KEY, settings=mailing.settings))
        found += [
            (message.kind, part.get_content()) for part in mail.walk() if part.get_content_type() == "text/calendar"
        ]
    return found


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__.removeprefix("by_"))
@pytest.mark.parametrize("language", ["en", "ar"])
def test_confirmation_change_and_cancellation_are_one_entry_in_every_program(
    mailing: Mailing, read: Callable[[str], Entry], language: str
) -> None:
    hall = mailing.hall
    ticket = mailing.book("ana@example.org", language=language)
    first = hall.db.read_now(booking_of_party, ticket.party)
    assert first is not None
    wish = hall.db.read_now(wish_of_party, first)
    later = hall.db.read_now(arrivals, hall.day, wish, now=hall.now, moving=first.id).plans[2].arrival_at
    hall.write(move_booking, ticket.party, arrival_at=later)
    moved = hall.db.read_now(booking_of_party, ticket.party)
    assert moved is not None
    hall.write(cancel_booking, ticket.party)

    told = [(kind, read(text)) for kind, text in files(mailing)]

    assert [(kind, one.method, one.sequence, one.status, one.begins, one.ends) for kind, one in told] == [
        ("confirmation", "PUBLISH", 0, "CONFIRMED", first.arrival_at, first.ends_at),
        ("changed", "PUBLISH", 1, "CONFIRMED", later, moved.ends_at),
        ("cancelled", "CANCEL", 2, "CANCELLED", later, moved.ends_at),
    ]
    assert later != first.arrival_at
    summary = {"en": "Appointment", "ar": "موعد"}[language]
    assert {(one.summary, one.place) for _, one in told} == {(summary, hall.day.address)}
    # A calendar keeps one entry for each UID and takes what has the higher SEQUENCE: what is left is the cancellation.
    kept: dict[str, Entry] = {}
    for _, one in told:
        if one.uid not in kept or kept[one.uid].sequence < one.sequence:
            kept[one.uid] = one
    assert [one.status for one in kept.values()] == ["CANCELLED"]


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__.removeprefix("by_"))
def test_a_cancelled_day_takes_its_entries_out_of_every_calendar(
    mailing: Mailing, read: Callable[[str], Entry]
) -> None:
    hall = mailing.hall
    for name in ("ana", "eva"):
        mailing.book(f"{name}@example.org")
    version = hall.db.read_now(day_by_id, hall.id).version
    hall.write(cancel_day, hall.id, bookings_too=True, version=version)
    assert hall.write(cancel_next_bookings, hall.id) == 2

    told = [(kind, read(text)) for kind, text in files(mailing)]

    assert [(kind, one.method, one.sequence, one.status) for kind, one in told] == [
        *[("confirmation", "PUBLISH", 0, "CONFIRMED")] * 2,
        *[("day_cancelled", "CANCEL", 1, "CANCELLED")] * 2,
    ]
    before, after = ({one.uid for kind, one in told if kind == wanted} for wanted in ("confirmation", "day_cancelled"))
    assert (len(before), before) == (2, after)


def test_reminders_carry_no_file_and_every_file_has_a_method_programs_know() -> None:
    """A reminder with a file would be asked about again by every calendar."""
    assert {words.calendar for words in KINDS.values()} <= {"", "PUBLISH", "CANCEL"}
    assert [kind for kind in ("reminder", "morning", "limit") if KINDS[kind].calendar] == []
