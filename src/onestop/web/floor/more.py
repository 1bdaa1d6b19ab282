"""More at one desk of floor control: what its officer would press less often, for a desk that has no computer.

Notes stand nowhere here: they are the institution's own, and whoever holds the tablet is not of it (R14).
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.visits.actions.alarms import ask_at_desk
from onestop.visits.actions.calls import park
from onestop.visits.actions.door import at_desk
from onestop.visits.queries.floor import floor_desk
from onestop.web.floor.control import DeskCard, card_of, press
from onestop.web.floor.frame import caller_of, day_and_actor, frame, home_of
from onestop.web.kit.called_here import called_here
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page

PARK_MINUTES = (5, 10, 20, 30)


@page_of("floor/more.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class MorePage:
    """One desk: who is there, and what else can be done."""

    card: DeskCard
    home: str
    her_page: str
    """At reception, where a stop is added; empty when nobody is at the desk."""
    park_minutes: tuple[int, ...] = PARK_MINUTES


@get("/floor/{slug:str}/desks/{desk:uuid}")
async def show_more(request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID]) -> Response[Any]:
    """The page."""
    day, someone = await day_and_actor(request, db, slug, drives=True)
    shown = await db.read(floor_desk, day.id, desk, now=db.now())
    here = shown.at_desk
    context = MorePage(
        card=card_of(day, shown, locale_of(request)),
        home=home_of(day),
        her_page=f"/reception/{day.slug}/parties/{here.party}" if here is not None else "",
    )
    return page(request, context, **frame(request, day, someone, "desks"))


@post("/floor/{slug:str}/desks/{desk:uuid}/stops/{stop:uuid}/park")
async def press_park(
    request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID], stop: FromPath[UUID]
) -> Response[Any]:
    """Set aside for some minutes; this desk calls her again first."""
    await day_and_actor(request, db, slug, drives=True)
    minutes = (await read_form(request)).number("minutes") or PARK_MINUTES[0]
    return await press(request, db, slug, desk, at_desk, desk, stop, park, minutes=minutes)


@post("/floor/{slug:str}/desks/{desk:uuid}/help")
async def press_desk_help(request: WebRequest, db: Db, slug: FromPath[str], desk: FromPath[UUID]) -> Response[Any]:
    """Help is called beside this desk, silently; the desk itself reads that it did not press."""
    day, someone = await day_and_actor(request, db, slug, drives=True)
    made: list[UUID] = []

    def ask(*args: Any, **more: Any) -> None:
        made.append(ask_at_desk(*args, by=caller_of(someone, day.id), **more))

    answer = await press(request, db, slug, desk, ask, desk)
    for alarm in made[-1:]:
        answer.set_cookie(called_here(request, alarm))
    return answer


route_handlers: list[Any] = [show_more, press_park, press_desk_help]
