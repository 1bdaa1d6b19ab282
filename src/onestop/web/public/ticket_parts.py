"""What every page of a ticket shares: its language, its card, what to bring, and what can still be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from litestar import Response

from onestop.booking.queries import carried_to
from onestop.booking.tickets import ticket_again
from onestop.days.queries.days import day_by_id
from onestop.db.session import Database
from onestop.directory.papers import Paper
from onestop.domain.booking import BookingState
from onestop.domain.day import DayState
from onestop.domain.retention import TicketScope, phone_keeps, ticket_scope
from onestop.domain.ticket import spell_short_code, waiting_code
from onestop.domain.visit import AT_DESK, StopState, VisitState
from onestop.visits.queries.ticket import TicketState
from onestop.web.kit.goers import label_says, labels_of
from onestop.web.kit.language import CHOICE, locale_of
from onestop.web.kit.locale import Locale, locale_for
from onestop.web.kit.papers import PaperLine, coming_of, paper_lines
from onestop.web.kit.parts import TicketView
from onestop.web.kit.requests import WebRequest, settings_of
from onestop.web.kit.sessions import LANGUAGE_COOKIE
from onestop.web.public.access import Access
from onestop.web.public.frame import day_page, languages_of, link
from onestop.web.public.ticket_words import AHEAD, title_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A step somebody proposed. What cannot be named on a screen cannot be accepted on one, only refused."""

    id: UUID
    title: str
    institution: str
    authority: str
    papers: tuple[PaperLine, ...]
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GoesOn:
    """The ticket, or the page on a waiting list, that goes on with her open steps on another day."""

    on: date
    at: datetime | None
    zone: str
    href: str
    """Empty once that ticket has a new code."""


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


def kept_for(access: Access, now: datetime) -> int:
    """For how many seconds a phone may keep the page: on the day, while there is something to wait for."""
    ticket, day = access.ticket, access.ticket.day
    is_open = ticket.visit is not None and ticket.visit.state is VisitState.OPEN
    if not is_open and not is_booked(ticket, now):
        return 0
    return round(phone_keeps(day.on, day.closes_at, day.zone, now=now).total_seconds())


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


async def card_of(
    request: WebRequest, db: Database, key: bytes, access: Access, shown: TicketView, *, short: str = ""
) -> TicketView:
    """The card with its codes. Without a public address the QR code holds the bare code: no phone could open a link.

    `short`: the short code of a ticket that is not stored, because it is only looked at.
    """
    short = short or (await db.read(ticket_again, party=access.party, key=key)).short
    base = settings_of(request).base_url.rstrip("/")
    return TicketView(
        number=shown.number,
        member=shown.member,
        next_step=shown.next_step,
        called=shown.called,
        desk=shown.desk,
        plan=shown.plan,
        qr_text=(f"{base}/t/{access.code}" if base else access.code) if access.code else "",
        short_code=spell_short_code(short),
    )


def opening_of(ticket: TicketState) -> datetime:
    """When the day opens, in its own time zone."""
    return ticket.day.opens_at.astimezone(ticket.day.zone)


def arrival_of(ticket: TicketState) -> datetime | None:
    """The time that was booked; `None` for somebody who walked in."""
    return ticket.booking.arrival_at if ticket.booking is not None else None


async def goes_on_of(request: WebRequest, db: Database, key: bytes, access: Access) -> GoesOn | None:
    """Where her open steps go on. Only the long code leads there: it would open what the short one must not."""
    visit = access.ticket.visit
    if visit is None or visit.state is not VisitState.CARRIED_OVER or not access.code:
        return None
    to = await db.read(carried_to, access.party)
    if to is None:
        return None
    day = await db.read(day_by_id, to.day)
    on = day.on if to.arrival_at is None else to.arrival_at.astimezone(day.zone).date()
    if to.renewed:
        return GoesOn(on=on, at=to.arrival_at, zone=day.timezone, href="")
    if to.number is None:
        href = f"/w/{waiting_code(key, day=to.day, party=to.party)}"
    else:
        href = f"/t/{(await db.read(ticket_again, party=to.party, key=key)).code}"
    return GoesOn(on=on, at=to.arrival_at, zone=day.timezone, href=link(request, href))


def proposals_of(locale: Locale, ticket: TicketState) -> tuple[Proposal, ...]:
    """The steps that wait for her yes or no."""
    return tuple(
        Proposal(
            id=stop.id,
            title=title_of(locale, stop),
            institution=stop.institution,
            authority=stop.authority,
            papers=papers_for(locale, ticket, stop.papers),
            private=stop.private,
        )
        for stop in ticket.stops
        if stop.state is StopState.PROPOSED
    )


def marks_of(locale: Locale, ticket: TicketState) -> tuple[tuple[int, str], ...]:
    """The members with a step of their own still ahead."""
    alone = [stop.members for stop in ticket.stops if stop.state in AHEAD | AT_DESK and len(stop.members) == 1]
    if len(ticket.members) < 2:
        return ()
    return tuple(
        (mark, label_says(locale, label))
        for label, mark in labels_of(ticket.members).items()
        if any(mark in marks for marks in alone)
    )
