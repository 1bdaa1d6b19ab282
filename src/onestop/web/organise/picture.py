"""The picture of a running or closed day: a page of its own, and a part of the live overview."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.domain.day import DayState
from onestop.reports.truth import truth_of_day
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, is_htmx
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import day_frame, enter, path_of
from onestop.web.organise.timeline import TimelineShown, timeline_shown


@page_of("organise/picture.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePage:
    """The picture as of now."""

    day: Day
    now: datetime
    picture: TimelineShown
    runs: bool


@get("/organise/{day:str}/picture")
async def show_picture(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The page, or for a live part the part alone; a day that neither runs nor ran has only its overview."""
    found, _ = await enter(request, db, day)
    now = db.now()
    picture = await picture_of(db, found, now=now)
    if picture is None:
        return see_other(path_of(found, "/overview"))
    context = PicturePage(day=found, now=now, picture=picture, runs=found.state is DayState.PUBLISHED)
    block = "live_picture" if is_htmx(request) else None
    return page(request, context, block=block, **day_frame(request, found, "/overview"))


async def picture_of(db: Db, day: Day, *, now: datetime) -> TimelineShown | None:
    """What was in each quarter of an hour, and what is planned; nothing of a draft or a cancelled day."""
    if day.state not in (DayState.PUBLISHED, DayState.CLOSED):
        return None
    made = await db.read(truth_of_day, day, now=now)
    return timeline_shown(made, await db.read(desks_of_day, day.id), await db.read(mediators_of_day, day.id))


route_handlers: list[Any] = [show_picture]
