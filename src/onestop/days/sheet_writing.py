"""A day file as a workbook that `daysheet` reads back as the same values, and the empty one with examples."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from onestop.days.dayfile import DayFile, FileDesk, read_template
from onestop.days.dayfile_sessions import FileSession
from onestop.days.dayfile_tables import Span
from onestop.days.sheet_lines import letter
from onestop.days.sheet_sessions import session_lines
from onestop.days.sheet_words import (
    AUTHORITIES,
    DAY,
    DESKS,
    EVERYTHING_ELSE,
    EXPECTED,
    INSTITUTIONS,
    LISTS,
    MEDIATORS,
    NO,
    ORDER,
    READ_ME,
    RELEASES,
    SESSIONS,
    SETTING,
    SHEETS,
    VALUE,
    YES,
    SheetWords,
    Vocabulary,
    Words,
    vocabulary,
)
from onestop.directory.vocabulary import SERVICES
from onestop.directory.words import service_title
from onestop.domain.errors import N_
from onestop.locale.languages import KNOWN, PSEUDO_LANGUAGES
from onestop.locale.locales import Locale

EXAMPLE = "iom-bratislava"
LAST_ROW = 300
"""So far down cells offer their choices."""
WHAT, EXAMPLE_TITLE, SHEET_TITLE, COLUMN_TITLE = N_("What to write"), N_("Example"), N_("Sheet"), N_("Column")
INTRODUCTION = (
    N_("Each sheet of this workbook is a part of the day. Write one line for each desk, session, mediator and order."),
    N_("Send the file under New day. If something cannot be read, a list names each cell, and nothing is made."),
    N_("Formulas and merged cells are not read. This sheet and the lists are not read either."),
)
Line = dict[str, Any]
Book = Any
Page = Any
"""openpyxl says no types."""


def workbook_of(day: DayFile, locale: Locale, *, on: date | None = None) -> bytes:
    """The workbook of a day."""
    writing = _Writing(locale, vocabulary(locale, _services(day)), day)
    return writing.workbook(writing.lines(on))


def empty_workbook(locale: Locale) -> bytes:
    """A workbook with headings, choices and examples, and no day in it yet."""
    writing = _Writing(locale, vocabulary(locale), read_template(EXAMPLE))
    return writing.workbook({sheet.key: [] for sheet in SHEETS})


def _services(day: DayFile) -> set[str]:
    return {service for desk in day.desks for service in desk.services}


class _Writing:
    """One workbook in one language; examples come from the day it was made with."""

    def __init__(self, locale: Locale, words: Vocabulary, day: DayFile) -> None:
        self._locale, self._words, self._day = locale, words, day

    def workbook(self, lines: Mapping[str, Sequence[Line]]) -> bytes:
        book: Book = Workbook()
        book.remove(book.worksheets[0])
        read_me = self._add(book, READ_ME)
        examples = self.lines(None)
        if not examples[SESSIONS.key]:
            desk = self._day.desks[0]
            example = FileSession(service=desk.services[0], desk=desk.number, starts=time(10), minutes=60, seats=12)
            examples[SESSIONS.key] = session_lines([example], service=self._service, language=self._language)
        for sheet in SHEETS:
            page = self._add(book, sheet.title)
            if sheet is DAY:
                self._day_sheet(page, (lines[DAY.key] or [{}])[0], examples[DAY.key][0])
            else:
                self._table(page, sheet, lines[sheet.key])
        self._lists(self._add(book, LISTS))
        self._choices(book)
        self._read_me(read_me, examples)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()

    def lines(self, on: date | None) -> dict[str, list[Line]]:
        """The day as lines of its sheets."""
        day, say = self._day, self._locale.gettext
        institutions = {one.key: one.name for one in day.institutions}
        names = list(institutions.values())
        called = {key: name if names.count(name) == 1 else key for key, name in institutions.items()}
        return {
            DAY.key: [self._day_line(on)],
            INSTITUTIONS.key: [
                {"name": one.name, "authority": say(AUTHORITIES[one.authority]), "key": one.key}
                for one in day.institutions
            ],
            SESSIONS.key: session_lines(day.sessions, service=self._service, language=self._language),
            DESKS.key: [self._desk_line(desk, called[desk.institution]) for desk in day.desks],
            MEDIATORS.key: [
                {
                    "label": one.label,
                    "languages": self._languages(one.languages),
                    "opens": one.opens if one.opens != day.opens else None,
                    "closes": one.closes if one.closes != day.closes else None,
                }
                for one in day.mediators
            ],
            ORDER.key: [
                {
                    "before": self._service(pair.before),
                    "after": self._service(pair.after) if pair.after else say(EVERYTHING_ELSE),
                    "because": pair.because,
                    "before_at": called.get(pair.before_at),
                    "after_at": called.get(pair.after_at),
                }
                for pair in day.precedences
            ],
            EXPECTED.key: [
                *({"service": self._service(key), "percent": _percent(share)} for key, share in day.mix.items()),
                *(
                    {"language": self._language(tag), "percent": _percent(share)}
                    for tag, share in day.party_languages.items()
                ),
            ],
        }

    def _day_line(self, on: date | None) -> Line:
        day, say = self._day, self._locale.gettext
        quiet: Span | tuple[None, None] = day.quiet or (None, None)
        return {
            "name": day.name,
            "on": on,
            "venue": day.venue,
            "address": day.address,
            "timezone": day.timezone.key,
            "working_language": self._language(day.working_language),
            "languages": self._languages(day.display_languages),
            "opens": day.opens,
            "closes": day.closes,
            "release": say(RELEASES[day.release]),
            "slot_minutes": day.slot_minutes,
            "arrivals_per_slot": day.arrivals_per_slot or None,
            "reserve_percent": day.reserve_percent,
            "parties": day.parties,
            "no_show_percent": day.no_show_percent,
            "interpreter_percent": day.interpreter_needed_percent,
            "always": "; ".join(self._service(key) for key in day.always),
            "bookings_per_contact": day.bookings_per_contact,
            "scarce": say(YES if day.scarce else NO),
            "all_times": say(YES if day.all_times else NO),
            "quiet_from": quiet[0],
            "quiet_until": quiet[1],
            "limit_reception": day.reserve_limits.get("reception"),
            "limit_helper": day.reserve_limits.get("helper"),
            "slug": day.slug,
        }

    def _desk_line(self, desk: FileDesk, institution: str) -> Line:
        day = self._day
        return {
            "number": desk.number,
            "institution": institution,
            "services": "; ".join(self._service(key) for key in desk.services),
            "minutes": "; ".join(map(str, desk.own_minutes)) if desk.own_minutes else desk.minutes,
            "languages": self._languages(desk.languages),
            "opens": desk.opens if desk.opens != day.opens else None,
            "closes": desk.closes if desk.closes != day.closes else None,
            "breaks": "; ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in desk.breaks),
            "private": self._locale.gettext(YES) if desk.private else None,
        }

    def _service(self, key: str) -> str:
        return _named(self._words.services, key, service_title(self._locale, key))

    def _language(self, tag: str) -> str:
        return _named(self._words.languages, tag, self._locale.language_name(tag))

    def _languages(self, tags: Iterable[str]) -> str:
        return "; ".join(map(self._language, tags))

    # -- sheets ---------------------------------------------------------------------------------------

    def _add(self, book: Book, title: str) -> Page:
        page: Page = book.create_sheet(self._locale.gettext(title))
        page.sheet_view.rightToLeft = self._locale.dir == "rtl"
        return page

    def _day_sheet(self, page: Page, line: Line, example: Line) -> None:
        say = self._locale.gettext
        _head(page, [say(SETTING), say(VALUE), say(WHAT), say(EXAMPLE_TITLE)], widths=(34, 40, 50, 30))
        for row, column in enumerate(DAY.columns, 2):
            _write(page, row, 1, say(column.title), bold=column.needed)
            _write(page, row, 2, line.get(column.key))
            _write(page, row, 3, say(column.hint))
            _write(page, row, 4, example[column.key])

    def _table(self, page: Page, sheet: SheetWords, lines: Sequence[Line]) -> None:
        wide = {"name", "institution", "services", "languages", "before", "after", "because", "service", "language"}
        wide |= {"before_at", "after_at"}
        widths = [36 if column.key in wide else 14 for column in sheet.columns]
        _head(page, [self._locale.gettext(column.title) for column in sheet.columns], widths=widths)
        for row, line in enumerate(lines, 2):
            for at, column in enumerate(sheet.columns, 1):
                _write(page, row, at, line.get(column.key))

    def _read_me(self, page: Page, examples: Mapping[str, Sequence[Line]]) -> None:
        say = self._locale.gettext
        for row, sentence in enumerate(INTRODUCTION, 1):
            _write(page, row, 1, say(sentence))
        top = len(INTRODUCTION) + 2
        _head(
            page,
            [say(each) for each in (SHEET_TITLE, COLUMN_TITLE, WHAT, EXAMPLE_TITLE)],
            widths=(20, 34, 60, 40),
            row=top,
        )
        row = top
        for sheet in SHEETS:
            for column in sheet.columns:
                row += 1
                shown = next((line[column.key] for line in examples[sheet.key] if line.get(column.key)), None)
                _write(page, row, 1, say(sheet.title))
                _write(page, row, 2, say(column.title), bold=column.needed)
                _write(page, row, 3, say(column.hint))
                _write(page, row, 4, shown)

    def _lists(self, page: Page) -> None:
        """What the choices of other cells are taken from."""
        for column, (heading, entries) in enumerate(self._listed().items(), 1):
            _write(page, 1, column, heading, bold=True)
            page.column_dimensions[letter(column)].width = 40
            for row, entry in enumerate(entries, 2):
                _write(page, row, column, entry)

    def _listed(self) -> dict[str, list[str]]:
        say = self._locale.gettext
        tags = [tag for tag in KNOWN if tag not in PSEUDO_LANGUAGES]
        offered = dict.fromkeys([*SERVICES, *sorted(_services(self._day))])
        services = [self._service(key) for key in offered]
        return {
            say(SERVICES_TITLE): services,
            say(LANGUAGES_TITLE): sorted(map(self._language, tags), key=str.casefold),
            say(RELEASE_TITLE): [say(title) for title in RELEASES.values()],
            say(AUTHORITY_TITLE): [say(title) for title in AUTHORITIES.values()],
            f"{say(YES)} / {say(NO)}": [say(YES), say(NO)],
            say(ORDER_TITLE): [say(EVERYTHING_ELSE), *services],
        }

    def _choices(self, book: Book) -> None:
        """Lists that open in a cell. Where several may stand, anything can be typed."""
        sizes = [len(entries) for entries in self._listed().values()]
        name = self._locale.gettext(LISTS)
        services, languages, releases, authorities, answers, after = (
            f"'{name}'!${letter(column)}$2:${letter(column)}${size + 1}" for column, size in enumerate(sizes, 1)
        )
        places = f"'{self._locale.gettext(INSTITUTIONS.title)}'!$A$2:$A${LAST_ROW}"
        chosen: dict[str, dict[str, tuple[str, bool]]] = {
            DAY.key: {
                "working_language": (languages, True),
                "languages": (languages, False),
                "always": (services, False),
                "release": (releases, True),
                "scarce": (answers, True),
                "all_times": (answers, True),
            },
            INSTITUTIONS.key: {"authority": (authorities, True)},
            DESKS.key: {
                "institution": (places, True),
                "services": (services, False),
                "languages": (languages, False),
                "private": (answers, True),
            },
            SESSIONS.key: {"service": (services, True), "language": (languages, True)},
            MEDIATORS.key: {"languages": (languages, False)},
            ORDER.key: {
                "before": (services, True),
                "after": (after, True),
                "before_at": (places, True),
                "after_at": (places, True),
            },
            EXPECTED.key: {"service": (services, True), "language": (languages, True)},
        }
        for sheet in SHEETS:
            page: Page = book[self._locale.gettext(sheet.title)]
            for at, column in enumerate(sheet.columns, 1):
                if column.key not in chosen[sheet.key]:
                    continue
                source, strict = chosen[sheet.key][column.key]
                rule = DataValidation(type="list", formula1=source, allow_blank=True, showErrorMessage=strict)
                rule.add(f"B{at + 1}" if sheet is DAY else f"{letter(at)}2:{letter(at)}{LAST_ROW}")
                page.add_data_validation(rule)


SERVICES_TITLE, LANGUAGES_TITLE = N_("Services"), N_("Languages")
RELEASE_TITLE, AUTHORITY_TITLE, ORDER_TITLE = N_("How places are given"), N_("Authority"), N_("Then")


def _named(words: Words, key: str, title: str) -> str:
    """The title where it means this key and no other; else the key."""
    return title if words.find(title) == key and ";" not in title else key


def _percent(share: float) -> float | int:
    value = round(share * 100, 6)
    return int(value) if value == int(value) else value


def _head(page: Page, titles: Sequence[str], *, widths: Sequence[int], row: int = 1) -> None:
    for column, (title, width) in enumerate(zip(titles, widths, strict=True), 1):
        _write(page, row, column, title, bold=True).fill = PatternFill("solid", fgColor="DDE7F0")
        page.column_dimensions[letter(column)].width = width
    if row == 1:
        page.freeze_panes = "A2"


def _write(page: Page, row: int, column: int, value: Any, *, bold: bool = False) -> Any:
    cell: Any = page.cell(row=row, column=column)
    if value is None or value == "":
        return cell
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"  # a name that begins with = stays a name
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if isinstance(value, time):
        cell.number_format = "hh:mm"
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    if bold:
        cell.font = Font(bold=True)
    return cell
