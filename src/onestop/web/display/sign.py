"""The sign of one desk: its number, colour and shape, and whom it calls or serves now."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.days.queries.days import day_by_slug
from onestop.db.session import Database
from onestop.domain.day import DeskState
from onestop.domain.errors import DeskUnknown
from onestop.visits.queries.board import BoardState, desk_sign
from onestop.web.display.frame import day_moved_to, locale_of_board, told_in_languages, watched_day
from onestop.web.display.setup import setup_of
from onestop.web.kit.broadcasts import told_to_all
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.parts import DeskMark
from onestop.web.kit.requests import Db, WebRequest, is_htmx
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.sessions import known_actor

MOST = 10**6


@page_of("display/sign.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class SignPage:
    """One desk. No institution stands on it: whoever comes knows her number, and others need not know more (R19)."""

    slug: str
    desk: DeskMark
    state: str
    """`closed`, `break` or `open`."""
    called: int | None
    member: int | None
    line: tuple[str, str] | None
    """The message to everybody, and the language it is in."""
    alarm: tuple[tuple[str, str], ...]
    """Everybody must leave: nothing else is shown."""
    dark: bool


@get("/display/{day:str}/desk/{number:int}")
async def show_sign(request: WebRequest, db: Db, day: FromPath[str], number: FromPath[int]) -> Response[Any]:
    """The whole sign; its live part alone for a script. A display that was moved goes to what is its own now."""
    if not is_htmx(request) and (moved := await day_moved_to(request, db, day)):
        return see_other(await _sign_there(db, moved, number))
    found = await watched_day(request, db, day)
    try:
        sign = await db.read(desk_sign, found.id, number if 0 < number < MOST else 0)
    except DeskUnknown:
        if known_actor(request).device is None:
            raise
        # Its desk was taken away, or the display came here from a day that had one: the board shows every desk.
        return see_other(f"/display/{day}")
    locale = locale_of_board(request, found)
    told = await told_to_all(db, found.id, locale)
    context = SignPage(
        slug=day,
        desk=DeskMark(number=sign.number, colour=sign.colour, shape=sign.shape),
        state=_state(found.state, sign.state),
        called=sign.called,
        member=sign.member,
        line=(told.text, told.lang or locale.tag) if told is not None else None,
        alarm=await told_in_languages(db, found) if told is not None and told.alarm else (),
        dark=setup_of(request).dark,
    )
    return page(
        request,
        context,
        block="sign" if is_htmx(request) else None,
        locale=locale,
        zone=found.timezone,
        brand=found.name,
        door="display",
    )


async def _sign_there(db: Database, slug: str, number: int) -> str:
    """The desk of this number on the other day, else the board of that day."""
    try:
        await db.read(desk_sign, (await db.read(day_by_slug, slug)).id, number if 0 < number < MOST else 0)
    except DeskUnknown:
        return f"/display/{slug}"
    return f"/display/{slug}/desk/{number}"


def _state(day: BoardState, desk: DeskState) -> str:
    if day is BoardState.OVER or desk is DeskState.CLOSED:
        return "closed"
    return "break" if day is BoardState.PAUSED or desk is DeskState.PAUSED else "open"


route_handlers: list[Any] = [show_sign]
