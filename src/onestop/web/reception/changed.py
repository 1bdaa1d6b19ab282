"""Tickets that a change of the day touches and nobody could write to: to tell by telephone or at the door."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.notify.untold import untold_of_day
from onestop.visits.actions.touching import mark_seen
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.reception.frame import day_and_actor, frame, home_of


@page_of("reception/changed.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPage:
    """The numbers, each with the way to its ticket and the button that it is told."""

    day: Day
    tickets: tuple[tuple[int, UUID], ...]


@get("/reception/{slug:str}/changed")
async def show_changed(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The list; how each is touched stands on her own ticket only."""
    day, _ = await day_and_actor(request, db, slug)
    tickets = await db.read(untold_of_day, day.id)
    return page(request, ChangedPage(day=day, tickets=tuple(tickets.items())), **frame(request, day))


@post("/reception/{slug:str}/parties/{party:uuid}/told")
async def tell_changed(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She was told; harmless twice."""
    day, someone = await day_and_actor(request, db, slug)
    if party not in (await db.read(untold_of_day, day.id)).values():
        return see_other(f"{home_of(day)}/changed")
    await db.write(mark_seen, party, actor=someone, now=db.now(), day=day.id)
    return see_other(f"{home_of(day)}/changed")


route_handlers: list[Any] = [show_changed, tell_changed]
