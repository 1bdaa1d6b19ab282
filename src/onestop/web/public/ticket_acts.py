"""What the holder of a ticket does with her booking: another or an earlier time, papers, aloud, cancel, erase."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.aloud import choose_aloud
from onestop.booking.actions.bookings import cancel_booking, move_booking, wish_of_party
from onestop.booking.actions.offers import decline_offer, take_offer
from onestop.booking.actions.papers import tick_papers
from onestop.booking.actions.waiting import leave_list, wish_earlier
from onestop.booking.queries import arrivals, booking_by_id
from onestop.days.queries.offer import day_offer
from onestop.db.session import Database
from onestop.domain.errors import ArrivalTaken, BookingClosed, Refusal, TicketUnknown
from onestop.domain.roles import VISITOR
from onestop.retention.actions import erase_party
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.public.access import Access, open_ticket
from onestop.web.public.first import ask_again
from onestop.web.public.frame import centre_page, link
from onestop.web.public.ticket import show
from onestop.web.public.ticket_parts import is_booked, locale_of_ticket, papers_of, ticket_page, ticks_papers
from onestop.web.public.times import BestTime, Hour, best_times, hours_of, read_instant

CHANGED = "?changed=1"
"""By this query the ticket says that the booking is another one now."""

WAITS = "?earlier=1"
"""By this one it says that she is asked when an earlier time is free."""


@page_of("public/ticket_change.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """The other arrival times of the day."""

    arrival_at: datetime
    best: tuple[BestTime, ...]
    hours: tuple[Hour, ...]
    earlier: bool
    """Whether one of them is before hers."""
    path: str
    query: str
    key: str
    error: str = ""


@page_of("public/ticket_cancel.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class CancelPage:
    """The second of two taps."""

    arrival_at: datetime
    path: str
    query: str


@page_of("public/ticket_erase.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePage:
    """What erasing means, and the button."""

    path: str
    query: str
    is_open: bool
    books: bool
    error: str = ""


@page_of("public/erased.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedPage:
    """Nothing is left."""

    home: str


@get("/t/{code:str}/change")
async def show_change(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Other times of the same day."""
    access = await open_ticket(request, db, ticket_key, code)
    return await _show_change(request, db, access)


@post("/t/{code:str}/change")
async def change_time(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Move to another time; one that filled meanwhile brings the list again, and the old time stays hers."""
    access = await open_ticket(request, db, ticket_key, code)
    at = read_instant((await read_form(request)).text("arrival", 40))
    try:
        if at is None:
            raise ArrivalTaken
        path = await submit_once(
            request,
            "ticket.change",
            move_booking,
            access.party,
            arrival_at=at,
            actor=VISITOR,
            now=db.now(),
            day=access.day,
            to=lambda _: f"{access.path}{CHANGED}",
        )
    except ArrivalTaken as refusal:
        return await _show_change(request, db, access, refusal=refusal)
    return see_other(link(request, path))


@post("/t/{code:str}/earlier")
async def want_earlier(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Be told when an earlier time becomes free."""
    access = await open_ticket(request, db, ticket_key, code)
    return await act(request, db, ticket_key, access, wish_earlier, access.party, says=WAITS)


@post("/t/{code:str}/earlier/end")
async def want_no_earlier(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Her time is good as it is."""
    access = await open_ticket(request, db, ticket_key, code)
    if access.ticket.booking is None:
        raise BookingClosed
    return await act(request, db, ticket_key, access, leave_list, access.party)


@post("/t/{code:str}/offer/take")
async def take_earlier(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Take the earlier time; hers goes to the next one."""
    access = await open_ticket(request, db, ticket_key, code)
    return await act(request, db, ticket_key, access, take_offer, access.party, key=ticket_key, says=CHANGED)


@post("/t/{code:str}/offer/decline")
async def decline_earlier(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Not this one."""
    access = await open_ticket(request, db, ticket_key, code)
    return await act(request, db, ticket_key, access, decline_offer, access.party)


@get("/t/{code:str}/cancel")
async def show_cancel(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Shows the button: a mail program that opens links cancels nothing."""
    access = await open_ticket(request, db, ticket_key, code)
    booking = access.ticket.booking
    if booking is None or not is_booked(access.ticket, db.now()):
        return see_other(link(request, access.path))
    context = CancelPage(
        arrival_at=booking.arrival_at,
        path=access.path,
        query=link(request, ""),
    )
    return ticket_page(request, access, context)


@post("/t/{code:str}/cancel")
async def cancel(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Cancel; a second press finds it cancelled."""
    access = await open_ticket(request, db, ticket_key, code)
    return await act(request, db, ticket_key, access, cancel_booking, access.party)


@post("/t/{code:str}/papers")
async def save_papers(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Which papers she has. Only the long code can do it; a paper that her ticket does not list is not kept."""
    access = await open_ticket(request, db, ticket_key, code)
    if not access.code:
        raise TicketUnknown
    if not ticks_papers(access, db.now()):
        return see_other(link(request, access.path))
    form = await read_form(request)
    listed = {line.key for line in papers_of(locale_of_ticket(request, access.ticket), access.ticket)}
    path = await submit_once(
        request,
        "ticket.papers",
        tick_papers,
        access.party,
        shown=listed & set(form.all("shown")),
        ready=form.all("ready"),
        actor=VISITOR,
        now=db.now(),
        day=access.day,
        to=lambda _: access.path,
    )
    return see_other(f"{link(request, path)}#papers-form")


@post("/t/{code:str}/aloud")
async def be_called_aloud(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Boards say her number in her language too."""
    access = await open_ticket(request, db, ticket_key, code)
    return await act(request, db, ticket_key, access, choose_aloud, access.party, aloud=True)


@post("/t/{code:str}/aloud/end")
async def be_called_quietly(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Boards say her number in the language of the day alone."""
    access = await open_ticket(request, db, ticket_key, code)
    return await act(request, db, ticket_key, access, choose_aloud, access.party, aloud=False)


@get("/t/{code:str}/erase")
async def show_erase(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """What erasing means."""
    access = await _eraser(request, db, ticket_key, code)
    return _show_erase(request, access, db.now())


@post("/t/{code:str}/erase")
async def erase(
    request: WebRequest, db: Db, settings: Conf, ticket_key: TicketKey, code: FromPath[str]
) -> Response[Any]:
    """Erase everything known of her. Afterwards the code is unknown, so a second press says the same."""
    try:
        access = await _eraser(request, db, ticket_key, code)
    except TicketUnknown as refusal:
        return await ask_again(request, db, refusal)
    try:
        await db.write(erase_party, access.party, journal=settings.var, actor=VISITOR, now=db.now(), day=access.day)
    except Refusal as refusal:
        return _show_erase(request, access, db.now(), refusal=refusal)
    return see_other(link(request, "/erased"))


@get("/erased")
async def show_erased(request: WebRequest, db: Db) -> Response[Any]:
    """Says so, in every language: the address of before is unknown now."""
    return await centre_page(request, db, ErasedPage(home=link(request, "/")))


async def act(
    request: WebRequest,
    db: Database,
    ticket_key: bytes,
    access: Access,
    action: Callable[..., Any],
    *args: Any,
    says: str = "",
    **kwargs: Any,
) -> Response[Any]:
    """One press of the ticket's holder; a refusal shows the ticket as it is now, with the reason.

    `says` is the query by which the ticket tells what was done.
    """
    try:
        await db.write(action, *args, actor=VISITOR, now=db.now(), day=access.day, **kwargs)
    except Refusal as refusal:
        fresh = await open_ticket(request, db, ticket_key, access.path.removeprefix("/t/"))
        return await show(request, db, ticket_key, fresh, refusal=refusal)
    return see_other(link(request, f"{access.path}{says}"))


async def _eraser(request: WebRequest, db: Database, key: bytes, code: str) -> Access:
    """The ticket by its long code; the address made from a short code does not erase."""
    access = await open_ticket(request, db, key, code)
    if not access.code:
        raise TicketUnknown
    return access


async def _show_change(
    request: WebRequest, db: Database, access: Access, *, refusal: Refusal | None = None
) -> Response[Any]:
    ticket = access.ticket
    if ticket.booking is None or not is_booked(ticket, db.now()):
        return see_other(link(request, access.path))
    booking = await db.read(booking_by_id, ticket.booking.id)
    wish = await db.read(wish_of_party, booking)
    found = await db.read(arrivals, ticket.day, wish, now=db.now(), moving=booking.id)
    others = tuple(plan for plan in found.plans if plan.arrival_at != booking.arrival_at)
    found = replace(found, plans=others, best=tuple(plan for plan in found.best if plan in others))
    locale = locale_of_ticket(request, ticket)
    context = ChangePage(
        arrival_at=booking.arrival_at,
        best=best_times(found, locale, ticket.day, await db.read(day_offer, ticket.day.id)),
        hours=hours_of(found, ticket.day.zone),
        earlier=any(plan.arrival_at < booking.arrival_at for plan in others),
        path=access.path,
        query=link(request, ""),
        key=new_key(),
        error=locale.say(refusal.sentence, refusal.params) if refusal else "",
    )
    return ticket_page(request, access, context, status=refusal.status if refusal else 200)


def _show_erase(request: WebRequest, access: Access, now: datetime, *, refusal: Refusal | None = None) -> Response[Any]:
    locale = locale_of_ticket(request, access.ticket)
    context = ErasePage(
        path=access.path,
        query=link(request, ""),
        is_open=access.ticket.visit is not None,
        books=is_booked(access.ticket, now),
        error=locale.say(refusal.sentence, refusal.params) if refusal else "",
    )
    return ticket_page(request, access, context, status=refusal.status if refusal else 200)


route_handlers: list[Any] = [
    show_erased,
    show_change,
    change_time,
    want_earlier,
    want_no_earlier,
    take_earlier,
    decline_earlier,
    show_cancel,
    cancel,
    save_papers,
    be_called_aloud,
    be_called_quietly,
    show_erase,
    erase,
]
