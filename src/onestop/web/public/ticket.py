"""The ticket: number, QR and short code, the plan that lives on the day, a calendar file, and a sheet to print."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from onestop.booking.holds import addresses_of
from onestop.booking.waiting import Offer
from onestop.db.session import Database
from onestop.domain.booking import BookingState, Interpreter
from onestop.domain.ending import is_asked
from onestop.domain.errors import N_, BookingClosed, Refusal, TicketUnknown
from onestop.domain.tally import asks_tally
from onestop.domain.visit import AT_DESK, PUT_OFFS, StopState, VisitState
from onestop.live.hub import key_of
from onestop.notify.calendar import Appointment, calendar_file
from onestop.notify.queries import calendar_sequence
from onestop.visits.queries.alarms import help_comes
from onestop.visits.queries.ticket import TicketState
from onestop.visits.queries.touched import touched_of
from onestop.web.kit.aloud import spoken_name
from onestop.web.kit.broadcasts import Told, told_to_all
from onestop.web.kit.ending import Asked, end_questions
from onestop.web.kit.estimates import estimates_of, windows
from onestop.web.kit.forms import new_key
from onestop.web.kit.goers import labels_of, who_goes
from onestop.web.kit.locale import Locale
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.papers import PaperLine
from onestop.web.kit.parts import DeskMark, PlanLine, TicketView
from onestop.web.kit.requests import Db, TicketKey, WebRequest, is_htmx
from onestop.web.kit.responses import see_other
from onestop.web.kit.sse import live_stream
from onestop.web.public.access import Access, open_ticket
from onestop.web.public.first import ask_again
from onestop.web.public.frame import link, place_of
from onestop.web.public.ticket_floor import has_floor
from onestop.web.public.ticket_parts import (
    GoesOn,
    Proposal,
    arrival_of,
    card_of,
    goes_on_of,
    is_booked,
    is_over,
    kept_for,
    locale_of_ticket,
    marks_of,
    opening_of,
    papers_of,
    proposals_of,
    ticket_page,
    ticks_papers,
)
from onestop.web.public.ticket_seen import news_of
from onestop.web.public.ticket_words import (
    AHEAD,
    called_session,
    called_stop,
    mark_of,
    missing_papers,
    next_step,
    plan_lines,
    title_of,
    with_session,
)

TALK = {
    Interpreter.OWN: N_("You bring somebody who interprets."),
    Interpreter.NEEDED: N_("At each desk somebody speaks one of these languages or interprets for you: %(languages)s."),
}

THANKS = "answered"
"""By this query value the ticket thanks her for her answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removable:
    """A step that can be taken off."""

    id: UUID
    title: str


@page_of("public/ticket.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPage:
    """Fifth page: the ticket and what can be done with it now."""

    to_all: Told | None
    """The message to everybody, on the day."""
    zone: str
    on: datetime
    place: str
    ticket: TicketView
    turn: DeskMark | None
    quiet: bool
    """Whether she is called to a private stop: the page then says so in words that a neighbour may read (R19)."""
    call: str
    """Another one with each call and each repetition of it."""
    keep: int
    """For how many seconds of the day the phone may keep this page; 0 where it may not."""
    plan: tuple[PlanLine, ...]
    """The steps of a booking; on the day they stand on the card."""
    proposals: tuple[Proposal, ...]
    removable: tuple[Removable, ...]
    papers: tuple[PaperLine, ...]
    ticks: bool
    """Whether she can tick the papers she has."""
    key: str
    arrival_at: datetime | None
    adults: int
    children: int
    marks: tuple[tuple[int, str], ...]
    """What the board shows beside the number for somebody who is called alone, and who it is."""
    no_interpreter: tuple[str, ...]
    path: str
    query: str
    booked: bool
    told: str
    """Where the ticket was sent to, just after booking or changing."""
    changed: bool
    waits: bool
    """Whether she just said that she would like an earlier time."""
    talk: str
    """How they will talk, as far as it is known; empty where she needs nobody who interprets."""
    again: str
    goes_on: GoesOn | None
    is_open: bool
    is_out: bool
    at_desk: bool
    may_put_off: bool | None
    """Whether she may still say that she is not ready; `None` where she is not called."""
    may_go: bool
    """Whether she may step out of the call: nobody talks with one of her people."""
    help: bool | None
    """She asked for help: whether somebody comes; `None` when she did not."""
    changes: bool
    earlier: bool
    first: bool
    """Whether hers is the first time of the day: there is none earlier to wait for."""
    offer: Offer | None
    """An earlier time that is kept for her to take."""
    parts: bool
    """Whether one of several adults can be given a ticket apart here."""
    erases: bool
    was_here: bool
    """Whether there is a visit to tell about: next steps, proof of visit."""
    aloud: bool
    """Whether boards say her number in her language too."""
    spoken: str
    """Her language by its own name, where boards can say it and do not in any case; else empty."""
    news: tuple[str, ...]
    """What a change of the day means for her and what she can do, until she has read it."""
    asks: tuple[Asked, ...]
    """The questions at the end of a visit, until she was asked."""
    tally: bool
    thanks: bool
    """Whether she has just answered."""
    said: str
    floor: str
    """Where the plan of the hall is; empty where there is none."""


@page_of("public/ticket_print.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPrint:
    """The ticket on paper: A4, or the slip of a ticket machine."""

    day_name: str
    on: datetime
    place: str
    ticket: TicketView
    arrival_at: datetime | None
    papers: tuple[PaperLine, ...]
    stops: tuple[tuple[str, str], ...]
    """What, and who of several people goes there."""
    missing: tuple[str, ...]
    """What is said of a paper that a step waits for; without the name of the step."""
    slip: bool
    path: str
    query: str


@page_of("public/ticket_over.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOverPage:
    """A day later only next steps, the proof of visit and erasing are left."""

    erase: str
    steps: str
    proof: str
    goes_on: GoesOn | None
    home: str


@get("/t/{code:str}")
async def show_ticket(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """The ticket; its live part alone for a script."""
    try:
        access = await open_ticket(request, db, ticket_key, code)
    except TicketUnknown as refusal:
        return await ask_again(request, db, refusal)
    if is_over(access, db.now()):
        context = TicketOverPage(
            erase=link(request, f"{access.path}/erase") if access.code else "",
            steps=link(request, f"{access.path}/steps") if access.ticket.visit is not None else "",
            proof=link(request, f"{access.path}/proof") if access.ticket.visit is not None else "",
            goes_on=await goes_on_of(request, db, ticket_key, access),
            home=link(request, "/"),
        )
        return ticket_page(request, access, context)
    return await show(request, db, ticket_key, access)


async def show(
    request: WebRequest, db: Database, key: bytes, access: Access, *, refusal: Refusal | None = None
) -> Response[Any]:
    """The page of a ticket, with a refusal of what was just asked."""
    locale = locale_of_ticket(request, access.ticket)
    context = await page_of_ticket(request, db, key, access, locale, refusal=refusal, now=db.now())
    block = "now" if is_htmx(request) else None
    return ticket_page(request, access, context, block=block, status=refusal.status if refusal else 200)


@get("/t/{code:str}/live")
async def ticket_live(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Says that something of her visit or for everybody changed; nothing to listen to before the visit has begun."""
    access = await open_ticket(request, db, ticket_key, code)
    if access.ticket.visit is None:
        return Response(b"", status_code=204)
    return await live_stream(request, [key_of("visit", access.ticket.visit.id), key_of("visit", access.day)])


@get("/t/{code:str}/calendar.ics")
async def ticket_calendar(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """The appointment as a calendar file, told neutrally. Raises `BookingClosed` where there is none."""
    access = await open_ticket(request, db, ticket_key, code)
    ticket, booking = access.ticket, access.ticket.booking
    if booking is None or booking.state not in {BookingState.CONFIRMED, BookingState.ARRIVED, BookingState.CANCELLED}:
        raise BookingClosed
    appointment = Appointment(
        party=ticket.party,
        number=ticket.number,
        arrival_at=booking.arrival_at,
        ends_at=booking.ends_at,
        zone=ticket.day.timezone,
        place=ticket.day.address or ticket.day.venue,
        sequence=await db.read(calendar_sequence, ticket.party),
        written_at=db.now(),
    )
    content = calendar_file(
        appointment, locale_of_ticket(request, ticket), cancelled=booking.state is BookingState.CANCELLED
    )
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"', "Cache-Control": "no-store"}
    return Response(content, status_code=200, media_type="text/calendar", headers=headers)


@get("/t/{code:str}/print")
async def print_ticket(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """A sheet to print: `?paper=80` for the slip of a ticket machine."""
    access = await open_ticket(request, db, ticket_key, code)
    cancelled = access.ticket.booking is not None and access.ticket.booking.state is BookingState.CANCELLED
    if is_over(access, db.now()) or cancelled:
        return see_other(access.path)
    locale = locale_of_ticket(request, access.ticket)
    slip = request.query_params.get("paper") == "80"
    return ticket_page(request, access, await paper_of_ticket(request, db, ticket_key, access, locale, slip=slip))


async def paper_of_ticket(
    request: WebRequest, db: Database, key: bytes, access: Access, locale: Locale, *, slip: bool, short: str = ""
) -> TicketPrint:
    """The ticket on paper; `short` is the code of one that is not stored."""
    ticket = access.ticket
    return TicketPrint(
        day_name=ticket.day.name,
        on=opening_of(ticket),
        place=place_of(ticket.day),
        ticket=await card_of(request, db, key, access, TicketView(number=ticket.number), short=short),
        arrival_at=arrival_of(ticket),
        papers=papers_of(locale, ticket),
        stops=tuple(
            (with_session(locale, ticket, stop), who_goes(locale, ticket.members, stop.members))
            for stop in ticket.stops
            if stop.state in AHEAD | AT_DESK
        ),
        missing=tuple(filter(None, (missing_papers(locale, ticket, stop) for stop in ticket.stops))),
        slip=slip,
        path=access.path,
        query=link(request, ""),
    )


async def page_of_ticket(
    request: WebRequest,
    db: Database,
    key: bytes,
    access: Access,
    locale: Locale,
    *,
    now: datetime,
    refusal: Refusal | None = None,
    short: str = "",
) -> TicketPage:
    """The page as it stands at this time; `short` is the code of a ticket that is not stored."""
    ticket = access.ticket
    is_open = ticket.visit is not None and ticket.visit.state is VisitState.OPEN
    outlooks = await estimates_of(request.app.state).of_day(db, access.day) if is_open else None
    by_stop = windows(outlooks, now)
    to_desk = called_stop(ticket)
    called = to_desk or called_session(ticket)
    turn = mark_of(called.desk) if called is not None and called.desk is not None else None
    quiet = turn is not None and called is not None and called.private
    booked = is_booked(ticket, now)
    removable = [stop for stop in ticket.stops if stop.state in AHEAD | {StopState.CALLED}]
    plan = plan_lines(locale, ticket, by_stop)
    shown = TicketView(
        number=ticket.number,
        next_step=next_step(locale, ticket, by_stop, now),
        called=turn is not None and not quiet,
        desk=turn,
        plan=plan if ticket.visit is not None else (),
    )
    cancelled = ticket.booking is not None and ticket.booking.state is BookingState.CANCELLED
    today = is_open or (booked and now.astimezone(ticket.day.zone).date() == ticket.day.on)
    ended = ticket.visit and ticket.visit.state
    asks_end = is_asked(ended, asked=ticket.asked_at_end)
    return TicketPage(
        to_all=await told_to_all(db, access.day, locale) if today else None,
        zone=ticket.day.timezone,
        on=opening_of(ticket),
        place=place_of(ticket.day),
        ticket=shown if cancelled else await card_of(request, db, key, access, shown, short=short),
        turn=turn,
        quiet=quiet,
        call=f"{called.id}.{called.recalls}" if called is not None else "",
        keep=kept_for(access, now),
        news=news_of(locale, await db.read(touched_of, access.party)) if booked or is_open else (),
        plan=plan if booked else (),
        proposals=proposals_of(locale, ticket) if is_open else (),
        # The last step is not taken off but the booking cancelled: that is what it means.
        removable=tuple(Removable(id=stop.id, title=title_of(locale, stop)) for stop in removable)
        if is_open or (booked and len(removable) > 1)
        else (),
        papers=papers_of(locale, ticket),
        ticks=ticks_papers(access, now),
        key=new_key(),
        arrival_at=arrival_of(ticket) if booked else None,
        adults=sum(not member.child for member in ticket.members),
        children=sum(member.child for member in ticket.members),
        marks=marks_of(locale, ticket) if booked or is_open else (),
        no_interpreter=ticket.languages if booked and ticket.booking and ticket.booking.no_interpreter else (),
        path=access.path,
        query=link(request, ""),
        booked=booked and "booked" in request.query_params,
        told=await _told(db, access) if booked and {"booked", "changed"} & request.query_params.keys() else "",
        changed=booked and "changed" in request.query_params,
        waits=booked and ticket.earlier and "earlier" in request.query_params,
        talk=_talk(locale, ticket) if booked else "",
        again="" if booked or is_open else link(request, f"/d/{ticket.day.slug}" if cancelled else "/"),
        goes_on=await goes_on_of(request, db, key, access),
        is_open=is_open,
        is_out=ticket.visit is not None and ticket.visit.stepped_out,
        help=await db.read(help_comes, access.party) if is_open else None,
        at_desk=any(stop.state in AT_DESK for stop in ticket.stops),
        may_put_off=all(stop.put_off < PUT_OFFS for stop in ticket.stops if stop.state is StopState.CALLED)
        if to_desk is not None
        else None,
        may_go=all(stop.state is not StopState.SERVING for stop in ticket.stops),
        changes=booked,
        earlier=booked and ticket.earlier,
        first=ticket.booking is not None and ticket.booking.arrival_at <= ticket.day.opens_at,
        offer=ticket.offer if booked and ticket.offer is not None and ticket.offer.until > now else None,
        parts=booked and bool(access.code) and "a2" in labels_of(ticket.members),
        erases=bool(access.code),
        was_here=ticket.visit is not None,
        aloud=ticket.aloud,
        spoken=spoken_name(request, ticket.display_language, working=ticket.day.working_language)
        if booked or is_open
        else "",
        asks=end_questions(locale) if asks_end else (),
        tally=not asks_end and asks_tally(ticket.day.tally, ended, asked=ticket.asked_tally),
        thanks=THANKS in request.query_params and (ticket.asked_at_end or ticket.asked_tally),
        said=locale.say(refusal.sentence, refusal.params) if refusal else "",
        floor=link(request, f"{access.path}/floor") if (booked or is_open) and await has_floor(db, ticket) else "",
    )


def _talk(locale: Locale, ticket: TicketState) -> str:
    if ticket.interpreter not in TALK:
        return ""
    return locale.say(
        TALK[ticket.interpreter],
        {"languages": locale.list_and([locale.language_name(tag) for tag in ticket.languages])},
    )


async def _told(db: Database, access: Access) -> str:
    """The e-mail address, so that a slip is seen at once; only for the long code."""
    return (await db.read(addresses_of, access.party)).get("email", "") if access.code else ""


route_handlers: list[Any] = [show_ticket, ticket_live, ticket_calendar, print_ticket]
