"""The floor guide's list: numbers that were called and are not at their desk yet. No names, no reasons."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.db.session import Database
from onestop.directory.floor_plans import floor_of
from onestop.domain.errors import Refusal
from onestop.domain.risk import Risk
from onestop.visits.actions.door import has_gone, say_found
from onestop.visits.queries.alarms import Alarm, open_alarms
from onestop.visits.queries.called import Called, CalledBefore, called_before, called_not_seen
from onestop.visits.queries.risk import people_at_risk
from onestop.web.floor.frame import day_and_actor, frame, home_of
from onestop.web.kit.broadcasts import Told, told_to_all
from onestop.web.kit.called_here import marked
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, is_htmx
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.risks import RiskLine, risk_line

NEW = timedelta(seconds=15)
"""How long a call is marked as new on the list; on the other page of the guide it stays longer."""
NEWS = timedelta(minutes=2)
MOST_NEWS = 1
MOST_AT_RISK = 5
_LOOK = frozenset({Risk.NOBODY_SPEAKS, Risk.LONG_OUT, Risk.NO_SHOW, Risk.MISSED, Risk.LONG_WAIT, Risk.LONG_DAY})
"""Why a guide goes and looks; papers, guardians and closed desks are for reception."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Calls of the last minutes nobody has looked for, the newest first; `calls` is every call of now."""

    lines: tuple[Called, ...]
    calls: str


@page_of("floor/called.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class CalledPage:
    """Who is to be found; live."""

    now: datetime
    path: str
    slug: str
    called: tuple[Called, ...]
    before: tuple[CalledBefore, ...]
    at_risk: tuple[RiskLine, ...]
    """The first of those who are not called."""
    more_at_risk: int
    alarms: tuple[Alarm, ...]
    to_all: Told | None
    tally: bool
    """Whether this day has questions for the exit."""
    plan: bool
    """Whether there is anything to show of the hall."""
    message: str
    new: timedelta = NEW


@page_of("floor/news.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class NewsPage:
    """New calls, for the page of a number; live."""

    path: str
    news: News


@get("/floor/{slug:str}/called")
async def show_called(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The list as a page."""
    day, someone = await day_and_actor(request, db, slug, drives=False)
    return page(request, await _context(request, db, day), **frame(request, day, someone, "called"))


@get("/floor/{slug:str}/called/now")
async def show_called_now(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The list alone, for the live page."""
    day, someone = await day_and_actor(request, db, slug, drives=False)
    return page(request, await _context(request, db, day), block="called", **frame(request, day, someone, "called"))


@get("/floor/{slug:str}/called/new")
async def show_news(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """Who was called a moment ago, while the guide helps somebody else."""
    day, someone = await day_and_actor(request, db, slug, drives=False)
    context = NewsPage(path=home_of(day), news=await news_of(db, day))
    return page(request, context, **frame(request, day, someone, "number"))


@post("/floor/{slug:str}/stops/{stop:uuid}/found")
async def press_found(request: WebRequest, db: Db, slug: FromPath[str], stop: FromPath[UUID]) -> Response[Any]:
    """She is on her way to the desk."""
    return await _act(request, db, slug, stop, say_found, found=True)


@post("/floor/{slug:str}/stops/{stop:uuid}/not-found")
async def press_not_found(request: WebRequest, db: Db, slug: FromPath[str], stop: FromPath[UUID]) -> Response[Any]:
    """Nobody answers to this number; the desk decides."""
    return await _act(request, db, slug, stop, say_found, found=False)


@post("/floor/{slug:str}/stops/{stop:uuid}/unsaid")
async def take_back(request: WebRequest, db: Db, slug: FromPath[str], stop: FromPath[UUID]) -> Response[Any]:
    """It was the wrong one."""
    return await _act(request, db, slug, stop, say_found, found=None)


@post("/floor/{slug:str}/stops/{stop:uuid}/gone")
async def press_gone(request: WebRequest, db: Db, slug: FromPath[str], stop: FromPath[UUID]) -> Response[Any]:
    """She went home: the visit ends; reception can take it back or open it again."""
    return await _act(request, db, slug, stop, has_gone)


async def _act(
    request: WebRequest, db: Database, slug: str, stop: UUID, act: Callable[..., None], **more: Any
) -> Response[Any]:
    day, someone = await day_and_actor(request, db, slug, drives=False)
    message = ""
    try:
        await db.write(act, day.id, stop, actor=someone, now=db.now(), day=day.id, **more)
    except Refusal as refused:
        if refused.status != 409:
            raise
        message = locale_of(request).say(refused.sentence, refused.params)
    if is_htmx(request) or message:
        block = "called" if is_htmx(request) else None
        status = 200 if is_htmx(request) else 409
        context = await _context(request, db, day, message)
        return page(request, context, block=block, status=status, **frame(request, day, someone, "called"))
    return see_other(f"{home_of(day)}/called")


async def news_of(db: Database, day: Day) -> News:
    """What the page of a number says of the guide's list."""
    called, now = await db.read(called_not_seen, day.id), db.now()
    fresh = [one for one in called if one.found is None and now - (one.recalled_at or one.called_at) < NEWS]
    lines = sorted(fresh, key=lambda one: one.recalled_at or one.called_at, reverse=True)
    return News(lines=tuple(lines[:MOST_NEWS]), calls=" ".join(str(one.stop) for one in called))


async def _context(request: WebRequest, db: Database, day: Day, message: str = "") -> CalledPage:
    called = await db.read(called_not_seen, day.id)
    now, locale, floor = db.now(), locale_of(request), await db.read(floor_of, day.venue_id)
    looked_for = {one.number for one in called}
    at_risk = [
        risk_line(locale, day.slug, replace(each, why=why), opens=False)
        for each in await db.read(people_at_risk, day.id, opens_at=day.opens_at, now=now)
        if each.number not in looked_for and (why := tuple(risk for risk in each.why if risk in _LOOK))
    ]
    return CalledPage(
        now=now,
        path=home_of(day),
        slug=day.slug,
        called=called,
        before=await db.read(called_before, day.id, now=now),
        at_risk=tuple(at_risk[:MOST_AT_RISK]),
        more_at_risk=max(0, len(at_risk) - MOST_AT_RISK),
        alarms=marked(request, await db.read(open_alarms, day.id)),
        to_all=await told_to_all(db, day.id, locale),
        tally=bool(day.tally),
        plan=floor.plan is not None or bool(floor.way),
        message=message,
    )


route_handlers: list[Any] = [
    show_called,
    show_called_now,
    show_news,
    press_found,
    press_not_found,
    take_back,
    press_gone,
]
