"""The paper of one ticket holder."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from onestop.booking.tickets import ticket_again
from onestop.days.queries.days import Day
from onestop.days.queries.offer import day_offer
from onestop.domain.errors import N_
from onestop.domain.visit import VisitState
from onestop.visits.queries.people import Standing
from onestop.visits.queries.reception import reach_today
from onestop.visits.queries.visitor import Visitor, visitor
from onestop.web.kit.language import locale_of
from onestop.web.kit.paper import TICKET, PrintPage, paper_of
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest
from onestop.web.kit.responses import page
from onestop.web.reception.frame import day_and_actor, frame, home_of, party_path
from onestop.web.reception.tell import tell

DONE: dict[str, str] = {
    "issued": N_("The ticket is issued. Waits now."),
    "renewed": N_("The ticket has a new code. The old paper is not valid any more."),
}


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
    paper = paper_of(
        request,
        settings,
        day,
        ticket,
        language=known.display_language,
        next_step=_next_step(known),
        comes_at=known.person.booked_at if known.person.standing is Standing.BOOKED else None,
        late=late,
    )
    locale = locale_of(request)
    context = PrintPage(
        path=party_path(day, party),
        heading=locale.say(TICKET, {"number": ticket.number}),
        paper=paper,
        done=locale.gettext(DONE[did]) if did in DONE else "",
        late=late,
        tell=await tell(request, db, day, known) if did == "issued" else (),
        next_href=home_of(day),
        next_label=locale.gettext(N_("Next visitor")),
    )
    return page(request, context, **frame(request, day))


def _next_step(known: Visitor) -> str:
    if known.person.standing is Standing.BOOKED:
        return N_("Please show this paper at the door.")
    return N_("Please wait. We call this number.") if known.visit_state is VisitState.OPEN else ""


async def _late(db: Db, day: Day, known: Visitor) -> bool:
    offer = await db.read(day_offer, day.id)
    wanted = tuple(service for service in offer.services if service.id in known.services_open)
    return bool((await db.read(reach_today, day, wanted, now=db.now(), without=known.person.party)).late)


route_handlers: list[Any] = [show_print]
