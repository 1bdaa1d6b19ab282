"""A helper books for somebody she accompanies: needs, desks and people, a time, a ticket to print."""

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.helped import live_of_helper
from onestop.domain.errors import HelperFull
from onestop.web.helper.frame import DOOR, enter_day
from onestop.web.kit.asking import needs_page, wish_page_by_address, wish_page_by_needs
from onestop.web.kit.booking import book_for, list_for, times_page
from onestop.web.kit.forms import read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.requests import Db, TicketKey, WebRequest


@get("/helper/{slug:str}/book")
async def show_book(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """What is it about? At her cap it is said here, before she asks anybody anything."""
    day, someone, account = await enter_day(request, db, slug)
    cap = someone.cap(day.id)
    used = (await db.read(live_of_helper, account)).get(day.id, 0)
    full = locale_of(request).say(HelperFull.sentence, {"cap": cap}) if used >= cap else ""
    return await needs_page(request, db, DOOR, day, "book", full=full)


@post("/helper/{slug:str}/book/wish")
async def show_book_wish(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The desks this means, who comes and how we talk."""
    day, *_ = await enter_day(request, db, slug)
    return await wish_page_by_needs(request, db, DOOR, day, "book", await read_form(request))


@post("/helper/{slug:str}/book/times")
async def show_times(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The times, from the reserve too."""
    day, *_ = await enter_day(request, db, slug)
    return await times_page(request, db, DOOR, day)


@post("/helper/{slug:str}/book")
async def book(request: WebRequest, db: Db, slug: FromPath[str], ticket_key: TicketKey) -> Response[Any]:
    """The booking under her account, or on a day by draw the request; the ledger names it."""
    day, someone, account = await enter_day(request, db, slug)
    await check_limit(request, "hold")  # cancelled again and again, bookings would use up the numbers of the day
    return await book_for(request, db, DOOR, day, someone, key=ticket_key, helper=account)


@post("/helper/{slug:str}/book/waiting")
async def list_instead(request: WebRequest, db: Db, slug: FromPath[str], ticket_key: TicketKey) -> Response[Any]:
    """No time is free or good: she waits for one."""
    day, someone, account = await enter_day(request, db, slug)
    await check_limit(request, "hold")
    return await list_for(request, db, DOOR, day, someone, key=ticket_key, helper=account)


@get(["/helper/{slug:str}/book/wish", "/helper/{slug:str}/book/times"])
async def start_book_again(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """A later page by its address; without what it is about the first one."""
    day, *_ = await enter_day(request, db, slug)
    return await wish_page_by_address(request, db, DOOR, day, "book")


route_handlers: list[Any] = [show_book, show_book_wish, show_times, book, list_instead, start_book_again]
