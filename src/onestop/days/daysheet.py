"""A day from a workbook: the same values as a TOML file gives, or every fault of it at once, each with its cell."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from onestop.days.dayfile import (
    MOST_DESKS,
    DayFile,
    DayFileWrong,
    FileDesk,
    FileInstitution,
    FileMediator,
    FilePrecedence,
    breaks_fit,
    check,
    is_key,
    is_slug,
)
from onestop.days.dayfile_sessions import SessionDesk
from onestop.days.sheet_cells import RawSheet, WorkbookRefused, read_cells
from onestop.days.sheet_lines import (
    SAID_TWICE,
    Fault,
    Faults,
    Line,
    day_line,
    did_you_mean,
    table_lines,
)
from onestop.days.sheet_sessions import TOO_MANY, sessions_of
from onestop.days.sheet_words import (
    DAY,
    DESKS,
    EXPECTED,
    INSTITUTIONS,
    MEDIATORS,
    ORDER,
    SESSIONS,
    SHEETS,
    SheetWords,
    Vocabulary,
    Words,
    folded,
    vocabulary,
)
from onestop.directory.entries import key_of_name
from onestop.directory.organising import InstitutionEntry
from onestop.directory.words import service_title
from onestop.domain.day import Release
from onestop.domain.errors import N_
from onestop.locale.locales import Locale

SHEET_MISSING = N_("The sheet %(sheet)s is missing.")
SHEET_UNKNOWN = N_("We do not know this sheet. Known sheets: %(known)s.")
SHEET_TWICE = N_("This sheet is there twice.")
SHEET_HIDDEN = N_("This sheet is hidden. Show it, so that everybody sees what is read.")
SHEET_EMPTY = N_("This sheet has no line yet.")
ZONE_UNKNOWN = N_("We do not know this time zone. Write it like Europe/Bratislava.")
NUMBER_TWICE = N_("Desk %(number)s is already in row %(row)s.")
NAME_TWICE = N_("This institution is already in row %(row)s.")
NO_SUCH_INSTITUTION = N_("This institution is not on the sheet of institutions.")
NOT_OFFERED = N_("No desk offers this service: %(service)s.")
NOT_OFFERED_THERE = N_("No desk of this institution offers this service.")
ORDER_TWICE = N_("This order is already in row %(row)s.")
TOO_MUCH = N_("These are too many services and languages for one desk.")
MINUTES_COUNT = N_("Write one number of minutes, or one for each service.")
BREAKS_WRONG = N_("The breaks must lie one after the other between opening and closing.")
SLOT_WRONG = N_("Please write minutes from 10 to 240, in steps of 5.")
SLUG_WRONG = N_("Please write 1 to 60 small letters, digits or hyphens.")
QUIET_WRONG = N_("Please write two times that are not the same.")
ONE_OF_BOTH = N_("Write a service or a language, not both.")
OTHERWISE_WRONG = N_("This day cannot be made: %(said)s")


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetDay:
    """The day and the date of a workbook, or its faults; never both."""

    file: DayFile | None = None
    on: date | None = None
    faults: tuple[Fault, ...] = ()


def day_of_workbook(content: bytes, locale: Locale, known: Iterable[InstitutionEntry] = ()) -> SheetDay:
    """The day of an uploaded workbook. Takes a second, and a process of its own: call it in a thread.

    `known`: the centre's institutions, whose names and services it may say.
    """
    try:
        sheets = read_cells(content)
    except WorkbookRefused as refused:
        return SheetDay(faults=(Fault(sentence=refused.sentence, params=refused.params),))
    return day_of_sheets(sheets, locale, known)


def day_of_sheets(sheets: Iterable[RawSheet], locale: Locale, known: Iterable[InstitutionEntry] = ()) -> SheetDay:
    """The same for cells that were read."""
    known = tuple(known)
    words = vocabulary(locale, {service.key for one in known for service in one.services})
    reading = _Reading(words=words, locale=locale, keys={folded(one.name): one.key for one in known})
    made = reading.day(_chosen(sheets, words, locale, reading.faults))
    if made is not None and not reading.faults.found:
        try:
            check(made)
        except DayFileWrong as wrong:
            reading.faults.add(Fault(sentence=OTHERWISE_WRONG, params={"said": str(wrong)}))
    faults = reading.faults.in_order()
    return SheetDay(faults=faults) if faults or made is None else SheetDay(file=made, on=reading.on)


def _chosen(sheets: Iterable[RawSheet], words: Vocabulary, locale: Locale, faults: Faults) -> dict[str, RawSheet]:
    """The sheets we know by key; faults about others that hold something."""
    chosen: dict[str, RawSheet] = {}
    for sheet in sheets:
        key = words.sheets.find(sheet.name)
        if key == "" or (key is None and (sheet.hidden or not sheet.rows)):
            continue
        if key is None:
            known = locale.list_and([locale.gettext(each.title) for each in SHEETS])
            faults.of_sheet(sheet.name, *(did_you_mean(words.sheets, sheet.name) or (SHEET_UNKNOWN, {"known": known})))
        elif key in chosen:
            faults.of_sheet(sheet.name, SHEET_TWICE, {})
        else:
            chosen[key] = sheet
            if sheet.hidden:
                faults.of_sheet(sheet.name, SHEET_HIDDEN, {})
    for each in SHEETS:
        if each.needed and each.key not in chosen:
            faults.of_sheet("", SHEET_MISSING, {"sheet": locale.gettext(each.title)})
    return chosen


@dataclass(slots=True)
class _Reading:
    words: Vocabulary
    locale: Locale
    keys: Mapping[str, str]
    faults: Faults = field(default_factory=Faults)
    on: date | None = None
    opens: time = time(9)
    closes: time = time(15)

    def day(self, sheets: Mapping[str, RawSheet]) -> DayFile | None:
        """The day, as far as it can be read; it counts only when there is no fault."""
        line = day_line(sheets["day"], DAY, self.words, self.locale, self.faults) if "day" in sheets else None
        if line is not None:
            self._hours(line)
        institutions = self._institutions(self._lines(sheets, INSTITUTIONS))
        desks = self._desks(self._lines(sheets, DESKS), institutions)
        at_desk = {desk.number: SessionDesk(desk.services, desk.hours) for desk in desks}
        sessions = sessions_of(self._lines(sheets, SESSIONS), at_desk, self.words)
        keys = {service for desk in desks for service in desk.services}
        offered = {key: {desk.institution for desk in desks if key in desk.services} for key in keys}
        mediators = self._mediators(self._lines(sheets, MEDIATORS))
        order = self._order(self._lines(sheets, ORDER), offered, _places(institutions))
        mix, spoken = self._expected(self._lines(sheets, EXPECTED), offered)
        if line is None:
            return None
        made = self._day(line, offered, tuple(institutions.values()), desks, mediators, order, mix, spoken)
        return replace(made, sessions=sessions)

    def _lines(self, sheets: Mapping[str, RawSheet], sheet: SheetWords) -> list[Line]:
        if sheet.key not in sheets:
            return []
        raw = sheets[sheet.key]
        lines = table_lines(raw, sheet, self.words, self.locale, self.faults)
        if sheet.needed and not lines and not self.faults.of(raw.name):
            self.faults.of_sheet(raw.name, SHEET_EMPTY, {})
        return lines

    def _hours(self, line: Line) -> None:
        self.opens = line.time_at("opens", self.opens)
        self.closes = line.time_at("closes", self.closes)
        self.on = line.date_at("on")

    def _day(
        self,
        line: Line,
        offered: Collection[str],
        institutions: tuple[FileInstitution, ...],
        desks: tuple[FileDesk, ...],
        mediators: tuple[FileMediator, ...],
        order: tuple[FilePrecedence, ...],
        mix: Mapping[str, float],
        spoken: Mapping[str, float],
    ) -> DayFile:
        name = line.text("name", 200)
        slot = line.number("slot_minutes", 10, 240, 15)
        if slot % 5:
            line.wrong("slot_minutes", SLOT_WRONG)
        always = line.several("always", self.words.services)
        for service in always:
            if service not in offered and offered:
                line.wrong("always", NOT_OFFERED, service=service_title(self.locale, service))
        limits = {channel: line.number(f"limit_{channel}", 0, 500, -1) for channel in ("reception", "helper")}
        return DayFile(
            slug=self._slug(line, name),
            name=name,
            venue=line.text("venue", 200) or name,
            address=line.text("address", 300),
            timezone=_zone(line),
            working_language=line.one("working_language", self.words.languages, "en"),
            opens=self.opens,
            closes=self.closes,
            slot_minutes=slot,
            reserve_percent=line.number("reserve_percent", 0, 100, 20),
            no_show_percent=line.number("no_show_percent", 0, 100, 10),
            interpreter_needed_percent=line.number("interpreter_percent", 0, 100, 50),
            parties=line.number("parties", 1, 10_000, 20),
            release=Release(line.one("release", self.words.releases, "invited")),
            display_languages=line.several("languages", self.words.languages),
            always=always,
            mix=mix,
            party_languages=spoken,
            institutions=institutions,
            desks=desks,
            mediators=mediators,
            precedences=order,
            arrivals_per_slot=line.number("arrivals_per_slot", 1, 500, 0),
            bookings_per_contact=line.number("bookings_per_contact", 1, 10, 3),
            scarce=line.yes("scarce"),
            all_times=line.yes("all_times"),
            quiet=_quiet(line),
            reserve_limits={channel: most for channel, most in limits.items() if most >= 0},
        )

    def _slug(self, line: Line, name: str) -> str:
        written = line.text("slug", 60)
        if written and not is_slug(written):
            line.wrong("slug", SLUG_WRONG)
        return written or slug_of(name)

    def _institutions(self, lines: list[Line]) -> dict[str, FileInstitution]:
        """By each name and key that desks may use."""
        found: dict[str, FileInstitution] = {}
        rows: dict[str, int] = {}
        for line in lines:
            name = line.text("name", 200)
            key = line.text("key", 60) or self.keys.get(folded(name)) or key_of_name(name)
            authority = line.one("authority", self.words.authorities, "none")
            if not name or line.bad("name"):
                continue
            if not is_key(key):
                line.wrong("key" if line.has("key") else "name", SLUG_WRONG)
            elif key in rows:
                line.wrong("name", NAME_TWICE, row=rows[key])
            else:
                rows[key] = line.row
                found[key] = FileInstitution(key=key, name=name, authority=authority)
        return found

    def _desks(self, lines: list[Line], institutions: Mapping[str, FileInstitution]) -> tuple[FileDesk, ...]:
        places = _places(institutions)
        rows: dict[int, int] = {}
        found: list[FileDesk] = []
        _most(lines, "number")
        for line in lines:
            number = line.number("number", 1, 999, 0)
            if number in rows:
                line.wrong("number", NUMBER_TWICE, number=number, row=rows[number])
            rows[number or -line.row] = line.row
            services = line.several("services", self.words.services)
            languages = line.several("languages", self.words.languages)
            institution = line.one("institution", places, "", unknown=NO_SUCH_INSTITUTION)
            size = sum(len(institution) + len(key) + 2 for key in services) + sum(len(tag) + 1 for tag in languages)
            if size > 400:
                line.wrong("services", TOO_MUCH)
            opens, closes = line.time_at("opens", self.opens), line.time_at("closes", self.closes)
            breaks = line.spans("breaks")
            if not breaks_fit(opens, closes, breaks):
                line.wrong("breaks", BREAKS_WRONG)
            minutes = line.numbers("minutes", 1, 480)
            if len(minutes) > 1 and len(minutes) != len(services):
                line.wrong("minutes", MINUTES_COUNT)
            found.append(
                FileDesk(
                    number=number,
                    institution=institution,
                    services=services,
                    private=line.yes("private"),
                    minutes=minutes[0] if minutes else 15,
                    languages=languages,
                    opens=opens,
                    closes=closes,
                    breaks=breaks,
                    own_minutes=minutes if len(set(minutes)) > 1 else (),
                )
            )
        return tuple(found)

    def _mediators(self, lines: list[Line]) -> tuple[FileMediator, ...]:
        _most(lines, "languages")
        return tuple(
            FileMediator(
                languages=line.several("languages", self.words.languages),
                opens=line.time_at("opens", self.opens),
                closes=line.time_at("closes", self.closes),
                label=line.text("label", 80),
            )
            for line in lines
        )

    def _order(
        self, lines: list[Line], offered: Mapping[str, Collection[str]], places: Words
    ) -> tuple[FilePrecedence, ...]:
        after_words = Words(dict(self.words.services.keys), dict(self.words.services.shown))
        after_words.add("*", *self.words.rest.shown.values())
        rows: dict[tuple[str, ...], int] = {}
        found: list[FilePrecedence] = []
        for line in lines:
            before, after = line.one("before", self.words.services, ""), line.one("after", after_words, "")
            for column, service in (("before", before), ("after", after)):
                if offered and service not in ("", "*") and service not in offered:
                    line.wrong(column, NOT_OFFERED, service=service_title(self.locale, service))
            before_at = line.one("before_at", places, "", unknown=NO_SUCH_INSTITUTION)
            after_at = line.one("after_at", places, "", unknown=NO_SUCH_INSTITUTION)
            for column, service, at in (("before_at", before, before_at), ("after_at", after, after_at)):
                if at and at not in offered.get(service, ()):
                    line.wrong(column, NOT_OFFERED_THERE)
            pair = (before, before_at, after, after_at)
            if before and after and pair in rows:
                line.wrong("before", ORDER_TWICE, row=rows[pair])
            rows.setdefault(pair, line.row)
            found.append(
                FilePrecedence(
                    before=before,
                    after=None if after == "*" else after,
                    because=line.text("because", 200),
                    before_at=before_at,
                    after_at=after_at,
                )
            )
        return tuple(found)

    def _expected(self, lines: list[Line], offered: Collection[str]) -> tuple[dict[str, float], dict[str, float]]:
        mix: dict[str, float] = {}
        spoken: dict[str, float] = {}
        for line in lines:
            share = line.percent("percent")
            if line.has("service") == line.has("language"):
                line.wrong("service", ONE_OF_BOTH)
                continue
            column, words, into = (
                ("service", self.words.services, mix)
                if line.has("service")
                else ("language", self.words.languages, spoken)
            )
            key = line.one(column, words, "")
            if key in into:
                line.wrong(column, SAID_TWICE, word=key)
            elif column == "service" and key and offered and key not in offered:
                line.wrong(column, NOT_OFFERED, service=service_title(self.locale, key))
            elif key:
                into[key] = share
        return mix, spoken


def _places(institutions: Mapping[str, FileInstitution]) -> Words:
    """What a cell may call them."""
    places = Words()
    for one in institutions.values():
        places.add(one.key, one.name, one.key)
    return places


def slug_of(name: str) -> str:
    """A name for addresses from a day's name: its Latin letters without marks, its digits, hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "day"


def _zone(line: Line) -> ZoneInfo:
    text = line.text("timezone", 60)
    if not text:
        return ZoneInfo("UTC")
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        names = Words()
        for name in available_timezones():
            names.add(name, name)
        told = did_you_mean(names, text) or (ZONE_UNKNOWN, {})
        line.wrong("timezone", told[0], **told[1])
        return ZoneInfo("UTC")


def _quiet(line: Line) -> tuple[time, time] | None:
    if not line.has("quiet_from") and not line.has("quiet_until"):
        return None
    begins, ends = line.time_at("quiet_from", time(0)), line.time_at("quiet_until", time(0))
    either = "quiet_until" if line.has("quiet_from") else "quiet_from"
    if begins == ends or not (line.has("quiet_from") and line.has("quiet_until")):
        line.wrong(either, QUIET_WRONG)
        return None
    return begins, ends


def _most(lines: list[Line], column: str) -> None:
    if len(lines) > MOST_DESKS:
        lines[MOST_DESKS].wrong(column, TOO_MANY, most=MOST_DESKS)
