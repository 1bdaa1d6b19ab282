"""What every page of a ticket shares: its language, its card, what to bring, and what can still be done with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Response

from onestop.booking.tickets import ticket_again
from onestop.db.session import Database
from onestop.directory.papers import Paper
from onestop.domain.booking import BookingState
from onestop.domain.day import DayState
from onestop.domain.retention import TicketScope, ticket_scope
from onestop.domain.ticket import spell_short_code
from onestop.domain.visit import VisitState
from onestop.visits.queries.ticket import TicketState
from onestop.web.kit.language import CHOICE, locale_of
from onestop.web.kit.locale import Locale, locale_for
from onestop.web.kit.papers import PaperLine, coming_of, paper_lines
from onestop.web.kit.parts import TicketView
from onestop.web.kit.requests import WebRequest, settings_of
from onestop.web.kit.sessions import LANGUAGE_COOKIE
from onestop.web.public.access import Access
from onestop.web.public.frame import day_page, languages_of
from onestop.web.public.ticket_words import AHEAD


def ticket_page(
    request: WebRequest, access: Access, context: object, *, status: int = 200, block: str | None = None
) -> Response[Any]:
    """A page of this ticket in the language chosen, else in the one it was booked in."""
    locale = locale_of_ticket(request, access.ticket)
    return day_page(request, access.ticket.day, context, status=status, locale=locale, block=block)


def locale_of_ticket(request: WebRequest, ticket: TicketState) -> Locale:
    """What a link or this browser chose before; else the language of the booking, on whosever phone."""
    offered = languages_of(ticket.day)
    chosen = request.query_params.get(CHOICE), request.cookies.get(LANGUAGE_COOKIE)
    if ticket.display_language in offered and not any(tag in offered for tag in chosen):
        return locale_for(ticket.display_language)
    return locale_of(request, offered)


def is_over(access: Access, now: datetime) -> bool:
    """Whether the day is so long ago that a ticket shows nothing any more."""
    day = access.ticket.day
    return ticket_scope(day.on, day.closes_at, day.zone, now=now) is not TicketScope.WHOLE


def is_booked(ticket: TicketState, now: datetime) -> bool:
    """Whether there is a booking that can still be changed."""
    return (
        ticket.visit is None
        and ticket.booking is not None
        and ticket.booking.state is BookingState.CONFIRMED
        and ticket.day.state is DayState.PUBLISHED
        and now < ticket.day.closes_at
    )


def ticks_papers(access: Access, now: datetime) -> bool:
    """Whether she can tick the papers she has: with the long code, while there is something to bring them to."""
    visit = access.ticket.visit
    is_open = visit is not None and visit.state is VisitState.OPEN
    return bool(access.code) and (is_open or is_booked(access.ticket, now))


def papers_of(locale: Locale, ticket: TicketState) -> tuple[PaperLine, ...]:
    """What to bring for the steps that are still ahead, each paper once, blocking ones first."""
    return papers_for(locale, ticket, [paper for stop in ticket.stops if stop.state in AHEAD for paper in stop.papers])


def papers_for(locale: Locale, ticket: TicketState, papers: Sequence[Paper]) -> tuple[PaperLine, ...]:
    """These papers as lines for the people of this ticket."""
    return paper_lines(
        locale,
        papers,
        coming=coming_of(ticket.members),
        said=ticket.answers,
        working=ticket.day.working_language,
        ready=ticket.ready,
    )


async def card_of(request: WebRequest, db: Database, key: bytes, access: Access, shown: TicketView) -> TicketView:
    """The card with its codes. Without a public address the QR code holds the bare code: no phone could open a link."""
    made = await db.read(ticket_again, party=access.party, key=key)
    base = settings_of(request).base_url.rstrip("/")
    return TicketView(
        number=shown.number,
        member=shown.member,
        next_step=shown.next_step,
        called=shown.called,
        desk=shown.desk,
        plan=shown.plan,
        qr_text=(f"{base}/t/{access.code}" if base else access.code) if access.code else "",
        short_code=spell_short_code(made.short),
    )


def opening_of(ticket: TicketState) -> datetime:
    """When the day opens, in its own time zone."""
    return ticket.day.opens_at.astimezone(ticket.day.zone)


def arrival_of(ticket: TicketState) -> datetime | None:
    """The time that was booked; `None` for somebody who walked in."""
    return ticket.booking.arrival_at if ticket.booking is not None else None
