"""Book for a caller or somebody at the counter, on any published day: needs, desks, a time, a number to read out."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.draws import check_open, request_place
from onestop.booking.at_once import book_at_once
from onestop.booking.draws import own_request
from onestop.booking.queries import Arrivals, arrivals
from onestop.booking.wish import Wish
from onestop.days.queries.days import Day
from onestop.days.queries.draws import draw_of
from onestop.days.queries.offer import day_offer
from onestop.domain.booking import Channel
from onestop.domain.day import Release
from onestop.domain.draw import DrawState
from onestop.domain.errors import ArrivalTaken, Refusal
from onestop.domain.ticket import spell_short_code, waiting_code, waiting_short_code
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest, base_url_of
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.words import service_title
from onestop.web.reception.asking import needs_page, wish_page, wish_page_by_address, wish_page_by_needs
from onestop.web.reception.frame import day_and_actor, frame, home_of, is_on, party_path, read_instant
from onestop.web.reception.wish_form import WishForm, read_ids, read_wish


@page_of("reception/times.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimesPage:
    """Arrival times with a whole plan; each is a button. `hidden` carries the answers so far."""

    day: Day
    times: Arrivals
    services: tuple[str, ...]
    languages: tuple[str, ...]
    people: int
    hidden: tuple[tuple[str, str], ...]
    today: bool
    taken: bool = False
    key: str = field(default_factory=new_key)


@page_of("reception/ask.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage:
    """A day by draw while requests are taken: no time to choose, one button asks for a place."""

    day: Day
    services: tuple[str, ...]
    languages: tuple[str, ...]
    people: int
    hidden: tuple[tuple[str, str], ...]
    key: str = field(default_factory=new_key)


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
    return await needs_page(request, db, day, "book")


@post("/reception/{slug:str}/book/wish")
async def show_book_wish(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The desks this means, who comes and how we talk."""
    day, _ = await day_and_actor(request, db, slug)
    return await wish_page_by_needs(request, db, day, "book", await read_form(request))


@post("/reception/{slug:str}/book/times")
async def show_times(request: WebRequest, db: Db, slug: FromPath[str]) -> Response[Any]:
    """The times, with the reserve, which is also for callers."""
    day, _ = await day_and_actor(request, db, slug)
    typed = await read_form(request)
    form = read_wish(typed)
    try:
        wish = await _checked(db, day, form)
    except Refusal as refused:
        return await wish_page(request, db, day, "book", form, shown=read_ids(typed.all("shown")), refused=refused)
    return await _times_page(request, db, day, form, wish)


@post("/reception/{slug:str}/book")
async def book(request: WebRequest, db: Db, slug: FromPath[str], ticket_key: TicketKey) -> Response[Any]:
    """The booking. A time that went in the meantime shows the others; nothing typed is lost."""
    day, someone = await day_and_actor(request, db, slug)
    typed = await read_form(request)
    form = read_wish(typed)
    try:
        wish = await _checked(db, day, form)
    except Refusal as refused:
        return await wish_page(request, db, day, "book", form, shown=read_ids(typed.all("shown")), refused=refused)
    arrival_at = read_instant(typed.text("arrival", 40))
    if arrival_at is None and typed.text("ask", 4):
        path = await submit_once(
            request,
            "reception.request",
            request_place,
            day.id,
            wish,
            channel=Channel.RECEPTION,
            key=ticket_key,
            name=form.name,
            contact=form.contact(day),
            actor=someone,
            now=db.now(),
            day=day.id,
            to=lambda made: f"{home_of(day)}/requests/{made.party}",
        )
        return see_other(path)
    if arrival_at is None:
        return await _times_page(request, db, day, form, wish)
    try:
        path = await submit_once(
            request,
            "reception.book",
            book_at_once,
            day.id,
            wish,
            arrival_at=arrival_at,
            channel=Channel.RECEPTION,
            with_reserve=True,
            hold_minutes=1,
            key=ticket_key,
            name=form.name,
            contact=form.contact(day),
            actor=someone,
            now=db.now(),
            day=day.id,
            to=lambda booked: party_path(day, booked[1].party, "booked"),
        )
    except ArrivalTaken:
        return await _times_page(request, db, day, form, wish, taken=True)
    return see_other(path)


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
    return await wish_page_by_address(request, db, day, "book")


async def _checked(db: Db, day: Day, form: WishForm) -> Wish:
    form.check_name()
    form.contact(day)
    return form.wish(day, await db.read(day_offer, day.id))


async def _times_page(
    request: WebRequest, db: Db, day: Day, form: WishForm, wish: Wish, *, taken: bool = False
) -> Response[Any]:
    locale = locale_of(request)
    offer = await db.read(day_offer, day.id)
    now: datetime = db.now()
    services = tuple(service_title(locale, one.key) for one in offer.services if one.id in form.services)
    draw = await db.read(draw_of, day.id) if day.release is Release.DRAW else None
    if draw is not None and draw.state(now) is not DrawState.DRAWN:
        check_open(day, draw, now=now)
        ask = AskPage(
            day=day, services=services, languages=wish.languages, people=len(wish.members), hidden=form.hidden()
        )
        return page(request, ask, **frame(request, day, "/book"))
    context = TimesPage(
        day=day,
        times=await db.read(arrivals, day, wish, now=now, with_reserve=True),
        services=services,
        languages=wish.languages,
        people=len(wish.members),
        hidden=form.hidden(),
        today=is_on(day, now),
        taken=taken,
    )
    return page(request, context, status=409 if taken else 200, **frame(request, day, "/book"))


route_handlers: list[Any] = [show_book, show_book_wish, show_times, book, show_asked, start_book_again]
