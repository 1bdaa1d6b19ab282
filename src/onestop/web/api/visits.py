"""Arriving and the stops of a visit: check in, walk in, what a kiosk printed by itself, add a stop, leave."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct, structs

from onestop.booking.spares import check_spare
from onestop.booking.tickets import Ticket, find_code, has_leased
from onestop.booking.wish import Wish
from onestop.days.queries.days import Day, day_by_id, day_by_slug
from onestop.days.queries.offer import DayOffer, day_offer
from onestop.db.session import Database
from onestop.domain.errors import DayUnknown, InvalidInput, ServiceUnknown, TicketUnknown, WrongDay
from onestop.domain.roles import Actor, Role
from onestop.domain.visit import VisitReason, VisitState
from onestop.visits.actions.arrivals import CheckedIn, check_in, issue_walk_in
from onestop.visits.actions.carrying import CarriedOver, carry_over
from onestop.visits.actions.merging import Merged, Paper, merge_check_in, merge_ticket
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
    """A ticket code as it was scanned or typed: long, short, or a ticket's address.

    A kiosk that read it while it was cut off says when (`issued_at`): she waits as if it had been told then.
    """

    code: Annotated[str, Meta(max_length=400)]
    issued_at: Instant | None = None


class Arrived(Struct, kw_only=True):
    """The visit of a ticket that is known to be here."""

    visit: UUID
    number: int
    state: str


class WalkInWanted(Wanted, kw_only=True):
    """A ticket without an appointment.

    A kiosk that printed it by itself sends its `nonce`, the leased `number`, when (`issued_at`) and, so that its order
    is kept, how many it had printed then (`counter`). Such a ticket is never refused; what does not fit is a conflict.
    """

    name: Annotated[str, Meta(max_length=400)] | None = None
    nonce: Annotated[str, Meta(pattern=r"^[\x21-\x7e]{8,80}\Z", max_length=80)] | None = None
    number: Annotated[int, Meta(ge=1, le=10**6)] | None = None
    issued_at: Instant | None = None
    counter: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


class WalkIn(Struct, kw_only=True):
    """A ticket that waits from now on. With a `conflict` its number may be another than the one on the paper."""

    visit: UUID
    number: int
    code: str
    short_code: str
    ticket_url: str
    conflict: str | None = None


class PaperKept(Struct, kw_only=True):
    """A printed ticket of which no desk is left: it is kept and told to the organiser."""

    number: int
    conflict: str


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
    request: WebRequest, db: Db, ticket_key: TicketKey, day: FromPath[str], data: JSONBody[CodeShown]
) -> Response[Arrived]:
    """She is here. Repeating it gives the same answer; a spare ticket on paper is told apart (`ticket_on_paper`)."""
    place, someone = await _arriving(request, db, day)
    try:
        ref = await db.read(find_code, data.code, days=[place.id])
    except TicketUnknown:
        await db.read(check_spare, data.code, key=ticket_key, days=[place.id])
        raise
    if ref.day != place.id:
        raise WrongDay(on=(await db.read(day_by_id, ref.day)).on)

    def show(_: Any, here: CheckedIn) -> tuple[int, object]:
        return 200, Arrived(visit=here.visit, number=here.number, state=here.state)

    if data.issued_at is None:
        return await act(request, check_in, ref.party, actor=someone, now=db.now(), day=place.id, show=show)
    at = instant(data.issued_at, "issued_at")
    return await act(
        request, merge_check_in, ref.party, issued_at=at, actor=someone, now=db.now(), day=place.id, show=show
    )


@acts("/days/{day:str}/visits", 404, 410, roles=ARRIVING, also={202: ResponseSpec(PaperKept, generate_examples=False)})
async def walk_in(
    request: WebRequest, db: Db, ticket_key: TicketKey, day: FromPath[str], data: JSONBody[WalkInWanted]
) -> Response[WalkIn]:
    """A ticket without an appointment; the same nonce gives the same ticket, whatever its key (R9)."""
    place, someone = await _arriving(request, db, day)
    offer = await db.read(day_offer, place.id)
    more: dict[str, Any] = {
        "key": ticket_key,
        "how": "kiosk" if someone.has(Role.KIOSK) else "reception",
        "name": data.name or "",
        "actor": someone,
        "now": db.now(),
        "day": place.id,
    }
    paper = _paper(data, someone, otherwise=db.now())
    if paper is not None:
        wish, whole = _still_offered(request, place, offer, data)

        def show_merged(_: Any, merged: Merged) -> tuple[int, object]:
            if merged.ticket is None or merged.visit is None:
                return 202, PaperKept(number=paper.number, conflict=str(merged.conflict))
            return 201, _walk_in(request, merged.ticket, merged.visit, conflict=merged.conflict)

        return await act(request, merge_ticket, place.id, wish, paper, whole=whole, show=show_merged, **more)

    def show(_: Any, made: tuple[Ticket, UUID]) -> tuple[int, object]:
        return 201, _walk_in(request, *made)

    wish = wish_of(request, place, offer, data)
    return await act(request, issue_walk_in, place.id, wish, nonce=data.nonce, show=show, **more)


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


async def _arriving(request: WebRequest, db: Database, slug: str) -> tuple[Day, Actor]:
    """The day and who asks. A machine that was moved hands in what it still has of a day it had numbers of."""
    try:
        return await day_for(request, slug, *ARRIVING)
    except DayUnknown:
        day, someone = await db.read(day_by_slug, slug), await actor(request)
        if someone.device is None or not await db.read(has_leased, day.id, someone.device):
            raise
        return day, someone


def _paper(data: WalkInWanted, someone: Actor, *, otherwise: datetime) -> Paper | None:
    """What stands on the paper, if there is one. Raises `InvalidInput` for a number without its nonce."""
    issued_at = otherwise if data.issued_at is None else instant(data.issued_at, "issued_at")
    if data.number is None:
        return None
    if data.nonce is None:
        raise InvalidInput(field="nonce")
    return Paper(
        nonce=data.nonce,
        number=data.number,
        counter=data.counter,
        issued_at=issued_at,
        device=someone.device,
    )


def _still_offered(
    request: WebRequest, day: Day, offer: DayOffer, data: WalkInWanted
) -> tuple[Wish | None, bool]:  # fmt: skip
    """What she chose of what the day still offers, `None` if nothing is left; and whether that is all of it."""
    left = [name for name in data.services if _is_offered(offer, name)]
    if not left:
        return None, False
    return wish_of(request, day, offer, structs.replace(data, services=left)), len(left) == len(data.services)


def _is_offered(offer: DayOffer, name: str) -> bool:
    try:
        service_of(offer, name)
    except ServiceUnknown:
        return False
    return True


def _walk_in(request: WebRequest, ticket: Ticket, visit: UUID, conflict: str | None = None) -> WalkIn:
    return WalkIn(
        visit=visit,
        number=ticket.number,
        code=ticket.code,
        short_code=ticket.short,
        ticket_url=ticket_url(request, ticket.code),
        conflict=conflict,
    )


route_handlers: list[Any] = [check_in_ticket, walk_in, add_stop, leave_visit, carry_visit_over]
