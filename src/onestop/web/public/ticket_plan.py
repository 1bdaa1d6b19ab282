"""The holder of a ticket changes what she booked: which desks, who comes and goes where, how we talk, and the time.

Two pages and back to the ticket: the plan with everything the day offers, then a time, her own first. What she may not
change here is whose booking it is: her name stays.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.bookings import wish_of_party
from onestop.booking.actions.changes import change_booking, state_mark
from onestop.booking.queries import Booking, arrivals, booking_by_id, planned_stops, uses_reserve
from onestop.booking.wish import Wish
from onestop.days.queries.days import Day
from onestop.days.queries.offer import DayOffer, OfferedService, day_offer
from onestop.days.visitors import spoken_on
from onestop.db.session import Database
from onestop.domain.errors import ArrivalTaken, Changed, Refusal
from onestop.domain.roles import VISITOR
from onestop.web.kit.answers import Answers, answers_of_wish, dropped_precedences, goers_to, read_answers
from onestop.web.kit.forms import Form, new_key, read_form
from onestop.web.kit.goers import FIRST_ADULT
from onestop.web.kit.language import CHOICE
from onestop.web.kit.locale import KNOWN, Locale
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.kit.words import service_pictogram, stop_title
from onestop.web.public.access import Access, open_ticket
from onestop.web.public.frame import link
from onestop.web.public.journey import (
    ASKED_HERE,
    COUNTS,
    PlanChoice,
    near_and_far,
    plan_choice,
    plan_errors,
)
from onestop.web.public.ticket_inside import PHONE
from onestop.web.public.ticket_parts import is_booked, locale_of_ticket, ticket_page
from onestop.web.public.times import Hour, hours_of, read_instant


@page_of("public/ticket_plan.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPlanPage:
    """Everything the day offers, hers ticked; who comes; how we talk."""

    day: Day
    lines: tuple[PlanChoice, ...]
    answers: Answers
    counts: tuple[tuple[int, int], ...]
    languages: tuple[str, ...]
    more_languages: tuple[str, ...]
    spoken: tuple[str, ...]
    arrival_at: datetime
    path: str
    query: str
    carried: tuple[tuple[str, str], ...]
    errors: tuple[tuple[str, str], ...] = ()
    asks_helping: bool = False
    """Whoever helps said so when she booked."""


@page_of("public/ticket_plan_times.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TicketPlanTimesPage:
    """The times the changed plan fits at; `keeps_until`: it ends then if she keeps the one she has, where it can."""

    day: Day
    arrival_at: datetime
    keeps_until: datetime | None
    hours: tuple[Hour, ...]
    dropped: tuple[tuple[str, str], ...]
    no_interpreter: tuple[str, ...]
    path: str
    query: str
    back: str
    carried: tuple[tuple[str, str], ...]
    key: str
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A booking that can be changed, and what she wants instead so far."""

    access: Access
    booking: Booking
    wish: Wish
    offer: DayOffer
    answers: Answers
    locale: Locale

    @property
    def day(self) -> Day:
        return self.access.ticket.day

    @property
    def path(self) -> str:
        return f"{self.access.path}/plan"

    def wanted(self) -> Wish:
        """The new wish. Raises a refusal about services or party."""
        return self.answers.wish(self.offer, display_language=self.wish.display_language, known=self.wish.members)


@get("/t/{code:str}/plan")
async def show_plan(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Her plan among all that the day offers."""
    change = await _change(request, db, ticket_key, code)
    return change if isinstance(change, Response) else await _show_plan(request, db, change)


@get("/t/{code:str}/plan/times")
async def show_times(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """When the changed plan fits."""
    change = await _change(request, db, ticket_key, code)
    return change if isinstance(change, Response) else await _show_times(request, db, change)


@post("/t/{code:str}/plan")
async def change_plan(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Change everything at once. A time that filled meanwhile brings the list again; what was booked stays."""
    form = await read_form(request)
    change = await _change(request, db, ticket_key, code, form)
    if isinstance(change, Response):
        return change
    try:
        wish = change.wanted()
    except Refusal as refusal:
        return await _show_plan(request, db, change, refusal=refusal)
    at = read_instant(form.text("arrival", 40))
    try:
        if at is None:
            raise ArrivalTaken
        path = await submit_once(
            request,
            "ticket.plan",
            change_booking,
            change.access.party,
            wish,
            arrival_at=at,
            seen=change.answers.seen,
            how=PHONE,
            actor=VISITOR,
            now=db.now(),
            day=change.access.day,
            to=lambda _: f"{change.access.path}?changed=1",
        )
    except ArrivalTaken as refusal:
        return await _show_times(request, db, change, refusal=refusal)
    except Changed as refusal:
        now = replace(change.answers, seen=state_mark(change.booking, change.wish))
        return await _show_plan(request, db, replace(change, answers=now), refusal=refusal)
    return see_other(link(request, path))


async def _change(
    request: WebRequest, db: Database, key: bytes, code: str, form: Form | None = None
) -> _Change | Response[Any]:
    """The booking and her answers: those of the address or form, at first those of the booking."""
    access = await open_ticket(request, db, key, code)
    known = access.ticket.booking
    if known is None or not is_booked(access.ticket, db.now()):
        return see_other(link(request, access.path))
    booking = await db.read(booking_by_id, known.id)
    wish = await db.read(wish_of_party, booking)
    offer = await db.read(day_offer, access.day)
    private = {stop.service: stop.id.hex[-12:] for stop in await db.read(planned_stops, access.party) if stop.private}
    answers = read_answers(form if form is not None else request.query_params, offer, private)
    if answers.services is None:
        answers = answers_of_wish(wish, answers)
    if form is None and not answers.seen:
        answers = replace(answers, seen=state_mark(booking, wish))
    locale = locale_of_ticket(request, access.ticket)
    return _Change(access=access, booking=booking, wish=wish, offer=offer, answers=answers, locale=locale)


# -- the pages ---------------------------------------------------------------------------------------------


async def _show_plan(
    request: WebRequest, db: Database, change: _Change, *, refusal: Refusal | None = None
) -> Response[Any]:
    locale, answers = change.locale, change.answers
    spoken = await db.read(spoken_on, change.day.id)
    near, far = near_and_far(locale, change.day, spoken, answers)
    context = TicketPlanPage(
        day=change.day,
        lines=_lines(change),
        answers=answers,
        counts=COUNTS,
        languages=near,
        more_languages=far,
        spoken=spoken.desks,
        arrival_at=change.booking.arrival_at,
        path=change.access.path,
        query=link(request, ""),
        carried=(*_tongue(request, answers).carried(*ASKED_HERE), ("asked", "1")),
        errors=(("plan-form", locale.gettext(refusal.sentence)),)
        if isinstance(refusal, Changed)
        else plan_errors(locale, answers, refusal),
    )
    return ticket_page(request, change.access, context, status=refusal.status if refusal else 200)


async def _show_times(
    request: WebRequest, db: Database, change: _Change, *, refusal: Refusal | None = None
) -> Response[Any]:
    try:
        wish = change.wanted()
    except Refusal as wrong:
        return await _show_plan(request, db, change, refusal=wrong)
    locale, booking = change.locale, change.booking
    with_reserve = await db.read(uses_reserve, booking.id)
    found = await db.read(arrivals, change.day, wish, now=db.now(), moving=booking.id, with_reserve=with_reserve)
    others = replace(found, plans=tuple(plan for plan in found.plans if plan.arrival_at != booking.arrival_at))
    answers = _tongue(request, change.answers)
    context = TicketPlanTimesPage(
        day=change.day,
        arrival_at=booking.arrival_at,
        keeps_until=next((plan.ends_at for plan in found.plans if plan.arrival_at == booking.arrival_at), None),
        hours=hours_of(others, change.day.zone),
        dropped=tuple(
            (
                stop_title(locale, before.key, private=before.private),
                stop_title(locale, after.key, private=after.private),
            )
            for before, after in dropped_precedences(change.offer, change.answers, had=change.wish.services)
        ),
        no_interpreter=() if found.interpreter_possible else wish.languages,
        path=change.access.path,
        query=link(request, ""),
        back=answers.link(change.path),
        carried=answers.carried(),
        key=new_key(),
        error=locale.say(refusal.sentence, refusal.params) if refusal else "",
    )
    return ticket_page(request, change.access, context, status=refusal.status if refusal else 200)


def _tongue(request: WebRequest, answers: Answers) -> Answers:
    """The answers with the language a link has chosen, also without cookies."""
    tag = request.query_params.get(CHOICE)
    return replace(answers, lang=tag) if tag in KNOWN else answers


def _lines(change: _Change) -> tuple[PlanChoice, ...]:
    """Her private steps without a name, then every service of the day: hers first, of each part police and state first.

    A private service is named for whoever may choose it; whether she has it is told by no line (R19).
    """
    chosen, hidden = set(change.answers.services or ()), change.answers.aliases
    order = {"police": 0, "state": 1}
    offered = sorted(change.offer.services, key=lambda service: order.get(service.institution.authority, 2))
    lines = [(service, service.id in chosen and service.id not in hidden) for service in offered]
    lines.sort(key=lambda line: not line[1])
    named = [
        plan_choice(
            change.locale,
            change.offer,
            change.answers,
            lines,
            service,
            ticked=ticked,
            working=change.day.working_language,
        )
        for service, ticked in lines
    ]
    private = [service for service in offered if service.id in hidden]
    return (
        *(_unnamed(change, service, ticked=service.id in chosen) for service in private),
        *(
            replace(line, goers=() if service.id in hidden else _goers(change, service))
            for line, (service, _) in zip(named, lines, strict=True)
        ),
    )


def _goers(change: _Change, service: OfferedService) -> tuple[str, ...]:
    """Who is ticked on a line. What one person booked stays hers when others come along, unless she says otherwise."""
    was_alone = len(change.wish.members) == 1 and change.answers.is_single
    return FIRST_ADULT if was_alone and service.id in change.wish.services else goers_to(change.answers, service)


def _unnamed(change: _Change, service: OfferedService, *, ticked: bool) -> PlanChoice:
    return PlanChoice(
        mark=change.answers.mark(service.id),
        key="",
        title=stop_title(change.locale, service.key, private=True),
        icon=service_pictogram(service.key, private=True),
        institution="",
        authority="none",
        private=False,
        always=False,
        minutes=0,
        papers=(),
        without="",
        before=(),
        ticked=ticked,
        goers=_goers(change, service),
    )


route_handlers: list[Any] = [show_plan, show_times, change_plan]
