"""The waiting list for reception: who waits in which order, and a caller's yes or no to the place she is offered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.offers import decline_offer, take_offer
from onestop.booking.actions.waiting import leave_list
from onestop.booking.waiting import WaitingLine, waiting_list
from onestop.days.queries.days import Day
from onestop.db.session import Database
from onestop.domain.errors import N_, NotKnown
from onestop.domain.ticket import spell_short_code, waiting_short_code
from onestop.web.kit.forms import new_key
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.words import stop_title
from onestop.web.reception.frame import day_and_actor, frame, home_of, party_path

DONE: dict[str, str] = {
    "declined": N_("The place goes to the next one."),
    "gone": N_("She is not on the list any more."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the list with its words and the code to read out."""

    waits: WaitingLine
    stops: tuple[str, ...]
    short_code: str
    """Of one who has no ticket yet."""
    new: bool
    """Just put on the list: her code is read out now."""


@page_of("reception/waiting.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingListPage:
    """Everybody who waits."""

    day: Day
    now: datetime
    path: str
    lines: tuple[Line, ...]
    done: str
    key: str = field(default_factory=new_key)


@get("/reception/{slug:str}/waiting")
async def show_waiting(request: WebRequest, db: Db, slug: FromPath[str], ticket_key: TicketKey) -> Response[Any]:
    """The list."""
    day, _ = await day_and_actor(request, db, slug)
    locale, new = locale_of(request), request.query_params.get("new", "")
    did = request.query_params.get("did", "")
    context = WaitingListPage(
        day=day,
        now=db.now(),
        path=f"{home_of(day)}/waiting",
        lines=tuple(
            Line(
                waits=line,
                stops=tuple(stop_title(locale, stop.service, private=stop.private) for stop in line.stops),
                short_code=""
                if line.earlier
                else spell_short_code(waiting_short_code(ticket_key, day=day.id, party=line.party)),
                new=str(line.party) == new,
            )
            for line in await db.read(waiting_list, day)
        ),
        done=locale.gettext(DONE[did]) if did in DONE else "",
    )
    return page(request, context, **frame(request, day, "/waiting"))


@post("/reception/{slug:str}/waiting/{party:uuid}/take")
async def take(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """She says yes; her number and code are read out."""

    def act(conn: Any, who: UUID, **more: Any) -> Any:
        return take_offer(conn, who, key=ticket_key, **more)

    return await _act(request, db, slug, party, "take", act)


@post("/reception/{slug:str}/waiting/{party:uuid}/decline")
async def decline(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She says no, and stays on the list."""
    return await _act(request, db, slug, party, "declined", decline_offer)


@post("/reception/{slug:str}/waiting/{party:uuid}/leave")
async def leave(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """She waits no more."""
    return await _act(request, db, slug, party, "gone", leave_list)


async def _act(
    request: WebRequest,
    db: Database,
    slug: str,
    party: UUID,
    did: str,
    action: Callable[..., Any],
) -> Response[Any]:
    """One act on somebody who waits on this day. A foreign one answers like an unknown one: `NotKnown`."""
    day, someone = await day_and_actor(request, db, slug)
    if all(line.party != party for line in await db.read(waiting_list, day)):
        raise NotKnown
    to = party_path(day, party, "booked") if did == "take" else f"{home_of(day)}/waiting?did={did}"
    path = await submit_once(
        request,
        f"reception.waiting.{did}",
        action,
        party,
        actor=someone,
        now=db.now(),
        day=day.id,
        to=lambda _: to,
    )
    return see_other(path)


route_handlers: list[Any] = [show_waiting, take, decline, leave]
