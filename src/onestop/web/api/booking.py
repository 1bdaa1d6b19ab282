"""Hold, confirm, and both in one."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct, field

from onestop.booking.actions.bookings import hold_arrival
from onestop.booking.actions.proofs import Kept, book_held
from onestop.booking.at_once import book_at_once
from onestop.booking.contacts import country_of_zone
from onestop.booking.queries import Booking, booking_by_id
from onestop.booking.tickets import Ticket
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.offer import day_offer
from onestop.domain.booking import Channel
from onestop.domain.roles import Actor, Role
from onestop.domain.ticket import invitation_hash
from onestop.web.api.access import acts, open_day
from onestop.web.api.answers import act, instant
from onestop.web.api.wishes import ContactField, Instant, Wanted, contacts_of, wish_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.requests import Conf, Db, TicketKey, WebRequest, base_url_of
from onestop.web.kit.sessions import actor

Needs: TypeAlias = Annotated[list[Annotated[str, Meta(max_length=80)]], Meta(max_length=40)]


class HoldWanted(Wanted, kw_only=True):
    """Keep an arrival; `invitation` is the code a day by invitation asks for."""

    arrival: Instant
    invitation: Annotated[str, Meta(max_length=80)] | None = None


class Confirming(Struct, kw_only=True):
    """All of it may be left out. `needs` are counted by nobody: stops come from `services` alone (R18)."""

    name: Annotated[str, Meta(max_length=400)] | None = None
    contact: ContactField | None = None
    needs: Needs = field(default_factory=list[str])


class BookingWanted(HoldWanted, kw_only=True):
    """Hold and confirm in one."""

    name: Annotated[str, Meta(max_length=400)] | None = None
    contact: ContactField | None = None
    needs: Needs = field(default_factory=list[str])


class Hold(Struct, kw_only=True):
    """A kept arrival. The id is a secret of the holder: it confirms."""

    hold: UUID
    expires_at: datetime
    arrival: datetime
    ends_at: datetime
    no_interpreter: bool


class Booked(Struct, kw_only=True):
    """A confirmed booking with its ticket."""

    booking: UUID
    number: int
    code: str
    short_code: str
    ticket_url: str
    arrival: datetime
    ends_at: datetime
    no_interpreter: bool


class ProofAwaited(Struct, kw_only=True):
    """The time is kept, and booked once the link in the message to the e-mail address was used."""

    hold: UUID
    expires_at: datetime
    proof_needed: bool = True


@acts("/days/{day:str}/holds", 403, 404, 410)
async def hold_arrival_time(
    request: WebRequest, db: Db, settings: Conf, day: FromPath[str], data: JSONBody[HoldWanted]
) -> Response[Hold]:
    """Keep an arrival for some minutes."""
    place = await open_day(request, day)
    await check_limit(request, "hold")
    someone = await actor(request)
    wish = wish_of(request, place, await db.read(day_offer, place.id), data)

    def show(_: Any, held: Booking) -> tuple[int, object]:
        assert held.hold_until_at is not None
        return 201, Hold(
            hold=held.id,
            expires_at=held.hold_until_at,
            arrival=held.arrival_at,
            ends_at=held.ends_at,
            no_interpreter=held.no_interpreter,
        )

    return await act(
        request,
        hold_arrival,
        place.id,
        wish,
        arrival_at=instant(data.arrival, "arrival"),
        channel=channel_of(someone, place),
        actor=someone,
        now=db.now(),
        hold_minutes=settings.hold_minutes,
        invitation=invitation_hash(data.invitation) if data.invitation else None,
        day=place.id,
        show=show,
    )


@acts("/holds/{hold:uuid}/booking", 403, 404, 410)
async def confirm(
    request: WebRequest,
    db: Db,
    ticket_key: TicketKey,
    hold: FromPath[UUID],
    data: JSONBody[Confirming | None] = None,
) -> Response[Booked | ProofAwaited]:
    """Turn a hold into a booking with its ticket.

    Where places are few, without a token of the centre, it answers 202: the e-mail address must be proved first.
    """
    wanted = data or Confirming()
    held = await db.read(booking_by_id, hold)
    place = await db.read(day_by_id, held.day)
    contact = contacts_of(wanted.contact, country_of_zone(place.timezone))
    await check_limit(request, "book", contact=contact[0].address if contact else "")

    def show(conn: Any, kept: Kept) -> tuple[int, object]:
        if kept.ticket is not None:
            return 201, booked(request, held, kept.ticket)
        until = booking_by_id(conn, hold).hold_until_at
        assert until is not None
        return 202, ProofAwaited(hold=hold, expires_at=until)

    return await act(
        request,
        book_held,
        hold,
        key=ticket_key,
        name=wanted.name or "",
        contact=contact,
        actor=await actor(request),
        now=db.now(),
        day=held.day,
        show=show,
    )


@acts("/days/{day:str}/bookings", 403, 404, 410)
async def book(
    request: WebRequest,
    db: Db,
    settings: Conf,
    ticket_key: TicketKey,
    day: FromPath[str],
    data: JSONBody[BookingWanted],
) -> Response[Booked]:
    """Hold and confirm in one.

    Where places are few, only with a token of the centre: others hold, confirm, and prove their address.
    """
    place = await open_day(request, day)
    someone = await actor(request)
    wish = wish_of(request, place, await db.read(day_offer, place.id), data)
    contact = contacts_of(data.contact, country_of_zone(place.timezone))
    await check_limit(request, "hold")
    await check_limit(request, "book", contact=contact[0].address if contact else "")

    def show(_: Any, made: tuple[Booking, Ticket]) -> tuple[int, object]:
        return 201, booked(request, *made)

    return await act(
        request,
        book_at_once,
        place.id,
        wish,
        arrival_at=instant(data.arrival, "arrival"),
        channel=channel_of(someone, place),
        key=ticket_key,
        hold_minutes=settings.hold_minutes,
        name=data.name or "",
        contact=contact,
        invitation=invitation_hash(data.invitation) if data.invitation else None,
        actor=someone,
        now=db.now(),
        day=place.id,
        show=show,
    )


def booked(request: WebRequest, booking: Booking, ticket: Ticket) -> Booked:
    """A ticket with its link."""
    return Booked(
        booking=booking.id,
        number=ticket.number,
        code=ticket.code,
        short_code=ticket.short,
        ticket_url=ticket_url(request, ticket.code),
        arrival=booking.arrival_at,
        ends_at=booking.ends_at,
        no_interpreter=booking.no_interpreter,
    )


def ticket_url(request: WebRequest, code: str) -> str:
    """The link a ticket carries."""
    return f"{base_url_of(request)}/t/{code}"


def channel_of(someone: Actor, day: Day) -> Channel:
    """The door a booking is counted under; a day by invitation opens to machines and people of the centre alone."""
    if someone.has(Role.KIOSK, day=day.id):
        return Channel.KIOSK
    if someone.has(Role.RECEPTIONIST, Role.ORGANISER, day=day.id):
        return Channel.RECEPTION
    return Channel.API


route_handlers: list[Any] = [hold_arrival_time, confirm, book]
