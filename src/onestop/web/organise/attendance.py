"""An institution comes later, leaves early or does not come: one act for all its desks, from the live overview."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.domain.attendance import Attendance
from onestop.domain.day import DayState
from onestop.domain.errors import N_, Refusal
from onestop.domain.intervals import joined
from onestop.visits.actions.setup import change_attendance
from onestop.visits.actions.weighing import ChangeTouches
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import day_frame, enter, errors_of, path_of
from onestop.web.organise.reading import TIME_WRONG, Reader, read_id, read_time
from onestop.web.organise.touch import BACK, SURE, ask_first, errors_of_return

CHOOSE_INSTITUTION = N_("Please choose the institution.")
CHOOSE_HOW = N_("Please choose what happens.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """An institution at this day: its desks and the hours in which one of them is open."""

    id: UUID
    name: str
    desks: tuple[int, ...]
    hours: tuple[tuple[datetime, datetime], ...]


@page_of("organise/attendance.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class AttendancePage:
    """The form, with what was typed."""

    day: Day
    institutions: tuple[Coming, ...]
    runs: bool
    """Whether the day can still be changed."""
    institution: str = ""
    how: str = ""
    at: str = ""
    errors: dict[str, str] = field(default_factory=dict[str, str])
    key: str = field(default_factory=new_key)


@get("/organise/{day:str}/institution")
async def show_attendance(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The form; an institution can be chosen in the address."""
    found, _ = await enter(request, db, day)
    return await _page(request, db, found, institution=request.query_params.get("institution", "")[:40])


@post("/organise/{day:str}/institution")
async def change(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """Change the hours of all its desks; whom that touches is asked about first."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    read = Reader(form, locale_of(request))
    institution, at = read_id(form.text("institution", 40)), form.text("at", 12)
    how = next((each for each in Attendance if each == form.text("how", 12)), None)
    if institution is None:
        read.wrong("institution", CHOOSE_INSTITUTION)
    if how is None:
        read.wrong("how", CHOOSE_HOW)
    if how is not Attendance.AWAY and at and read_time(at) is None:
        read.wrong("at", TIME_WRONG)
    status = 422
    if form.ticked(BACK):
        read.errors, status = errors_of_return(request, form, found), 200
    elif not read.errors:
        try:
            path = await submit_once(
                request,
                f"organise.institution.hours.{found.id}",
                change_attendance,
                found.id,
                institution,
                how,
                read_time(at),
                version=form.number("version") or 0,
                sure=form.text(SURE),
                actor=someone,
                now=db.now(),
                day=found.id,
                to=lambda _: path_of(found, _after(found)),
            )
            return see_other(path)
        except ChangeTouches as touches:
            return await ask_first(request, db, found, form, touches)
        except Refusal as refusal:
            read.errors |= errors_of(read.locale, refusal)
            found, _ = await enter(request, db, day)
            status = refusal.status
    typed = {"institution": form.text("institution", 40), "how": form.text("how", 12), "at": at}
    return await _page(request, db, found, **typed, errors=read.errors, status=status)


def _after(day: Day) -> str:
    return "/overview?done=hours" if day.state is DayState.PUBLISHED else "/desks?done=saved"


async def _page(request: WebRequest, db: Db, day: Day, *, status: int = 200, **more: Any) -> Response[Any]:
    context = AttendancePage(
        day=day,
        institutions=_coming(await db.read(desks_of_day, day.id)),
        runs=day.state in (DayState.DRAFT, DayState.PUBLISHED),
        **more,
    )
    return page(request, context, status=status, **day_frame(request, day))


def _coming(desks: list[DeskRow]) -> tuple[Coming, ...]:
    names = {desk.institution.id: desk.institution.name for desk in desks}
    return tuple(
        Coming(
            id=one,
            name=name,
            desks=tuple(desk.number for desk in desks if desk.institution.id == one),
            hours=joined(opening for desk in desks if desk.institution.id == one for opening in desk.openings),
        )
        for one, name in sorted(names.items(), key=lambda each: each[1].casefold())
    )


route_handlers: list[Any] = [show_attendance, change]
