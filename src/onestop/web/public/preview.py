"""Pages of a visitor who does not exist, for the organiser of a day: the first ones, her ticket, the same on paper."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.offer import OfferedService, day_offer
from onestop.db.types import new_id
from onestop.domain.booking import BookingState, Interpreter
from onestop.domain.day import Release
from onestop.domain.errors import NotKnown
from onestop.domain.party import party_of
from onestop.domain.visit import StopState, VisitState
from onestop.visits.queries.ticket import DeskSign, TicketBooking, TicketState, TicketStop, TicketVisit
from onestop.web.kit.answers import Answers
from onestop.web.kit.locale import Locale
from onestop.web.kit.previews import NUMBER, invented_codes, previewed_day, seen_in, shown_steps, still
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.public.access import Access
from onestop.web.public.frame import code_page, day_page
from onestop.web.public.journey import needs_of, plan_of
from onestop.web.public.ticket import page_of_ticket, paper_of_ticket

AT = "/organise/{day:str}/preview"
INSIDE_AFTER = timedelta(minutes=30)


@get(f"{AT}/code")
async def preview_code(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The question for the code, for a visitor whose link has none. A day that needs none has no such page."""
    found = await previewed_day(request, db, day)
    shown = await code_page(request, db, found, seen_in(request, found)) if found.release is Release.INVITED else None
    if shown is None:
        raise NotKnown
    return still(shown)


@get(f"{AT}/first")
async def preview_first(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The first page: when, where, and the needs."""
    found = await previewed_day(request, db, day)
    offer, locale = await db.read(day_offer, found.id), seen_in(request, found)
    context = await needs_of(request, db, found, offer, Answers(lang=locale.tag), locale)
    return still(day_page(request, found, context, locale=locale, links=False))


@get(f"{AT}/plan")
async def preview_plan(request: WebRequest, db: Db, day: FromPath[str]) -> Response[Any]:
    """The page of services before booking, as if she had ticked every need."""
    found = await previewed_day(request, db, day)
    offer, locale = await db.read(day_offer, found.id), seen_in(request, found)
    answers = Answers(needs=tuple(need.key for need in offer.needs), lang=locale.tag)
    context = await plan_of(request, db, found, offer, answers, locale)
    return still(day_page(request, found, context, locale=locale, links=False))


@get(f"{AT}/ticket")
async def preview_ticket(request: WebRequest, db: Db, ticket_key: TicketKey, day: FromPath[str]) -> Response[Any]:
    """Her ticket the day before."""
    return await _phone(request, db, ticket_key, day, inside=False)


@get(f"{AT}/called")
async def preview_called(request: WebRequest, db: Db, ticket_key: TicketKey, day: FromPath[str]) -> Response[Any]:
    """Her ticket in the hall, when she is called."""
    return await _phone(request, db, ticket_key, day, inside=True)


@get(f"{AT}/print")
async def preview_print(request: WebRequest, db: Db, ticket_key: TicketKey, day: FromPath[str]) -> Response[Any]:
    """Her ticket on a sheet."""
    return await _paper(request, db, ticket_key, day, slip=False)


@get(f"{AT}/slip")
async def preview_slip(request: WebRequest, db: Db, ticket_key: TicketKey, day: FromPath[str]) -> Response[Any]:
    """Her ticket from a ticket machine."""
    return await _paper(request, db, ticket_key, day, slip=True)


async def _phone(request: WebRequest, db: Db, key: bytes, slug: str, *, inside: bool) -> Response[Any]:
    found = await previewed_day(request, db, slug)
    locale = seen_in(request, found)
    access, short = await _invented(db, found, locale, inside=inside)
    now = found.opens_at + INSIDE_AFTER if inside else found.opens_at - timedelta(days=1)
    context = await page_of_ticket(request, db, key, access, locale, now=now, short=short)
    return still(day_page(request, found, context, locale=locale, links=False))


async def _paper(request: WebRequest, db: Db, key: bytes, slug: str, *, slip: bool) -> Response[Any]:
    found = await previewed_day(request, db, slug)
    locale = seen_in(request, found)
    access, short = await _invented(db, found, locale, inside=False)
    context = await paper_of_ticket(request, db, key, access, locale, slip=slip, short=short)
    return still(day_page(request, found, context, locale=locale, links=False))


async def _invented(db: Db, day: Day, locale: Locale, *, inside: bool) -> tuple[Access, str]:
    """A ticket that nobody has, with steps at real desks of the day; with its short code."""
    offer = await db.read(day_offer, day.id)
    signs: dict[UUID, tuple[DeskSign, ...]] = {}
    for desk in await db.read(desks_of_day, day.id):
        sign = DeskSign(number=desk.number, colour=desk.colour, shape=desk.shape)
        signs |= {service: (*signs.get(service, ()), sign) for service in desk.services}
    steps = shown_steps(offer)
    # Called to the last one: what to bring is told of those that are still ahead.
    called = steps[-1].id if inside and steps else None
    stops = tuple(
        _stop(day, step, nth, signs.get(step.id, ()), inside=inside, called=step.id == called)
        for nth, step in enumerate(steps)
    )
    long, short = invented_codes(day.id)
    ticket = TicketState(
        party=new_id(),
        number=NUMBER,
        generation=1,
        display_language=locale.tag,
        languages=(locale.tag,),
        interpreter=Interpreter.NONE,
        members=party_of(adults=1),
        answers=(),
        ready=frozenset(),
        aloud=False,
        asked_at_end=False,
        asked_tally=False,
        day=day,
        booking=TicketBooking(
            id=new_id(),
            state=BookingState.ARRIVED if inside else BookingState.CONFIRMED,
            arrival_at=day.opens_at + INSIDE_AFTER,
            ends_at=min(day.opens_at + 4 * INSIDE_AFTER, day.closes_at),
            no_interpreter=False,
        ),
        visit=TicketVisit(id=new_id(), state=VisitState.OPEN, checked_in_at=day.opens_at, stepped_out=False)
        if inside
        else None,
        stops=stops,
        earlier=False,
        offer=None,
    )
    return Access(ticket=ticket, path=f"/t/{long}", code=long), short


def _stop(
    day: Day, service: OfferedService, nth: int, desks: tuple[DeskSign, ...], *, inside: bool, called: bool
) -> TicketStop:
    waiting = StopState.WAITING if inside else StopState.PLANNED
    return TicketStop(
        id=new_id(),
        state=StopState.CALLED if called else waiting,
        private=False,
        service=service.key,
        institution=service.institution.name,
        authority=service.institution.authority,
        papers=service.papers,
        planned_at=day.opens_at + INSIDE_AFTER * (nth + 1),
        desk=desks[0] if called and desks else None,
        desks=desks,
        called_at=day.opens_at + INSIDE_AFTER if called else None,
        recalls=0,
        blocked_by=None,
        members=frozenset({1}),
    )


route_handlers: list[Any] = [
    preview_code,
    preview_first,
    preview_plan,
    preview_ticket,
    preview_called,
    preview_print,
    preview_slip,
]
