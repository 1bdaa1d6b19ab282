"""Everything that is public of a draw, before, during and after it: a page for people, a text for programs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream

from onestop.booking.draws import Counts, Line, counts_of, line_of, lines_of
from onestop.days.queries.days import Day, day_by_slug
from onestop.days.queries.draws import Draw, the_draw
from onestop.db.session import Database
from onestop.domain.day import DayState, Release
from onestop.domain.errors import N_, DayNotPublished, NoDraw
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.public.frame import DrawTold, day_page, link, locale_for_day

ON_A_PAGE = 100
IN_A_PIECE = 1000
NOT_ON_THE_LIST = N_("This code is not on the list. Please check it.")


@page_of("public/draw.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPage:
    """What was published so far; `requests` is `None` while they are taken."""

    day: Day
    draw: DrawTold
    commitment: str
    list_hash: str | None
    seed: str | None
    result_hash: str | None
    requests: int | None
    drawn: int
    lines: tuple[Line, ...]
    earlier: str
    later: str
    asked: str
    found: Line | None
    missing: str
    action: str
    text: str
    back: str


@get("/d/{day:str}/draw")
async def show_draw(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The page; the list in parts, and one request by its code."""
    found, draw = await public_draw(db, day)
    locale = locale_for_day(request, found)
    now = db.now()
    counts = await db.read(counts_of, found.id) if draw.closed_at else Counts(requests=0, drawn=0)
    nth = max(0, min(_number(request.query_params.get("part", "")), counts.requests // ON_A_PAGE))
    lines = await _lines(db, draw, after=nth * ON_A_PAGE, limit=ON_A_PAGE) if draw.closed_at else []
    asked = request.query_params.get("request", "").strip()[:60]
    line = await _line(db, draw, asked) if asked and draw.closed_at else None
    path = f"/d/{found.slug}/draw"
    context = DrawPage(
        day=found,
        draw=DrawTold(
            state=draw.state(now),
            opens_at=draw.opens_at.astimezone(found.zone),
            closes_at=draw.closes_at.astimezone(found.zone),
            public=link(request, path),
        ),
        commitment=draw.commitment,
        list_hash=draw.list_hash,
        seed=draw.seed,
        result_hash=draw.result_hash,
        requests=counts.requests if draw.closed_at else None,
        drawn=counts.drawn,
        lines=tuple(lines),
        earlier=link(request, f"{path}?part={nth - 1}") if nth else "",
        later=link(request, f"{path}?part={nth + 1}") if (nth + 1) * ON_A_PAGE < counts.requests else "",
        asked=asked,
        found=line,
        missing=locale.gettext(NOT_ON_THE_LIST) if asked and line is None else "",
        action=path,
        text=f"{path}.txt",
        back=link(request, f"/d/{found.slug}"),
    )
    return day_page(request, found, context, locale=locale)


@get("/d/{day:str}/draw.txt")
async def show_draw_text(db: Db, day: FromPath[str]) -> Stream:
    """Names and values, an empty line, then the requests, one a line; after the draw `rank id outcome`."""
    found, draw = await public_draw(db, day)
    return Stream(_text(db, found, draw), media_type="text/plain; charset=utf-8")


async def public_draw(db: Database, slug: str) -> tuple[Day, Draw]:
    """A day with its draw. Raises `DayUnknown`, `DayNotPublished`, `NoDraw`."""
    day = await db.read(day_by_slug, slug)
    if day.release is not Release.DRAW:
        raise NoDraw
    if day.state is DayState.DRAFT:
        raise DayNotPublished
    return day, await db.read(the_draw, day.id)


async def _text(db: Database, day: Day, draw: Draw) -> AsyncIterator[str]:
    told = {
        "day": day.slug,
        "state": draw.state(db.now()),
        "opens": _stamp(draw.opens_at),
        "closes": _stamp(draw.closes_at),
        "commitment": draw.commitment,
        "list-hash": draw.list_hash or "-",
        "seed": draw.seed or "-",
        "result-hash": draw.result_hash or "-",
    }
    yield "".join(f"{name}: {value}\n" for name, value in told.items()) + "\n"
    after = 0
    while draw.closed_at and (lines := await _lines(db, draw, after=after, limit=IN_A_PIECE)):
        yield "".join(
            f"{line.rank} {line.request} {line.outcome}\n" if line.rank else f"{line.request}\n" for line in lines
        )
        after += IN_A_PIECE


async def _lines(db: Database, draw: Draw, *, after: int, limit: int) -> list[Line]:
    return list(await db.read(lines_of, draw.day, done=draw.drawn_at is not None, after=after, limit=limit))


async def _line(db: Database, draw: Draw, asked: str) -> Line | None:
    try:
        request = UUID(asked)
    except ValueError:
        return None
    return await db.read(line_of, draw.day, request, done=draw.drawn_at is not None)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


route_handlers: list[Any] = [show_draw, show_draw_text]
