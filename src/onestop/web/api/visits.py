"""Arriving and the stops of a visit: check in, walk in, numbers for offline kiosks, add a stop, leave."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct, field

from onestop.booking.tickets import Ticket, find_code, lease_numbers
from onestop.days.queries.days import day_by_id
from onestop.days.queries.offer import day_offer
from onestop.domain.errors import InvalidInput, NotAllowed, WrongDay
from onestop.domain.roles import Role
from onestop.domain.visit import VisitReason, VisitState
from onestop.visits.actions.arrivals import CheckedIn, check_in, issue_walk_in
from onestop.visits.actions.carrying import CarriedOver, carry_over
from onestop.visits.actions.route import leave, propose_stop
from onestop.visits.queries.api import stop_line, visit_place
from onestop.web.api.access import acts, day_for, open_day, visit_for
from onestop.web.api.answers import act, instant
from onestop.web.api.booking import ticket_url
from onestop.web.api.wishes import Instant, Service, Wanted, service_of, wish_of
from onestop.web.kit.requests import Db, TicketKey, WebRequest
from onestop.web.kit.sessions import actor

ARRIVING = (Role.KIOSK, Role.RECEPTIONIST)
ROUTING = (Role.OFFICER, Role.RECEPTIONIST)


class CodeShown(Struct, kw_only=True):
    """A ticket code as it was scanned or typed: long, short, or a ticket's address."""

    code: Annotated[str, Meta(max_length=400)]


class Arrived(Struct, kw_only=True):
    """The visit of a ticket that is known to be here."""

    visit: UUID
    number: int
    state: str


class WalkInWanted(Wanted, kw_only=True):
    """A ticket without an appointment; a kiosk that was cut off sends `nonce`, its leased `number` and `issued_at`."""

    name: Annotated[str, Meta(max_length=400)] | None = None
    nonce: Annotated[str, Meta(pattern=r"^[\x21-\x7e]{8,80}\Z", max_length=80)] | None = None
    number: Annotated[int, Meta(ge=1, le=10**6)] | None = None
    issued_at: Instant | None = None


class WalkIn(Struct, kw_only=True):
    """A ticket that waits from now on."""

    visit: UUID
    number: int
    code: str
    short_code: str
    ticket_url: str


class LeaseWanted(Struct, kw_only=True):
    """The day, for a machine that is bound to none."""

    day: Annotated[str, Meta(max_length=80)] | None = None


class LeasedNumber(Struct, kw_only=True):
    """A number with its working code."""

    number: int
    code: str


class Lease(Struct, kw_only=True):
    """Numbers for offline use; what is not used is lost."""

    first: int = field(name="from")
    last: int = field(name="to")
    expires_at: datetime
    tickets: list[LeasedNumber]


class How(StrEnum):
    """How she said yes."""

    SAID_TO_OFFICER = "said_to_officer"
    PHONE = "phone"
    KIOSK = "kiosk"
    RECEPTION = "reception"


class StopWanted(Struct, kw_only=True):
    """A stop to add; without `consent` it is only proposed, and she is asked (R18)."""

    service: Service
    consent: Literal["given"] | None = None
    how: How | None = None


class StopAdded(Struct, kw_only=True):
    """The stop and what became of it; of another institution's no more than what was asked is told (R14)."""

    stop: UUID
    state: str


class LeaveWanted(Struct, kw_only=True):
    """Why she leaves."""

    reason: Literal["own_wish", "no_show", "institution_gone"] = "own_wish"


class CarryWanted(Struct, kw_only=True):
    """The other day, by its address name."""

    day: Annotated[str, Meta(max_length=80)]


class Carried(Struct, kw_only=True):
    """What goes on at the other day; without a time the party is on its waiting list."""

    day: UUID
    stops: int
    arrival: datetime | None


class Left(Struct, kw_only=True):
    """A visit that has ended."""

    visit: UUID
    number: int
    state: str


@acts("/days/{day:str}/check-ins", 404, 410, roles=ARRIVING, ok=200)
async def check_in_ticket(
    request: WebRequest, db: Db, day: FromPath[str], data: JSONBody[CodeShown]
) -> Response[Arrived]:
    """She is here. Repeating it gives the same answer."""
    place, someone = await day_for(request, day, *ARRIVING)
    ref = await db.read(find_code, data.code, days=[place.id])
    if ref.day != place.id:
        raise WrongDay(on=(await db.read(day_by_id, ref.day)).on)

    def show(_: Any, here: CheckedIn) -> tuple[int, object]:
        return 200, Arrived(visit=here.visit, number=here.number, state=here.state)

    return await act(request, check_in, ref.party, actor=someone, now=db.now(), day=place.id, show=show)


@acts("/days/{day:str}/visits", 404, 410, roles=ARRIVING)
async def walk_in(
    request: WebRequest, db: Db, ticket_key: TicketKey, day: FromPath[str], data: JSONBody[WalkInWanted]
) -> Response[WalkIn]:
    """A ticket without an appointment; the same nonce gives the same ticket, whatever its key (R9)."""
    place, someone = await day_for(request, day, *ARRIVING)
    wish = wish_of(request, place, await db.read(day_offer, place.id), data)

    def show(_: Any, made: tuple[Ticket, UUID]) -> tuple[int, object]:
        ticket, visit = made
        return 201, WalkIn(
            visit=visit,
            number=ticket.number,
            code=ticket.code,
            short_code=ticket.short,
            ticket_url=ticket_url(request, ticket.code),
        )

    return await act(
        request,
        issue_walk_in,
        place.id,
        wish,
        key=ticket_key,
        how="kiosk" if someone.has(Role.KIOSK) else "reception",
        name=data.name or "",
        nonce=data.nonce,
        number=data.number,
        device=someone.device,
        issued_at=None if data.issued_at is None else instant(data.issued_at, "issued_at"),
        actor=someone,
        now=db.now(),
        day=place.id,
        show=show,
    )


@acts("/devices/leases", 404, roles=(Role.KIOSK,))
async def lease(
    request: WebRequest, db: Db, ticket_key: TicketKey, data: JSONBody[LeaseWanted | None] = None
) -> Response[Lease]:
    """Numbers with codes for a kiosk that may lose the network."""
    someone = await actor(request)
    if someone.device is None:
        raise NotAllowed  # a lease belongs to a paired machine
    day = next((grant.day for grant in someone.grants if grant.day is not None), None)
    if data is not None and data.day is not None:
        day = (await day_for(request, data.day, Role.KIOSK))[0].id
    if day is None:
        raise InvalidInput(field="day")

    def show(_: Any, leased: tuple[int, int, datetime, list[tuple[int, str]]]) -> tuple[int, object]:
        first, last, until, codes = leased
        tickets = [LeasedNumber(number=number, code=code) for number, code in codes]
        return 201, Lease(first=first, last=last, expires_at=until, tickets=tickets)

    return await act(request, _lease, day, device=someone.device, key=ticket_key, now=db.now(), day=day, show=show)


@acts("/visits/{visit:uuid}/stops", 404, roles=ROUTING)
async def add_stop(
    request: WebRequest, db: Db, visit: FromPath[UUID], data: JSONBody[StopWanted]
) -> Response[StopAdded]:
    """Add a stop to a visit, also at another institution."""
    place, someone = await visit_for(request, visit)
    service = service_of(await db.read(day_offer, place.day), data.service)
    officer = not someone.has(Role.RECEPTIONIST, day=place.day)
    how = (data.how or (How.SAID_TO_OFFICER if officer else How.RECEPTION)) if data.consent else None

    def show(conn: Any, stop: UUID) -> tuple[int, object]:
        line = stop_line(conn, stop)
        own = not officer or someone.has(Role.OFFICER, institution=line.institution)
        asked = "waiting" if data.consent else "proposed"
        return 201, StopAdded(stop=stop, state=line.state if own else asked)

    return await act(
        request, propose_stop, visit, service, accepted_how=how, actor=someone, now=db.now(), day=place.day, show=show
    )


@acts("/visits/{visit:uuid}/leave", 404, roles=ROUTING, ok=200)
async def leave_visit(
    request: WebRequest, db: Db, visit: FromPath[UUID], data: JSONBody[LeaveWanted | None] = None
) -> Response[Left]:
    """She goes with stops unserved; a visit that has ended stays as it ended."""
    place, someone = await visit_for(request, visit)
    reason = VisitReason((data or LeaveWanted()).reason)

    def show(conn: Any, _: None) -> tuple[int, object]:
        after = visit_place(conn, visit)
        assert after.state is not VisitState.OPEN
        return 200, Left(visit=visit, number=after.number, state=after.state)

    return await act(request, leave, visit, reason=reason, actor=someone, now=db.now(), day=place.day, show=show)


@acts("/visits/{visit:uuid}/carry-over", 404, roles=ROUTING)
async def carry_visit_over(
    request: WebRequest, db: Db, ticket_key: TicketKey, visit: FromPath[UUID], data: JSONBody[CarryWanted]
) -> Response[Carried]:
    """End a visit; its open stops go on at another day, with a time that is kept."""
    place, someone = await visit_for(request, visit)
    then = await open_day(request, data.day)

    def show(_: Any, carried: CarriedOver) -> tuple[int, object]:
        return 201, Carried(day=carried.day, stops=carried.stops, arrival=carried.arrival_at)

    first = min(place.day, then.id)
    return await act(
        request, carry_over, visit, then.id, key=ticket_key, actor=someone, now=db.now(), day=first, show=show
    )


def _lease(conn: Any, of_day: UUID, **kwargs: Any) -> tuple[int, int, datetime, list[tuple[int, str]]]:
    return lease_numbers(conn, day=of_day, **kwargs)


route_handlers: list[Any] = [check_in_ticket, walk_in, lease, add_stop, leave_visit, carry_visit_over]
