"""The next person sits down at the desk: it stays as it is, this browser is signed out, the pass is free."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.accounts.desk_passes import hand_over
from onestop.visits.queries.desk import DeskHead, desk_screen
from onestop.web.desk.access import reach_desk
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.sessions import SESSION_COOKIE, gone_cookie, session_hash


@page_of("desk/hand_over.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverPage:
    """What stays and what ends, and one button."""

    head: DeskHead


@page_of("desk/handed_over.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOverPage:
    """The machine belongs to nobody; how the next person comes in."""


@get("/desks/{desk_id:uuid}/hand-over")
async def show_hand_over(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """The page with the button."""
    _, place = await reach_desk(request, db, desk_id)
    screen = await db.read(desk_screen, place.id, now=db.now(), parts=frozenset())
    context = HandOverPage(head=screen.head)
    return page(
        request, context, zone=screen.head.timezone, door="desk", brand=screen.head.day_name, home="/desk"
    )  # fmt: skip


@post("/desks/{desk_id:uuid}/hand-over")
async def do_hand_over(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """Sign this browser out; a second press finds nobody signed in."""
    someone, place = await reach_desk(request, db, desk_id)
    await db.write(
        hand_over,
        session_hash(request),
        place.day,
        desk=place.id,
        actor=someone,
        now=db.now(),
        day=place.day,
    )
    return see_other("/desk/handed-over", cookies=[gone_cookie(request, SESSION_COOKIE)])


@get("/desk/handed-over")
async def show_handed_over(request: WebRequest) -> Response[Any]:
    """For anybody: it says nothing of any desk."""
    return page(request, HandedOverPage(), door="desk", home="/desk")


route_handlers: list[Any] = [show_hand_over, do_hand_over, show_handed_over]
