"""A mediator's page: which of the day's mediators she is, then where she is needed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day, day_by_slug
from onestop.db.session import Database
from onestop.domain.day import MediatorState
from onestop.domain.errors import N_, NotAllowed, NotKnown, Refusal, SignInNeeded
from onestop.domain.roles import Actor, Role
from onestop.live.hub import key_of
from onestop.visits.actions.mediators import be_mediator, be_no_mediator, leave_talk, set_mediator_state
from onestop.visits.queries.mediator import (
    MediatorChoice,
    MediatorScreen,
    mediator_choices,
    mediator_of_account,
    mediator_screen,
)
from onestop.web.kit.broadcasts import Told, told_to_all
from onestop.web.kit.days import choose_day
from onestop.web.kit.guards import require
from onestop.web.kit.language import locale_of
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, is_htmx
from onestop.web.kit.responses import Round, page, see_other
from onestop.web.kit.sse import live_stream

_STATES = {"free": MediatorState.FREE, "break": MediatorState.BREAK, "left": MediatorState.LEFT}


@page_of("mediator/who.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class WhoPage:
    """Which of the mediators she is; asked once for each day."""

    path: str
    choices: tuple[MediatorChoice, ...]
    error: str = ""


@page_of("mediator/place.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePage:
    """Where she is needed now."""

    day: Day
    path: str
    me: MediatorScreen
    to_all: Told | None
    error: str = ""


@get("/mediator")
async def show_mediator_days(request: WebRequest, db: Db) -> Response[Any]:
    """Choose the day; somebody who works at one day only is sent there."""
    return await choose_day(request, db, Role.MEDIATOR, door="mediator", title=N_("Interpreting"))


@get("/mediator/{slug:str}")
async def show_place(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """Where to go now; the first time, who she is."""
    day, someone = await _enter(request, db, slug)
    return await _page(request, db, day, someone)


@get("/mediator/{slug:str}/live")
async def mediator_live(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """Something changed at this day."""
    day, _ = await _enter(request, db, slug)
    return await live_stream(request, [key_of("overview", day.id)])


@post("/mediator/{slug:str}/mediators/{mediator:uuid}/me")
async def say_who(request: WebRequest, db: Db, slug: FromPath[str], mediator: FromPath[UUID]) -> Response[Any]:
    """She is this one."""
    day, someone = await _enter(request, db, slug)
    return await _press(request, db, day, someone, be_mediator, day.id, mediator, account=_account(someone))


@post("/mediator/{slug:str}/not-me")
async def say_not_me(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """She took the wrong one, or somebody else goes on; harmless twice."""
    day, someone = await _enter(request, db, slug)
    mine = await db.read(mediator_of_account, day.id, _account(someone))
    if mine is None:
        return see_other(_home(day))
    return await _press(request, db, day, someone, be_no_mediator, day.id, mine)


@post(["/mediator/{slug:str}/free", "/mediator/{slug:str}/break", "/mediator/{slug:str}/left"])
async def say_state(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """Free, a break, or gone for today; harmless twice."""
    day, someone = await _enter(request, db, slug)
    state = _STATES[request.url.path.rsplit("/", 1)[1]]
    return await _press(request, db, day, someone, set_mediator_state, await _me(db, day, someone), state)


@post("/mediator/{slug:str}/stops/{stop:uuid}/done")
async def say_done(request: WebRequest, db: Db, slug: FromPath[str], stop: FromPath[UUID]) -> Response[Any]:
    """The talk needs her no more."""
    day, someone = await _enter(request, db, slug)
    return await _press(request, db, day, someone, leave_talk, await _me(db, day, someone), stop_id=stop)


async def _enter(request: WebRequest, db: Database, slug: str) -> tuple[Day, Actor]:
    await require(request, Role.MEDIATOR)
    day = await db.read(day_by_slug, slug)
    return day, await require(request, Role.MEDIATOR, day=day.id)


def _home(day: Day) -> str:
    return f"/mediator/{day.slug}"


def _account(someone: Actor) -> UUID:
    if someone.account is None:
        raise NotAllowed
    return someone.account


async def _me(db: Database, day: Day, someone: Actor) -> UUID:
    found = await db.read(mediator_of_account, day.id, _account(someone))
    if found is None:
        raise NotKnown
    return found


async def _press(
    request: WebRequest, db: Database, day: Day, someone: Actor, act: Callable[..., None], *args: Any, **more: Any
) -> Response[Any]:
    try:
        await db.write(act, *args, actor=someone, now=db.now(), day=day.id, **more)
    except (NotKnown, NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        error = locale_of(request).say(refusal.sentence, refusal.params)
        return await _page(request, db, day, someone, error=error, status=refusal.status)
    return see_other(_home(day))


async def _page(
    request: WebRequest, db: Database, day: Day, someone: Actor, *, error: str = "", status: int = 200
) -> Response[Any]:
    mine = await db.read(mediator_of_account, day.id, _account(someone))
    me = await db.read(mediator_screen, day.id, mine) if mine is not None else None
    round_it = Round(zone=day.timezone, door="mediator", brand=day.name, home="/mediator")
    if me is None:
        choices = await db.read(mediator_choices, day.id)
        return page(request, WhoPage(path=_home(day), choices=choices, error=error), status=status, **round_it)
    told = await told_to_all(db, day.id, locale_of(request))
    context = PlacePage(day=day, path=_home(day), me=me, to_all=told, error=error)
    block = "place" if is_htmx(request) else None
    return page(request, context, block=block, status=status, **round_it)


route_handlers: list[Any] = [show_mediator_days, show_place, mediator_live, say_who, say_not_me, say_state, say_done]
