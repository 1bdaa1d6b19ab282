"""The link that proves an address: it shows a page with a button, because mail programs open links by themselves."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.proofs import Proved, prove_contact
from onestop.booking.draws import Proving, find_proof
from onestop.booking.tickets import ticket_again
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.draws import the_draw
from onestop.db.session import Database
from onestop.domain.booking import BookingState
from onestop.domain.day import DayState, Release
from onestop.domain.draw import DrawState
from onestop.domain.errors import NotKnown, RequestsOver
from onestop.domain.roles import VISITOR
from onestop.domain.ticket import waiting_code
from onestop.web.kit.forms import new_key
from onestop.web.kit.limits import check_limit
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.public.frame import day_page, link

COUNTS, LIMITED, ASKED, OVER = "counts", "limited", "asked", "over"
REQUEST, PLACE, TIME = "request", "place", "time"
_WAITS = frozenset({BookingState.LISTED, BookingState.OFFERED, BookingState.LAPSED})
_KEPT = frozenset({BookingState.HELD, BookingState.EXPIRED})
_HAS_TICKET = frozenset({BookingState.CONFIRMED, BookingState.ARRIVED})


@page_of("public/prove.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProvePage:
    """`state` is asked (a button), counts, limited (told only here, to the owner of the address), or over.

    `of` is what the address stands for: a request in a draw, a place on the waiting list, or a time that is kept.
    """

    day: Day
    of: str
    state: str
    arrival_at: datetime | None
    until: datetime | None
    action: str
    own: str
    """Where she goes on: her page or ticket; after a kept time is lost, the other times. Empty if nothing is left."""
    draw: str
    key: str


@get("/prove/{code:str}")
async def show_proof(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Changes nothing."""
    await check_limit(request, "ticket")
    proof = await db.read(find_proof, ticket_key, code)
    day = await db.read(day_by_id, proof.day)
    own = await _own(db, ticket_key, proof)
    context = ProvePage(
        day=day,
        of=_of(proof, day),
        state=await _state(db, proof, day),
        arrival_at=proof.arrival_at,
        until=proof.until,
        action=link(request, f"/prove/{code}"),
        own=link(request, own) if own else "",
        draw=link(request, f"/d/{day.slug}/draw"),
        key=new_key(),
    )
    return day_page(request, day, context)


@post("/prove/{code:str}")
async def prove(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """The request counts, the wait begins, the time is booked; a booked time leads to its ticket."""
    await check_limit(request, "ticket")
    proof = await db.read(find_proof, ticket_key, code)
    path = f"/prove/{code}"
    with suppress(RequestsOver, NotKnown):  # the page says so
        path = await submit_once(
            request,
            "public.prove",
            prove_contact,
            proof.contact,
            key=ticket_key,
            actor=VISITOR,
            now=db.now(),
            day=proof.day,
            to=lambda proved: _next(proof, code, proved),
        )
    return see_other(link(request, path))


def _next(proof: Proving, code: str, proved: Proved) -> str:
    """To the ticket; when the time is lost, to the others; else back to the page, which says what is true now."""
    if proved.ticket is not None:
        return f"/t/{proved.ticket.code}?booked=1"
    return f"/holds/{proof.booking}" if proof.state in _KEPT and proved.counts else f"/prove/{code}"


def _of(proof: Proving, day: Day) -> str:
    if proof.arrival_at is not None:
        return TIME
    return REQUEST if day.release is Release.DRAW and proof.state not in _WAITS else PLACE


async def _own(db: Database, key: bytes, proof: Proving) -> str:
    """What of hers this link may open: nothing that got another code since."""
    if proof.state in _KEPT:
        return f"/holds/{proof.booking}"
    if proof.state in _HAS_TICKET:
        return "" if proof.renewed else f"/t/{(await db.read(ticket_again, party=proof.party, key=key)).code}"
    return f"/w/{waiting_code(key, day=proof.day, party=proof.party)}" if proof.arrival_at is None else ""


async def _state(db: Database, proof: Proving, day: Day) -> str:
    if proof.proved_at is not None:
        lost = proof.state not in _WAITS | _HAS_TICKET and proof.arrival_at is not None
        return LIMITED if proof.limited else OVER if lost else COUNTS
    now = db.now()
    if proof.state is BookingState.REQUESTED:
        return ASKED if (await db.read(the_draw, proof.day)).state(now) is DrawState.OPEN else OVER
    if proof.state is BookingState.HELD and proof.until is not None and proof.until > now:
        return ASKED
    open_day = day.state is DayState.PUBLISHED and day.closes_at > now
    return ASKED if proof.state in _WAITS and open_day else OVER


route_handlers: list[Any] = [show_proof, prove]
