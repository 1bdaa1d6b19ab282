"""I do not need this ticket any more: whoever waits in the building gives her place back, after one question."""

from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import day_by_id
from onestop.db.session import Database
from onestop.domain.errors import BookingClosed, MoveRefused
from onestop.domain.visit import StopState, VisitState
from onestop.visits.actions.route import leave_unless_called
from onestop.visits.queries.api import TicketView, ticket_view
from onestop.web.kiosk.frame import START, kiosk_page, link, machine
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, WebRequest


@page_of("kiosk/leave.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class KioskLeave:
    """The question; or that she is called or served now, and where; or that she has left."""

    ticket_number: int
    gone: bool
    busy: bool
    desk: int | None
    """The desk that calls or serves her; none for a private talk."""
    action: str
    others: str
    home: str


@get("/kiosk/tickets/{code:str}/leave")
async def show_leave(request: WebRequest, db: Db, code: FromPath[str]) -> Response[Any]:
    """Ask once. Raises `BookingClosed` for somebody who never came."""
    await machine(request)
    return await _page(request, db, code)


@post("/kiosk/tickets/{code:str}/leave")
async def leave(request: WebRequest, db: Db, code: FromPath[str]) -> Response[Any]:
    """Her visit ends by her own wish; pressing twice does no harm."""
    someone = await machine(request)
    view = await db.read(ticket_view, code)
    if view.visit is not None:
        try:
            await db.write(leave_unless_called, view.visit, actor=someone, now=db.now(), day=view.day)
        except MoveRefused as refusal:
            return await _page(request, db, code, status=refusal.status)
    return await _page(request, db, code)


async def _page(request: WebRequest, db: Database, code: str, *, status: int = 200) -> Response[Any]:
    view = await db.read(ticket_view, code)
    if view.visit is None:
        raise BookingClosed
    day = await db.read(day_by_id, view.day)
    gone = view.visit_state != VisitState.OPEN
    busy, desk = at_desk(view)
    context = KioskLeave(
        ticket_number=view.number,
        gone=gone,
        busy=busy,
        desk=desk,
        action=link(request, f"/kiosk/tickets/{code}/leave"),
        others=link(request, "/kiosk/days"),
        home=START,
    )
    stood_on = link(request, f"/kiosk/tickets/{code}/leave")
    return kiosk_page(request, day, context, status=status, back_after=30 if gone else 180, stood_on=stood_on)


def at_desk(view: TicketView) -> tuple[bool, int | None]:
    """Whether a desk calls or serves her; its number, where it is no private talk."""
    for stop in view.stops:
        if stop.state in (StopState.CALLED, StopState.SERVING):
            return True, None if stop.private else stop.desk_number
    return False, None


route_handlers: list[Any] = [show_leave, leave]
