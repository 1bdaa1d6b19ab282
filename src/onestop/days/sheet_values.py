"""What people write into cells, as values: times, dates, numbers, lists."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from onestop.days.sheet_cells import Cell
from onestop.days.sheet_words import Words

_TIME = re.compile(r"(\d{1,2})(?:\s*[:.hH]\s*(\d{2})?)?(?::\d{2})?")
_SPAN = re.compile(r"\s*(.+?)\s*[-\u2010-\u2015]\s*(.+?)\s*")
_SPLIT = re.compile(r"[;\u061b\n]")
_COMMA = re.compile(r"[,\u060c]")


def time_of(cell: Cell) -> time | None:
    """A time cell, a date with a time, a whole hour, a part of a day as Excel keeps it, or a text."""
    value: Any = cell.value
    match cell.kind:
        case "time" | "day":
            at = datetime.combine(date(2000, 1, 1), value if cell.kind == "time" else value.time()) + timedelta(
                seconds=30
            )
            return at.time().replace(second=0, microsecond=0)
        case "number" if 0 < value < 1:
            minutes = round(value * 1440)
            return time(minutes // 60, minutes % 60) if minutes < 1440 else None
        case "number" if value == int(value) and 0 <= value < 24:
            return time(int(value))
        case "text":
            found = _TIME.fullmatch(value.strip())
            hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
            return time(hour, minute) if hour < 24 and minute < 60 else None
        case _:
            return None


def span_of(text: str) -> tuple[time, time] | None:
    """Two times with a line between them."""
    both = _SPAN.fullmatch(text)
    start, end = (time_of(Cell("text", each)) for each in both.groups()) if both else (None, None)
    return None if start is None or end is None else (start, end)


def dates_of(text: str) -> tuple[date, ...]:
    """The days a text can mean: ISO, day before month with dots; with slashes both orders where both are days."""
    iso = re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", text)
    if iso:
        return _days((int(iso[1]), int(iso[2]), int(iso[3])))
    other = re.fullmatch(r"(\d{1,2})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{4})\.?", text)
    if other is None:
        return ()
    first, second, year = int(other[1]), int(other[3]), int(other[4])
    if other[2] == ".":
        return _days((year, second, first))
    return _days((year, second, first), (year, first, second))


def _days(*parts: tuple[int, int, int]) -> tuple[date, ...]:
    found: list[date] = []
    for year, month, day in parts:
        if 1 <= month <= 12 and 1 <= day <= 31 and 2000 <= year <= 2100:
            try:
                found.append(date(year, month, day))
            except ValueError:
                continue
    return tuple(dict.fromkeys(found))


def plain(cell: Cell) -> str:
    """What stands there as text."""
    value = cell.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).replace("\u00a0", " ").strip()


def whole(cell: Cell) -> int | None:
    """A whole number, also one that is written as text."""
    value = cell.value
    if cell.kind in ("number", "percent") and isinstance(value, int | float):
        return int(value) if value == int(value) else None
    return digits(str(value)) if cell.kind == "text" else None


def digits(text: str) -> int | None:
    """A whole number in any script's digits."""
    plain = text.replace("\u00a0", " ").strip().removesuffix("%").rstrip()
    return int(plain) if plain.isdecimal() and len(plain) <= 9 else None


def parts_of(text: str) -> list[str]:
    """What stands between semicolons, commas or lines."""
    return [part for each in _SPLIT.split(text) for part in _COMMA.split(each) if part.strip()]


def items_of(text: str, words: Words) -> Iterable[str]:
    """Entries between semicolons or lines; between commas only where the words themselves have none."""
    for each in _SPLIT.split(text):
        left = [part.strip() for part in _COMMA.split(each)] if words.find(each) is None else [each.strip()]
        while left:
            size = next((n for n in range(len(left), 1, -1) if words.find(", ".join(left[:n])) is not None), 1)
            if item := ", ".join(left[:size]):
                yield item
            left = left[size:]
