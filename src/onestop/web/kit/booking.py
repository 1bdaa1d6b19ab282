"""Staff book for somebody else, on any published day: a time for all she needs, and another time for a booking."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response

from onestop.booking.actions.bookings import wish_of_party
from onestop.booking.actions.draws import check_open, request_place
from onestop.booking.actions.waiting import join_list
from onestop.booking.at_once import book_at_once
from onestop.booking.queries import Arrivals, Booking, arrivals, reserve_left
from onestop.booking.wish import Wish
from onestop.days.queries.days import Day
from onestop.days.queries.offer import day_offer
from onestop.db.session import Database
from onestop.domain.booking import Interpreter
from onestop.domain.errors import ArrivalTaken, HelperFull, Refusal
from onestop.domain.roles import Actor
from onestop.web.kit.asking import wish_page
from onestop.web.kit.draw_day import draw_ahead
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.staff_door import StaffDoor, is_on, read_instant
from onestop.web.kit.wish_form import WishForm, read_ids, read_wish
from onestop.web.kit.words import service_title


@page_of("kit/times.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimesPage:
    """Arrival times with a whole plan; each is a button. `hidden` carries the answers so far."""

    day: Day
    times: Arrivals
    services: tuple[str, ...]
    languages: tuple[str, ...]
    people: int
    interpreter: Interpreter
    hidden: tuple[tuple[str, str], ...]
    walk_ins: bool
    """Whether she can get a ticket without an appointment here and now."""
    taken: bool = False
    full: str = ""
    """A sentence why this door can book nobody more here."""
    key: str = field(default_factory=new_key)


@page_of("kit/ask.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage:
    """A day by draw while requests are taken: no time to choose, one button asks for a place."""

    day: Day
    services: tuple[str, ...]
    languages: tuple[str, ...]
    people: int
    hidden: tuple[tuple[str, str], ...]
    full: str = ""
    """A sentence why this door can ask for nobody more here."""
    key: str = field(default_factory=new_key)


@page_of("kit/time.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TimePage:
    """The times she can have instead of hers."""

    day: Day
    path: str
    booking: Booking
    times: Arrivals
    taken: bool
    key: str = field(default_factory=new_key)


async def times_page(request: WebRequest, db: Database, door: StaffDoor, day: Day) -> Response[Any]:
    """The times for what was answered, with the reserve, which is also for those whom staff book for."""
    asked = await _wished(request, db, door, day)
    if isinstance(asked, Response):
        return asked
    form, wish = asked
    return await _times_page(request, db, door, day, form, wish)


async def book_for(
    request: WebRequest,
    db: Database,
    door: StaffDoor,
    day: Day,
    someone: Actor,
    *,
    key: bytes,
    helper: UUID | None = None,
) -> Response[Any]:
    """The booking. A time that went in the meantime shows the others; nothing typed is lost."""
    asked = await _wished(request, db, door, day)
    if isinstance(asked, Response):
        return asked
    form, wish = asked
    typed = await read_form(request)
    arrival_at = read_instant(typed.text("arrival", 40))
    terms: dict[str, Any] = {"helper": helper, "key": key, "actor": someone}
    if arrival_at is not None:
        return await _enter(
            request,
            db,
            door,
            day,
            asked,
            "book",
            book_at_once,
            to=lambda booked: door.party_path(day, booked[1].party, "booked"),
            arrival_at=arrival_at,
            with_reserve=True,
            hold_minutes=1,
            **terms,
        )
    if typed.text("ask", 4):
        return await _enter(
            request,
            db,
            door,
            day,
            asked,
            "request",
            request_place,
            to=lambda made: door.asked_path(day, made.party),
            **terms,
        )
    return await _times_page(request, db, door, day, form, wish)


async def list_for(
    request: WebRequest,
    db: Database,
    door: StaffDoor,
    day: Day,
    someone: Actor,
    *,
    key: bytes,
    helper: UUID | None = None,
) -> Response[Any]:
    """Put somebody on the waiting list, with what was answered; the page that follows has her code."""
    asked = await _wished(request, db, door, day)
    if isinstance(asked, Response):
        return asked
    return await _enter(
        request,
        db,
        door,
        day,
        asked,
        "listed",
        join_list,
        to=lambda party: door.listed_path(day, party),
        helper=helper,
        key=key,
        actor=someone,
    )


async def time_page(
    request: WebRequest, db: Database, door: StaffDoor, day: Day, booking: Booking, *, taken: bool = False
) -> Response[Any]:
    """Which times of its day are free for all that a booking needs."""
    wish = await db.read(wish_of_party, booking)
    kept = await db.read(reserve_left, day, booking.channel, but=booking.id)
    times = await db.read(arrivals, day, wish, now=db.now(), with_reserve=kept, moving=booking.id)
    path = door.party_path(day, booking.party)
    context = TimePage(day=day, path=path, booking=booking, times=times, taken=taken)
    return page(request, context, status=409 if taken else 200, **door.frame(request, day, "-"))


async def _enter(
    request: WebRequest,
    db: Database,
    door: StaffDoor,
    day: Day,
    asked: tuple[WishForm, Wish],
    act: str,
    action: Callable[..., Any],
    *,
    to: Callable[[Any], str],
    **terms: Any,
) -> Response[Any]:
    """Do it once and go on; what is full or gone shows what is left, with everything that was answered."""
    form, wish = asked
    try:
        path = await submit_once(
            request,
            f"{door.name}.{act}",
            action,
            day.id,
            wish,
            channel=door.channel,
            name=form.name,
            contact=form.contact(day),
            now=db.now(),
            day=day.id,
            to=to,
            **terms,
        )
    except (ArrivalTaken, HelperFull) as refused:
        return await _times_page(request, db, door, day, form, wish, refused=refused)
    return see_other(path)


async def _wished(
    request: WebRequest, db: Database, door: StaffDoor, day: Day
) -> tuple[WishForm, Wish] | Response[Any]:
    """What was answered, checked; or the page that asks for what cannot be used, with everything typed."""
    typed = await read_form(request)
    form = read_wish(typed)
    try:
        form.check_name()
        form.contact(day)
        return form, form.wish(day, await db.read(day_offer, day.id))
    except Refusal as refused:
        return await wish_page(
            request, db, door, day, "book", form, shown=read_ids(typed.all("shown")), refused=refused
        )


async def _times_page(
    request: WebRequest,
    db: Database,
    door: StaffDoor,
    day: Day,
    form: WishForm,
    wish: Wish,
    *,
    refused: Refusal | None = None,
) -> Response[Any]:
    locale = locale_of(request)
    offer = await db.read(day_offer, day.id)
    now: datetime = db.now()
    services = tuple(service_title(locale, one.key) for one in offer.services if one.id in form.services)
    full = locale.say(refused.sentence, refused.params) if isinstance(refused, HelperFull) else ""
    status = refused.status if refused else 200
    draw = await draw_ahead(db, day)
    if draw is not None:
        check_open(day, draw, now=now)
        ask = AskPage(
            day=day,
            services=services,
            languages=wish.languages,
            people=len(wish.members),
            hidden=form.hidden(),
            full=full,
        )
        return page(request, ask, status=status, **door.frame(request, day, "/book"))
    context = TimesPage(
        day=day,
        times=await db.read(arrivals, day, wish, now=now, with_reserve=await db.read(reserve_left, day, door.channel)),
        services=services,
        languages=wish.languages,
        people=len(wish.members),
        interpreter=wish.interpreter,
        hidden=form.hidden(),
        walk_ins=door.walk_ins and is_on(day, now),
        taken=isinstance(refused, ArrivalTaken),
        full=full,
    )
    return page(request, context, status=status, **door.frame(request, day, "/book"))
