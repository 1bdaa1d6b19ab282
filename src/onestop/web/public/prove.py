"""The link that proves an address: it shows a page with a button, because mail programs open links by themselves."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.draws import prove_contact
from onestop.booking.draws import Proving, find_proof
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.draws import the_draw
from onestop.db.session import Database
from onestop.domain.draw import DrawState
from onestop.domain.errors import RequestsOver
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


@page_of("public/prove.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class ProvePage:
    """`state` is asked (a button), counts, limited (told only here, to the owner of the address), or over."""

    day: Day
    state: str
    action: str
    own: str
    draw: str
    key: str


@get("/prove/{code:str}")
async def show_proof(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Changes nothing."""
    await check_limit(request, "ticket")
    proof = await db.read(find_proof, ticket_key, code)
    day = await db.read(day_by_id, proof.day)
    context = ProvePage(
        day=day,
        state=await _state(db, proof),
        action=link(request, f"/prove/{code}"),
        own=link(request, f"/w/{waiting_code(ticket_key, day=proof.day, party=proof.party)}"),
        draw=link(request, f"/d/{day.slug}/draw"),
        key=new_key(),
    )
    return day_page(request, day, context)


@post("/prove/{code:str}")
async def prove(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """The request counts from now on."""
    await check_limit(request, "ticket")
    proof = await db.read(find_proof, ticket_key, code)
    path = f"/prove/{code}"
    with suppress(RequestsOver):  # the page says so
        await submit_once(
            request,
            "public.prove",
            prove_contact,
            proof.contact,
            actor=VISITOR,
            now=db.now(),
            day=proof.day,
            to=lambda _: path,
        )
    return see_other(link(request, path))


async def _state(db: Database, proof: Proving) -> str:
    if proof.proved_at is not None:
        return LIMITED if proof.limited else COUNTS
    draw = await db.read(the_draw, proof.day)
    return ASKED if draw.state(db.now()) is DrawState.OPEN else OVER


route_handlers: list[Any] = [show_proof, prove]
