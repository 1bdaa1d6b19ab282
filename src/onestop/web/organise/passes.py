"""Day passes: a sheet of cards, one for each desk, which are in use, release and revoke, one or all."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.accounts.actions import NewSecret, release_pass, revoke_pass
from onestop.accounts.desk_passes import make_missing_passes, make_passes, pass_day, revoke_passes
from onestop.accounts.queries import Pass, passes_of_day
from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.domain.errors import N_, NotKnown
from onestop.domain.pass_code import spell_pass_code
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.locale import LANGUAGES, locale_for
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest, base_url_of
from onestop.web.kit.responses import page, see_other
from onestop.web.organise.frame import day_frame, enter, path_of, tell_once, was_told
from onestop.web.organise.reading import read_id


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPasses:
    """A desk and its passes that were not revoked."""

    desk: DeskRow
    passes: tuple[Pass, ...]


STEPS = (
    N_("Scan the picture with the machine at this desk, or open %(address)s there and type the code."),
    N_("Press the button. The pass now works on this machine only."),
    N_("If it must move to another machine, ask the organiser."),
)
MOST_LANGUAGES = 2
"""On one card: more do not fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What to do with the pass, in one language."""

    lang: str
    dir: str
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPass:
    """A pass just made: the only time its link is readable."""

    desk: DeskRow
    link: str
    code: str
    """As it is printed."""
    steps: tuple[Steps, ...]


@page_of("organise/passes.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PassesPage:
    """Each desk with its passes, and the choice of desks for a new sheet."""

    day: Day
    desks: tuple[DeskPasses, ...]
    without: int
    """Desks that have no pass."""
    living: int
    in_use: int
    revoked: int
    """How many were ended by the press before."""
    told: bool
    done: str
    key: str = field(default_factory=new_key)


@page_of("organise/pass_sheet.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PassSheetPage:
    """One card for each desk, four on a page."""

    day: Day
    passes: tuple[NewPass, ...]
    opens_at: datetime
    closes_at: datetime


@get("/organise/{day:str}/passes")
async def show_passes(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The desks and their passes."""
    found, _ = await enter(request, db, day)
    made = await db.read(passes_of_day, found.id)
    desks = tuple(DeskPasses(desk=desk, passes=_living(made, desk)) for desk in await db.read(desks_of_day, found.id))
    living = [each for desk in desks for each in desk.passes]
    ended = request.query_params.get("ended", "")
    context = PassesPage(
        day=found,
        desks=desks,
        without=sum(not desk.passes for desk in desks),
        living=len(living),
        in_use=sum(each.bound_at is not None for each in living),
        revoked=int(ended) if ended.isdecimal() and len(ended) < 5 else 0,
        told=was_told(request),
        done=request.query_params.get("done", "")[:20],
    )
    return page(request, context, **day_frame(request, found))


@post("/organise/{day:str}/passes")
async def make(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """One new pass for each ticked desk, shown this one time."""
    found, someone = await enter(request, db, day)
    form = await read_form(request)
    ticked = {read_id(text) for text in form.all("desks")}
    desks = [desk for desk in await db.read(desks_of_day, found.id) if desk.id in ticked]
    if not desks:
        return see_other(path_of(found, "/passes?done=none"))
    made, path = await tell_once(
        request,
        f"organise.passes.{found.id}",
        make_passes,
        [desk.id for desk in desks],
        actor=someone,
        now=db.now(),
        day=found.id,
        back=path_of(found, "/passes"),
    )
    if made is None:
        return see_other(path)
    return _sheet(request, found, [(desk, secret) for desk, secret in zip(desks, made, strict=True)])


@post("/organise/{day:str}/passes/missing")
async def make_missing(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """One new pass for every desk that has none, shown this one time."""
    found, someone = await enter(request, db, day)
    made, path = await tell_once(
        request,
        f"organise.passes.missing.{found.id}",
        make_missing_passes,
        found.id,
        actor=someone,
        now=db.now(),
        day=found.id,
        back=path_of(found, "/passes"),
    )
    if made is None:
        return see_other(path)
    if not made:
        return see_other(path_of(found, "/passes?done=all-have"))
    desks = {desk.id: desk for desk in await db.read(desks_of_day, found.id)}
    return _sheet(request, found, [(desks[desk], secret) for desk, secret in made])


@post("/organise/{day:str}/passes/revoke")
async def revoke_all(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """End every pass of the day: a sheet was lost, or the day is over for the desks."""
    found, someone = await enter(request, db, day)
    path = await submit_once(
        request,
        f"organise.passes.revoke.{found.id}",
        revoke_passes,
        found.id,
        actor=someone,
        now=db.now(),
        day=found.id,
        to=lambda ended: path_of(found, f"/passes?ended={ended}"),
    )
    return see_other(path)


@post("/organise/{day:str}/passes/{pass_id:uuid}/release")
async def release(request: WebRequest, db: Db, day: FromPath[str], pass_id: FromPath[UUID]) -> Response[Any]:
    """Sign the bound browser out; another may bind the pass."""
    return await _end(request, db, day, pass_id, release_pass, "released")


@post("/organise/{day:str}/passes/{pass_id:uuid}/revoke")
async def revoke(request: WebRequest, db: Db, day: FromPath[str], pass_id: FromPath[UUID]) -> Response[Any]:
    """End the pass for good."""
    return await _end(request, db, day, pass_id, revoke_pass, "revoked")


async def _end(request: WebRequest, db: Db, slug: str, pass_id: UUID, action: Any, done: str) -> Response[Any]:
    day, someone = await enter(request, db, slug)
    if await db.read(pass_day, pass_id) != day.id:
        raise NotKnown
    path = await submit_once(
        request,
        f"organise.passes.{done}",
        action,
        pass_id,
        actor=someone,
        now=db.now(),
        day=day.id,
        to=lambda _: path_of(day, f"/passes?done={done}"),
    )
    return see_other(path)


def _sheet(request: WebRequest, day: Day, made: Sequence[tuple[DeskRow, NewSecret]]) -> Response[Any]:
    base = base_url_of(request)
    address = f"{base.partition('://')[2]}/pass"
    passes = tuple(
        NewPass(
            desk=desk,
            link=f"{base}/pass/{secret.token}",
            code=spell_pass_code(secret.token),
            steps=tuple(_steps(tag, address) for tag in _languages(day, desk)),
        )
        for desk, secret in made
    )
    context = PassSheetPage(day=day, passes=passes, opens_at=day.opens_at, closes_at=day.closes_at)
    return page(request, context, **day_frame(request, day))


def _languages(day: Day, desk: DeskRow) -> tuple[str, ...]:
    """What the officer reads: the working language of the day, and another one that is spoken at this desk."""
    spoken = (day.working_language, *sorted(desk.languages))
    return tuple(dict.fromkeys(tag for tag in spoken if tag in LANGUAGES))[:MOST_LANGUAGES] or ("en",)


def _steps(tag: str, address: str) -> Steps:
    locale = locale_for(tag)
    return Steps(lang=locale.tag, dir=locale.dir, says=tuple(locale.say(each, {"address": address}) for each in STEPS))


def _living(made: Sequence[Pass], desk: DeskRow) -> tuple[Pass, ...]:
    return tuple(each for each in made if each.desk == desk.id and each.revoked_at is None)


route_handlers: list[Any] = [show_passes, make, make_missing, revoke_all, release, revoke]
