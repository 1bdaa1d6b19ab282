"""One adult of a booked party gets a ticket apart from the others; neither ticket shows that there is another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.bookings import wish_of_party
from onestop.booking.actions.splitting import give_own_ticket
from onestop.booking.queries import booking_by_id, members_of, planned_stops
from onestop.booking.tickets import Ticket
from onestop.booking.wish import Wish
from onestop.db.session import Database
from onestop.domain.errors import InvalidInput, Refusal, TicketUnknown
from onestop.domain.party import part_party
from onestop.domain.roles import VISITOR
from onestop.visits.queries.ticket import TicketStop
from onestop.web.kit.forms import new_key, read_form
from onestop.web.kit.goers import label_says, labels_of
from onestop.web.kit.once import submit_once
from onestop.web.kit.pages import page as page_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.public.access import Access, open_ticket
from onestop.web.public.frame import link
from onestop.web.public.ticket_inside import PHONE
from onestop.web.public.ticket_parts import is_booked, locale_of_ticket, ticket_page
from onestop.web.public.ticket_words import title_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaver:
    """An adult who can have a ticket apart: the steps that move, and those the others have too."""

    label: str
    says: str
    hers: tuple[str, ...]
    shared: tuple[tuple[str, str], ...]
    """Mark and title."""


@page_of("public/ticket_own.html")
@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTicketPage:
    """Whose ticket, which steps, and what it means."""

    arrival_at: datetime
    leavers: tuple[Leaver, ...]
    path: str
    query: str
    key: str
    error: str = ""


@get("/t/{code:str}/own")
async def show_own(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Who of the adults can have one."""
    access, wish, at = await _party(request, db, ticket_key, code)
    if wish is None:
        return see_other(link(request, access.path))
    return _show(request, access, wish, at)


@post("/t/{code:str}/own")
async def make_own(request: WebRequest, db: Db, ticket_key: TicketKey, code: FromPath[str]) -> Response[Any]:
    """Make it, and go to it: its page is where its code is read."""
    access, wish, at = await _party(request, db, ticket_key, code)
    form = await read_form(request)
    label, asked = form.text("who", 4), set(form.all("steps"))

    def act(conn: Any, party: UUID, **more: Any) -> Ticket:
        # Read in the act: at a second press she has left already, and the first answer is given again.
        mark = labels_of(members_of(conn, party)).get(label)
        if mark is None:
            raise InvalidInput(field="who")
        also = [stop.service for stop in planned_stops(conn, party) if _mark(stop.id) in asked]
        return give_own_ticket(conn, party, mark, also=also, **more)

    try:
        path = await submit_once(
            request,
            "ticket.own",
            act,
            access.party,
            key=ticket_key,
            how=PHONE,
            actor=VISITOR,
            now=db.now(),
            day=access.day,
            to=lambda ticket: f"/t/{ticket.code}?booked=1",
        )
    except Refusal as refusal:
        if wish is None:
            return see_other(link(request, access.path))
        return _show(request, access, wish, at, refusal=refusal)
    return see_other(link(request, path))


async def _party(
    request: WebRequest, db: Database, key: bytes, code: str
) -> tuple[Access, Wish | None, datetime | None]:
    """The ticket by its long code; no wish where it is no booking of several people that can still be changed."""
    access = await open_ticket(request, db, key, code)
    if not access.code:
        raise TicketUnknown
    known = access.ticket.booking
    if known is None or not is_booked(access.ticket, db.now()) or len(access.ticket.members) < 2:
        return access, None, None
    booking = await db.read(booking_by_id, known.id)
    return access, await db.read(wish_of_party, booking), booking.arrival_at


def _show(
    request: WebRequest, access: Access, wish: Wish, at: datetime | None, *, refusal: Refusal | None = None
) -> Response[Any]:
    ticket, locale = access.ticket, locale_of_ticket(request, access.ticket)
    assert at is not None
    planned = [stop for stop in ticket.stops if stop.members and stop.state == "planned"]

    def titles(stops: Iterable[TicketStop]) -> tuple[tuple[str, str], ...]:
        return tuple((_mark(stop.id), title_of(locale, stop)) for stop in stops)

    leavers = tuple(
        Leaver(
            label=label,
            says=label_says(locale, label),
            hers=tuple(title for _, title in titles(stop for stop in planned if stop.members == frozenset({mark}))),
            shared=titles(stop for stop in planned if mark in stop.members and stop.members != frozenset({mark})),
        )
        for label, mark in labels_of(wish.members).items()
        if _can_leave(wish, mark)
    )
    context = OwnTicketPage(
        arrival_at=at,
        leavers=leavers,
        path=access.path,
        query=link(request, ""),
        key=new_key(),
        error=locale.say(refusal.sentence, refusal.params) if refusal else "",
    )
    return ticket_page(request, access, context, status=refusal.status if refusal else 200)


def _can_leave(wish: Wish, mark: int) -> bool:
    try:
        part_party(wish.members, wish.together, mark, also=wish.services)
    except Refusal:
        return False
    return True


def _mark(stop: UUID) -> str:
    """A step is named by itself: the mark of its service would tell which private one it is."""
    return stop.hex[-12:]


route_handlers: list[Any] = [show_own, make_own]
