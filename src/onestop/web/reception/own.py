"""A ticket of her own for one person of a party: quiet talks that nothing the others look at tells of."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.days.queries.days import Day
from onestop.days.queries.offer import day_offer
from onestop.db.session import Database
from onestop.domain.errors import InvalidInput, NotAllowed, NotKnown, Refusal, SignInNeeded
from onestop.domain.party import may_go_apart
from onestop.domain.visit import VisitState
from onestop.visits.actions.apart import Given, talk_apart
from onestop.visits.actions.door import on_visit
from onestop.visits.actions.rows import stop_row
from onestop.visits.queries.visitor import Visitor, visitor
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.goers import label_says, labels_of
from onestop.web.kit.language import locale_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import page, see_other
from onestop.web.kit.wish_form import ServiceLine, read_ids, service_lines
from onestop.web.reception.frame import day_and_actor, frame, party_path
from onestop.web.reception.party import why_not


@page_of("reception/own.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPage:
    """Who of them, and for which talks."""

    path: str
    her_number: int
    people: tuple[tuple[str, str], ...]
    who: str
    lines: tuple[ServiceLine, ...]
    refused: str
    key: str = field(default_factory=new_key)


@get("/reception/{slug:str}/parties/{party:uuid}/own")
async def show_own(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """The question; whoever comes alone has a ticket of her own."""
    day, _ = await day_and_actor(request, db, slug)
    known = await db.read(visitor, day.id, party, now=db.now())
    if known.visit_state is not VisitState.OPEN or not may_go_apart(known.members):
        return see_other(party_path(day, party))
    return await _show(request, db, day, known)


@post("/reception/{slug:str}/parties/{party:uuid}/own")
async def give_own(
    request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID], ticket_key: TicketKey
) -> Response[Any]:
    """Give it and go to its page."""
    day, someone = await day_and_actor(request, db, slug)
    typed = await read_form(request)
    who, services = typed.text("who", 4), read_ids(typed.all("services"))
    known = await db.read(visitor, day.id, party, now=db.now())

    def give(conn: Any, visit: UUID, **more: Any) -> UUID:
        mark = labels_of(known.members).get(who)
        if mark is None:
            raise InvalidInput(field="who")
        given: Given = talk_apart(conn, visit, mark=mark, services=services, key=ticket_key, **more)
        return stop_row(conn, given.stop).party_id

    try:
        path = await submit_once(
            request, "reception.own", on_visit, day.id, party, give, actor=someone, now=db.now(), day=day.id,
            to=lambda hers: party_path(day, hers, "own"),
        )  # fmt: skip
    except (NotKnown, NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _show(request, db, day, known, who=who, ticked=services, refusal=refusal)
    return see_other(path)


async def _show(
    request: WebRequest,
    db: Database,
    day: Day,
    known: Visitor,
    *,
    who: str = "",
    ticked: Collection[UUID] = (),
    refusal: Refusal | None = None,
) -> Response[Any]:
    locale, offer = locale_of(request), await db.read(day_offer, day.id)
    apart = may_go_apart(known.members)
    context = OwnPage(
        path=party_path(day, known.person.party),
        her_number=known.person.number,
        people=tuple(
            (label, label_says(locale, label)) for label, mark in labels_of(known.members).items() if mark in apart
        ),
        who=who,
        lines=service_lines(
            offer, [one.id for one in offer.services], checked=tuple(ticked), late=frozenset(), locale=locale
        ),
        refused=why_not(locale, refusal, known) if refusal is not None else "",
    )
    return page(request, context, status=refusal.status if refusal is not None else 200, **frame(request, day))


route_handlers: list[Any] = [show_own, give_own]
