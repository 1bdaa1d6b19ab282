"""Book for a caller or somebody at the counter, on any published day: needs, desks, a time, a number to read out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.draws import own_request
from onestop.days.queries.days import Day
from onestop.days.queries.draws import draw_of
from onestop.domain.ticket import spell_short_code, waiting_code, waiting_short_code
from onestop.web.kit.asking import needs_page, wish_page_by_address, wish_page_by_needs
from onestop.web.kit.booking import book_for, list_for, times_page
from onestop.web.kit.forms import read_form
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest, base_url_of
from onestop.web.kit.responses import page, see_other
from onestop.web.reception.frame import DOOR, day_and_actor, frame, party_path


@page_of("reception/asked.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPage:
    """The request is taken: the code to read out, and the address of her page."""

    day: Day
    short_code: str
    address: str
    closes_at: datetime


@get("/reception/{slug:str}/book")
async def show_book(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """What is it about?"""
    day, _ = await day_and_actor(request, db, slug)
    return await needs_page(request, db, DOOR, day, "book")


@post("/reception/{slug:str}/book/wish")
async def show_book_wish(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The desks this means, who comes and how we talk."""
    day, _ = await day_and_actor(request, db, slug)
    return await wish_page_by_needs(request, db, DOOR, day, "book", await read_form(request))


@post("/reception/{slug:str}/book/times")
async def show_times(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The times, with the reserve, which is also for callers."""
    day, _ = await day_and_actor(request, db, slug)
    return await times_page(request, db, DOOR, day)


@post("/reception/{slug:str}/book")
async def book(request: WebRequest, db: Db, slug: FromPath[str], ticket_key: TicketKey) -> Response[Any]:
    """The booking, and the number and code to read out."""
    day, someone = await day_and_actor(request, db, slug)
    return await book_for(request, db, DOOR, day, someone, key=ticket_key)


@post("/reception/{slug:str}/book/waiting")
async def list_instead(request: WebRequest, db: Db, slug: FromPath[str], ticket_key: TicketKey) -> Response[Any]:
    """No time is free or good: she waits for one."""
    day, someone = await day_and_actor(request, db, slug)
    return await list_for(request, db, DOOR, day, someone, key=ticket_key)


@get("/reception/{slug:str}/requests/{party:uuid}")
async def show_asked(
    request: WebRequest, db: Db, slug: FromPath[str], ticket_key: TicketKey, party: FromPath[UUID]
) -> Response[Any]:
    """What to give to somebody whose request was taken; a party without one has its own page."""
    day, _ = await day_and_actor(request, db, slug)
    own, draw = await db.read(own_request, party), await db.read(draw_of, day.id)
    if own is None or own.day != day.id or draw is None:
        return see_other(party_path(day, party))
    context = AskedPage(
        day=day,
        short_code=spell_short_code(waiting_short_code(ticket_key, day=day.id, party=party)),
        address=f"{base_url_of(request)}/w/{waiting_code(ticket_key, day=day.id, party=party)}",
        closes_at=draw.closes_at.astimezone(day.zone),
    )
    return page(request, context, **frame(request, day, "/book"))


@get(["/reception/{slug:str}/book/wish", "/reception/{slug:str}/book/times"])
async def start_book_again(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """A later page by its address; without what it is about the first one."""
    day, _ = await day_and_actor(request, db, slug)
    return await wish_page_by_address(request, db, DOOR, day, "book")


route_handlers: list[Any] = [
    show_book,
    show_book_wish,
    show_times,
    book,
    list_instead,
    show_asked,
    start_book_again,
]
