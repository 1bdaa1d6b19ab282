"""What a held time shows: the form while it is kept, the wait for a proof, other times once it is over."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from litestar import Response

from onestop.booking.holds import Held, addresses_of, held
from onestop.booking.queries import arrivals
from onestop.booking.tickets import ticket_again
from onestop.booking.wish import Wish, make_wish
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.offer import DayOffer, OfferedService, day_offer
from onestop.db.session import Database
from onestop.domain.booking import BookingState, Interpreter
from onestop.domain.errors import N_, HoldBooked, HoldGone, InvalidInput, Refusal
from onestop.web.kit.answers import Answers, answers_of, dropped_precedences, read_answers
from onestop.web.kit.forms import new_key
from onestop.web.kit.goers import who_goes
from onestop.web.kit.locale import Locale
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import WebRequest, settings_of
from onestop.web.kit.responses import see_other
from onestop.web.kit.words import stop_title
from onestop.web.public.contact import Typed, errors_of
from onestop.web.public.frame import day_page, link, locale_for_day, place_of, shut_page
from onestop.web.public.ticket_words import BEGINS
from onestop.web.public.times import Hour, hours_of

TICKET_FROM_HOLD = timedelta(hours=1)
"""So long after booking the address of the hold still leads to the ticket: the answer may have been lost on the way."""
WILL_TALK = {
    Interpreter.NONE: N_("No interpreter"),
    Interpreter.OWN: N_("I bring somebody who interprets"),
    Interpreter.NEEDED: N_("I need an interpreter"),
}
BEGINS_THERE = N_("Begins at %(time)s, desk %(desk)s.")
HELD = ("services", "asked", "said", "adults", "children", "with", "languages", "interpreter")
"""Answers the hold itself has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldStop:
    """A line of the plan as it will stand on the ticket; a private one names nothing."""

    title: str
    institution: str
    people: str
    """Who goes there, empty for somebody who comes alone."""
    begins: str
    """When and where a session begins; empty for a talk."""


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
class Here:
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


async def here_of(request: WebRequest, db: Database, hold: UUID) -> Here | Response[Any]:
    """The hold; a page that says so when nobody knows it."""
    try:
        found = await db.read(held, hold)
    except HoldGone as refusal:
        return await shut_page(request, db, refusal)
    day = await db.read(day_by_id, found.booking.day)
    offer = await db.read(day_offer, day.id)
    answers = answers_of(found, read_answers(request.query_params, offer))
    return Here(held=found, day=day, offer=offer, answers=answers, locale=locale_for_day(request, day))


async def again(here: Here, db: Database) -> Here:
    """The hold as it is now."""
    return replace(here, held=await db.read(held, here.held.booking.id))


def wish_of(here: Here) -> Wish:
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


async def show(
    request: WebRequest,
    db: Database,
    here: Here,
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


def _show_proof(request: WebRequest, here: Here, typed: Typed, refusal: Refusal | None) -> Response[Any]:
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


def _show_form(request: WebRequest, here: Here, typed: Typed, refusal: Refusal | None) -> Response[Any]:
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
                begins=_begins(locale, here, service),
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


def _begins(locale: Locale, here: Here, service: OfferedService) -> str:
    held = here.held.sessions.get(service.id)
    if held is None:
        return ""
    said = BEGINS if service.private else BEGINS_THERE
    return locale.say(said, {"time": locale.time(held.starts_at, here.day.timezone), "desk": held.desk})


async def _show_over(
    request: WebRequest, db: Database, here: Here, typed: Typed, refusal: Refusal | None
) -> Response[Any]:
    locale, booking = here.locale, here.held.booking
    found = await db.read(arrivals, here.day, wish_of(here), now=db.now(), moving=booking.id)
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
