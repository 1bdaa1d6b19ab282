"""Looking at a desk: which desks there are, the desk itself, its live parts and its stream."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from onestop.db.session import Database
from onestop.domain.roles import Role
from onestop.live.hub import key_of
from onestop.visits.queries.desk import PARTS, Part
from onestop.visits.queries.desk_places import desks_to_open
from onestop.web.desk.access import reach_desk
from onestop.web.desk.answer import show
from onestop.web.desk.pages import DesksPage
from onestop.web.kit.guards import require
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import go_to, page
from onestop.web.kit.sse import live_stream


@get("/desk")
async def show_desks(request: WebRequest, db: Db) -> Response[Any]:
    """The officer's own desk; a choice for one who has several."""
    someone = await require(request, Role.OFFICER)
    choices = await db.read(desks_to_open, someone.grants, now=db.now())
    if len(choices) == 1:
        return go_to(request, f"/desks/{choices[0].id}")
    zone = choices[0].timezone if choices else "UTC"
    return page(request, DesksPage(desks=choices), zone=zone, door="desk", home="/desk")


@get("/desks/{desk_id:uuid}")
async def show_desk(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """The whole screen."""
    return await _part(request, db, desk_id, PARTS)


@get("/desks/{desk_id:uuid}/now")
async def show_now(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """The part with the visitor who is here."""
    return await _part(request, db, desk_id, frozenset({"now"}), block="now")


@get("/desks/{desk_id:uuid}/next")
async def show_next(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """The part with who comes next and why."""
    return await _part(request, db, desk_id, frozenset({"next"}), block="next")


@get("/desks/{desk_id:uuid}/mine")
async def show_mine(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """The part with what was done here today."""
    return await _part(request, db, desk_id, frozenset({"mine"}), block="mine")


@get("/desks/{desk_id:uuid}/help")
async def show_help(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """The part with the desks that ask for help."""
    return await _part(request, db, desk_id, frozenset({"help"}), block="help")


@get("/desks/{desk_id:uuid}/live")
async def stream_desk(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """Tells when this desk, or anything of the day, changed."""
    _, place = await reach_desk(request, db, desk_id)
    return await live_stream(request, [key_of("desk", place.id), key_of("overview", place.day)])


async def _part(
    request: WebRequest, db: Database, desk_id: UUID, parts: frozenset[Part], *, block: str | None = None
) -> Response[Any]:
    _, place = await reach_desk(request, db, desk_id)
    return await show(request, db, place, parts, block=block)


route_handlers: list[Any] = [show_desks, show_desk, show_now, show_next, show_mine, show_help, stream_desk]
