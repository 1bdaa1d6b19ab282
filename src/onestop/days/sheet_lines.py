"""Lines of a workbook's sheets: what stands in their cells as values, and a fault for each that cannot be one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from onestop.days.sheet_cells import CELL_TOO_LONG, LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, TOO_LONG, Cell, RawSheet
from onestop.days.sheet_values import dates_of, digits, items_of, parts_of, plain, span_of, time_of, whole
from onestop.days.sheet_words import SheetWords, Vocabulary, Words
from onestop.domain.errors import N_
from onestop.locale.locales import Locale

MISSING = N_("Nothing stands here. It is needed.")
FORMULA = N_("This cell holds a formula. Write its value instead.")
ERROR = N_("This cell shows an error of the spreadsheet program. Write the value.")
MERGED = N_("These cells are merged: %(cells)s. Split them and write the value into each row.")
COLUMN_MISSING = N_("The column %(column)s is missing.")
COLUMN_UNKNOWN = N_("We do not know this column. Expected are: %(columns)s.")
COLUMN_TWICE = N_("This column is there twice.")
COLUMN_NAMELESS = N_("This column has no heading.")
ROW_UNKNOWN = N_("We do not know this setting. Expected are: %(columns)s.")
ROW_MISSING = N_("The setting %(column)s is missing.")
ROW_TWICE = N_("This setting is there twice.")
UNKNOWN = N_("We do not know %(word)s.")
UNKNOWN_NEAR = N_("We do not know %(word)s. Do you mean %(near)s?")
SAID_TWICE = N_("%(word)s stands here twice.")
TEXT_WRONG = N_("Please write one line of at most %(most)s letters.")
NUMBER_WRONG = N_("Please write a whole number from %(least)s to %(most)s.")
PERCENT_WRONG = N_("Please write a number from 0 to 100.")
TIME_WRONG = N_("%(said)s is no time of a day. Please write a time such as 9:30.")
SPANS_WRONG = N_("%(said)s is no time from and to. Please write times such as 12:00-12:30.")
DATE_WRONG = N_("Please write a date such as 2026-12-03.")
DATE_AMBIGUOUS = N_("This date can mean two days. Write it as %(one)s or as %(other)s.")
YES_WRONG = N_("Please write Yes or No.")

_UNREADABLE = {"formula": FORMULA, "error": ERROR}
_EDGE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that keeps a workbook from becoming a day: where it stands, and a sentence with its values."""

    sheet: str = ""
    row: int = 0
    column: int = 0
    heading: str = ""
    sentence: str
    params: Mapping[str, str | int] = field(default_factory=dict[str, str | int])

    @property
    def cell(self) -> str:
        """`B7`, or `7` for a row; empty for a sheet or the workbook."""
        return f"{letter(self.column)}{self.row or ''}"


@dataclass(slots=True)
class Faults:
    """All faults of a workbook, each place once for each sentence."""

    found: list[Fault] = field(default_factory=list[Fault])
    places: set[tuple[str, int, int, str]] = field(default_factory=set[tuple[str, int, int, str]])
    order: list[str] = field(default_factory=list[str])

    def add(self, fault: Fault) -> None:
        place = (fault.sheet, fault.row, fault.column, fault.sentence)
        if place in self.places and fault.row:
            return
        self.places.add(place)
        self.found.append(fault)
        if fault.sheet not in self.order:
            self.order.append(fault.sheet)

    def of_sheet(self, sheet: str, sentence: str, params: Mapping[str, str | int]) -> None:
        self.add(Fault(sheet=sheet, sentence=sentence, params=params))

    def of(self, sheet: str) -> bool:
        """Whether something is wrong on this sheet."""
        return any(fault.sheet == sheet for fault in self.found)

    def in_order(self) -> tuple[Fault, ...]:
        """By sheet, row and column."""
        return tuple(sorted(self.found, key=lambda one: (self.order.index(one.sheet), one.row, one.column)))


@dataclass(slots=True)
class Line:
    """One line: its cells by the key of their column."""

    sheet: str
    row: int
    cells: Mapping[str, tuple[int, int, Cell]]
    """Row, column and what stands there."""
    headings: Mapping[str, tuple[int, int, str]]
    """Row (of the sheet of the day; else 0), column and heading of each key."""
    needed: frozenset[str]
    faults: Faults
    answers: Words
    """What says yes or no."""
    wrongs: set[str] = field(default_factory=set[str])

    def wrong(self, key: str, sentence: str, **params: str | int) -> None:
        """A fault at this column."""
        self.wrongs.add(key)
        row, column, heading = self.headings.get(key, (0, 0, ""))
        at = self.cells.get(key)
        self.faults.add(
            Fault(
                sheet=self.sheet,
                row=at[0] if at else row or self.row,
                column=at[1] if at else column,
                heading=heading,
                sentence=sentence,
                params=params,
            )
        )

    def has(self, key: str) -> bool:
        """Whether something stands there."""
        return key in self.cells

    def bad(self, key: str) -> bool:
        """Whether what stands there was refused."""
        return key in self.wrongs

    def _cell(self, key: str) -> Cell | None:
        found = self.cells.get(key)
        if found is None:
            # A column that is not there was told once, at its sheet.
            if key in self.needed and key in self.headings:
                self.wrong(key, MISSING)
            return None
        cell = found[2]
        if cell.kind == "long":
            self.wrong(key, CELL_TOO_LONG, most=LONGEST_CELL)
            return None
        return None if cell.kind in _UNREADABLE else cell

    def text(self, key: str, most: int) -> str:
        """One line of text."""
        cell = self._cell(key)
        if cell is None:
            return ""
        text = plain(cell)
        if cell.kind in ("day", "time", "hours", "yes", "percent") or len(text) > most or not text.isprintable():
            self.wrong(key, TEXT_WRONG, most=most)
        return text

    def number(self, key: str, least: int, most: int, default: int) -> int:
        """A whole number, also one that is written as text."""
        cell = self._cell(key)
        if cell is None:
            return default
        found = whole(cell)
        if found is None or not least <= found <= most:
            self.wrong(key, NUMBER_WRONG, least=least, most=most)
            return default
        return found

    def numbers(self, key: str, least: int, most: int) -> tuple[int, ...]:
        """One number or several."""
        cell = self._cell(key)
        if cell is None:
            return ()
        parts = [whole(cell)] if cell.kind != "text" else [digits(part) for part in parts_of(str(cell.value))]
        found = tuple(each for each in parts if each is not None and least <= each <= most)
        if len(found) != len(parts) or not found:
            self.wrong(key, NUMBER_WRONG, least=least, most=most)
            return ()
        return found

    def percent(self, key: str) -> float:
        """A share from a percentage."""
        cell = self._cell(key)
        if cell is None:
            return 0.0
        try:
            value = float(plain(cell).rstrip("% ").replace(",", "."))
        except ValueError:
            value = -1.0
        if cell.kind in ("day", "time", "yes") or not 0 <= value <= 100:
            self.wrong(key, PERCENT_WRONG)
            return 0.0
        return value / 100

    def time_at(self, key: str, default: time) -> time:
        """A time of day in any of the ways people write it."""
        cell = self._cell(key)
        if cell is None:
            return default
        found = time_of(cell)
        if found is None:
            self.wrong(key, TIME_WRONG, said=plain(cell)[:60])
        return default if found is None else found

    def spans(self, key: str) -> tuple[tuple[time, time], ...]:
        """Times from and to."""
        cell = self._cell(key)
        if cell is None:
            return ()
        found: list[tuple[time, time]] = []
        for part in parts_of(plain(cell)):
            both = span_of(part)
            if both is None:
                self.wrong(key, SPANS_WRONG, said=part.strip()[:60])
                return ()
            found.append(both)
        return tuple(found)

    def date_at(self, key: str) -> date | None:
        """A date that can only mean one day."""
        cell = self._cell(key)
        if cell is None:
            return None
        if cell.kind == "day" and isinstance(cell.value, datetime):
            return cell.value.date()
        possible = dates_of(plain(cell)) if cell.kind == "text" else ()
        if len(possible) > 1:
            self.wrong(key, DATE_AMBIGUOUS, one=possible[0].isoformat(), other=possible[1].isoformat())
            return None
        if not possible:
            self.wrong(key, DATE_WRONG)
            return None
        return possible[0]

    def yes(self, key: str) -> bool:
        """Yes or no; nothing is no."""
        cell = self._cell(key)
        if cell is None:
            return False
        found = "yes" if cell.value is True else "no" if cell.value is False else self.answers.find(plain(cell))
        if found is None:
            self.wrong(key, YES_WRONG)
        return found == "yes"

    def one(self, key: str, words: Words, default: str, *, unknown: str = "") -> str:
        """One of the words we know."""
        cell = self._cell(key)
        if cell is None:
            return default
        text = plain(cell)
        found = words.find(text)
        if found is None:
            self._unknown(key, words, text, unknown)
        return default if found is None else found

    def several(self, key: str, words: Words) -> tuple[str, ...]:
        """Several of them, in their order."""
        cell = self._cell(key)
        if cell is None:
            return ()
        found: list[str] = []
        for text in items_of(plain(cell), words):
            known = words.find(text)
            if known is None:
                self._unknown(key, words, text, "")
            elif known in found:
                self.wrong(key, SAID_TWICE, word=text)
            else:
                found.append(known)
        return tuple(found)

    def _unknown(self, key: str, words: Words, text: str, sentence: str) -> None:
        told = did_you_mean(words, text) or (sentence or UNKNOWN, {} if sentence else {"word": text[:60]})
        self.wrong(key, told[0], **told[1])


def table_lines(raw: RawSheet, sheet: SheetWords, words: Vocabulary, locale: Locale, faults: Faults) -> list[Line]:
    """The lines under the headings, which stand in the first row that holds something."""
    _whole_sheet(raw, faults)
    rows = sorted(raw.rows)
    titles = [locale.gettext(column.title) for column in sheet.columns]
    headings: dict[str, tuple[int, int, str]] = {}
    by_column: dict[int, str] = {}
    for column, cell in sorted(raw.rows[rows[0]].items()) if rows else ():
        text = plain(cell)
        key = words.columns[sheet.key].find(text)
        wrong: tuple[str, Mapping[str, str | int]] | None = None
        if key is None:
            near = did_you_mean(words.columns[sheet.key], text)
            wrong = near or (COLUMN_UNKNOWN, {"columns": locale.list_and(titles)})
        elif key in headings:
            wrong = (COLUMN_TWICE, {})
        else:
            headings[key] = (0, column, text)
            by_column[column] = key
        if wrong is not None:
            fault = Fault(
                sheet=raw.name, row=rows[0], column=column, heading=text[:60], sentence=wrong[0], params=wrong[1]
            )
            faults.add(fault)
    for column, title in zip(sheet.columns, titles, strict=True):
        if column.needed and column.key not in headings:
            at = rows[0] if rows else 1
            faults.add(Fault(sheet=raw.name, row=at, sentence=COLUMN_MISSING, params={"column": title}))
    needed = frozenset(column.key for column in sheet.columns if column.needed)
    lines: list[Line] = []
    for row in rows[1:]:
        cells = {by_column[at]: (row, at, cell) for at, cell in raw.rows[row].items() if at in by_column}
        nameless = [at for at in raw.rows[row] if at not in raw.rows[rows[0]]]
        for at in nameless:
            faults.add(Fault(sheet=raw.name, row=rows[0], column=at, sentence=COLUMN_NAMELESS))
        if cells:
            lines.append(Line(raw.name, row, cells, headings, needed, faults, words.answers))
    return lines


def day_line(raw: RawSheet, sheet: SheetWords, words: Vocabulary, locale: Locale, faults: Faults) -> Line:
    """The sheet of the day as one line: a setting in the first column, its value in the second."""
    _whole_sheet(raw, faults, columns=2)
    titles = {column.key: locale.gettext(column.title) for column in sheet.columns}
    cells: dict[str, tuple[int, int, Cell]] = {}
    headings: dict[str, tuple[int, int, str]] = {}
    for row in sorted(raw.rows):
        first, value = raw.rows[row].get(1), raw.rows[row].get(2)
        text = plain(first) if first is not None else ""
        key = words.columns[sheet.key].find(text)
        if key == "":
            continue
        if key is None and (text or value is not None):
            known = locale.list_and(list(titles.values()))
            told = did_you_mean(words.columns[sheet.key], text) or (ROW_UNKNOWN, {"columns": known})
            faults.add(Fault(sheet=raw.name, row=row, column=1, heading=text[:60], sentence=told[0], params=told[1]))
        elif key is not None and key in headings:
            faults.add(Fault(sheet=raw.name, row=row, column=1, heading=text, sentence=ROW_TWICE))
        elif key is not None:
            headings[key] = (row, 2, text)
            if value is not None:
                cells[key] = (row, 2, value)
    for column in sheet.columns:
        if column.needed and column.key not in headings:
            faults.of_sheet(raw.name, ROW_MISSING, {"column": titles[column.key]})
    needed = frozenset(column.key for column in sheet.columns if column.needed)
    return Line(raw.name, 0, cells, headings, needed, faults, words.answers)


def did_you_mean(words: Words, text: str) -> tuple[str, dict[str, str | int]] | None:
    """The sentence that offers a word which looks like this one."""
    near = words.near(text)
    return (UNKNOWN_NEAR, {"word": text[:60], "near": near}) if near else None


def letter(column: int) -> str:
    """`A`, `B`, … `AA` of a column; empty for none."""
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def _whole_sheet(raw: RawSheet, faults: Faults, columns: int = MOST_COLUMNS) -> None:
    """Faults that any cell of a sheet can have, whatever it should be; on the sheet of the day two columns are read."""

    def told(row: int, column: int, sentence: str, **params: str | int) -> None:
        top = min(raw.rows, default=row)
        head = raw.rows.get(row, {}).get(1) if columns == 2 else raw.rows.get(top, {}).get(column)
        heading = plain(head)[:60] if head is not None and column and row > top else ""
        faults.add(Fault(sheet=raw.name, row=row, column=column, heading=heading, sentence=sentence, params=params))

    if raw.fault:
        told(raw.at, 0, raw.fault, most=MOST_ROWS if raw.fault == TOO_LONG else MOST_COLUMNS)
    for cells in raw.merged:
        edge = _EDGE.match(cells)
        column = sum((ord(c) - 64) * 26**n for n, c in enumerate(reversed(edge[1]))) if edge else 0
        if column <= columns:
            told(int(edge[2]) if edge else 0, column, MERGED, cells=cells)
    for row, cells in raw.rows.items():
        for column, cell in cells.items():
            if cell.kind in _UNREADABLE and column <= columns:
                told(row, column, _UNREADABLE[cell.kind])
