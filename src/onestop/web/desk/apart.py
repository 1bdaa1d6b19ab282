"""A ticket of her own for one of several at the desk; its page is printed, or its code copied, and handed over."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from markupsafe import Markup

from onestop.booking.queries import members_of
from onestop.booking.tickets import ticket_again
from onestop.days.queries.days import day_by_id
from onestop.domain.errors import InvalidInput, NotAllowed, NotKnown, Refusal, SignInNeeded
from onestop.domain.visit import UNDO_WINDOW
from onestop.visits.actions.apart import Given, split_off, talk_alone
from onestop.visits.actions.rows import stop_row
from onestop.visits.actions.seen import while_as_seen
from onestop.visits.queries.apart import given_ticket
from onestop.web.desk.access import reach_act, reach_stop
from onestop.web.desk.answer import refused
from onestop.web.kit.forms import read_form
from onestop.web.kit.goers import labels_of
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.paper import TICKET, paper_of
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest, is_htmx
from onestop.web.kit.responses import page, see_other

HOW: dict[str, tuple[Any, dict[str, bool]]] = {
    "next": (talk_alone, {"soon": True}),
    "later": (talk_alone, {"soon": False}),
    "own": (split_off, {}),
    "own-here": (split_off, {"here": True}),
}
"""What the buttons say: she talks here, next or later; or she goes her own way, with a talk here or without."""


@page_of("desk/own_ticket.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTicketPage:
    """The paper, and for half a minute the button that takes it back."""

    desk: UUID
    stop: UUID
    act: UUID
    heading: str
    paper: Markup
    undo_seconds: int


@post("/stops/{stop_id:uuid}/own-ticket")
async def do_give(request: WebRequest, db: Db, ticket_key: TicketKey, stop_id: FromPath[UUID]) -> Response[Any]:
    """Give it (`who`, `how`) and go to its page."""
    someone, place = await reach_stop(request, db, stop_id)
    form = await read_form(request)
    who, how = form.text("who", 4), form.text("how", 10)
    seen = form.number("seen")

    def give(conn: Any, **more: Any) -> Given:
        mark = labels_of(members_of(conn, stop_row(conn, stop_id).party_id)).get(who)
        if mark is None or how not in HOW:
            raise InvalidInput(field="who")
        act, said = HOW[how]
        return while_as_seen(conn, stop_id, act, seen=seen, mark=mark, key=ticket_key, **said, **more)

    try:
        path = await submit_once(
            request,
            "stop.own_ticket",
            give,
            actor=someone,
            now=db.now(),
            day=place.day,
            to=lambda given: f"/stops/{given.stop}/own-ticket/{given.act}",
        )
    except (NotKnown, NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await refused(request, db, place, refusal)
    # The page is left for another one, with script too.
    return Response(b"", status_code=200, headers={"HX-Redirect": path}) if is_htmx(request) else see_other(path)


@get("/stops/{stop_id:uuid}/own-ticket/{act:uuid}")
async def show_given(
    request: WebRequest, db: Db, settings: Conf, ticket_key: TicketKey, stop_id: FromPath[UUID], act: FromPath[UUID]
) -> Response[Any]:
    """Number and code, big, to print or to write down."""
    _, place = await reach_act(request, db, stop_id, act)
    given = await db.read(given_ticket, stop_id, act, now=db.now())
    ticket = await db.read(ticket_again, party=given.party, key=ticket_key)
    day = await db.read(day_by_id, place.day)
    context = OwnTicketPage(
        desk=place.id,
        stop=stop_id,
        act=act,
        heading=locale_of(request).say(TICKET, {"number": ticket.number}),
        paper=paper_of(request, settings, day, ticket, language=given.display_language, next_step=""),
        undo_seconds=max(0, int((given.at + UNDO_WINDOW - db.now()).total_seconds())),
    )
    return page(request, context, zone=day.timezone, door="desk", brand=day.name, home="/desk")


route_handlers: list[Any] = [do_give, show_given]
