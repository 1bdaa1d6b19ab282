"""The board of a day: the page, its lines, and its stream."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.days.queries.board_lines import board_line
from onestop.db.session import Database
from onestop.domain.board import Sound, lines_beside_a_band, lines_for
from onestop.domain.errors import N_
from onestop.live.hub import key_of
from onestop.visits.queries.board import Board, BoardDay, BoardState, board
from onestop.visits.queries.sessions import CalledSession, called_sessions
from onestop.web.display.frame import day_moved_to, locale_of_board, told_in_languages, watched_day
from onestop.web.display.setup import setup_of
from onestop.web.kit.broadcasts import told_to_all
from onestop.web.kit.locale import Locale, fallbacks
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.parts import CallLine, DeskMark
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.sessions import known_actor
from onestop.web.kit.sse import live_stream

TO_SESSION = N_("Session at %(time)s: please go to desk %(desk)s now.")


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
    lines: int
    """For how many lines the type is made, so that the farthest seat reads it."""
    shown: int
    """How many lines there are; fewer where a sentence stands above them."""
    last: int
    line: tuple[str, str] | None
    """The message to everybody, else the sessions that people are called to, else the organiser's own line; and the
    language it is in."""
    rings: str
    """Changes with every call to a session that the line tells of; a board chimes then."""
    alarm: tuple[tuple[str, str], ...]
    """Everybody must leave: nothing else is shown, in every language of the day there is room for."""
    sound: str
    volume: int
    dark: bool
    desks: tuple[int, ...]


@get("/display/{day:str}")
async def show_board(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The whole board, as this machine is set up; a display that was moved goes to its own."""
    if moved := await day_moved_to(request, db, day):
        return see_other(f"/display/{moved}")
    return await _show(request, db, day)


@get("/display/{day:str}/calls")
async def show_calls(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The lines, and the calls after `?after=<id of the last one>` that are still to be announced."""
    return await _show(request, db, day, block="lines")


@get("/display/{day:str}/live")
async def stream_board(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Tells when the lines changed."""
    found = await watched_day(request, db, day)
    return await live_stream(request, [key_of("board", found.id)])


async def _show(request: WebRequest, db: Database, slug: str, *, block: str | None = None) -> Response[Any]:
    day = await watched_day(request, db, slug)
    setup = setup_of(request)
    locale = locale_of_board(request, day)
    paused = day.state is BoardState.PAUSED
    # There is room for one sentence: why there is a pause matters more.
    told = await told_to_all(db, day.id, locale, board=known_actor(request).device)
    alarm = await told_in_languages(db, day) if told is not None and told.alarm else ()
    line = None if paused else own_line(await db.read(board_line, day.id), locale, day)
    to_sessions = await db.read(called_sessions, day.id, now=db.now()) if day.state is BoardState.OPEN else ()
    if shown_here := [one for one in to_sessions if not setup.desks or one.desk_number in setup.desks]:
        line = _sessions_line(shown_here, locale, day), locale.tag
    if told is not None:
        line = told.text, told.lang or locale.tag
    lines = lines_for(setup.screen)
    shown = lines_beside_a_band(lines) if paused or line is not None else lines
    after = request.query_params.get("after", "")
    known = int(after) if after.isdecimal() and len(after) < 19 else 0
    found = await db.read(board, day, after=known, shown=shown, only=setup.desks, now=db.now())
    context = BoardPage(
        slug=slug,
        day=day,
        state=found.state,
        calls=_announced(found),
        lines=lines,
        shown=shown,
        last=found.last,
        line=line,
        rings=" ".join(f"{one.id}@{one.called_at.isoformat()}" for one in shown_here) if told is None else "",
        alarm=alarm,
        sound=Sound.NONE if day.quiet else setup.sound,
        volume=setup.volume,
        dark=setup.dark,
        desks=setup.desks,
    )
    return page(request, context, block=block, locale=locale, zone=day.timezone, brand=day.name, door="display")


def _sessions_line(called: Sequence[CalledSession], locale: Locale, day: BoardDay) -> str:
    """When and where, of each: whoever goes there knows which is hers by its time and desk."""
    return " · ".join(
        locale.say(TO_SESSION, {"time": locale.time(one.starts_at, day.timezone), "desk": one.desk_number})
        for one in called
    )


def own_line(words: Mapping[str, str], locale: Locale, day: BoardDay) -> tuple[str, str] | None:
    """The organiser's line in the board's language or the nearest one it is written in."""
    tags = (*fallbacks(locale.tag, working=day.working_language), *sorted(words))
    tag = next((tag for tag in tags if tag in words), None)
    return None if tag is None else (words[tag], tag)


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
