"""Workbooks made by hand, right and wrong, for the tests that read them."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook

from onestop.days.daysheet import SheetDay, day_of_sheets
from onestop.days.sheet_cells import sheets_of, unpack
from onestop.locale.locales import locale_for

Rows = Sequence[Sequence[Any]]
SMALL: dict[str, Rows] = {
    "Day": [
        ("Setting", "Value"),
        ("Name of the day", "Small day"),
        ("Time zone", "Europe/Bratislava"),
        ("Language of the staff", "Slovak"),
        ("Languages of the pages", "English; Ukrainian"),
        ("Opens", "9:00"),
        ("Closes", "12:00"),
    ],
    "Institutions": [("Name", "Authority"), ("Centre", None), ("Police", "Police")],
    "Desks": [
        ("Number", "Institution", "Services", "Minutes", "Languages"),
        (1, "Centre", "Legal advice", 20, "Slovak; English"),
        (2, "Police", "Residence permit", 15, "sk"),
    ],
    "Mediators": [("Languages", "Leaves at"), ("Arabic, English", "11:00")],
    "Order": [("First", "Then", "Because"), ("Legal advice", "everything else", "files first")],
}
"""A day that is right."""


def book_of(sheets: dict[str, Rows], change: Callable[[Workbook], None] | None = None) -> bytes:
    """The bytes of a workbook; `change` spoils it."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    if change is not None:
        change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(content: bytes, tag: str = "en") -> SheetDay:
    """What a workbook says, without a process of its own."""
    return day_of_sheets(sheets_of(unpack(content)), locale_for(tag))


def told(content: bytes, tag: str = "en") -> list[tuple[str, str, str]]:
    """Its faults: sheet, cell and sentence."""
    locale = locale_for(tag)
    return [(one.sheet, one.cell, locale.say(one.sentence, one.params)) for one in read(content, tag).faults]


def spoiled(sheet: str, cell: str, value: Any) -> bytes:
    """The small day with another value in one cell."""

    def change(book: Workbook) -> None:
        book[sheet][cell] = value

    return book_of(SMALL, change)
