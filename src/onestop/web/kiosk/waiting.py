"""The waiting list and the draw at the machine: a paper with a code instead of a time, and the place it is offered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.draws import Requested, request_place
from onestop.booking.actions.offers import decline_offer, take_offer
from onestop.booking.actions.waiting import join_list, leave_list
from onestop.booking.draws import own_request
from onestop.booking.tickets import ticket_again
from onestop.booking.waiting import Offer, WaitingParty, find_waiting, waiting_party
from onestop.days.queries.days import Day
from onestop.days.queries.draws import draw_of
from onestop.days.queries.offer import day_offer
from onestop.db.session import Database
from onestop.domain.booking import WAITS, BookingState, Channel
from onestop.domain.errors import OfferGone, Refusal
from onestop.domain.roles import Actor
from onestop.domain.ticket import spell_short_code, waiting_code, waiting_short_code
from onestop.web.kiosk.asking import desks_page
from onestop.web.kiosk.draw_day import shut_page
from onestop.web.kiosk.frame import START, chosen_day, kiosk_page, link, locale_here, machine
from onestop.web.kiosk.promised import paper_of
from onestop.web.kit.answers import read_answers
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.locale import locale_for
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import Chrome, render
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest, base_url_of
from onestop.web.kit.responses import HTML, see_other


@page_of("kiosk/waiting.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskWaiting:
    """The paper of somebody who waits or takes part in a draw, or the place she is offered.

    `request_id` is her place in the public list, `drawn_after` the end of the time for requests; both while she asks.
    """

    day: Day
    request_id: str
    drawn_after: datetime | None
    waits: bool
    offer: Offer | None
    before: int
    qr_text: str
    short_code: str
    take: str
    decline: str
    leave: str
    new: bool
    """The machine prints it; whoever comes back with the paper can also leave."""
    paper: str
    """What became of the paper (`paper_of`)."""
    again: str
    key: str
    home: str
    others: str
    said: str = ""


@page_of("kiosk/roll_waiting.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingRoll:
    """Her paper as the agent of a machine prints it."""

    day: Day
    request_id: str
    drawn_after: datetime | None
    qr_text: str
    short_code: str


@post("/kiosk/d/{slug:str}/waiting")
async def join(request: WebRequest, db: Db, ticket_key: TicketKey, slug: FromPath[str]) -> Response[Any]:
    """Join the list of a day, nothing typed; the paper is the proof."""
    return await _ask(request, db, ticket_key, await chosen_day(request, db, slug), "waiting", join_list)


@post("/kiosk/d/{slug:str}/requests")
async def ask_for_place(request: WebRequest, db: Db, ticket_key: TicketKey, slug: FromPath[str]) -> Response[Any]:
    """Take part in the draw of another day, nothing typed and no address: the paper is the proof."""
    chosen = await chosen_day(request, db, slug)
    if (shut := await shut_page(request, db, chosen[1])) is not None:
        return shut
    return await _ask(request, db, ticket_key, chosen, "request", request_place)


@get("/kiosk/waiting/{code:str}")
async def show_waiting(
    request: WebRequest, db: Db, settings: Conf, ticket_key: TicketKey, code: FromPath[str]
) -> Response[Any]:
    """The paper, or the offer with two buttons; whoever has a place sees her ticket."""
    await machine(request)
    party = await _open(db, code)
    return await _show(request, db, ticket_key, party, public=bool(settings.base_url))


@get("/kiosk/waiting/{code:str}/paper")
async def show_waiting_paper(
    request: WebRequest, db: Db, settings: Conf, ticket_key: TicketKey, code: FromPath[str]
) -> Response[str]:
    """The paper for the printer of a machine with an agent."""
    await machine(request)
    party = await _open(db, code)
    request_id, drawn_after = await _asked(db, party)
    roll = WaitingRoll(
        day=party.day,
        request_id=request_id,
        drawn_after=drawn_after,
        qr_text=_qr_text(request, ticket_key, party, public=bool(settings.base_url)),
        short_code=_short(ticket_key, party),
    )
    chrome = Chrome(now=db.now(), zone=party.day.timezone, door="kiosk")
    locale = locale_for(request.query_params.get("lang") or party.day.working_language)
    return Response(render("kiosk/roll_waiting.html", roll, locale=locale, chrome=chrome), media_type=HTML)


@post("/kiosk/waiting/{code:str}/take")
async def take(
    request: WebRequest, db: Db, settings: Conf, ticket_key: TicketKey, code: FromPath[str]
) -> Response[Any]:
    """Take the place; the machine prints the ticket."""
    someone = await machine(request)
    party = await _open(db, code)
    try:
        await db.write(take_offer, party.party, key=ticket_key, actor=someone, now=db.now(), day=party.day.id)
    except OfferGone as refusal:
        return await _show(request, db, ticket_key, party, public=bool(settings.base_url), refusal=refusal)
    return see_other(link(request, f"/kiosk/waiting/{code}"))


@post("/kiosk/waiting/{code:str}/decline")
async def decline(request: WebRequest, db: Db, code: FromPath[str]) -> Response[Any]:
    """Not this time."""
    someone = await machine(request)
    party = await _open(db, code)
    await db.write(decline_offer, party.party, actor=someone, now=db.now(), day=party.day.id)
    return see_other(link(request, f"/kiosk/waiting/{code}"))


@post("/kiosk/waiting/{code:str}/leave")
async def leave(request: WebRequest, db: Db, code: FromPath[str]) -> Response[Any]:
    """Wait no more, or take the request back."""
    someone = await machine(request)
    party = await _open(db, code)
    if party.state in WAITS:
        await db.write(leave_list, party.party, actor=someone, now=db.now(), day=party.day.id)
    return see_other(link(request, f"/kiosk/waiting/{code}"))


async def _ask(
    request: WebRequest, db: Database, key: bytes, chosen: tuple[Actor, Day, bool], act: str, action: Callable[..., Any]
) -> Response[Any]:
    someone, day, today = chosen
    offer = await db.read(day_offer, day.id)
    answers = read_answers(await read_form(request), offer, narrow=False)

    def to(made: UUID | Requested) -> str:
        party = made.party if isinstance(made, Requested) else made
        return f"/kiosk/waiting/{waiting_code(key, day=day.id, party=party)}"

    try:
        path = await submit_once(
            request,
            f"kiosk.{act}",
            action,
            day.id,
            answers.wish(offer, display_language=locale_here(request, day).tag),
            channel=Channel.KIOSK,
            key=key,
            actor=someone,
            now=db.now(),
            day=day.id,
            to=to,
        )
    except Refusal as refusal:
        return desks_page(request, day, offer, answers, today=today, asks=action is request_place, refusal=refusal)
    return see_other(link(request, path, new="1"))


async def _open(db: Database, code: str) -> WaitingParty:
    party, _ = await db.read(find_waiting, code)
    return await db.read(waiting_party, party)


async def _show(
    request: WebRequest, db: Database, key: bytes, party: WaitingParty, *, public: bool, refusal: Refusal | None = None
) -> Response[Any]:
    if party.state in {BookingState.CONFIRMED, BookingState.ARRIVED}:
        ticket = await db.read(ticket_again, party=party.party, key=key)
        return see_other(link(request, f"/kiosk/tickets/{ticket.code}", new="1"))
    code = waiting_code(key, day=party.day.id, party=party.party)
    waits = party.state in WAITS
    request_id, drawn_after = await _asked(db, party)
    context = KioskWaiting(
        day=party.day,
        request_id=request_id,
        drawn_after=drawn_after,
        waits=waits,
        offer=party.offer if waits and party.offer is not None and party.offer.until > db.now() else None,
        before=party.before,
        qr_text=_qr_text(request, key, party, public=public),
        short_code=_short(key, party),
        take=link(request, f"/kiosk/waiting/{code}/take"),
        decline=link(request, f"/kiosk/waiting/{code}/decline"),
        leave=link(request, f"/kiosk/waiting/{code}/leave"),
        new="new" in request.query_params,
        paper=paper_of(request),
        again=link(request, f"/kiosk/waiting/{code}", paper="1"),
        key=new_key(),
        home=START,
        others=link(request, "/kiosk/days"),
        said=locale_here(request, party.day).say(refusal.sentence, refusal.params) if refusal else "",
    )
    return kiosk_page(
        request,
        party.day,
        context,
        status=refusal.status if refusal else 200,
        back_after=40,
        stood_on=link(request, f"/kiosk/waiting/{code}"),
    )


async def _asked(db: Database, party: WaitingParty) -> tuple[str, datetime | None]:
    """Her place in the public list and the end of the time for requests, while she takes part in a draw."""
    if party.state is not BookingState.REQUESTED:
        return "", None
    asked = await db.read(own_request, party.party)
    draw = await db.read(draw_of, party.day.id)
    return str(asked.request) if asked is not None else "", draw.closes_at if draw is not None else None


def _qr_text(request: WebRequest, key: bytes, party: WaitingParty, *, public: bool) -> str:
    code = waiting_code(key, day=party.day.id, party=party.party)
    return f"{base_url_of(request)}/w/{code}" if public else code


def _short(key: bytes, party: WaitingParty) -> str:
    return spell_short_code(waiting_short_code(key, day=party.day.id, party=party.party))


route_handlers: list[Any] = [join, ask_for_place, show_waiting, show_waiting_paper, take, decline, leave]
