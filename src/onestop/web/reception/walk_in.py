"""Somebody without an appointment: needs, desks, a ticket. Never refused for want of room."""

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.offer import day_offer
from onestop.domain.errors import Refusal, TicketUnknown
from onestop.domain.operational import read_needs
from onestop.visits.actions.arrivals import issue_walk_in
from onestop.visits.queries.visitor import visitor
from onestop.web.kit.asking import needs_page, wish_page, wish_page_by_address, wish_page_by_needs
from onestop.web.kit.forms import read_form
from onestop.web.kit.once import submit_once
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.kit.wish_form import WishForm, read_ids, read_wish, wanted_by_needs
from onestop.web.reception.frame import DOOR, day_and_actor, party_path


@get("/reception/{slug:str}/walk-in")
async def show_walk_in(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """What is it about?"""
    day, _ = await day_and_actor(request, db, slug)
    return await needs_page(request, db, DOOR, day, "walk-in")


@post("/reception/{slug:str}/walk-in/wish")
async def show_walk_in_wish(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The desks this means. With a `party`, what that ticket asked for is asked again for today."""
    day, _ = await day_and_actor(request, db, slug)
    typed = await read_form(request)
    if typed.text("party"):
        known = await _again(request, db, party=typed.text("party", 40), of=typed.text("of", 100) or slug)
        wanted = wanted_by_needs(await db.read(day_offer, day.id), (), known.services)
        return await wish_page(request, db, DOOR, day, "walk-in", replace(known, services=wanted))
    return await wish_page_by_needs(request, db, DOOR, day, "walk-in", typed)


@get("/reception/{slug:str}/walk-in/wish")
async def start_walk_in_again(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The second page by its address; without what it is about the first one."""
    day, _ = await day_and_actor(request, db, slug)
    return await wish_page_by_address(request, db, DOOR, day, "walk-in")


@post("/reception/{slug:str}/walk-in")
async def issue(request: WebRequest, db: Db, slug: FromPath[str], ticket_key: TicketKey) -> Response[Any]:
    """The ticket, ready to print."""
    day, someone = await day_and_actor(request, db, slug)
    typed = await read_form(request)
    form = read_wish(typed)
    try:
        form.check_name()
        wish = form.wish(day, await db.read(day_offer, day.id))
    except Refusal as refused:
        return await wish_page(
            request, db, DOOR, day, "walk-in", form, shown=read_ids(typed.all("shown")), refused=refused
        )
    path = await submit_once(
        request,
        "reception.walk_in",
        issue_walk_in,
        day.id,
        wish,
        key=ticket_key,
        how="reception",
        name=form.name,
        needs=read_needs(list(form.operational)),
        actor=someone,
        now=db.now(),
        day=day.id,
        to=lambda issued: party_path(day, issued[0].party) + "/print?did=issued",
    )
    return see_other(path)


async def _again(request: WebRequest, db: Db, *, party: str, of: str) -> WishForm:
    """The answers behind an older ticket of the day `of`, so that nobody tells everything twice."""
    day, _ = await day_and_actor(request, db, of)
    holder = next(iter(read_ids([party])), None)
    if holder is None:
        raise TicketUnknown
    known = await db.read(visitor, day.id, holder, now=db.now())
    return WishForm(
        services=known.asked,
        adults=str(known.person.people - known.children),
        children=str(known.children),
        languages=known.person.languages,
        interpreter=known.person.interpreter,
        ticket_language=known.display_language,
        name=known.person.name,
    )


route_handlers: list[Any] = [show_walk_in, show_walk_in_wish, start_walk_in_again, issue]
