"""The first screen of the machine: four doors, every language; and other days."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get

from onestop.days.queries.days import Day
from onestop.days.queries.draws import draws_of_days
from onestop.domain.day import Release
from onestop.web.kiosk.draw_day import says_when
from onestop.web.kiosk.frame import (
    CAMERA,
    Door,
    Tongue,
    door,
    first_screen,
    kiosk_page,
    link,
    locale_here,
    other_days,
    said_also,
    today_of,
    tongues,
)
from onestop.web.kit.broadcasts import Told, told_to_all
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest


@page_of("kiosk/home.html", scans=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskHome:
    """I have a code, help today, another day, change or cancel; `today` is empty when nothing takes place here."""

    today: Day | None
    to_all: Told | None
    tongues: tuple[Tongue, ...]
    doors: tuple[Door, ...]
    camera: tuple[tuple[str, str], ...]
    """What the button of the camera is called in the other languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayDoor:
    """A day, and what a day by draw says of when to ask."""

    day: Day
    href: str
    says: str


@page_of("kiosk/days.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskDays:
    """Days to come on another day; the machine never ends in "full"."""

    days: tuple[DayDoor, ...]
    back: str


@get("/kiosk")
async def show_home(request: WebRequest, db: Db) -> Response[Any]:
    """The first screen."""
    _, today = await today_of(request, db)
    locale = locale_here(request, today)
    ways = {"code": link(request, "/kiosk/code"), "days": link(request, "/kiosk/days")}
    ways["change"] = link(request, "/kiosk/code", why="change")
    context = KioskHome(
        today=today,
        to_all=await told_to_all(db, today.id, locale) if today is not None else None,
        tongues=tongues(request, today) if today is not None else (),
        doors=tuple(door(locale, today, act, href) for act, href in ways.items()),
        camera=said_also(locale, today, CAMERA),
    )
    return kiosk_page(request, today, context, back_after=90 if request.query_params else 300, row=today is None)


@get("/kiosk/days")
async def show_days(request: WebRequest, db: Db) -> Response[Any]:
    """Other days, soonest first."""
    _, today = await today_of(request, db)
    days, locale, now = await other_days(db, today), locale_here(request, today), db.now()
    draws = await db.read(draws_of_days, [day.id for day in days if day.release is Release.DRAW])
    context = KioskDays(
        days=tuple(
            DayDoor(
                day=day,
                href=link(request, f"/kiosk/d/{day.slug}/needs"),
                says=says_when(locale, day, draw, draw.state(now)) if (draw := draws.get(day.id)) else "",
            )
            for day in days
        ),
        back=first_screen(request, today),
    )
    return kiosk_page(request, today, context)


route_handlers: list[Any] = [show_home, show_days]
