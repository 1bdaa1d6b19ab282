"""One booking of a helper's: number, code, plan, papers; print, move, cancel. Anybody else's answers like none."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.bookings import cancel_booking, move_booking
from onestop.booking.helped import HelpedBooking, HelpedStop, helped_booking, helped_to_come, on_helped
from onestop.booking.tickets import ticket_again
from onestop.days.queries.days import Day
from onestop.days.queries.offer import DayOffer, day_offer
from onestop.domain.booking import BookingState
from onestop.domain.errors import N_, ArrivalTaken, InvalidInput
from onestop.domain.ticket import spell_short_code
from onestop.web.helper.frame import DOOR, enter_day, frame
from onestop.web.kit.booking import time_page
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.paper import TICKET, PrintPage, paper_of
from onestop.web.kit.papers import paper_texts
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.staff_door import is_over, read_instant
from onestop.web.kit.words import stop_title

DONE: dict[str, str] = {
    "booked": N_("Booked. Please print the ticket, or write down number and code."),
    "moved": N_("The booking has a new time. Please tell her."),
    "cancelled": N_("The booking is cancelled. The time is free again."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStop:
    """A stop of the plan; a private one says neither whose it is nor what to bring (R19)."""

    title: str
    institution: str
    authority: str
    planned_at: datetime | None
    papers: tuple[str, ...]


@page_of("helper/booking.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class BookingPage:
    """What she booked. `short_code` and `stops` are empty as soon as the visitor is here or the booking has ended.

    So is `short_code` when the visitor was given a new one.
    """

    day: Day
    path: str
    booking: HelpedBooking
    stops: tuple[PlanStop, ...]
    short_code: str
    over: bool
    done: str
    key: str = field(default_factory=new_key)


@get("/helper/{slug:str}/parties/{party:uuid}")
async def show_booking(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """Her page of one booking."""
    day, _, account = await enter_day(request, db, slug)
    booking = await db.read(helped_booking, account, day.id, party)
    locale = locale_of(request)
    did = request.query_params.get("did", "")
    code = ""
    if booking.helped.state is BookingState.CONFIRMED and not booking.renewed:
        code = spell_short_code((await db.read(ticket_again, party=party, key=ticket_key)).short)
    offer = await db.read(day_offer, day.id)
    context = BookingPage(
        day=day,
        path=DOOR.party_path(day, party),
        booking=booking,
        stops=tuple(_plan_stop(stop, booking, offer, locale, working=day.working_language) for stop in booking.stops),
        short_code=code,
        over=is_over(day, db.now()),
        done=locale.gettext(DONE[did]) if did in DONE else "",
    )
    return page(request, context, **frame(request, day))


@get("/helper/{slug:str}/parties/{party:uuid}/print")
async def show_print(
    request: WebRequest, db: Db, settings: Conf, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """The ticket as it will be printed, until the visitor is here or was given another one."""
    day, _, account = await enter_day(request, db, slug)
    booking = await db.read(helped_to_come, account, day.id, party)
    if booking.generation > 1:
        return see_other(DOOR.party_path(day, party))
    ticket = await db.read(ticket_again, party=party, key=ticket_key)
    context = PrintPage(
        path=DOOR.party_path(day, party),
        heading=locale_of(request).say(TICKET, {"number": ticket.number}),
        paper=paper_of(
            request,
            settings,
            day,
            ticket,
            language=booking.display_language,
            next_step=N_("Please show this paper at the door."),
            comes_at=booking.arrival_at,
        ),
        done="",
        late=False,
        next_href=f"{DOOR.home_of(day)}/book",
        next_label=locale_of(request).gettext(N_("Book for another person")),
    )
    return page(request, context, **frame(request, day))


@get("/helper/{slug:str}/parties/{party:uuid}/time")
async def show_time(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """Which times are free for all she needs."""
    day, _, account = await enter_day(request, db, slug)
    return await _times(request, db, day, account, party)


@post("/helper/{slug:str}/parties/{party:uuid}/time")
async def move(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """Take the new time; the old one is kept until it is sure."""
    day, someone, account = await enter_day(request, db, slug)
    arrival_at = read_instant((await read_form(request)).text("arrival", 40))
    if arrival_at is None:
        raise InvalidInput(field="arrival")
    try:
        path = await submit_once(
            request,
            "helper.moved",
            on_helped,
            account,
            day.id,
            party,
            move_booking,
            arrival_at=arrival_at,
            with_reserve=True,
            actor=someone,
            now=db.now(),
            day=day.id,
            to=lambda _: DOOR.party_path(day, party, "moved"),
        )
    except ArrivalTaken:
        return await _times(request, db, day, account, party, taken=True)
    return see_other(path)


@post("/helper/{slug:str}/parties/{party:uuid}/cancel")
async def cancel(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """The person does not come."""
    day, someone, account = await enter_day(request, db, slug)
    path = await submit_once(
        request,
        "helper.cancelled",
        on_helped,
        account,
        day.id,
        party,
        cancel_booking,
        actor=someone,
        now=db.now(),
        day=day.id,
        to=lambda _: DOOR.party_path(day, party, "cancelled"),
    )
    return see_other(path)


async def _times(
    request: WebRequest, db: Db, day: Day, account: UUID, party: UUID, *, taken: bool = False
) -> Response[Any]:
    booking = await db.read(helped_to_come, account, day.id, party)
    return await time_page(request, db, DOOR, day, booking, taken=taken)


def _plan_stop(stop: HelpedStop, booking: HelpedBooking, offer: DayOffer, locale: Locale, *, working: str) -> PlanStop:
    service = None if stop.private else offer.service(stop.service)
    return PlanStop(
        title=stop_title(locale, stop.key, private=stop.private),
        institution=service.institution.name if service else "",
        authority=service.institution.authority if service else "none",
        planned_at=stop.planned_at,
        papers=paper_texts(
            locale,
            service.papers,
            coming=booking.coming,
            said=booking.answers,
            working=working,
        )
        if service
        else (),
    )


route_handlers: list[Any] = [show_booking, show_print, show_time, move, cancel]
