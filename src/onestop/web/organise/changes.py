"""A change of a set-up in plain words: which thing, which of its values, before and after."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from onestop.days.queries.days import Day
from onestop.days.queries.history import changes_of_day
from onestop.days.queries.picture import Picture, Values
from onestop.db.session import Database
from onestop.directory.organising import InstitutionEntry, directory
from onestop.directory.series import Series, all_series
from onestop.directory.venues import Venue, all_venues
from onestop.domain.booking import Channel
from onestop.domain.crew import Work
from onestop.domain.errors import N_
from onestop.locale.languages import KNOWN
from onestop.web.kit.crew_words import WORKS
from onestop.web.kit.forms import Form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.words import left_to_right, service_title

RELEASES = {"invited": N_("By invitation"), "open": N_("Open"), "draw": N_("By draw")}
FIELDS = {
    "name": N_("Name of the day"),
    "on": N_("Date"),
    "venue": N_("Venue"),
    "series": N_("Series"),
    "number": N_("Number"),
    "work": N_("Work"),
    "institution": N_("Institution"),
    "desk": N_("Desk"),
    "hours": N_("Hours"),
    "services": N_("Services"),
    "languages": N_("Languages"),
    "slot_minutes": N_("Minutes between arrivals"),
    "arrivals_per_slot": N_("Parties at each arrival time"),
    "reserve_percent": N_("Kept back for people without a booking, in percent"),
    "reserve_limits": N_("Kept back: at most for one door"),
    "bookings_per_contact": N_("Bookings with one address"),
    "working_language": N_("Working language of the desks"),
    "release": N_("Who can book?"),
    "scarce": N_("There are few places"),
    "all_times": N_("Show every free time alike"),
    "quiet": N_("Boards without sound"),
    "first": N_("This comes first"),
    "then": N_("before this"),
    "because": N_("Why?"),
    "at_desk": N_("Desk"),
    "service": N_("Service"),
    "starts": N_("Begins"),
    "minutes": N_("Minutes"),
    "language": N_("Language"),
    "seats": N_("Seats"),
}
DESK = N_("Desk %(number)s")
TITLES = {
    "day": N_("Day and hours"),
    "mediator": N_("A mediator"),
    "order": N_("What comes first"),
    "person": N_("A person of the day"),
    "session": N_("A session"),
}
EVERYBODY_FOLLOWS = N_("Everybody can follow")
EVERY_OTHER = N_("every other service")
SERVICE = N_("%(service)s (%(minutes)s min)")
LIMITS: dict[str, str] = {
    Channel.RECEPTION: N_("reception %(number)s"),
    Channel.HELPER: N_("helpers %(number)s"),
}
YES, NO = N_("Yes"), N_("No")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value; empty where it was not there."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What was changed, added or taken away, with the values that differ."""

    title: str
    added: bool
    removed: bool
    lines: tuple[Line, ...]


class ChangeWords:
    """Says changes in the reader's language; made by `change_words`."""

    def __init__(
        self,
        locale: Locale,
        entries: Sequence[InstitutionEntry],
        every_series: Sequence[Series],
        every_venue: Sequence[Venue],
    ) -> None:
        self._locale = locale
        self._venues = {str(each.id): each.name for each in every_venue}
        self._series = {str(each.id): each.name for each in every_series}
        self._institutions = {str(each.id): each.name for each in entries}
        self._services = {str(one.id): service_title(locale, one.key) for each in entries for one in each.services}
        self._kinds: dict[str, Callable[[Any], str]] = {
            "hours": self._hours,
            "languages": self._languages,
            "services": self._service_minutes,
            "work": lambda value: locale.gettext(WORKS[Work(value)]),
            "desk": lambda value: str(value or ""),
            "institution": lambda value: self._institutions.get(value, ""),
            "working_language": lambda value: self._language(value),
            "release": lambda value: locale.gettext(RELEASES[value]),
            "quiet": lambda value: self._hours([value]) if value else "",
            "service": lambda value: self._services.get(value, ""),
            "starts": left_to_right,
            "language": lambda value: self._language(value) if value else locale.gettext(EVERYBODY_FOLLOWS),
            "first": lambda value: self._services.get(value, ""),
            "then": lambda value: self._services.get(value, "") if value else locale.gettext(EVERY_OTHER),
            "reserve_limits": self._limits,
            "on": lambda value: locale.date(date.fromisoformat(value)),
            "venue": lambda value: self._venues.get(value, ""),
            "series": lambda value: self._series.get(value, ""),
        }

    def things(self, before: Picture, after: Picture) -> tuple[Thing, ...]:
        """The things of a change."""
        return tuple(self._thing(key, before.get(key), after.get(key)) for key in sorted({*before, *after}))

    def _thing(self, key: str, before: Values | None, after: Values | None) -> Thing:
        """One thing with the values that differ; of one that is new or gone all that it has."""
        old, new = before or {}, after or {}
        shown = [name for name in FIELDS if (name in old or name in new) and old.get(name) != new.get(name)]
        return Thing(
            title=self._title(key.partition(":")[0], new or old),
            added=before is None,
            removed=after is None,
            lines=tuple(
                Line(
                    label=self._locale.gettext(FIELDS[name]),
                    before=self._value(name, old[name]) if name in old else "",
                    after=self._value(name, new[name]) if name in new else "",
                )
                for name in shown
            ),
        )

    def _title(self, kind: str, values: Values) -> str:
        if kind == "desk":
            return self._locale.say(DESK, {"number": values["number"]})
        return self._locale.gettext(TITLES[kind])

    def _value(self, name: str, value: Any) -> str:
        if name in self._kinds:
            return self._kinds[name](value)
        if isinstance(value, bool):
            return self._locale.gettext(YES if value else NO)
        return str(value)

    def _hours(self, value: Iterable[Iterable[str]]) -> str:
        return ", ".join(left_to_right("–".join(each)) for each in value)

    def _limits(self, value: dict[str, int]) -> str:
        return ", ".join(self._locale.say(LIMITS[each], {"number": most}) for each, most in sorted(value.items()))

    def _language(self, tag: str) -> str:
        return self._locale.language_name(tag) if tag in KNOWN else tag

    def _languages(self, value: Iterable[str]) -> str:
        return self._locale.list_and([self._language(tag) for tag in value])

    def _service_minutes(self, value: dict[str, int]) -> str:
        return ", ".join(
            self._locale.say(SERVICE, {"service": self._services.get(each, ""), "minutes": minutes})
            for each, minutes in value.items()
        )


async def change_words(db: Database, locale: Locale) -> ChangeWords:
    """What changes are said with: names of institutions, services, series and venues."""
    every = (await db.read(directory), await db.read(all_series), await db.read(all_venues))
    return ChangeWords(locale, *every)


async def meanwhile(request: WebRequest, db: Database, day: Day, version: int | None) -> tuple[Thing, ...]:
    """What others changed since the version a form was made from, each thing from its value then to that of now."""
    changes = await db.read(changes_of_day, day.id, since=version or 0)
    before: Picture = {}
    after: Picture = {}
    for change in reversed(changes):  # oldest first
        for key in {*change.before, *change.after}:
            if key not in before and key not in after and key in change.before:
                before[key] = change.before[key]
            after.pop(key, None)
            if key in change.after:
                after[key] = change.after[key]
    return (await change_words(db, locale_of(request))).things(before, after) if changes else ()


def day_of_form(day: Day, form: Form, errors: Mapping[str, str]) -> Day:
    """The day with the version of a form that is shown again: that of now only beside what `meanwhile` tells.

    A form with a mistake stays what it was made from, so that no change of somebody else hides behind the mistake.
    """
    version = form.number("version")
    return day if "content" in errors or version is None else replace(day, version=version)
