"""The waiting list: the form that joins it, and the page of somebody who waits, with the place she is offered."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.offers import decline_offer, take_offer
from onestop.booking.actions.proofs import ask_again
from onestop.booking.actions.waiting import join_list, leave_list
from onestop.booking.contacts import read_contacts
from onestop.booking.draws import OwnRequest, own_request
from onestop.booking.queries import arrivals
from onestop.booking.tickets import find_code, ticket_again
from onestop.booking.waiting import Offer, WaitingParty, waiting_party
from onestop.days.queries.days import Day
from onestop.db.session import Database
from onestop.domain.booking import WAITS, BookingState, Channel
from onestop.domain.day import DayState
from onestop.domain.errors import InvalidInput, InvitationUsed, Refusal, TicketUnknown, TooManyTries
from onestop.domain.name import read_name
from onestop.domain.roles import VISITOR
from onestop.domain.ticket import spell_short_code, waiting_code, waiting_short_code
from onestop.retention.actions import erase_party
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.language import CHOICE, locale_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.locale import Locale, locale_for
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest, settings_of
from onestop.web.kit.responses import see_other
from onestop.web.kit.sessions import LANGUAGE_COOKIE
from onestop.web.kit.words import stop_title
from onestop.web.public.access import WaitingAccess, open_waiting, short_path
from onestop.web.public.contact import Typed, errors_of, read_contact, read_typed
from onestop.web.public.first import ask_again as ask_for_code
from onestop.web.public.frame import day_page, invitation_for, languages_of, link, locale_for_day, place_of
from onestop.web.public.journey import Wished, start_wished

NOON = time(12)
ANY, BEFORE, AFTER = "any", "before", "after"
GONE = frozenset({BookingState.WITHDRAWN, BookingState.LAPSED})


@page_of("public/list.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """The form that joins the list: when she can come, what to call her, where to write to."""

    day: Day
    place: str
    stops: tuple[str, ...]
    halves: bool
    """Whether the day has hours before and after noon."""
    when: str
    noon: datetime
    free: bool
    who: str
    typed: Typed
    texts: bool
    """Whether telephones get messages."""
    action: str
    carried: tuple[tuple[str, str], ...]
    back: str
    key: str
    errors: tuple[tuple[str, str], ...] = ()


@page_of("public/waiting.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage:
    """The page of somebody who waits."""

    day: Day
    place: str
    party: WaitingParty
    stops: tuple[tuple[str, str], ...]
    offer: Offer | None
    """The place she can take now, and whether the time for it `ends_today`."""
    ends_today: bool
    over: bool
    joined: bool
    sent: bool
    """Whether the link that proves her address was just sent again."""
    again: str
    path: str
    query: str
    qr_text: str
    short_code: str
    owns: bool
    """Whether she came with the long code."""
    email: str
    """The address she wrote anew, when it cannot be used."""
    key: str
    asked: OwnRequest | None
    """Her request in a draw."""
    said: str


@page_of("public/waiting_erase.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class EraseWaitingPage:
    """What erasing means to somebody who waits, and the button."""

    path: str
    query: str


@get("/d/{day:str}/waiting")
async def show_list(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The form; an answer that is missing is asked for again."""
    asked = await start_wished(request, db, day)
    if isinstance(asked, Response):
        return asked
    return await _show_list(request, db, asked, Typed(waits=True), when=ANY)


@post("/d/{day:str}/waiting")
async def join(request: WebRequest, db: Db, ticket_key: TicketKey, day: FromPath[str]) -> Response[Any]:
    """Join the list; leads to a page of her own."""
    form = await read_form(request)
    asked = await start_wished(request, db, day, form)
    if isinstance(asked, Response):
        return asked
    found, answers = asked.day, asked.answers
    typed, when = read_typed(form, waits=True), _when(form)
    try:
        read_name(typed.name)
        contact = read_contact(found, typed)
        await check_limit(request, "book", contact=typed.email or typed.phone)
        noon = _noon(found)
        path = await submit_once(
            request,
            "public.waiting",
            join_list,
            found.id,
            asked.wish,
            channel=Channel.PUBLIC,
            key=ticket_key,
            not_before=noon if when == AFTER else None,
            not_after=noon if when == BEFORE else None,
            name=typed.name,
            contact=contact,
            invitation=await invitation_for(request, db, found, answers.invitation),
            actor=VISITOR,
            now=db.now(),
            day=found.id,
            to=lambda party: f"/w/{waiting_code(ticket_key, day=found.id, party=party)}?joined=1",
        )
    except (InvalidInput, InvitationUsed, TooManyTries) as refusal:
        return await _show_list(request, db, asked, typed, when=when, refusal=refusal)
    return see_other(link(request, path))


@get("/w/{code:str}")
async def show_waiting(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Where she stands; once she has a place, her ticket."""
    try:
        access = await open_waiting(request, db, ticket_key, code)
    except TicketUnknown as refusal:
        return await ask_for_code(request, db, refusal)
    return await _show(request, db, ticket_key, access)


@post("/w/{code:str}/take")
async def take(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Take the place that is kept for her; pressed twice it leads to the same ticket."""
    access = await open_waiting(request, db, ticket_key, code)
    return await _act(request, db, ticket_key, access, take_offer, key=ticket_key)


@post("/w/{code:str}/decline")
async def decline(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Not this time; she stays on the list."""
    access = await open_waiting(request, db, ticket_key, code)
    return await _act(request, db, ticket_key, access, decline_offer)


@post("/w/{code:str}/leave")
async def leave(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Wait no more."""
    access = await open_waiting(request, db, ticket_key, code)
    return await _act(request, db, ticket_key, access, leave_list)


@post("/w/{code:str}/proof")
async def send_proof_again(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """The link that proves her address again, to the one she writes now."""
    access = await _owner(request, db, ticket_key, code)
    email = (await read_form(request)).text("email", 300)
    try:
        contact = read_contacts(email=email, phone="", country="")
        await check_limit(request, "book", contact=email)
        await db.write(
            ask_again,
            access.party.party,
            contact=contact,
            key=ticket_key,
            actor=VISITOR,
            now=db.now(),
            day=access.party.day.id,
        )
    except Refusal as refusal:
        return await _show(request, db, ticket_key, access, email=email, refusal=refusal)
    return see_other(link(request, f"{access.path}?sent=1"))


@get("/w/{code:str}/erase")
async def show_erase(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """What erasing means."""
    access = await _owner(request, db, ticket_key, code)
    context = EraseWaitingPage(path=access.path, query=link(request, ""))
    return day_page(request, access.party.day, context, locale=_locale(request, access.party))


@post("/w/{code:str}/erase")
async def erase(
    request: WebRequest, db: Db, settings: Conf, ticket_key: TicketKey, code: FromPath[str]
) -> Response[Any]:
    """Erase everything known of her. Afterwards the code is unknown, so a second press says the same."""
    try:
        party = (await _owner(request, db, ticket_key, code)).party
    except TicketUnknown as refusal:
        return await ask_for_code(request, db, refusal)
    await db.write(erase_party, party.party, journal=settings.var, actor=VISITOR, now=db.now(), day=party.day.id)
    return see_other(link(request, "/erased"))


async def _owner(request: WebRequest, db: Database, key: bytes, code: str) -> WaitingAccess:
    """The page by its long code; the address made from a short code neither erases nor says where messages go."""
    access = await open_waiting(request, db, key, code)
    if not access.code:
        raise TicketUnknown
    return access


async def _act(
    request: WebRequest, db: Database, ticket_key: bytes, access: WaitingAccess, action: Callable[..., Any], **more: Any
) -> Response[Any]:
    party = access.party
    try:
        await db.write(action, party.party, actor=VISITOR, now=db.now(), day=party.day.id, **more)
    except Refusal as refusal:
        fresh = replace(access, party=await db.read(waiting_party, party.party))
        return await _show(request, db, ticket_key, fresh, refusal=refusal)
    return see_other(link(request, access.path))


async def _show(
    request: WebRequest,
    db: Database,
    key: bytes,
    access: WaitingAccess,
    *,
    email: str = "",
    refusal: Refusal | None = None,
) -> Response[Any]:
    party = access.party
    if party.state not in GONE | WAITS:
        return see_other(link(request, await _ticket_path(db, key, access)))
    locale, now, zone = _locale(request, party), db.now(), party.day.zone
    offer = party.offer if party.offer is not None and party.offer.until > now else None
    base = settings_of(request).base_url.rstrip("/")
    context = WaitingPage(
        day=party.day,
        place=place_of(party.day),
        party=party,
        stops=tuple((stop_title(locale, line.service, private=line.private), line.institution) for line in party.stops),
        offer=offer,
        ends_today=offer is not None and offer.until.astimezone(zone).date() == now.astimezone(zone).date(),
        over=now >= party.day.closes_at or party.day.state is not DayState.PUBLISHED,
        joined=("joined" in request.query_params or "requested" in request.query_params) and party.state not in GONE,
        sent="sent" in request.query_params,
        again=link(request, f"/d/{party.day.slug}"),
        path=access.path,
        query=link(request, ""),
        qr_text=(f"{base}{access.path}" if base else access.code) if access.code else "",
        short_code=spell_short_code(waiting_short_code(key, day=party.day.id, party=party.party)),
        owns=bool(access.code),
        email=email,
        key=new_key(),
        asked=await db.read(own_request, party.party) if party.state is BookingState.REQUESTED else None,
        said=locale.say(refusal.sentence, refusal.params) if refusal else "",
    )
    return day_page(request, party.day, context, status=refusal.status if refusal else 200, locale=locale)


async def _ticket_path(db: Database, key: bytes, access: WaitingAccess) -> str:
    """Where her ticket is, opened as far as the code opens that she came with."""
    ticket = await db.read(ticket_again, party=access.party.party, key=key)
    if access.code:
        return f"/t/{ticket.code}?booked=1"
    return f"{short_path(key, await db.read(find_code, ticket.code))}?booked=1"


async def _show_list(
    request: WebRequest,
    db: Database,
    asked: Wished,
    typed: Typed,
    *,
    when: str,
    refusal: Refusal | None = None,
) -> Response[Any]:
    day, offer, answers, wish = asked.day, asked.offer, asked.answers, asked.wish
    locale, noon = locale_for_day(request, day), _noon(day)
    found = await db.read(arrivals, day, wish, now=db.now(), moving=answers.hold)
    named = [service for each in answers.services or () if (service := offer.service(each)) is not None]
    context = ListPage(
        day=day,
        place=place_of(day),
        stops=tuple(stop_title(locale, service.key, private=service.private) for service in named),
        halves=day.opens_at < noon < day.closes_at,
        when=when,
        noon=noon,
        free=bool(found.plans),
        who=answers.who,
        typed=typed,
        texts=bool(settings_of(request).sms_url),
        action=link(request, f"/d/{day.slug}/waiting"),
        carried=answers.carried(),
        back=answers.link(f"/d/{day.slug}/times"),
        key=new_key(),
        errors=errors_of(locale, refusal),
    )
    return day_page(request, day, context, status=refusal.status if refusal else 200, locale=locale)


def _when(form: Form) -> str:
    chosen = form.text("when", 10)
    return chosen if chosen in {BEFORE, AFTER} else ANY


def _noon(day: Day) -> datetime:
    return datetime.combine(day.on, NOON, day.zone)


def _locale(request: WebRequest, party: WaitingParty) -> Locale:
    """What a link or this browser chose before; else the language she asked in."""
    offered = languages_of(party.day)
    chosen = request.query_params.get(CHOICE), request.cookies.get(LANGUAGE_COOKIE)
    if party.display_language in offered and not any(tag in offered for tag in chosen):
        return locale_for(party.display_language)
    return locale_of(request, offered)


route_handlers: list[Any] = [show_list, join, show_waiting, take, decline, leave, show_erase, erase, send_proof_again]
