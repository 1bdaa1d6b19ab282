"""Book for a caller or somebody at the counter, on any published day: needs, desks, a time, a number to read out."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.web.kit.asking import needs_page, wish_page_by_address, wish_page_by_needs
from onestop.web.kit.booking import book_for, list_for, times_page
from onestop.web.kit.forms import read_form
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.reception.frame import DOOR, day_and_actor


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


@get(["/reception/{slug:str}/book/wish", "/reception/{slug:str}/book/times"])
async def start_book_again(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """A later page by its address; without what it is about the first one."""
    day, _ = await day_and_actor(request, db, slug)
    return await wish_page_by_address(request, db, DOOR, day, "book")


route_handlers: list[Any] = [show_book, show_book_wish, show_times, book, list_instead, start_book_again]
