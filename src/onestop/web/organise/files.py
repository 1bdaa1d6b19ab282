"""Days as files: workbooks and TOML texts to take away, and what an uploaded one says."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.days.dayfile import DayFile, DayFileWrong, parse_day, read_template, templates
from onestop.days.dayfile_writing import toml_of
from onestop.days.daysheet import SheetDay, day_of_workbook
from onestop.days.exporting import file_of_day
from onestop.days.sheet_lines import Fault
from onestop.days.sheet_writing import empty_workbook, workbook_of
from onestop.db.session import Database
from onestop.directory.organising import directory
from onestop.domain.errors import N_, NotKnown
from onestop.web.kit.forms import read_file
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.organise.frame import enter, enter_centre

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOML = "application/toml"
MOST_FAULTS = 50
FILE_MISSING = N_("Please choose a file.")
NOT_TEXT = N_("This file is not a text file. A day file is a text that ends in .toml.")
_one_at_a_time = asyncio.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultLine:
    """A fault as the page shows it: the sheet, the cell, the heading over it, what to do."""

    sheet: str
    cell: str
    heading: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """What a file said: the day and perhaps its date, or why it says none."""

    name: str = ""
    file: DayFile | None = None
    on: date | None = None
    missing: str = ""
    """A sentence for the control, where no file can be read at all."""
    said: str = ""
    """What is wrong with a TOML text, in English."""
    faults: tuple[FaultLine, ...] = ()
    more: int = 0
    """Faults that are not listed."""


async def read_uploaded(request: WebRequest, db: Database) -> Uploaded:
    """The day of the file that was sent with this form; a workbook is read in a thread and a process of its own."""
    sent = await read_file(request, "file")
    name, content = sent.name, sent.content
    if not content:
        return Uploaded(missing=FILE_MISSING)
    if content.startswith((b"PK", b"\xd0\xcf\x11\xe0")) or name.casefold().endswith((".xlsx", ".xls", ".ods")):
        return await _workbook(db, content, name, locale_of(request))
    try:
        return Uploaded(name=name, file=parse_day(content.decode("utf-8-sig")))
    except UnicodeDecodeError:
        return Uploaded(name=name, missing=NOT_TEXT)
    except DayFileWrong as wrong:
        return Uploaded(name=name, said=str(wrong))


async def _workbook(db: Database, content: bytes, name: str, locale: Locale) -> Uploaded:
    known = await db.read(directory)
    async with _one_at_a_time:
        read: SheetDay = await asyncio.to_thread(day_of_workbook, content, locale, known)
    lines = fault_lines(read.faults[:MOST_FAULTS], locale)
    return Uploaded(name=name, file=read.file, on=read.on, faults=lines, more=max(0, len(read.faults) - MOST_FAULTS))


def fault_lines(faults: Sequence[Fault], locale: Locale) -> tuple[FaultLine, ...]:
    """The faults in a reader's language."""
    return tuple(
        FaultLine(sheet=one.sheet, cell=one.cell, heading=one.heading, sentence=locale.say(one.sentence, one.params))
        for one in faults
    )


@get("/organise/new/empty.xlsx")
async def take_empty(request: WebRequest) -> Response[Any]:
    """A workbook to fill in, with examples."""
    await enter_centre(request)
    return _download(await asyncio.to_thread(empty_workbook, locale_of(request)), "day.xlsx", XLSX)


@get("/organise/new/templates/{template:str}/day.xlsx")
async def take_template_workbook(request: WebRequest, template: FromPath[str]) -> Response[Any]:
    """A shipped template as a workbook."""
    file = await _template(request, template)
    return _download(await asyncio.to_thread(workbook_of, file, locale_of(request)), f"{file.slug}.xlsx", XLSX)


@get("/organise/new/templates/{template:str}/day.toml")
async def take_template_text(request: WebRequest, template: FromPath[str]) -> Response[Any]:
    """A shipped template as a TOML text."""
    file = await _template(request, template)
    return _download(toml_of(file).encode(), f"{file.slug}.toml", TOML)


@get("/organise/{day:str}/file.xlsx")
async def take_workbook(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """A day as a workbook, with its date."""
    found, _ = await enter(request, db, day)
    file = await db.read(file_of_day, found)
    made = await asyncio.to_thread(workbook_of, file, locale_of(request), on=found.on)
    return _download(made, f"{found.slug}.xlsx", XLSX)


@get("/organise/{day:str}/file.toml")
async def take_text(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """A day as a TOML text, without its date."""
    found, _ = await enter(request, db, day)
    return _download(toml_of(await db.read(file_of_day, found)).encode(), f"{found.slug}.toml", TOML)


async def _template(request: WebRequest, name: str) -> DayFile:
    await enter_centre(request)
    if name not in templates():
        raise NotKnown
    return read_template(name)


def _download(content: bytes, name: str, kind: str) -> Response[Any]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, status_code=200, media_type=kind, headers=headers)


route_handlers: list[Any] = [take_empty, take_template_workbook, take_template_text, take_workbook, take_text]
