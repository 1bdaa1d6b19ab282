"""A day goes to another date: whom it touches, the date, and the button."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.domain.day import DAY_MOVES, DayState
from onestop.domain.errors import Refusal
from onestop.visits.actions.moving import move_day
from onestop.visits.queries.inside import Touched, inside_of_day, touched_by_end, waiting_of_day
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, settings_of
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of
from onestop.web.organise.reading import LONGEST_DATE, Reader


@page_of("organise/move.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDayPage:
    """What moving means, before it is done."""

    day: Day
    on: str
    earliest: date
    touched: Touched
    waiting: int
    texts: bool
    came: bool
    possible: bool
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/move")
async def show_move(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The form; the same day of the next week stands there already."""
    found, _ = await enter(request, db, day)
    return await _page(request, db, found, (found.on + timedelta(days=7)).isoformat())


@post("/organise/{day:str}/move")
async def move(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Move it; a refusal shows the form again."""
    found, someone = await enter(request, db, day)
    read = Reader(await read_form(request), locale_of(request))
    on, errors, status = read.day("on"), read.errors, 422
    if on is not None:
        try:
            waiting = await db.read(waiting_of_day, found.id)
            path = await submit_once(
                request,
                f"organise.moved.{found.id}",
                move_day,
                found.id,
                on=on,
                bookings_too=read.form.ticked("bookings_too"),
                version=read.form.number("version") or 0,
                actor=someone,
                now=db.now(),
                day=found.id,
                to=lambda booked: path_of(found, "?done=moved" if booked or waiting else "?done=moved-alone"),
            )
            return see_other(path)
        except Refusal as refusal:
            errors, status = errors_of(read.locale, refusal), refusal.status
            found, _ = await enter(request, db, day)
    return await _page(request, db, found, read.form.text("on", LONGEST_DATE), errors=errors, status=status)


async def _page(
    request: WebRequest, db: Db, day: Day, on: str, *, errors: dict[str, str] | None = None, status: int = 200
) -> Response[Any]:
    context = MoveDayPage(
        day=day,
        on=on,
        earliest=db.now().astimezone(day.zone).date(),
        touched=await db.read(touched_by_end, day.id),
        waiting=await db.read(waiting_of_day, day.id),
        texts=bool(settings_of(request).sms_url),
        came=(await db.read(inside_of_day, day.id)).came > 0,
        possible=DayState.CANCELLED in DAY_MOVES[day.state],
        errors=errors or {},
    )
    return page(request, context, status=status, **day_frame(request, day))


route_handlers: list[Any] = [show_move, move]
