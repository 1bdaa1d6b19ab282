"""Statistics as files: CSV, a workbook, JSON; in pieces, safe to open in a spreadsheet, noted in the ledger."""

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from io import BytesIO, StringIO
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa
from openpyxl import Workbook

from onestop.db.ledger import record
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.reports.sheets import HIDDEN, Sheet

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PIECE = 64 * 1024
_LONGEST_NAME = 31


class FileKind(StrEnum):
    """How figures leave the house."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


MEDIA: dict[FileKind, str] = {
    FileKind.CSV: "text/csv; charset=utf-8",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.JSON: "application/json",
}


def note_taken(conn: sa.Connection, day: UUID, *, kind: FileKind, actor: Actor, now: datetime) -> None:
    """Somebody took the statistics of a day away as a file."""
    record(conn, Fact(kind="StatisticsTaken", at=now, day=day, actor=actor.ref, terms={"file": kind}))


def file_of(kind: FileKind, figures: "DataclassInstance", sheets: Sequence[Sheet]) -> Iterator[bytes]:
    """The file piece by piece; it is on no disk."""
    match kind:
        case FileKind.CSV:
            yield from _csv(sheets)
        case FileKind.XLSX:
            yield from _workbook(sheets)
        case FileKind.JSON:
            yield json.dumps(asdict(figures), ensure_ascii=False, indent=1).encode()


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def _csv(sheets: Sequence[Sheet]) -> Iterator[bytes]:
    """One line for each number: table, line, figure, number."""
    # The mark tells spreadsheets that the letters are UTF-8.
    yield b"\xef\xbb\xbf"
    yield _row(("table", "line", "figure", "number"))
    for sheet in sheets:
        for row in sheet.rows:
            for column, cell in zip(sheet.columns, row.cells, strict=True):
                yield _row(
                    (harmless(sheet.title), harmless(row.label), harmless(column), HIDDEN if cell is None else cell)
                )


def _row(cells: Sequence[str | float]) -> bytes:
    line = StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue().encode()


def _workbook(sheets: Sequence[Sheet]) -> Iterator[bytes]:
    book = Workbook(write_only=True)
    for nth, sheet in enumerate(sheets, 1):
        page = book.create_sheet(_name(nth, sheet.title))
        page.append([harmless(sheet.head), *(harmless(column) for column in sheet.columns)])
        for row in sheet.rows:
            page.append([harmless(row.label), *(HIDDEN if cell is None else cell for cell in row.cells)])
    whole = BytesIO()
    book.save(whole)
    content = whole.getbuffer()
    for start in range(0, len(content), _PIECE):
        yield bytes(content[start : start + _PIECE])


def _name(nth: int, title: str) -> str:
    """A name a workbook allows: short, its own, without signs that mean something there."""
    plain = "".join(" " if sign in r"[]:*?/\'" else sign for sign in title)
    return f"{nth} {plain}"[:_LONGEST_NAME].strip()
