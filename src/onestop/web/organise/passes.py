"""Day passes: a sheet with one picture for each desk, who has bound one, release and revoke."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.accounts.actions import release_pass, revoke_pass
from onestop.accounts.desk_passes import make_passes, pass_day
from onestop.accounts.queries import Pass, passes_of_day
from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.domain.errors import NotKnown
from onestop.domain.pass_code import spell_pass_code
from onestop.web.kit.forms import new_key, read_form
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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPass:
    """A pass just made: the only time its link is readable."""

    desk: DeskRow
    link: str
    code: str
    """As it is printed."""


@page_of("organise/passes.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PassesPage:
    """Each desk with its passes, and the choice of desks for a new sheet."""

    day: Day
    desks: tuple[DeskPasses, ...]
    told: bool
    done: str
    key: str = field(default_factory=new_key)


@page_of("organise/pass_sheet.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PassSheetPage:
    """One half page for each desk."""

    day: Day
    passes: tuple[NewPass, ...]
    address: str
    """Where a code is typed, without its scheme."""
    opens_at: datetime
    closes_at: datetime


@get("/organise/{day:str}/passes")
async def show_passes(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The desks and their passes."""
    found, _ = await enter(request, db, day)
    made = await db.read(passes_of_day, found.id)
    context = PassesPage(
        day=found,
        desks=tuple(
            DeskPasses(desk=desk, passes=_living(made, desk)) for desk in await db.read(desks_of_day, found.id)
        ),
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
    base = base_url_of(request)
    passes = tuple(
        NewPass(desk=desk, link=f"{base}/pass/{secret.token}", code=spell_pass_code(secret.token))
        for desk, secret in zip(desks, made, strict=True)
    )
    context = PassSheetPage(
        day=found,
        passes=passes,
        address=f"{base.partition('://')[2]}/pass",
        opens_at=found.opens_at,
        closes_at=found.closes_at,
    )
    return page(request, context, **day_frame(request, found))


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
    await db.write(action, pass_id, actor=someone, now=db.now(), day=day.id)
    return see_other(path_of(day, f"/passes?done={done}"))


def _living(made: Sequence[Pass], desk: DeskRow) -> tuple[Pass, ...]:
    return tuple(each for each in made if each.desk == desk.id and each.revoked_at is None)


route_handlers: list[Any] = [show_passes, make, release, revoke]
