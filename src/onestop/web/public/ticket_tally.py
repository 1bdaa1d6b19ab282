"""The tally on a ticket: up to three questions after the visit, left out with one press, and only counted."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.domain.errors import Refusal
from onestop.domain.tally import asks_tally
from onestop.visits.actions.tally import count_tally
from onestop.visits.queries.ticket import TicketState
from onestop.web.kit.forms import read_form
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.kit.tally import TallyAsked, read_tally, tally_asked
from onestop.web.public.access import open_ticket
from onestop.web.public.frame import link
from onestop.web.public.ticket import THANKS, show
from onestop.web.public.ticket_parts import is_over, locale_of_ticket, ticket_page


@page_of("public/ticket_tally.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TallyPage:
    """The questions of the day."""

    asked: tuple[TallyAsked, ...]
    path: str
    query: str


@get("/t/{code:str}/tally")
async def show_tally(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """The questions, as long as this ticket was not asked."""
    access = await open_ticket(request, db, ticket_key, code)
    if is_over(access, db.now()) or not waits_for_tally(access.ticket):
        return see_other(link(request, access.path))
    locale = locale_of_ticket(request, access.ticket)
    context = TallyPage(asked=tally_asked(locale, access.ticket.day.tally), path=access.path, query=link(request, ""))
    return ticket_page(request, access, context)


@post("/t/{code:str}/tally")
async def answer_tally(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Count the answers; a second press, of whichever button, finds that she was asked."""
    access = await open_ticket(request, db, ticket_key, code)
    if is_over(access, db.now()):
        return see_other(link(request, access.path))
    said = read_tally(await read_form(request))
    try:
        await db.write(count_tally, access.party, said, day=access.day)
    except Refusal as refusal:
        fresh = await open_ticket(request, db, ticket_key, code)
        return await show(request, db, ticket_key, fresh, refusal=refusal)
    return see_other(link(request, f"{access.path}?{THANKS}=1"))


def waits_for_tally(ticket: TicketState) -> bool:
    """Whether this ticket is to be asked now."""
    return asks_tally(ticket.day.tally, ticket.visit and ticket.visit.state, asked=ticket.asked_tally)


route_handlers: list[Any] = [show_tally, answer_tally]
