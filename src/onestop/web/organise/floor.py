"""Where the desks of a day stand on the plan of its venue: tapped on the picture, or typed as two numbers."""

from dataclasses import dataclass, field
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.db.session import Database
from onestop.directory.floor_entries import WHOLE, NoPlan, SpotRefused, place_desk
from onestop.directory.floor_plans import Plan, Spot, floor_of
from onestop.domain.errors import DeskUnknown, Refusal
from onestop.domain.roles import Actor
from onestop.web.kit.floor import FloorView, floor_view, marks_of_day
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.parts import DeskMark
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import day_frame, enter, enter_centre, errors_of, path_of, works_everywhere

HUNDREDTH = WHOLE // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLine:
    """A desk of the day, and where it stands in hundredths of the plan; empty where it stands nowhere yet."""

    mark: DeskMark
    institution: str
    across: str
    down: str


@page_of("organise/floor.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class FloorPage:
    """The plan with its desks, and the one that is put somewhere now."""

    day: Day
    view: FloorView | None
    desks: tuple[DeskLine, ...]
    chosen: DeskLine | None
    placed: int
    venue_page: str
    """Where the plan itself is kept; empty for somebody who organises this day only, and may not change it."""
    across: str = ""
    down: str = ""
    saved: bool = False
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/floor")
async def show_floor(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The page; `?desk=` is the one to put somewhere, else the first that stands nowhere."""
    found, _ = await enter(request, db, day)
    asked = Form(request.query_params.multi_items())
    return await _page(request, db, found, asked.number("desk"), saved=asked.text("done", 10) == "saved")


@post("/organise/{day:str}/floor/{number:int}")
async def place(request: WebRequest, db: Db, day: FromPath[str], number: FromPath[int]) -> Response[Any]:
    """This desk stands here: the point of the picture that was tapped, or two hundredths."""
    someone = await enter_centre(request)
    found, _ = await enter(request, db, day)
    form = await read_form(request)
    typed = {"across": form.text("across", 12), "down": form.text("down", 12)}
    try:
        plan = (await db.read(floor_of, found.venue_id)).plan
        if plan is None:
            raise NoPlan(field="content")
        spot = _tapped(form, plan) if "at.x" in form else _written(form)
        return await _store(request, db, found, number, spot, someone=someone)
    except Refusal as refusal:
        errors = errors_of(locale_of(request), refusal)
        return await _page(request, db, found, number, errors=errors, status=refusal.status, **typed)


@post("/organise/{day:str}/floor/{number:int}/remove")
async def take_off(request: WebRequest, db: Db, day: FromPath[str], number: FromPath[int]) -> Response[Any]:
    """This desk stands nowhere on the plan."""
    someone = await enter_centre(request)
    found, _ = await enter(request, db, day)
    await read_form(request)
    try:
        return await _store(request, db, found, number, None, someone=someone)
    except NoPlan as refusal:
        errors = errors_of(locale_of(request), refusal)
        return await _page(request, db, found, number, errors=errors, status=refusal.status)


async def _store(
    request: WebRequest, db: Database, day: Day, number: int, spot: Spot | None, *, someone: Actor
) -> Response[Any]:
    if all(desk.number != number for desk in await db.read(desks_of_day, day.id)):
        raise DeskUnknown
    path = await submit_once(
        request,
        f"organise.spot.{day.venue_id}.{number}.{spot}",
        place_desk,
        day.venue_id,
        number,
        spot,
        actor=someone,
        now=db.now(),
        to=lambda _: path_of(day, f"/floor?done=saved{f'&desk={number}' if spot is None else ''}"),
    )
    return see_other(path)


def _tapped(form: Form, plan: Plan) -> Spot:
    """The point of an image button, in its pixels. A key that presses it says 0, 0: that is no place."""
    x, y = form.number("at.x"), form.number("at.y")
    if x is None or y is None or (x, y) == (0, 0):
        raise SpotRefused(field="spot")
    return Spot(across=round(x * WHOLE / plan.width), down=round(y * WHOLE / plan.height))


def _written(form: Form) -> Spot:
    across, down = form.number("across"), form.number("down")
    if across is None or down is None:
        raise SpotRefused(field="spot")
    return Spot(across=across * HUNDREDTH, down=down * HUNDREDTH)


def _line(row: DeskRow, mark: DeskMark, spot: Spot | None) -> DeskLine:
    return DeskLine(
        mark=mark,
        institution=row.institution.name,
        across=str(round(spot.across / HUNDREDTH)) if spot else "",
        down=str(round(spot.down / HUNDREDTH)) if spot else "",
    )


async def _page(
    request: WebRequest, db: Database, day: Day, number: int | None, *, status: int = 200, **more: Any
) -> Response[Any]:
    locale, rows = locale_of(request), await db.read(desks_of_day, day.id)
    _, someone = await enter(request, db, day.slug)
    floor = await db.read(floor_of, day.venue_id)
    marks = {mark.number: mark for mark in marks_of_day(rows)}

    desks = tuple(_line(row, marks[row.number], floor.spots.get(row.number)) for row in rows)
    first = next((desk for desk in desks if not desk.across), desks[0] if desks else None)
    chosen = next((desk for desk in desks if desk.mark.number == number), first)
    if chosen is not None:
        more = {"across": chosen.across, "down": chosen.down} | {key: value for key, value in more.items() if value}
    context = FloorPage(
        day=day,
        view=floor_view(
            floor, marks.values(), locale, working=day.working_language, hers=chosen and chosen.mark.number
        ),
        desks=desks,
        chosen=chosen,
        placed=sum(bool(desk.across) for desk in desks),
        venue_page=f"/organise/venues/{day.venue_id}#plan" if works_everywhere(someone) else "",
        **more,
    )
    return page(request, context, status=status, **day_frame(request, day))


route_handlers: list[Any] = [show_floor, place, take_off]
