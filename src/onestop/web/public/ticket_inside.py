"""What she does about her visit while it goes on: out and back, not ready, help, yes or no to a step, a step off.

Each is harmless twice, because a phone that got no answer presses again.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Response, post
from litestar.params import FromPath

from onestop.db.session import Database
from onestop.domain.errors import BookingClosed, NotAllowed, StopUnknown
from onestop.visits.actions.alarms import ask_as_visitor, need_no_help
from onestop.visits.actions.put_off import put_off
from onestop.visits.actions.route import accept_stop, come_back, decline_stop, drop_stop, step_out
from onestop.web.kit.forms import read_form
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.public.access import Access, open_ticket
from onestop.web.public.ticket_acts import act

PHONE = "phone"
"""The door a yes was given at, kept with it (R18)."""


@post("/t/{code:str}/stops/{stop:uuid}/drop")
async def take_off(
    request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str], stop: FromPath[UUID]
) -> Response[Any]:
    """Take a step off the route without losing the others (R18)."""
    access = await _with_stop(request, db, ticket_key, code, stop)
    return await act(request, db, ticket_key, access, drop_stop, stop)


@post("/t/{code:str}/stops/{stop:uuid}/accept")
async def say_yes(
    request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str], stop: FromPath[UUID]
) -> Response[Any]:
    """Accept a proposed step. One that this page may not name is accepted in a talk, not here."""
    access = await _with_stop(request, db, ticket_key, code, stop)
    if any(each.private for each in access.ticket.stops if each.id == stop):
        raise NotAllowed
    return await act(request, db, ticket_key, access, accept_stop, stop, how=PHONE)


@post("/t/{code:str}/stops/{stop:uuid}/decline")
async def say_no(
    request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str], stop: FromPath[UUID]
) -> Response[Any]:
    """Refuse a proposed step."""
    access = await _with_stop(request, db, ticket_key, code, stop)
    return await act(request, db, ticket_key, access, decline_stop, stop)


@post("/t/{code:str}/out")
async def go_out(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Step out; the place is kept."""
    return await _act_inside(request, db, ticket_key, code, step_out)


@post("/t/{code:str}/not-ready")
async def is_not_ready(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """She is called and not ready; with `out` she steps out for longer. The place is kept."""
    out = bool((await read_form(request)).text("out", 5))
    return await _act_inside(request, db, ticket_key, code, put_off, out=out)


@post("/t/{code:str}/back")
async def be_back(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Back in the hall."""
    return await _act_inside(request, db, ticket_key, code, come_back)


@post("/t/{code:str}/help")
async def ask_for_help(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Somebody of the floor comes to her."""
    return await _act_inside(request, db, ticket_key, code, ask_as_visitor)


@post("/t/{code:str}/help/end")
async def ask_no_more(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """She has found help."""
    return await _act_inside(request, db, ticket_key, code, need_no_help)


async def _act_inside(
    request: WebRequest, db: Database, key: bytes, code: str, action: Callable[..., Any], **more: Any
) -> Response[Any]:
    """One press about her visit. Raises `BookingClosed` before it has begun."""
    access = await open_ticket(request, db, key, code)
    if access.ticket.visit is None:
        raise BookingClosed
    return await act(request, db, key, access, action, access.ticket.visit.id, **more)


async def _with_stop(request: WebRequest, db: Database, key: bytes, code: str, stop: UUID) -> Access:
    """The ticket, if the step is on its own route. A foreign one answers like an unknown one: `StopUnknown`."""
    access = await open_ticket(request, db, key, code)
    if all(each.id != stop for each in access.ticket.stops):
        raise StopUnknown
    return access


route_handlers: list[Any] = [take_off, say_yes, say_no, go_out, is_not_ready, be_back, ask_for_help, ask_no_more]
