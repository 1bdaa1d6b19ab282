"""Reception's lists: who to look after, who is expected and not here, everybody inside."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.visits.queries.alarms import Alarm, open_alarms
from onestop.visits.queries.people import Person
from onestop.visits.queries.reception import Hall, hall
from onestop.web.kit.broadcasts import Told, told_to_all
from onestop.web.kit.called_here import marked
from onestop.web.kit.language import locale_of
from onestop.web.kit.looks import looked
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page
from onestop.web.kit.risks import RiskLine, risk_line
from onestop.web.kit.staff_door import is_on
from onestop.web.reception.frame import Titles, day_and_actor, frame


@page_of("reception/people.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """Three lists; live."""

    day: Day
    now: datetime
    today: bool
    titles: Titles
    hall: Hall
    at_risk: tuple[tuple[Person, RiskLine], ...]
    alarms: tuple[Alarm, ...]
    to_all: Told | None


@get("/reception/{slug:str}/people")
async def show_people(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The lists as a page; that it was opened is noted."""
    day, _ = await day_and_actor(request, db, slug)
    await looked(request, db, "PeopleListed", day.id)
    return page(request, await _context(request, db, day), **frame(request, day, "/people"))


@get("/reception/{slug:str}/people/now")
async def show_people_now(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The lists alone, for the live page."""
    day, _ = await day_and_actor(request, db, slug)
    return page(request, await _context(request, db, day), block="lists", **frame(request, day, "/people"))


async def _context(request: WebRequest, db: Db, day: Day) -> PeoplePage:
    now, locale = db.now(), locale_of(request)
    shown = await db.read(hall, day.id, now=now)
    return PeoplePage(
        day=day,
        now=now,
        today=is_on(day, now),
        titles=Titles(locale),
        hall=shown,
        at_risk=tuple((person, risk_line(locale, day.slug, each, opens=True)) for person, each in shown.at_risk),
        alarms=marked(request, await db.read(open_alarms, day.id)),
        to_all=await told_to_all(db, day.id, locale),
    )


route_handlers: list[Any] = [show_people, show_people_now]
