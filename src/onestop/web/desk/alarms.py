"""The silent alarm: a desk asks for help, and another desk says that somebody comes."""

from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from onestop.visits.actions.alarms import ask_at_desk, end_alarm, say_coming
from onestop.web.desk.access import reach_desk
from onestop.web.desk.answer import press
from onestop.web.kit.requests import Db, WebRequest


@post("/desks/{desk_id:uuid}/alarms")
async def do_ask(request: WebRequest, db: Db, desk_id: FromPath[UUID]) -> Response[Any]:
    """Ask for help; this desk's screen shows it in a small line only."""
    someone, place = await reach_desk(request, db, desk_id)
    return await press(request, db, place, "desk.alarm", ask_at_desk, desk_id, actor=someone)


@post("/desks/{desk_id:uuid}/alarms/{alarm:uuid}/coming")
async def do_come(request: WebRequest, db: Db, desk_id: FromPath[UUID], alarm: FromPath[UUID]) -> Response[Any]:
    """Somebody of this desk goes there."""
    someone, place = await reach_desk(request, db, desk_id)
    return await press(
        request, db, place, "desk.alarm.coming", say_coming, place.day, alarm, desk=place.id, actor=someone
    )


@post("/desks/{desk_id:uuid}/alarms/{alarm:uuid}/end")
async def do_end(request: WebRequest, db: Db, desk_id: FromPath[UUID], alarm: FromPath[UUID]) -> Response[Any]:
    """It is over."""
    someone, place = await reach_desk(request, db, desk_id)
    return await press(request, db, place, "desk.alarm.end", end_alarm, place.day, alarm, actor=someone)


route_handlers: list[Any] = [do_ask, do_come, do_end]
