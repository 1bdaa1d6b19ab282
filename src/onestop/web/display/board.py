"""The board of a day: the page, its lines, and its stream."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.db.session import Database
from onestop.domain.roles import Role
from onestop.live.hub import key_of
from onestop.visits.queries.board import SHOWN, Board, BoardDay, BoardState, board, board_day
from onestop.web.kit.guards import require
from onestop.web.kit.language import CHOICE, locale_of
from onestop.web.kit.locale import LANGUAGES, Locale, locale_for
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.parts import CallLine, DeskMark
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page
from onestop.web.kit.sessions import LANGUAGE_COOKIE
from onestop.web.kit.sse import live_stream

WATCHERS = (Role.DISPLAY, Role.ORGANISER, Role.RECEPTIONIST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A line with what the player needs: how often it was said, and how long ago."""

    line: CallLine
    said: int
    age_seconds: int


@page_of("display/board.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage:
    """The display of a hall; lines after the first `shown` are only announced."""

    slug: str
    day: BoardDay
    state: BoardState
    calls: tuple[Announced, ...]
    shown: int
    last: int
    dark: bool


@get("/display/{day:str}")
async def show_board(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The whole board. `?dark=1` is for a dark room."""
    return await _show(request, db, day)


@get("/display/{day:str}/calls")
async def show_calls(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The lines, and the calls after `?after=<id of the last one>` that are still to be announced."""
    return await _show(request, db, day, block="lines")


@get("/display/{day:str}/live")
async def stream_board(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Tells when the lines changed."""
    found = await _day(request, db, day)
    return await live_stream(request, [key_of("board", found.id)])


async def _show(request: WebRequest, db: Database, slug: str, *, block: str | None = None) -> Response[Any]:
    day = await _day(request, db, slug)
    after = request.query_params.get("after", "")
    known = int(after) if after.isdecimal() and len(after) < 19 else 0
    found = await db.read(board, day, after=known, now=db.now())
    context = BoardPage(
        slug=slug,
        day=day,
        state=found.state,
        calls=_announced(found),
        shown=SHOWN,
        last=found.last,
        dark=request.query_params.get("dark") == "1",
    )
    return page(
        request, context, block=block, locale=_locale(request, day), zone=day.timezone, brand=day.name, door="display"
    )


async def _day(request: WebRequest, db: Database, slug: str) -> BoardDay:
    await require(request, *WATCHERS)  # a stranger learns nothing from what exists
    day = await db.read(board_day, slug, now=db.now())
    await require(request, *WATCHERS, day=day.id)
    return day


def _locale(request: WebRequest, day: BoardDay) -> Locale:
    """The language somebody chose on this machine, else the one the day works in: a hall is not one reader."""
    chosen = request.query_params.get(CHOICE) or request.cookies.get(LANGUAGE_COOKIE)
    if chosen not in LANGUAGES and day.working_language in LANGUAGES:
        return locale_for(day.working_language)
    return locale_of(request)


def _announced(found: Board) -> tuple[Announced, ...]:
    return tuple(
        Announced(
            line=CallLine(
                id=call.id,
                number=call.number,
                member=call.member,
                desk=DeskMark(number=call.desk_number, colour=call.desk_colour, shape=call.desk_shape),
            ),
            said=call.said,
            age_seconds=call.age_seconds,
        )
        for call in found.calls
    )


route_handlers: list[Any] = [show_board, show_calls, stream_board]
