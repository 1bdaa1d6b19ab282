"""The answer to a press: without script the browser is sent on, htmx gets the desk as it is then."""

from collections.abc import Callable
from typing import Any

from litestar import Response

from onestop.db.session import Database
from onestop.domain.day import check_running
from onestop.domain.errors import NotAllowed, NotKnown, Refusal, SignInNeeded
from onestop.domain.roles import Actor
from onestop.referrals.queries.desk import made_in_talk
from onestop.visits.queries.desk import PARTS, Part, desk_screen
from onestop.visits.queries.desk_places import DeskPlace
from onestop.web.desk.pages import desk_page
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.requests import WebRequest, is_htmx
from onestop.web.kit.responses import see_other


async def press(
    request: WebRequest,
    db: Database,
    place: DeskPlace,
    route: str,
    action: Callable[..., Any],
    *args: Any,
    actor: Actor,
    **kwargs: Any,
) -> Response[Any]:
    """Do it once, and show the desk as it is then. A refusal changes nothing and is said above the desk."""
    try:
        check_running(place.day_state)
        path = await submit_once(
            request,
            route,
            action,
            *args,
            to=lambda _: f"/desks/{place.id}",
            day=place.day,
            actor=actor,
            now=db.now(),
            **kwargs,
        )
    except (NotKnown, NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await refused(request, db, place, refusal)
    return await _desk(request, db, place) if is_htmx(request) else see_other(path)


async def refused(request: WebRequest, db: Database, place: DeskPlace, refusal: Refusal) -> Response[Any]:
    """The desk as it is, and why the press did nothing."""
    notice = locale_of(request).say(refusal.sentence, refusal.params)
    return await _desk(request, db, place, notice=notice, status=refusal.status)


async def _desk(
    request: WebRequest, db: Database, place: DeskPlace, *, notice: str = "", status: int = 200
) -> Response[Any]:
    block = "zones" if is_htmx(request) else None
    return await show(request, db, place, PARTS, block=block, notice=notice, status=status)


async def show(
    request: WebRequest, db: Database, place: DeskPlace, parts: frozenset[Part], **how: Any
) -> Response[Any]:
    """The desk as it is now, or some parts of it; the referrals of a talk that is on are one statement more."""
    now = db.now()
    screen = await db.read(desk_screen, place.id, now=now, parts=parts)
    here, zone = screen.visitor, screen.head.timezone
    made = await db.read(made_in_talk, here.stop, timezone=zone, now=now) if here else ()
    return desk_page(request, screen, made=made, **how)
