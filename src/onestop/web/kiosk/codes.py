"""I have a code: say that I am here; or change and cancel. Every answer is a designed screen with a next step."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.bookings import cancel_booking, move_booking, wish_of_party
from onestop.booking.queries import Booking, arrivals, booking_of_party, language_of_party
from onestop.booking.spares import check_spare
from onestop.booking.tickets import TicketRef, find_code, ticket_again
from onestop.booking.waiting import find_waiting
from onestop.days.queries.days import Day, day_by_id
from onestop.db.session import Database
from onestop.domain.booking import BookingState
from onestop.domain.errors import (
    N_,
    BookingCancelled,
    BookingClosed,
    DayOver,
    InvalidInput,
    Refusal,
    TicketUnknown,
    VisitOver,
    WrongDay,
)
from onestop.domain.paper import TicketOnPaper
from onestop.domain.ticket import read_long_code, read_short_code, waiting_code
from onestop.domain.visit import VisitState
from onestop.visits.actions.arrivals import check_in
from onestop.visits.queries.api import ticket_view
from onestop.web.kiosk.frame import (
    PAD,
    START,
    first_screen,
    has_language,
    kiosk_page,
    link,
    locale_here,
    machine,
    other_days,
    said_also,
    speak,
    today_of,
)
from onestop.web.kiosk.leaving import at_desk
from onestop.web.kiosk.nearing import interpreter_of, says_next, steps_of
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.limits import check_limit
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other

SAYS = {
    "unknown": TicketUnknown.sentence,
    "paper": TicketOnPaper.sentence,
    "foreign": N_("This is not a ticket of ours."),
}
"""What is answered to a code that opens nothing: it may be wrong, or can be none of ours."""
TYPED = 12
"""So long is what somebody types, with gaps; what is longer was scanned and is not shown again."""


@page_of("kiosk/code.html", scans=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskCode:
    """Hold the paper before the scanner, or type the short code on big keys."""

    why: str
    action: str
    back: str
    keys: tuple[str, ...]
    scans: int = 0
    """How many codes in a row were no ticket: the same answer twice is seen to be a new one."""
    typed: str = ""
    error: str = ""
    also: tuple[tuple[str, str], ...] = ()
    """The error in the other languages, where nobody has chosen one."""


@page_of("kiosk/here.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskHere:
    """She is here: her number, and what comes next. `booked_at` is set while her time has not come yet."""

    ticket_number: int
    over: bool
    booked_at: datetime | None
    desk: int | None
    """The desk she is called to, or at."""
    says: str
    """That she waits, and about how long."""
    people: int
    interpreter: str
    stops: tuple[str, ...]
    """Where she goes, a private talk as a talk at the centre."""
    reprint: str
    home: str


@page_of("kiosk/other.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskOther:
    """Her ticket cannot be used here and now; why, and what to do."""

    sentence: str
    day: Day | None
    booking_at: datetime | None
    change: str
    others: str
    home: str


@page_of("kiosk/change.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskChange:
    """Another time or no longer."""

    day: Day
    ticket_number: int
    arrival_at: datetime
    times: tuple[datetime, ...]
    action: str
    cancel: str
    home: str
    key: str
    error: str = ""


@page_of("kiosk/cancelled.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskCancelled:
    """The booking is cancelled."""

    ticket_number: int
    others: str
    home: str


@get("/kiosk/code")
async def show_code(request: WebRequest, db: Db) -> Response[Any]:
    """The field for a code."""
    _, today = await today_of(request, db)
    said = request.query_params.get("said", "")
    scans = _count(request.query_params.get("scans", ""))
    return _code_page(request, today, request.query_params.get("why", ""), said, scans=scans)


@post("/kiosk/code")
async def read_code(request: WebRequest, db: Db, ticket_key: TicketKey) -> Response[Any]:
    """A scanned or typed code: check in today's ticket, or say what is so."""
    someone, today = await today_of(request, db)
    await check_limit(request, "find")
    form = await read_form(request)
    why = form.text("why", 10)
    try:
        found = await _find(db, ticket_key, form.text("code", 400), today)
    except TicketUnknown as refusal:
        if waits := await _waiting(request, db, ticket_key, form.text("code", 400), today):
            return see_other(waits)
        typed, scanned = form.text("code", 400), bool(form.text("scanned", 1))
        said = "paper" if isinstance(refusal, TicketOnPaper) else "unknown"
        if (scanned or len(typed) > TYPED) and not _can_be_ours(typed):
            said = "foreign"
        scans = _count(form.text("scans", 3)) + 1 if scanned else 0
        typed = "" if scanned or len(typed) > TYPED else typed
        return _code_page(request, today, why, said, refusal.status, scans=scans, typed=typed)
    speak(request, await db.read(language_of_party, found.party))
    ticket = await db.read(ticket_again, party=found.party, key=ticket_key)
    day = await db.read(day_by_id, found.day)
    try:
        booking = await db.read(booking_of_party, found.party)
        if booking is not None and booking.state is BookingState.CANCELLED:
            raise BookingCancelled
        if why == "change":
            act = await _way_to_change(db, ticket.code)
            return see_other(link(request, f"/kiosk/tickets/{ticket.code}/{act}"))
        if today is None or day.id != today.id:
            raise WrongDay(on=day.on) if db.now() < day.opens_at else DayOver
        await db.write(check_in, found.party, actor=someone, now=db.now(), day=day.id)
    except Refusal as refusal:
        return await _other(request, db, today, day, found, ticket_key, refusal)
    return see_other(link(request, f"/kiosk/tickets/{ticket.code}/here"))


async def _find(db: Database, key: bytes, code: str, today: Day | None) -> TicketRef:
    """The ticket of a long code; a short one counts with its day: today first, then every other day to come."""
    days = [day.id for day in ([today] if today is not None else []) + await other_days(db, today)]
    try:
        return await db.read(find_code, code, days=days)
    except TicketUnknown:
        await db.read(check_spare, code, key=key, days=days)
        raise


async def _waiting(request: WebRequest, db: Database, key: bytes, code: str, today: Day | None) -> str:
    """The page of somebody on a waiting list, in her language; empty if the code is not of one."""
    days = ([today] if today is not None else []) + await other_days(db, today)
    try:
        party, day = await db.read(find_waiting, code, days=[each.id for each in days])
    except TicketUnknown:
        return ""
    speak(request, await db.read(language_of_party, party))
    return link(request, f"/kiosk/waiting/{waiting_code(key, day=day, party=party)}")


@get("/kiosk/tickets/{code:str}/here")
async def show_here(request: WebRequest, db: Db, code: FromPath[str]) -> Response[Any]:
    """She is here. The paper of somebody who is not checked in is read again."""
    await machine(request)
    view = await db.read(ticket_view, code)
    day = await db.read(day_by_id, view.day)
    if view.visit is None:
        return see_other(link(request, "/kiosk/code"))
    locale, over = locale_here(request, day), view.visit_state != VisitState.OPEN
    context = KioskHere(
        ticket_number=view.number,
        over=over,
        desk=at_desk(view)[1],
        says="" if over else await says_next(request, db, locale, view.party),
        people=len(view.members),
        interpreter=interpreter_of(locale, view),
        stops=steps_of(locale, view),
        booked_at=view.arrival_at if view.arrival_at is not None and view.arrival_at > db.now() else None,
        reprint=link(request, f"/kiosk/tickets/{code}", paper="1"),
        home=START,
    )
    return kiosk_page(request, day, context, back_after=20)


@get("/kiosk/tickets/{code:str}/change")
async def show_change(request: WebRequest, db: Db, code: FromPath[str]) -> Response[Any]:
    """Other times of the same day, and cancel."""
    await machine(request)
    day, booking = await _changeable(request, db, code)
    return await _change_page(request, db, day, booking, code)


@post("/kiosk/tickets/{code:str}/move")
async def move(request: WebRequest, db: Db, code: FromPath[str]) -> Response[Any]:
    """Take another time."""
    someone = await machine(request)
    day, booking = await _changeable(request, db, code)
    form = await read_form(request)
    try:
        arrival = datetime.fromisoformat(form.text("arrival", 40))
        if arrival.tzinfo is None:
            raise InvalidInput(field="arrival")
        path = await submit_once(
            request,
            "kiosk.move",
            move_booking,
            booking.party,
            arrival_at=arrival,
            actor=someone,
            now=db.now(),
            day=day.id,
            to=lambda _: f"/kiosk/tickets/{code}",
        )
    except ValueError:
        return await _change_page(request, db, day, booking, code, InvalidInput(field="arrival"))
    except Refusal as refusal:
        return await _change_page(request, db, day, booking, code, refusal)
    return see_other(link(request, path, paper="1"))


@post("/kiosk/tickets/{code:str}/cancel")
async def cancel(request: WebRequest, db: Db, code: FromPath[str]) -> Response[Any]:
    """Cancel; pressing twice does no harm."""
    someone = await machine(request)
    found = await db.read(find_code, code)
    booking = await db.read(booking_of_party, found.party)
    if booking is None or booking.state is not BookingState.CANCELLED:
        await db.write(cancel_booking, found.party, actor=someone, now=db.now(), day=found.day)
    day = await db.read(day_by_id, found.day)
    context = KioskCancelled(ticket_number=found.number, others=link(request, "/kiosk/days"), home=START)
    return kiosk_page(request, day, context, back_after=30)


def _can_be_ours(code: str) -> bool:
    return read_long_code(code) is not None or read_short_code(code) is not None


def _count(text: str) -> int:
    return min(int(text), 98) if text.isascii() and text.isdecimal() else 0


def _code_page(
    request: WebRequest,
    day: Day | None,
    why: str,
    said: str = "",
    status: int = 200,
    *,
    scans: int = 0,
    typed: str = "",
) -> Response[Any]:
    """`said`: what a code was that is no ticket; in all languages until one is chosen; choosing one keeps it."""
    sentence, locale = SAYS.get(said, ""), locale_here(request, day)
    context = KioskCode(
        why="change" if why == "change" else "",
        action=link(request, "/kiosk/code"),
        back=first_screen(request, day),
        keys=PAD,
        scans=scans,
        typed=typed,
        error=locale.gettext(sentence) if sentence else "",
        also=said_also(locale, day, sentence) if sentence and not has_language(request) else (),
    )
    again = {"why": context.why} if context.why else {}
    again |= {"said": said, "scans": str(scans)} if sentence else {}
    return kiosk_page(request, day, context, status=status, stood_on=link(request, "/kiosk/code", **again))


async def _other(
    request: WebRequest,
    db: Database,
    today: Day | None,
    day: Day,
    found: TicketRef,
    ticket_key: bytes,
    refusal: Refusal,
) -> Response[Any]:
    locale = locale_here(request, today or day)
    params = dict(refusal.params)
    if isinstance(refusal, WrongDay):
        params["date"] = locale.date(refusal.on)
    booking = await db.read(booking_of_party, found.party)
    live = booking is not None and booking.state is BookingState.CONFIRMED
    ticket = await db.read(ticket_again, party=found.party, key=ticket_key)
    context = KioskOther(
        sentence=locale.say(refusal.sentence, params),
        day=day if live else None,
        booking_at=booking.arrival_at if booking is not None and live else None,
        change=link(request, f"/kiosk/tickets/{ticket.code}/change") if live else "",
        others=link(request, "/kiosk/days"),
        home=START,
    )
    return kiosk_page(request, today or day, context, status=refusal.status, back_after=40)


async def _way_to_change(db: Database, code: str) -> str:
    """Where a ticket is given back: a time that is booked, or a place among those who wait here.

    Raises `BookingClosed`, `VisitOver`.
    """
    view = await db.read(ticket_view, code)
    if view.visit is None:
        if view.booking != BookingState.CONFIRMED:
            raise BookingClosed
        return "change"
    if view.visit_state != VisitState.OPEN:
        raise VisitOver
    return "leave"


async def _changeable(request: WebRequest, db: Database, code: FromPath[str]) -> tuple[Day, Booking]:
    found = await db.read(find_code, code)
    booking = await db.read(booking_of_party, found.party)
    if booking is None or booking.state is not BookingState.CONFIRMED:
        raise BookingClosed
    return await db.read(day_by_id, found.day), booking


async def _change_page(
    request: WebRequest, db: Database, day: Day, booking: Booking, code: str, refusal: Refusal | None = None
) -> Response[Any]:
    wish = await db.read(wish_of_party, booking)
    found = await db.read(arrivals, day, wish, now=db.now(), moving=booking.id)
    locale = locale_here(request, day)
    context = KioskChange(
        day=day,
        ticket_number=booking.number or 0,
        arrival_at=booking.arrival_at,
        times=tuple(plan.arrival_at for plan in found.plans if plan.arrival_at != booking.arrival_at),
        action=link(request, f"/kiosk/tickets/{code}/move"),
        cancel=link(request, f"/kiosk/tickets/{code}/cancel"),
        home=START,
        key=new_key(),
        error=locale.say(refusal.sentence, refusal.params) if refusal else "",
    )
    stood_on = link(request, f"/kiosk/tickets/{code}/change")
    return kiosk_page(request, day, context, status=refusal.status if refusal else 200, stood_on=stood_on)


route_handlers: list[Any] = [show_code, read_code, show_here, show_change, move, cancel]
