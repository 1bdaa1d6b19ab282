"""The paper: a ticket in the visitor's language inside a page in the receptionist's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from markupsafe import Markup

from onestop.booking.tickets import ticket_again
from onestop.days.queries.days import Day
from onestop.days.queries.offer import day_offer
from onestop.domain.errors import N_
from onestop.domain.ticket import spell_short_code
from onestop.domain.visit import VisitState
from onestop.visits.queries.people import Standing
from onestop.visits.queries.reception import reach_today
from onestop.visits.queries.visitor import Visitor, visitor
from onestop.web.kit.language import locale_of
from onestop.web.kit.locale import LANGUAGES, Locale, locale_for
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.pages import render
from onestop.web.kit.parts import TicketView
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest, base_url_of
from onestop.web.kit.responses import chrome_of, page
from onestop.web.reception.frame import day_and_actor, frame, party_path

DONE: dict[str, str] = {
    "issued": N_("The ticket is issued. She waits now."),
    "renewed": N_("The ticket has a new code. The old paper is not valid any more."),
}


@page_of("reception/paper.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What she takes along: number, code, when and where; nothing about why she is here."""

    day: Day
    ticket: TicketView
    comes_at: datetime | None
    late: bool


@page_of("reception/print.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class PrintPage:
    """The paper with a button; `ticket_number` is for reading out."""

    day: Day
    path: str
    ticket_number: int
    paper: Markup
    done: str
    late: bool


@get("/reception/{slug:str}/parties/{party:uuid}/print")
async def show_print(
    request: WebRequest, db: Db, settings: Conf, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """The ticket as it will be printed."""
    day, _ = await day_and_actor(request, db, slug)
    known = await db.read(visitor, day.id, party, now=db.now())
    ticket = await db.read(ticket_again, party=party, key=ticket_key)
    did = request.query_params.get("did", "")
    late = did == "issued" and await _late(db, day, known)
    theirs = locale_for(known.display_language if known.display_language in LANGUAGES else "en")
    address = f"{base_url_of(request)}/t/{ticket.code}" if settings.base_url else ticket.code
    paper = Paper(
        day=day,
        ticket=TicketView(
            number=ticket.number,
            next_step=_next_step(known, theirs),
            qr_text=address,
            short_code=spell_short_code(ticket.short),
        ),
        comes_at=known.person.booked_at if known.person.standing is Standing.BOOKED else None,
        late=late,
    )
    context = PrintPage(
        day=day,
        path=party_path(day, party),
        ticket_number=ticket.number,
        paper=_paper(request, paper, theirs),
        done=locale_of(request).gettext(DONE[did]) if did in DONE else "",
        late=late,
    )
    return page(request, context, **frame(request, day))


def _paper(request: WebRequest, paper: Paper, theirs: Locale) -> Markup:
    made = render("reception/paper.html", paper, locale=theirs, chrome=chrome_of(request, theirs))
    return Markup(made)  # noqa: S704 (rendered with autoescape just above)


def _next_step(known: Visitor, theirs: Locale) -> str:
    if known.person.standing is Standing.BOOKED:
        return theirs.gettext(N_("Please show this paper at the door."))
    return theirs.gettext(N_("Please wait. We call this number.")) if known.visit_state is VisitState.OPEN else ""


async def _late(db: Db, day: Day, known: Visitor) -> bool:
    offer = await db.read(day_offer, day.id)
    wanted = tuple(service for service in offer.services if service.id in known.services_open)
    return bool((await db.read(reach_today, day, wanted, now=db.now(), without=known.person.party)).late)


route_handlers: list[Any] = [show_print]
