"""The draw of a day: where it stands, how many ask for a place, and the button that draws."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.drawing import run_draw
from onestop.booking.draws import Asked, Counts, asked_of, counts_of
from onestop.days.queries.days import Day
from onestop.days.queries.draws import draw_of
from onestop.db.session import Database
from onestop.domain.day import Release
from onestop.domain.draw import DrawState
from onestop.domain.errors import NoDraw, Refusal
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of

AT_A_PRESS = 40
"""Short transactions of one press; a draw over thousands is not kept waiting for, the page says how far it is."""


@page_of("organise/draw.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class DrawPage:
    """The window, numbers, and what can be done now; `asked` counts while requests are taken, `counts` afterwards."""

    day: Day
    state: DrawState
    opens_at: datetime
    closes_at: datetime
    commitment: str
    asked: Asked
    counts: Counts
    public: str
    error: str = ""
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/draw")
async def show_draw(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Where the draw stands."""
    found, _ = await enter(request, db, day)
    return await _page(request, db, found)


@post("/organise/{day:str}/draw")
async def draw_now(request: WebRequest, db: Db, ticket_key: TicketKey, day: FromPath[str]) -> Response[Any]:
    """Draw at once after the window instead of waiting for the job; pressed twice it draws once."""
    found, someone = await enter(request, db, day)
    await read_form(request)
    try:
        await asyncio.to_thread(run_draw, db, found.id, key=ticket_key, actor=someone, steps=AT_A_PRESS)
    except Refusal as refusal:
        (error,) = errors_of(locale_of(request), refusal).values()
        return await _page(request, db, found, error=error, status=refusal.status)
    return see_other(path_of(found, "/draw"))


async def _page(request: WebRequest, db: Database, day: Day, *, error: str = "", status: int = 200) -> Response[Any]:
    draw = await db.read(draw_of, day.id) if day.release is Release.DRAW else None
    if draw is None:
        raise NoDraw
    context = DrawPage(
        day=day,
        state=draw.state(db.now()),
        opens_at=draw.opens_at.astimezone(day.zone),
        closes_at=draw.closes_at.astimezone(day.zone),
        commitment=draw.commitment,
        asked=await db.read(asked_of, day.id),
        counts=await db.read(counts_of, day.id),
        public=f"/d/{day.slug}/draw",
        error=error,
    )
    return page(request, context, status=status, **day_frame(request, day))


route_handlers: list[Any] = [show_draw, draw_now]
