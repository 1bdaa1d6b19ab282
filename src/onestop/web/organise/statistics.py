"""Statistics of a day: tables with pictures, files to take away, and the report that may be published."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Stream

from onestop.days.queries.days import Day
from onestop.db.session import Database
from onestop.domain.day import DayState
from onestop.domain.errors import NotKnown
from onestop.reports.at_institution import institutions_of
from onestop.reports.figures_of_day import DayFigures
from onestop.reports.files import MEDIA, FileKind, file_of, note_taken
from onestop.reports.pictures import PICTURES, picture
from onestop.reports.programme import has_begun
from onestop.reports.published import published_sheets
from onestop.reports.sheets import HIDDEN, Sheet, sheets_of
from onestop.reports.statistics import day_figures
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page
from onestop.web.organise.frame import day_frame, enter

_ALONE = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'", "Cache-Control": "no-store"}
"""A picture brings its own style and nothing else; as an image it runs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A table with the pictures of its columns: name and what the bars are."""

    sheet: Sheet
    pictures: tuple[tuple[str, str], ...]


@page_of("organise/statistics.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class StatisticsPage:
    """Tables of the day for its organiser, or those that may be published."""

    day: Day
    counted: bool
    """Whether the day has begun and somebody came."""
    published: bool
    running: bool
    tables: tuple[Shown, ...]
    mark: str
    keeps_back: bool
    institutions: tuple[tuple[str, str], ...]
    """Those that have a report of their own, once the day is closed."""
    answers_from: datetime | None
    """When the answers of visitors are told, where they are not told yet."""


@get("/organise/{day:str}/statistics")
async def show_statistics(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Everything counted."""
    found, _ = await enter(request, db, day)
    figures = await _figures(db, found)
    sheets = sheets_of(figures, locale_of(request)) if figures is not None else ()
    drawn = {
        sheet.key: tuple((name, sheet.columns[column]) for name, (key, column) in PICTURES.items() if key == sheet.key)
        for sheet in sheets
    }
    tables = tuple(Shown(sheet=sheet, pictures=drawn[sheet.key]) for sheet in sheets)
    named = institutions_of(figures) if figures is not None else ()
    return _page(request, found, tables, now=db.now(), institutions=tuple((name, name) for name in named))


@get("/organise/{day:str}/statistics/report")
async def show_report(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """What may be published."""
    found, _ = await enter(request, db, day)
    # What still changes is never published: two reports with one visitor between them would tell of her.
    figures = await _figures(db, found) if found.state is DayState.CLOSED else None
    sheets = published_sheets(figures, locale_of(request)) if figures is not None else ()
    tables = tuple(Shown(sheet=sheet, pictures=()) for sheet in sheets)
    return _page(request, found, tables, now=db.now(), published=True)


@get("/organise/{day:str}/statistics/pictures/{name:str}")
async def show_picture(request: WebRequest, db: Db, day: FromPath[str], name: FromPath[str]) -> Response[Any]:
    """One picture as SVG."""
    found, _ = await enter(request, db, day)
    figures = await _figures(db, found) if name in PICTURES else None
    drawn = picture(name, sheets_of(figures, locale_of(request))) if figures is not None else None
    if drawn is None:
        raise NotKnown
    return Response(drawn, media_type="image/svg+xml", headers=_ALONE)


@post("/organise/{day:str}/statistics/file", status_code=200)
async def download(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The figures as a file, noted in the ledger."""
    found, someone = await enter(request, db, day)
    asked = (await read_form(request)).text("kind", 8)
    if asked not in set(FileKind):
        raise NotKnown
    kind = FileKind(asked)
    figures = await db.read(day_figures, found, now=db.now())
    sheets = sheets_of(figures, locale_of(request))
    await db.write(note_taken, found.id, kind=kind, actor=someone, now=db.now(), day=found.id)
    headers = {
        "Content-Disposition": f'attachment; filename="{found.slug}-statistics.{kind}"',
        "Cache-Control": "no-store",
    }
    return Stream(file_of(kind, figures, sheets), media_type=MEDIA[kind], headers=headers)


async def _figures(db: Database, day: Day) -> DayFigures | None:
    """Of a day that has begun and to which somebody came."""
    now = db.now()
    figures = await db.read(day_figures, day, now=now) if has_begun(day, now=now) else None
    return figures if figures is not None and figures.all.parties else None


def _page(
    request: WebRequest,
    day: Day,
    tables: tuple[Shown, ...],
    *,
    now: datetime,
    published: bool = False,
    institutions: tuple[tuple[str, str], ...] = (),
) -> Response[Any]:
    context = StatisticsPage(
        day=day,
        counted=bool(tables),
        published=published,
        running=day.state is not DayState.CLOSED,
        tables=tables,
        mark=HIDDEN,
        keeps_back=any(table.sheet.keeps_back for table in tables),
        institutions=institutions,
        answers_from=None if day.tells_answers(now) else day.answered_until.astimezone(day.zone),
    )
    return page(request, context, **day_frame(request, day))


route_handlers: list[Any] = [show_statistics, show_report, show_picture, download]
