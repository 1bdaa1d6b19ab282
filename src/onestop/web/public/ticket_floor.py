"""Where the desks are: the plan of the hall with her desk marked, and the way in words."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from onestop.days.queries.desks import desks_of_day
from onestop.db.session import Database
from onestop.directory.floor_plans import floor_of
from onestop.visits.queries.ticket import TicketState
from onestop.web.kit.floor import FloorView, floor_view, marks_of_day
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.parts import DeskMark
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.public.access import open_ticket
from onestop.web.public.frame import link
from onestop.web.public.ticket_parts import is_over, locale_of_ticket, ticket_page
from onestop.web.public.ticket_words import called_stop, mark_of


@page_of("public/ticket_floor.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFloorPage:
    """The hall as her ticket knows it."""

    view: FloorView
    turn: DeskMark | None
    """The desk that called her, of a call that boards show too."""
    back: str


@get("/t/{code:str}/floor")
async def show_ticket_floor(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """The plan; a ticket whose venue has none, or whose day is over, shows itself."""
    access = await open_ticket(request, db, ticket_key, code)
    ticket, locale = access.ticket, locale_of_ticket(request, access.ticket)
    floor, turn = await db.read(floor_of, ticket.day.venue_id), board_turn(ticket)
    view = floor_view(
        floor,
        marks_of_day(await db.read(desks_of_day, access.day)),
        locale,
        working=ticket.day.working_language,
        hers=turn and turn.number,
    )
    if view is None or is_over(access, db.now()):
        return see_other(link(request, access.path))
    return ticket_page(request, access, TicketFloorPage(view=view, turn=turn, back=link(request, access.path)))


def board_turn(ticket: TicketState) -> DeskMark | None:
    """The desk she is called to, unless the talk is private: nobody who looks over her shoulder learns that (R19)."""
    called = called_stop(ticket)
    return None if called is None or called.private or called.desk is None else mark_of(called.desk)


async def has_floor(db: Database, ticket: TicketState) -> bool:
    """Whether there is anything to show of the hall."""
    floor = await db.read(floor_of, ticket.day.venue_id)
    return floor.plan is not None or bool(floor.way)


route_handlers: list[Any] = [show_ticket_floor]
