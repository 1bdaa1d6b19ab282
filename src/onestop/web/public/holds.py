"""The time that is kept: what to call her, all answers with a way to change them; longer, given back, or run out."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.bookings import extend_hold, release_hold
from onestop.booking.actions.proofs import Kept, book_held
from onestop.booking.contacts import Contact
from onestop.booking.holds import book_again
from onestop.days.queries.days import Day
from onestop.domain.booking import Channel
from onestop.domain.errors import ArrivalTaken, HoldGone, InvalidInput, InvitationUsed, TooManyTries
from onestop.domain.name import read_name
from onestop.domain.roles import VISITOR
from onestop.web.kit.forms import read_form
from onestop.web.kit.limits import check_limit
from onestop.web.kit.once import submit_once
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.public.contact import Typed, read_contact, read_typed
from onestop.web.public.frame import link
from onestop.web.public.hold_pages import Here, again, here_of, show, wish_of
from onestop.web.public.times import read_instant


@get("/holds/{hold:uuid}")
async def show_hold(request: WebRequest, db: Db, ticket_key: TicketKey, hold: FromPath[UUID]) -> Response[Any]:
    """The form while the time is kept; afterwards the ticket, or the way to another time."""
    here = await here_of(request, db, hold)
    if isinstance(here, Response):
        return here
    return await show(request, db, here, Typed(), key=ticket_key)


@post("/holds/{hold:uuid}/booking")
async def book(request: WebRequest, db: Db, ticket_key: TicketKey, hold: FromPath[UUID]) -> Response[Any]:
    """Book what is held."""
    here = await here_of(request, db, hold)
    if isinstance(here, Response):
        return here
    typed = read_typed(await read_form(request))
    try:
        contact = await _checked(request, here.day, typed)
        path = await submit_once(
            request,
            "public.book",
            book_held,
            hold,
            key=ticket_key,
            name=typed.name,
            contact=contact,
            actor=VISITOR,
            now=db.now(),
            day=here.day.id,
            to=_to_go_on(here),
        )
    except HoldGone:
        return await show(request, db, await again(here, db), typed, key=ticket_key)
    except (InvalidInput, InvitationUsed, TooManyTries) as refusal:
        return await show(request, db, here, typed, key=ticket_key, refusal=refusal)
    return see_other(link(request, path))


@post("/holds/{hold:uuid}/again")
async def book_other_time(request: WebRequest, db: Db, ticket_key: TicketKey, hold: FromPath[UUID]) -> Response[Any]:
    """After the time ran out: this one, or another, with everything typed before."""
    here = await here_of(request, db, hold)
    if isinstance(here, Response):
        return here
    if not here.held.ran_out:
        return await show(request, db, here, Typed(), key=ticket_key)
    form = await read_form(request)
    typed, at = read_typed(form), read_instant(form.text("arrival", 40))
    try:
        contact = await _checked(request, here.day, typed)
        if at is None:
            raise ArrivalTaken
        path = await submit_once(
            request,
            "public.again",
            book_again,
            hold,
            wish_of(here),
            arrival_at=at,
            channel=Channel.PUBLIC,
            key=ticket_key,
            name=typed.name,
            contact=contact,
            actor=VISITOR,
            now=db.now(),
            day=here.day.id,
            to=_to_go_on(here),
        )
    except (ArrivalTaken, InvalidInput, InvitationUsed, TooManyTries) as refusal:
        return await show(request, db, await again(here, db), typed, key=ticket_key, refusal=refusal)
    return see_other(link(request, path))


@post("/holds/{hold:uuid}/extension")
async def keep_longer(
    request: WebRequest, db: Db, settings: Conf, ticket_key: TicketKey, hold: FromPath[UUID]
) -> Response[Any]:
    """Keep the time longer; what was typed stays in the form."""
    here = await here_of(request, db, hold)
    if isinstance(here, Response):
        return here
    typed = read_typed(await read_form(request))
    with suppress(HoldGone):  # the page says so
        await db.write(extend_hold, hold, minutes=settings.hold_minutes, actor=VISITOR, now=db.now(), day=here.day.id)
    return await show(request, db, await again(here, db), typed, key=ticket_key)


@post("/holds/{hold:uuid}/release")
async def give_back(request: WebRequest, db: Db, hold: FromPath[UUID]) -> Response[Any]:
    """Give the time back to others."""
    here = await here_of(request, db, hold)
    if isinstance(here, Response):
        return here
    await db.write(release_hold, hold, actor=VISITOR, now=db.now(), day=here.day.id)
    return see_other(f"{here.path}{here.query}")


async def _checked(request: WebRequest, day: Day, typed: Typed) -> tuple[Contact, ...]:
    """The contacts, once everything typed can be used. Raises what cannot; the limit is counted without telling."""
    read_name(typed.name)
    contact = read_contact(day, typed)
    await check_limit(request, "book", contact=typed.email or typed.phone)
    return contact


def _to_go_on(here: Here) -> Callable[[Kept], str]:
    """To the ticket; to the hold while the address is to be proved."""
    return lambda kept: f"/t/{kept.ticket.code}?booked=1" if kept.ticket else f"/holds/{kept.hold}{here.query}"


route_handlers: list[Any] = [show_hold, book, book_other_time, keep_longer, give_back]
