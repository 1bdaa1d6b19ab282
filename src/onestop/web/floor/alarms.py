"""Calls for help as the floor answers them: at floor control, reception, the guide's list, the overview."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from onestop.days.queries.days import day_by_slug
from onestop.domain.help import ending_of
from onestop.domain.roles import Role
from onestop.visits.actions.alarms import end_alarm, say_coming
from onestop.web.floor.frame import EVERYBODY, home_of
from onestop.web.kit.forms import read_form
from onestop.web.kit.guards import require
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import see_other

_COMERS = (*EVERYBODY, Role.ADMINISTRATOR)
"""Whoever sees a call for help may answer it: the overview is open to administrators too."""
_BACK = {
    "reception": "/reception/{slug}",
    "people": "/reception/{slug}/people",
    "overview": "/organise/{slug}/overview",
    "called": "/floor/{slug}/called",
}
"""Where a press was made, by the name its form carries; anything else leads to floor control."""


@post("/floor/{slug:str}/alarms/{alarm:uuid}/coming")
async def press_coming(request: WebRequest, db: Db, slug: FromPath[str], alarm: FromPath[UUID]) -> Response[Any]:
    """Somebody from the floor goes there."""
    return await _press(request, db, slug, alarm, say_coming)


@post("/floor/{slug:str}/alarms/{alarm:uuid}/end")
async def press_over(request: WebRequest, db: Db, slug: FromPath[str], alarm: FromPath[UUID]) -> Response[Any]:
    """It is over, or it was a mistake."""
    return await _press(request, db, slug, alarm, end_alarm)


async def _press(request: WebRequest, db: Db, slug: str, alarm: UUID, act: Callable[..., None]) -> Response[Any]:
    await require(request, *_COMERS)
    day = await db.read(day_by_slug, slug)
    someone = await require(request, *_COMERS, day=day.id)
    form = await read_form(request)
    came_from, number = form.text("from", 20), form.number("number")
    how = {"ending": ending_of(form.text("ending", 10))} if act is end_alarm else {}
    await db.write(act, day.id, alarm, actor=someone, now=db.now(), day=day.id, **how)
    if came_from == "number" and number is not None:
        return see_other(f"{home_of(day)}/number?number={number}")
    return see_other(_BACK.get(came_from, home_of(day)).format(slug=day.slug))


route_handlers: list[Any] = [press_coming, press_over]
