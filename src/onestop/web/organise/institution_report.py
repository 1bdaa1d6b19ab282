"""The report of one institution about a closed day, as PDF to hand over; that somebody took it is noted."""

import asyncio
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from onestop.directory.series import pictures_of
from onestop.paper.backing import backers_of
from onestop.paper.printing import draw_apart
from onestop.paper.reports import Row, Table, institution_report
from onestop.reports.at_institution import institution_figures, note_report_taken
from onestop.reports.institution_sheets import institution_sheets
from onestop.reports.sheets import HIDDEN, Cell, Sheet
from onestop.web.kit.forms import read_form
from onestop.web.kit.kept_pack import one_at_a_time, pdf
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.organise.frame import enter

_PARTS = frozenset({"outcomes", "unmet", "languages", "hours"})
"""Tables whose numbers are parts of one thing: they have bars."""


@post("/organise/{day:str}/statistics/institution", status_code=200)
async def download_report(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The PDF, in the language of the page."""
    found, someone = await enter(request, db, day)
    name = (await read_form(request)).text("institution", 200)
    locale = locale_of(request)
    now = db.now()
    figures = await db.read(institution_figures, found, name, now=now)
    pictures: dict[UUID, bytes] = await db.read(pictures_of, found.series.id) if found.series else {}
    report = institution_report(
        found,
        figures.name,
        tuple(_table(sheet, locale) for sheet in institution_sheets(figures, locale)),
        locale,
        backers=backers_of(found, pictures, locale),
        now=now,
    )
    async with one_at_a_time:
        made = await asyncio.to_thread(draw_apart, report)
    await db.write(note_report_taken, found.id, figures.id, actor=someone, now=db.now(), day=found.id)
    return pdf(made, f"{found.slug}-institution.pdf")


def _table(sheet: Sheet, locale: Locale) -> Table:
    return Table(
        title=sheet.title,
        columns=sheet.columns,
        rows=tuple(
            Row(
                label=row.label,
                cells=tuple(_written(cell, locale) for cell in row.cells),
                size=float(first) if isinstance(first := row.cells[0], int | float) else 0.0,
            )
            for row in sheet.rows
        ),
        bars=sheet.key in _PARTS,
    )


def _written(cell: Cell, locale: Locale) -> str:
    if cell is None:
        return HIDDEN
    return cell if isinstance(cell, str) else locale.number(cell)


route_handlers: list[Any] = [download_report]
