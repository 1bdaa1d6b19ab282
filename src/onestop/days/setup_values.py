"""What the forms of a day's set-up say, and which values cannot be used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow
from onestop.days.queries.offer import service_keys
from onestop.days.tables import desks
from onestop.directory.tables import services
from onestop.domain.attendance import Attendance, hours_left
from onestop.domain.day import DayState, Release, local_instant, opening_within
from onestop.domain.errors import N_, InvalidInput
from onestop.domain.plan import BUCKET
from onestop.domain.slots import group_key

INSTITUTION_FIXED = N_("On a published day a desk keeps its institution. Add another desk instead.")
INSTITUTION_CLOSED = N_("This institution is no longer offered. Please choose another one.")
VENUE_FIXED = N_("On a published day the venue stays. Close the day or make another one.")
VENUE_CLOSED = N_("This venue is no longer offered. Please choose another one.")
VENUE_ZONE = N_("This venue is in another time zone. Please make a new day for it.")
NOT_OFFERED = N_("No desk of this day offers this service.")
PAIR_THERE = N_("This order is already in the list.")
PAIR_CIRCLE = N_("This order would go round in a circle: nobody could begin.")
NAME_WRONG = N_("Please write a name with 1 to %(most)s letters.")
NUMBER_WRONG = N_("Please write a whole number from %(least)s to %(most)s.")
SLOT_WRONG = N_("Please write minutes from 10 to 240, in steps of 5.")
HOURS_WRONG = N_("The end must be after the beginning.")
HOURS_GRID = N_("On a published day the opening can only move in steps of 10 minutes.")
HOURS_OUTSIDE = N_("These hours lie outside the hours of the day.")
HOURS_OVERLAP = N_("Two of these times overlap.")
HOURS_MISSING = N_("Please give at least one time from and to.")
LANGUAGES_MISSING = N_("Please choose at least one language.")
SERVICES_MISSING = N_("Please choose at least one service.")
SERVICES_FOREIGN = N_("A desk can only offer services of its own institution.")
NUMBER_TAKEN = N_("Another desk has this number.")
TIME_MISSING = N_("Please write the time.")
NO_HOURS_LEFT = N_("It would have no hours left. Please choose that it does not come.")
HOURS_SO_ALREADY = N_("Its desks have these hours already. Nothing was changed.")
HERE_ALREADY = N_("It was here today already. Please choose that it leaves.")
TOO_MUCH = N_("These are too many services and languages for one desk.")

LONGEST_GROUP = 400
MOST_ARRIVALS = 500
Hours = tuple[time, time]


class SetupWrong(InvalidInput):
    """A value of a set-up form cannot be used; the sentence says which and why."""

    code = "setup_wrong"

    def __init__(self, field: str, sentence: str, **params: str | int) -> None:
        self.sentence = sentence  # pyright: ignore[reportAttributeAccessIssue]
        super().__init__(field=field, **params)


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySettings:
    """What the form of the day says; hours are local."""

    name: str
    opens: time
    closes: time
    slot_minutes: int
    arrivals_per_slot: int
    reserve_percent: int
    bookings_per_contact: int
    working_language: str
    languages: tuple[str, ...]
    release: Release
    scarce: bool = False
    all_times: bool = False
    quiet: Hours | None = None
    """When boards make no sound."""
    reserve_limits: Mapping[str, int] = field(default_factory=dict[str, int])
    """By channel, how many bookings may use the reserve."""
    venue: UUID | None = None
    """Where it takes place; as before if nothing is said."""
    series: UUID | None = None
    """Whose name, logos and contact its visitors see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSettings:
    """What the form of a desk says; several hours mean breaks between them."""

    number: int
    institution: UUID
    services: Mapping[UUID, int]
    languages: tuple[str, ...]
    hours: tuple[Hours, ...]
    away: bool = False
    """Its institution does not come: it may be without hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorSettings:
    """What the form of a mediator says."""

    label: str
    languages: tuple[str, ...]
    hours: Hours


def check_range(field: str, value: int, least: int, most: int) -> None:
    """Raise `SetupWrong` for a number outside the range."""
    if not least <= value <= most:
        raise SetupWrong(field, NUMBER_WRONG, least=least, most=most)


def check_name(field: str, value: str, most: int) -> None:
    """Raise `SetupWrong` for an empty or too long name."""
    if not 1 <= len(value) <= most:
        raise SetupWrong(field, NAME_WRONG, most=most)


def check_day(day: Day, settings: DaySettings, opens_at: datetime, closes_at: datetime) -> None:
    check_name("name", settings.name, 200)
    if closes_at <= opens_at:
        raise SetupWrong("closes", HOURS_WRONG)
    if day.state is DayState.PUBLISHED and (opens_at - day.opens_at) % BUCKET:
        raise SetupWrong("opens", HOURS_GRID)
    if not 10 <= settings.slot_minutes <= 240 or settings.slot_minutes % 5:
        raise SetupWrong("slot_minutes", SLOT_WRONG)
    check_range("arrivals_per_slot", settings.arrivals_per_slot, 1, MOST_ARRIVALS)
    check_range("reserve_percent", settings.reserve_percent, 0, 100)
    check_range("bookings_per_contact", settings.bookings_per_contact, 1, 10)
    for channel, most in settings.reserve_limits.items():
        check_range(f"reserve_{channel}", most, 0, MOST_ARRIVALS)
    if not settings.languages:
        raise SetupWrong("languages", LANGUAGES_MISSING)


def check_desk(
    conn: sa.Connection, day: Day, settings: DeskSettings, *, desk: UUID | None
) -> list[tuple[datetime, datetime]]:
    check_range("number", settings.number, 1, 999)
    others = conn.execute(sa.select(desks.c.number).where(desks.c.day_id == day.id, desks.c.id != desk)).scalars()
    if settings.number in set(others):
        raise SetupWrong("number", NUMBER_TAKEN)
    if not settings.services:
        raise SetupWrong("services", SERVICES_MISSING)
    own = set(conn.execute(sa.select(services.c.id).where(services.c.institution_id == settings.institution)).scalars())
    if not settings.services.keys() <= own:
        raise SetupWrong("services", SERVICES_FOREIGN)
    for minutes in settings.services.values():
        check_range("services", minutes, 1, 480)
    if not settings.languages:
        raise SetupWrong("languages", LANGUAGES_MISSING)
    keys = service_keys(conn)
    if len(group_key((keys[service] for service in settings.services), settings.languages)) > LONGEST_GROUP:
        raise SetupWrong("services", TOO_MUCH)
    if not settings.hours and not settings.away:
        raise SetupWrong("hours", HOURS_MISSING)
    hours = sorted(_instants(day, each, "hours") for each in settings.hours)
    if any(later[0] < earlier[1] for earlier, later in pairwise(hours)):
        raise SetupWrong("hours", HOURS_OVERLAP)
    return hours


def check_attendance(day: Day, desks: Sequence[DeskRow], how: Attendance, at: time | None) -> datetime:
    """The moment from or until which the desks of an institution are there. Raises `SetupWrong`."""
    if how is Attendance.AWAY:
        if any(desk.opened_at is not None for desk in desks):
            raise SetupWrong("how", HERE_ALREADY)
        moment = day.opens_at
    elif at is None:
        raise SetupWrong("at", TIME_MISSING)
    else:
        moment = local_instant(day.on, at, day.zone)
        if moment < day.opens_at:
            # A day that goes on after midnight.
            moment = local_instant(day.on + timedelta(days=1), at, day.zone)
        if moment > day.closes_at:
            raise SetupWrong("at", HOURS_OUTSIDE)
    left = [hours_left(desk.openings, how, moment) for desk in desks]
    if left == [desk.openings for desk in desks]:
        raise SetupWrong("how" if how is Attendance.AWAY else "at", HOURS_SO_ALREADY)
    if how is not Attendance.AWAY and not any(left):
        raise SetupWrong("at", NO_HOURS_LEFT)
    return moment


def check_mediator(day: Day, settings: MediatorSettings) -> tuple[datetime, datetime]:
    check_name("label", settings.label, 80)
    if not settings.languages:
        raise SetupWrong("languages", LANGUAGES_MISSING)
    return _instants(day, settings.hours, "hours")


def _instants(day: Day, hours: Hours, field: str) -> tuple[datetime, datetime]:
    start, end = opening_within(day.on, *hours, day.zone, day_opens_at=day.opens_at)
    if end <= start or end - start > timedelta(hours=24):
        raise SetupWrong(field, HOURS_WRONG)
    if start < day.opens_at or end > day.closes_at:
        raise SetupWrong(field, HOURS_OUTSIDE)
    return start, end
