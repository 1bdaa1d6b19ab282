"""The floor plan for who shows people the way: every desk of the day, no institution and nobody's name."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.desks import desks_of_day
from onestop.directory.floor_plans import floor_of
from onestop.web.floor.frame import day_and_actor, drives_day, frame, home_of
from onestop.web.kit.floor import FloorView, floor_view, marks_of_day
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page


@page_of("floor/plan.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPage:
    """The hall with all its desks."""

    day: Day
    view: FloorView | None
    back: str


@get("/floor/{slug:str}/plan")
async def show_plan(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The page."""
    day, someone = await day_and_actor(request, db, slug, drives=False)
    floor, desks = await db.read(floor_of, day.venue_id), await db.read(desks_of_day, day.id)
    context = PlanPage(
        day=day,
        view=floor_view(floor, marks_of_day(desks), locale_of(request), working=day.working_language),
        back=home_of(day) if drives_day(someone, day.id) else f"{home_of(day)}/called",
    )
    return page(request, context, **frame(request, day, someone, "plan"))


route_handlers: list[Any] = [show_plan]
