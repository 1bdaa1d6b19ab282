"""Move a booking to another time of its day; the old time is kept until the new one is sure."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.booking.actions.bookings import move_booking
from onestop.booking.queries import booking_of_party
from onestop.days.queries.days import Day
from onestop.domain.errors import ArrivalTaken, InvalidInput, MoveRefused
from onestop.visits.actions.door import on_party
from onestop.visits.queries.visitor import visitor
from onestop.web.kit.booking import time_page
from onestop.web.kit.forms import read_form
from onestop.web.kit.once import submit_once
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.responses import see_other
from onestop.web.kit.staff_door import read_instant
from onestop.web.reception.frame import DOOR, day_and_actor, party_path


@get("/reception/{slug:str}/parties/{party:uuid}/time")
async def show_time(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """Which times are free for all she needs."""
    day, _ = await day_and_actor(request, db, slug)
    return await _show(request, db, day, party)


@post("/reception/{slug:str}/parties/{party:uuid}/time")
async def move(request: WebRequest, db: Db, slug: FromPath[str], party: FromPath[UUID]) -> Response[Any]:
    """Take the new time."""
    day, someone = await day_and_actor(request, db, slug)
    arrival_at = read_instant((await read_form(request)).text("arrival", 40))
    if arrival_at is None:
        raise InvalidInput(field="arrival")
    try:
        path = await submit_once(
            request,
            "reception.moved",
            on_party,
            day.id,
            party,
            move_booking,
            arrival_at=arrival_at,
            with_reserve=True,
            actor=someone,
            now=db.now(),
            day=day.id,
            to=lambda _: party_path(day, party, "moved"),
        )
    except ArrivalTaken:
        return await _show(request, db, day, party, taken=True)
    return see_other(path)


async def _show(request: WebRequest, db: Db, day: Day, party: UUID, *, taken: bool = False) -> Response[Any]:
    await db.read(visitor, day.id, party, now=db.now())
    booking = await db.read(booking_of_party, party)
    if booking is None:
        raise MoveRefused  # a walk-in has no time to move
    return await time_page(request, db, DOOR, day, booking, taken=taken)


route_handlers: list[Any] = [show_time, move]
