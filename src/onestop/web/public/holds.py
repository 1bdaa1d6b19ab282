"""The time that is kept: what to call her, all answers with a way to change them; longer, given back, or run out."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.bookings import extend_hold, release_hold
from onestop.booking.actions.proofs import Kept, book_held
from onestop.booking.contacts import Contact
from onestop.booking.holds import Held, addresses_of, book_again, held
from onestop.booking.queries import arrivals
from onestop.booking.tickets import ticket_again
from onestop.booking.wish import Wish, make_wish
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.offer import DayOffer, day_offer
from onestop.db.session import Database
from onestop.domain.booking import BookingState, Channel, Interpreter
from onestop.domain.errors import (
    N_,
    ArrivalTaken,
    HoldBooked,
    HoldGone,
    InvalidInput,
    InvitationUsed,
    Refusal,
    TooManyTries,
)
from onestop.domain.name import read_name
from onestop.domain.roles import VISITOR
from onestop.web.kit.answers import Answers, answers_of, dropped_precedences, read_answers
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.goers import who_goes
from onestop.web.kit.limits import check_limit
from onestop.web.kit.locale import Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest, settings_of
from onestop.web.kit.responses import see_other
from onestop.web.kit.words import stop_title
from onestop.web.public.contact import Typed, errors_of, read_contact, read_typed
from onestop.web.public.frame import day_page, link, locale_for_day, place_of, shut_page
from onestop.web.public.times import Hour, hours_of, read_instant

TICKET_FROM_HOLD = timedelta(hours=1)
"""So long after booking the address of the hold still leads to the ticket: the answer may have been lost on the way."""
WILL_TALK = {
    Interpreter.NONE: N_("No interpreter"),
    Interpreter.OWN: N_("I bring somebody who interprets"),
    Interpreter.NEEDED: N_("I need an interpreter"),
}
HELD = ("services", "asked", "said", "adults", "children", "with", "languages", "interpreter")
"""Answers the hold itself has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldStop:
    """A line of the plan as it will stand on the ticket; a private one names nothing."""

    title: str
    institution: str
    people: str
    """Who goes there, empty for somebody who comes alone."""


@page_of("public/hold.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPage:
    """Fourth page: the answers, what to call her, and until when the time is kept."""

    day: Day
    place: str
    arrival_at: datetime
    ends_at: datetime
    until: datetime
    extends: bool
    stops: tuple[HeldStop, ...]
    dropped: tuple[tuple[str, str], ...]
    adults: int
    children: int
    who: str
    languages: tuple[str, ...]
    will_talk: str
    no_interpreter: bool
    typed: Typed
    texts: bool
    path: str
    query: str
    change_time: str
    change_plan: str
    key: str
    errors: tuple[tuple[str, str], ...] = ()


@page_of("public/hold_proof.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class HoldProofPage:
    """The time is kept until the link in the message was used."""

    day: Day
    arrival_at: datetime
    until: datetime
    who: str
    typed: Typed
    texts: bool
    path: str
    query: str
    key: str
    errors: tuple[tuple[str, str], ...] = ()


@page_of("public/hold_over.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOverPage:
    """The time ran out: what was typed stands, and each time left is one press."""

    day: Day
    arrival_at: datetime
    same: bool
    hours: tuple[Hour, ...]
    who: str
    typed: Typed
    texts: bool
    action: str
    key: str
    back: str
    error: str
    errors: tuple[tuple[str, str], ...] = ()


@page_of("public/hold_given_back.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class HoldGivenBackPage:
    """She gave the time back."""

    day: Day
    again: str
    home: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Here:
    """A hold with all that its pages need."""

    held: Held
    day: Day
    offer: DayOffer
    answers: Answers
    locale: Locale

    @property
    def path(self) -> str:
        return f"/holds/{self.held.booking.id}"

    @property
    def query(self) -> str:
        """The answers only the query knows, kept from press to press."""
        return self.answers.link("", "hold", *HELD)


@get("/holds/{hold:uuid}")
async def show_hold(request: WebRequest, db: Db, ticket_key: TicketKey, hold: FromPath[UUID]) -> Response[Any]:
    """The form while the time is kept; afterwards the ticket, or the way to another time."""
    here = await _here(request, db, hold)
    if isinstance(here, Response):
        return here
    return await _show(request, db, here, Typed(), key=ticket_key)


@post("/holds/{hold:uuid}/booking")
async def book(request: WebRequest, db: Db, ticket_key: TicketKey, hold: FromPath[UUID]) -> Response[Any]:
    """Book what is held."""
    here = await _here(request, db, hold)
    if isinstance(here, Response):
        return here
    typed = read_typed(await read_form(request))
    try:
        contact = await _checked(request, here.day, typed)
        path = await submit_once(
            request,
            "public.book",
            book_held,
            hold,
            key=ticket_key,
            name=typed.name,
            contact=contact,
            actor=VISITOR,
            now=db.now(),
            day=here.day.id,
            to=_to_go_on(here),
        )
    except HoldGone:
        return await _show(request, db, await _again(here, db), typed, key=ticket_key)
    except (InvalidInput, InvitationUsed, TooManyTries) as refusal:
        return await _show(request, db, here, typed, key=ticket_key, refusal=refusal)
    return see_other(link(request, path))


@post("/holds/{hold:uuid}/again")
async def book_other_time(request: WebRequest, db: Db, ticket_key: TicketKey, hold: FromPath[UUID]) -> Response[Any]:
    """After the time ran out: this one, or another, with everything typed before."""
    here = await _here(request, db, hold)
    if isinstance(here, Response):
        return here
    if not here.held.ran_out:
        return await _show(request, db, here, Typed(), key=ticket_key)
    form = await read_form(request)
    typed, at = read_typed(form), read_instant(form.text("arrival", 40))
    try:
        contact = await _checked(request, here.day, typed)
        if at is None:
            raise ArrivalTaken
        path = await submit_once(
            request,
            "public.again",
            book_again,
            hold,
            _wish(here),
            arrival_at=at,
            channel=Channel.PUBLIC,
            key=ticket_key,
            name=typed.name,
            contact=contact,
            actor=VISITOR,
            now=db.now(),
            day=here.day.id,
            to=_to_go_on(here),
        )
    except (ArrivalTaken, InvalidInput, InvitationUsed, TooManyTries) as refusal:
        return await _show(request, db, await _again(here, db), typed, key=ticket_key, refusal=refusal)
    return see_other(link(request, path))


@post("/holds/{hold:uuid}/extension")
async def keep_longer(
    request: WebRequest, db: Db, settings: Conf, ticket_key: TicketKey, hold: FromPath[UUID]
) -> Response[Any]:
    """Keep the time longer; what was typed stays in the form."""
    here = await _here(request, db, hold)
    if isinstance(here, Response):
        return here
    typed = read_typed(await read_form(request))
    with suppress(HoldGone):  # the page says so
        await db.write(extend_hold, hold, minutes=settings.hold_minutes, actor=VISITOR, now=db.now(), day=here.day.id)
    return await _show(request, db, await _again(here, db), typed, key=ticket_key)


@post("/holds/{hold:uuid}/release")
async def give_back(request: WebRequest, db: Db, hold: FromPath[UUID]) -> Response[Any]:
    """Give the time back to others."""
    here = await _here(request, db, hold)
    if isinstance(here, Response):
        return here
    await db.write(release_hold, hold, actor=VISITOR, now=db.now(), day=here.day.id)
    return see_other(f"{here.path}{here.query}")


async def _here(request: WebRequest, db: Database, hold: UUID) -> _Here | Response[Any]:
    """The hold; a page that says so when nobody knows it."""
    try:
        found = await db.read(held, hold)
    except HoldGone as refusal:
        return await shut_page(request, db, refusal)
    day = await db.read(day_by_id, found.booking.day)
    offer = await db.read(day_offer, day.id)
    answers = answers_of(found, read_answers(request.query_params, offer))
    return _Here(held=found, day=day, offer=offer, answers=answers, locale=locale_for_day(request, day))


async def _again(here: _Here, db: Database) -> _Here:
    """The hold as it is now."""
    return replace(here, held=await db.read(held, here.held.booking.id))


async def _checked(request: WebRequest, day: Day, typed: Typed) -> tuple[Contact, ...]:
    """The contacts, once everything typed can be used. Raises what cannot; the limit is counted without telling."""
    read_name(typed.name)
    contact = read_contact(day, typed)
    await check_limit(request, "book", contact=typed.email or typed.phone)
    return contact


def _to_go_on(here: _Here) -> Callable[[Kept], str]:
    """To the ticket; to the hold while the address is to be proved."""
    return lambda kept: f"/t/{kept.ticket.code}?booked=1" if kept.ticket else f"/holds/{kept.hold}{here.query}"


def _wish(here: _Here) -> Wish:
    """The answers of the hold, as they were accepted."""
    booking = here.held.booking
    return make_wish(
        here.offer,
        services=here.held.services,
        members=here.held.members,
        together=here.held.together,
        languages=booking.languages,
        interpreter=booking.interpreter,
        display_language=booking.display_language,
        answers=booking.answers,
    )


# -- the pages ---------------------------------------------------------------------------------------------


async def _show(
    request: WebRequest,
    db: Database,
    here: _Here,
    typed: Typed,
    *,
    key: bytes,
    refusal: Refusal | None = None,
) -> Response[Any]:
    """What this hold is now: kept, run out, given back, or booked."""
    now = db.now()
    if here.day.proves and here.held.ran_out:
        written = await db.read(addresses_of, here.held.booking.party)
        if written and not typed.sent:
            typed = Typed(name=here.held.booking.name, email=written.get("email", ""), phone=written.get("phone", ""))
        if written and here.held.lives(now):
            return _show_proof(request, here, typed, refusal)
    if here.held.lives(now):
        return _show_form(request, here, typed, refusal)
    if here.held.ran_out:
        return await _show_over(request, db, here, typed, refusal)
    confirmed = here.held.confirmed_at
    if here.held.booking.state is not BookingState.RELEASED and confirmed is not None:
        if confirmed + TICKET_FROM_HOLD > now:
            ticket = await db.read(ticket_again, party=here.held.booking.party, key=key)
            return see_other(link(request, f"/t/{ticket.code}"))
        raise HoldBooked
    context = HoldGivenBackPage(
        day=here.day,
        again=here.answers.link(f"/d/{here.day.slug}/plan", "hold"),
        home=link(request, "/"),
    )
    return day_page(request, here.day, context, status=410, locale=here.locale)


def _show_proof(request: WebRequest, here: _Here, typed: Typed, refusal: Refusal | None) -> Response[Any]:
    booking = here.held.booking
    assert booking.hold_until_at is not None
    context = HoldProofPage(
        day=here.day,
        arrival_at=booking.arrival_at,
        until=booking.hold_until_at,
        who=here.answers.who,
        typed=typed,
        texts=bool(settings_of(request).sms_url),
        path=here.path,
        query=here.query,
        key=new_key(),
        errors=errors_of(here.locale, refusal),
    )
    return day_page(request, here.day, context, status=refusal.status if refusal else 200, locale=here.locale)


def _show_form(request: WebRequest, here: _Here, typed: Typed, refusal: Refusal | None) -> Response[Any]:
    booking, locale = here.held.booking, here.locale
    assert booking.hold_until_at is not None
    lines = [service for each in here.held.services if (service := here.offer.service(each)) is not None]
    context = HoldPage(
        day=here.day,
        place=place_of(here.day),
        arrival_at=booking.arrival_at,
        ends_at=booking.ends_at,
        until=booking.hold_until_at,
        extends=booking.hold_until_at < here.held.extends_to,
        stops=tuple(
            HeldStop(
                title=stop_title(locale, service.key, private=service.private),
                institution="" if service.private else service.institution.name,
                people=who_goes(locale, here.held.members, here.held.together[service.id]),
            )
            for service in lines
        ),
        dropped=tuple(
            (
                stop_title(locale, before.key, private=before.private),
                stop_title(locale, after.key, private=after.private),
            )
            for before, after in dropped_precedences(here.offer, here.answers)
        ),
        adults=here.answers.adults,
        children=here.answers.children,
        who=here.answers.who,
        languages=booking.languages,
        will_talk=locale.gettext(WILL_TALK[booking.interpreter]),
        no_interpreter=booking.no_interpreter,
        typed=typed,
        texts=bool(settings_of(request).sms_url),
        path=here.path,
        query=here.query,
        change_time=here.answers.link(f"/d/{here.day.slug}/times"),
        change_plan=here.answers.link(f"/d/{here.day.slug}/plan"),
        key=new_key(),
        errors=errors_of(locale, refusal),
    )
    return day_page(request, here.day, context, status=refusal.status if refusal else 200, locale=locale)


async def _show_over(
    request: WebRequest, db: Database, here: _Here, typed: Typed, refusal: Refusal | None
) -> Response[Any]:
    locale, booking = here.locale, here.held.booking
    found = await db.read(arrivals, here.day, _wish(here), now=db.now(), moving=booking.id)
    wrong = errors_of(locale, refusal) if isinstance(refusal, InvalidInput) else ()
    said = refusal if refusal is not None and not wrong else HoldGone()
    context = HoldOverPage(
        day=here.day,
        arrival_at=booking.arrival_at,
        same=any(plan.arrival_at == booking.arrival_at for plan in found.plans),
        hours=hours_of(found, here.day.zone),
        who=here.answers.who,
        typed=typed,
        texts=bool(settings_of(request).sms_url),
        action=f"{here.path}/again{here.query}",
        key=new_key(),
        back=here.answers.link(f"/d/{here.day.slug}/plan", "hold"),
        error=locale.say(said.sentence, said.params),
        errors=wrong,
    )
    return day_page(request, here.day, context, status=(refusal or said).status, locale=locale)


route_handlers: list[Any] = [show_hold, book, book_other_time, keep_longer, give_back]
