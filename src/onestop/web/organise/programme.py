"""The programme report: any set of days, each and together; what of it may be published; files that are noted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.response import Stream

from onestop.days.queries.days import Day, all_days
from onestop.db.session import Database
from onestop.directory.series import all_series
from onestop.domain.day import DayState
from onestop.domain.errors import N_, NotKnown
from onestop.reports.files import MEDIA, FileKind, file_of
from onestop.reports.programme import MOST_DAYS, Programme, has_begun, note_programme, programme_of
from onestop.reports.programme_published import published_days, published_programme
from onestop.reports.programme_sheets import programme_sheets
from onestop.reports.sheets import HIDDEN, Sheet
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page
from onestop.web.organise.frame import centre_frame, enter_centre

HOME = "/organise/programme"
NOTHING_CHOSEN = N_("Please choose at least one day.")
TOO_MANY = N_("Please choose at most %(number)s days.")
WRONG_DATE = N_("Please write a date like 2026-12-31.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChoice:
    """A day that can be in the report."""

    day: Day
    ticked: bool


@page_of("organise/programme.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammePage:
    """Which days: by series and dates, and then one by one."""

    choices: tuple[DayChoice, ...]
    series: tuple[tuple[str, str], ...]
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    sought: bool


@page_of("organise/programme_figures.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeFigures:
    """The tables, and the days they are of."""

    tables: tuple[Sheet, ...]
    days: tuple[Day, ...]
    query: str
    published: bool
    left_out: int
    """Days that have no report of their own."""
    running: bool
    mark: str
    keeps_back: bool


@get("/organise/programme")
async def choose_days(request: WebRequest, db: Db) -> Response[Any]:
    """Days that have begun, narrowed by series and dates; those that were looked for are ticked."""
    await enter_centre(request)
    return await _choice(request, db, chosen=None)


@get("/organise/programme/figures")
async def show_programme(request: WebRequest, db: Db) -> Response[Any]:
    """Everything counted of the chosen days."""
    await enter_centre(request)
    days = _chosen(await _begun(db), request.query_params.getall("day", []))
    if not 0 < len(days) <= MOST_DAYS:
        return await _choice(request, db, chosen=days)
    programme = await db.read(programme_of, days, now=db.now())
    return await _figures(request, db, days, programme_sheets(programme, locale_of(request)))


@get("/organise/programme/report")
async def show_programme_report(request: WebRequest, db: Db) -> Response[Any]:
    """What may be published of them, beside the reports of the days."""
    await enter_centre(request)
    days = _chosen(await _begun(db), request.query_params.getall("day", []))
    if not 0 < len(days) <= MOST_DAYS:
        return await _choice(request, db, chosen=days)
    told, published = await _published(db, days)
    sheets = published_programme(published, locale_of(request)) if published else ()
    return await _figures(request, db, days, sheets, left_out=len(days) - told, published=True)


@post("/organise/programme/file", status_code=200)
async def download_programme(request: WebRequest, db: Db) -> Response[Any]:
    """The figures as a file, noted in the ledger."""
    someone = await enter_centre(request)
    form = await read_form(request)
    days, asked = _chosen(await _begun(db), form.all("day")), form.text("kind", 8)
    if asked not in set(FileKind) or not 0 < len(days) <= MOST_DAYS:
        raise NotKnown
    kind = FileKind(asked)
    programme = await db.read(programme_of, days, now=db.now())
    sheets = programme_sheets(programme, locale_of(request))
    await db.write(note_programme, {day.id: day.slug for day in days}, kind=kind, actor=someone, now=db.now())
    name = f"programme-{programme.days[0].on}-{programme.days[-1].on}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Stream(file_of(kind, programme, sheets), media_type=MEDIA[kind], headers=headers)


async def _published(db: Database, days: Sequence[Day]) -> tuple[int, Programme | None]:
    """How many of the days are closed and have a report of their own, and the programme of these alone.

    What still changes is never published: two reports with one visitor between them would tell of her.
    """
    now = db.now()
    closed = [day for day in days if day.state is DayState.CLOSED]
    slugs = published_days(await db.read(programme_of, closed, now=now)) if closed else ()
    own = [day for day in closed if day.slug in slugs]
    return len(own), await db.read(programme_of, own, now=now) if own else None


async def _begun(db: Database) -> list[Day]:
    return [day for day in await db.read(all_days) if has_begun(day, now=db.now())]


def _chosen(days: Sequence[Day], slugs: Sequence[str]) -> list[Day]:
    return [day for day in days if day.slug in set(slugs)]


async def _choice(request: WebRequest, db: Database, *, chosen: Sequence[Day] | None) -> Response[Any]:
    """The form; with `chosen` it comes back because none, or too many, were."""
    locale, asked = locale_of(request), request.query_params
    typed = {name: (asked.get(name) or "").strip()[:40] for name in ("series", "since", "until")}
    errors: dict[str, str] = {}
    ends: dict[str, date | None] = {}
    for name in ("since", "until"):
        try:
            ends[name] = date.fromisoformat(typed[name]) if typed[name] else None
        except ValueError:
            ends[name], errors[name] = None, locale.gettext(WRONG_DATE)
    since, until = ends["since"], ends["until"]
    found = [
        day
        for day in await _begun(db)
        if (not typed["series"] or (day.series is not None and str(day.series.id) == typed["series"]))
        and (since is None or day.on >= since)
        and (until is None or day.on <= until)
    ]
    sought = chosen is None and any(typed.values()) and not errors
    ticked = {day.id for day in (found if sought else chosen or ())}
    if chosen is not None:
        why = TOO_MANY if chosen else NOTHING_CHOSEN
        errors["days"] = locale.say(why, {"number": MOST_DAYS} if chosen else {})
    every = await db.read(all_series)
    context = ProgrammePage(
        choices=tuple(DayChoice(day=day, ticked=day.id in ticked) for day in found),
        series=(("", locale.gettext("All series")), *((str(each.id), each.name) for each in every)) if every else (),
        typed=typed,
        errors=errors,
        sought=sought,
    )
    status = 422 if errors else 200
    return page(request, context, status=status, **await centre_frame(request, db, HOME))


async def _figures(
    request: WebRequest,
    db: Database,
    days: Sequence[Day],
    tables: tuple[Sheet, ...],
    *,
    left_out: int = 0,
    published: bool = False,
) -> Response[Any]:
    context = ProgrammeFigures(
        tables=tables,
        days=tuple(sorted(days, key=lambda day: (day.on, day.slug))),
        query=urlencode([("day", day.slug) for day in days]),
        published=published,
        left_out=left_out,
        running=any(day.state == "published" for day in days),
        mark=HIDDEN,
        keeps_back=any(sheet.keeps_back for sheet in tables),
    )
    return page(request, context, **await centre_frame(request, db, HOME))


route_handlers: list[Any] = [choose_days, show_programme, show_programme_report, download_programme]
