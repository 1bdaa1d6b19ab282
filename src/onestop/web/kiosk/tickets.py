"""Tickets of the machine: one for today, one for another day, and the paper both are printed on."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.at_once import book_at_once
from onestop.booking.queries import booking_of_party
from onestop.booking.tickets import Ticket, find_code, ticket_again
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.offer import day_offer
from onestop.domain.booking import BookingState, Channel
from onestop.domain.errors import ArrivalTaken, BookingCancelled, InvalidInput, Refusal
from onestop.domain.roles import Actor
from onestop.domain.ticket import spell_short_code
from onestop.domain.visit import VisitState
from onestop.visits.actions.arrivals import issue_walk_in
from onestop.visits.actions.merging import Merged, Paper, merge_ticket
from onestop.visits.queries.api import ticket_view
from onestop.visits.queries.reception import reach_today
from onestop.web.kiosk.asking import desks_page, times_page
from onestop.web.kiosk.frame import START, chosen_day, kiosk_page, link, locale_here, machine, onward
from onestop.web.kiosk.nearing import SHOW_IT, interpreter_of, says_next, steps_of
from onestop.web.kiosk.promised import paper_of
from onestop.web.kit.aloud import spoken_name
from onestop.web.kit.answers import read_answers
from onestop.web.kit.forms import Form, read_form
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.parts import TicketView
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest, base_url_of
from onestop.web.kit.responses import see_other


@page_of("kiosk/ticket.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskTicket:
    """The paper: number, code, when and where; not why. `late`: we may not reach her today."""

    day: Day
    ticket: TicketView
    comes_at: datetime | None
    late: bool
    people: int
    interpreter: str
    """Languages of an interpreter who is needed, empty for none."""
    stops: int
    steps: tuple[str, ...]
    """What she goes to, a private talk as a talk at the centre; told while she stands here, never on the paper."""
    waits: bool
    change: str
    """Where a time that is booked is changed."""
    paper: str
    """What became of the paper (`paper_of`)."""
    again: str
    home: str
    others: str


@post("/kiosk/d/{slug:str}/tickets")
async def take_ticket(request: WebRequest, db: Db, ticket_key: TicketKey, slug: FromPath[str]) -> Response[Any]:
    """A ticket for today. Never refused for want of room."""
    someone, day, today = await chosen_day(request, db, slug)
    offer = await db.read(day_offer, day.id)
    form = await read_form(request)
    answers = read_answers(form, offer, narrow=False)
    locale = locale_here(request, day)
    aloud = bool(form.text("aloud", 4) and spoken_name(request, locale.tag, working=day.working_language))
    try:
        wish = replace(answers.wish(offer, display_language=locale.tag), aloud=aloud)
        if not today:
            return see_other(onward(request, answers, f"/kiosk/d/{day.slug}/times"))
        given: dict[str, Any] = {"key": ticket_key, "how": "kiosk", "actor": someone, "now": db.now(), "day": day.id}
        if (paper := _paper(form, someone, otherwise=db.now())) is not None:
            path = await submit_once(request, "kiosk.paper", merge_ticket, day.id, wish, paper, to=_merged, **given)
        else:
            path = await submit_once(request, "kiosk.ticket", issue_walk_in, day.id, wish, to=_issued, **given)
    except Refusal as refusal:
        return desks_page(request, day, offer, answers, today=today, aloud=aloud, refusal=refusal)
    return see_other(link(request, path, new="1"))


@post("/kiosk/d/{slug:str}/bookings")
async def book(
    request: WebRequest, db: Db, settings: Conf, ticket_key: TicketKey, slug: FromPath[str]
) -> Response[Any]:
    """A ticket for another day, nothing typed, no contact: the paper is the proof."""
    someone, day, today = await chosen_day(request, db, slug)
    offer = await db.read(day_offer, day.id)
    form = await read_form(request)
    answers = read_answers(form, offer, narrow=False)
    locale = locale_here(request, day)
    try:
        wish = answers.wish(offer, display_language=locale.tag)
        path = await submit_once(
            request,
            "kiosk.booking",
            book_at_once,
            day.id,
            wish,
            arrival_at=_instant(form.text("arrival", 40)),
            channel=Channel.KIOSK,
            key=ticket_key,
            hold_minutes=settings.hold_minutes,
            actor=someone,
            now=db.now(),
            day=day.id,
            to=lambda made: f"/kiosk/tickets/{made[1].code}",
        )
    except ArrivalTaken as refusal:
        return await times_page(request, db, day, offer, answers, refusal=refusal)
    except Refusal as refusal:
        return desks_page(request, day, offer, answers, today=today, refusal=refusal)
    return see_other(link(request, path, new="1"))


@get("/kiosk/tickets/{code:str}")
async def show_ticket(
    request: WebRequest, db: Db, settings: Conf, ticket_key: TicketKey, code: FromPath[str]
) -> Response[Any]:
    """The paper on the screen; the machine prints it. No paper says of an ended visit that a number is called."""
    await machine(request)
    found = await db.read(find_code, code)
    day = await db.read(day_by_id, found.day)
    ticket = await db.read(ticket_again, party=found.party, key=ticket_key)
    booking = await db.read(booking_of_party, found.party)
    waits = booking is None or booking.state is BookingState.ARRIVED
    locale, view = locale_here(request, day), await db.read(ticket_view, code)
    if booking is not None and booking.state is BookingState.CANCELLED:
        raise BookingCancelled
    if view.visit is not None and view.visit_state != VisitState.OPEN:
        return see_other(link(request, f"/kiosk/tickets/{code}/here"))
    steps = steps_of(locale, view)
    late = False
    if booking is None and request.query_params.get("new"):
        offer = await db.read(day_offer, day.id)
        late = bool((await db.read(reach_today, day, offer.services, now=db.now())).late)
    context = KioskTicket(
        day=day,
        ticket=TicketView(
            number=ticket.number,
            next_step=await says_next(request, db, locale, found.party) if waits else locale.gettext(SHOW_IT),
            qr_text=f"{base_url_of(request)}/t/{ticket.code}" if settings.base_url else ticket.code,
            short_code=spell_short_code(ticket.short),
        ),
        comes_at=None if booking is None or waits else booking.arrival_at,
        late=late,
        people=len(view.members),
        interpreter=interpreter_of(locale, view),
        stops=len(steps),
        steps=steps if request.query_params.get("new") else (),
        waits=waits,
        change=link(request, f"/kiosk/tickets/{code}/change")
        if booking is not None and booking.state is BookingState.CONFIRMED
        else "",
        paper=paper_of(request),
        again=link(request, f"/kiosk/tickets/{code}", paper="1"),
        home=START,
        others=link(request, "/kiosk/days"),
    )
    return kiosk_page(request, day, context, back_after=40)


def _issued(made: tuple[Ticket, UUID]) -> str:
    return f"/kiosk/tickets/{made[0].code}"


def _merged(merged: Merged) -> str:
    assert merged.ticket is not None, "a wish with a desk gives a ticket"
    return f"/kiosk/tickets/{merged.ticket.code}"


def _paper(form: Form, someone: Actor, *, otherwise: datetime) -> Paper | None:
    """What a machine with an agent prints by itself: the number is one it had leased."""
    number, counter, nonce = (form.text(name, 80) for name in ("number", "counter", "nonce"))
    if someone.device is None or not (number.isdecimal() and len(nonce) >= 8):
        return None
    try:
        issued_at = _instant(form.text("issued_at", 40))
    except InvalidInput:
        issued_at = otherwise
    return Paper(
        nonce=nonce,
        number=int(number[:6]),
        counter=int(counter[:9]) if counter.isdecimal() else 0,
        issued_at=issued_at,
        device=someone.device,
    )


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(field="arrival") from error
    if found.tzinfo is None:
        raise InvalidInput(field="arrival")
    return found


route_handlers: list[Any] = [take_ticket, book, show_ticket]
