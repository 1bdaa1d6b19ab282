"""The board of a day with calls of people who do not exist, for its organiser."""

from dataclasses import replace
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.days.queries.board_lines import board_line
from onestop.days.queries.desks import desks_of_day
from onestop.domain.board import Sound, lines_beside_a_band, lines_for
from onestop.visits.queries.board import BoardState, board_day
from onestop.web.display.board import Announced, BoardPage, own_line
from onestop.web.display.setup import setup_of
from onestop.web.kit.parts import CallLine, DeskMark
from onestop.web.kit.previews import NUMBER, previewed_day, seen_in, still
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page


@get("/organise/{day:str}/preview/board")
async def preview_board(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The board as a screen shows it that nobody has set up, in the language asked for."""
    found = await previewed_day(request, db, day)
    locale = seen_in(request, found)
    shown_day = replace(await db.read(board_day, day, now=db.now()), state=BoardState.OPEN)
    line = own_line(await db.read(board_line, found.id), locale, shown_day)
    setup = setup_of(request)
    lines = lines_for(setup.screen)
    shown = lines_beside_a_band(lines) if line is not None else lines
    desks = (await db.read(desks_of_day, found.id))[:shown]
    context = BoardPage(
        slug=day,
        day=shown_day,
        state=BoardState.OPEN,
        calls=tuple(
            Announced(
                line=CallLine(
                    id=nth + 1,
                    number=NUMBER + nth,
                    desk=DeskMark(number=desk.number, colour=desk.colour, shape=desk.shape),
                ),
                said=1,
                age_seconds=0,
            )
            for nth, desk in enumerate(desks)
        ),
        lines=lines,
        shown=shown,
        last=0,
        line=line,
        rings="",
        alarm=(),
        sound=Sound.NONE,
        volume=0,
        dark=setup.dark,
        desks=setup.desks,
    )
    return still(page(request, context, locale=locale, zone=shown_day.timezone, brand=shown_day.name, door="display"))


route_handlers: list[Any] = [preview_board]
