"""A ticket by its code: see, move, cancel. The code is the right; a private stop shows nothing but a title."""

from dataclasses import replace
from datetime import datetime
from math import ceil, floor
from typing import Any
from uuid import UUID

from litestar import delete, patch
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from onestop.booking.actions.bookings import cancel_booking, move_booking
from onestop.booking.tickets import find_code
from onestop.domain.retention import TicketScope, ticket_scope
from onestop.domain.roles import VISITOR
from onestop.domain.visit import AT_DESK, StopState
from onestop.visits.queries.api import StopLine, TicketView, ticket_view
from onestop.web.api.access import anyone, name_of, problems, reads
from onestop.web.api.answers import instant
from onestop.web.api.wishes import Instant
from onestop.web.kit.estimates import estimates_of
from onestop.web.kit.language import locale_of
from onestop.web.kit.limits import check_limit
from onestop.web.kit.locale import Locale
from onestop.web.kit.requests import Db, WebRequest
from onestop.web.kit.words import stop_title

WAITS = (StopState.WAITING, StopState.PARKED)


class WaitEstimate(Struct, kw_only=True):
    """Minutes until called; about two of three calls fall between the two. `before` are called there before her."""

    earliest_minutes: int
    latest_minutes: int
    before: int


class TicketMember(Struct, kw_only=True):
    """One person by her mark."""

    mark: int
    child: bool


class TicketStop(Struct, kw_only=True):
    """One stop. A private one has a title only (R19); `desk` is the number of the desk while it is called or served."""

    stop: UUID
    title: str
    private: bool
    service: UUID | None
    service_key: str | None
    institution: str | None
    state: str
    members: list[int]
    minutes: int
    planned_at: datetime | None
    desk: int | None
    estimate: WaitEstimate | None


class Ticket(Struct, kw_only=True):
    """The own ticket: number, stops, plan. `estimate` is that of the stop that is expected first, if one waits.

    24 hours after the day it names no stop any more.
    """

    day: str
    number: int
    booking: str | None
    visit: UUID | None
    visit_state: str | None
    arrival: datetime | None
    ends_at: datetime | None
    checked_in_at: datetime | None
    languages: list[str]
    interpreter: str
    no_interpreter: bool
    display_language: str
    party: list[TicketMember]
    stops: list[TicketStop]
    estimate: WaitEstimate | None


class Move(Struct, kw_only=True):
    """Another arrival of the same day."""

    arrival: Instant


@reads("/tickets/{code:str}", 404)
async def show_ticket(request: WebRequest, db: Db, code: FromPath[str]) -> Ticket:
    """The own ticket."""
    await check_limit(request, "ticket")
    return await _shown(request, db, code)


@patch("/tickets/{code:str}", guards=[anyone], responses=problems(404, 409, 410, 422), operation_id=name_of)
async def move_ticket(request: WebRequest, db: Db, code: FromPath[str], data: JSONBody[Move]) -> Ticket:
    """Move the booking to another arrival; moving it to where it is changes nothing."""
    await check_limit(request, "ticket")
    ref = await db.read(find_code, code)
    at = instant(data.arrival, "arrival")
    await db.write(move_booking, ref.party, arrival_at=at, actor=VISITOR, now=db.now(), day=ref.day)
    return await _shown(request, db, code)


@delete(
    "/tickets/{code:str}", guards=[anyone], status_code=204, responses=problems(404, 409, 410), operation_id=name_of
)
async def cancel_ticket(request: WebRequest, db: Db, code: FromPath[str]) -> None:
    """Cancel the booking; its places are free at once."""
    await check_limit(request, "ticket")
    ref = await db.read(find_code, code)
    await db.write(cancel_booking, ref.party, actor=VISITOR, now=db.now(), day=ref.day)


async def _shown(request: WebRequest, db: Db, code: str) -> Ticket:
    view = await db.read(ticket_view, code)
    if ticket_scope(view.day_on, view.closes_at, view.zone, now=db.now()) is not TicketScope.WHOLE:
        view = replace(view, stops=())
    waits: dict[UUID, WaitEstimate] = {}
    if any(line.state in WAITS for line in view.stops):
        found = await estimates_of(request.app.state).of_day(db, view.day)
        passed = (db.now() - found.at).total_seconds() / 60
        for line in view.stops:
            if (wait := found.by_stop.get(line.stop)) is not None:
                waits[line.stop] = WaitEstimate(
                    earliest_minutes=max(0, floor(wait.earliest - passed)),
                    latest_minutes=max(0, ceil(wait.latest - passed)),
                    before=wait.before,
                )
    return _ticket(view, waits, locale_of(request))


def _ticket(view: TicketView, waits: dict[UUID, WaitEstimate], locale: Locale) -> Ticket:
    own = [waits[line.stop] for line in view.stops if line.stop in waits]
    return Ticket(
        day=view.day_slug,
        number=view.number,
        booking=view.booking,
        visit=view.visit,
        visit_state=view.visit_state,
        arrival=view.arrival_at,
        ends_at=view.ends_at,
        checked_in_at=view.checked_in_at,
        languages=list(view.languages),
        interpreter=view.interpreter,
        no_interpreter=view.no_interpreter,
        display_language=view.display_language,
        party=[TicketMember(mark=member.mark, child=member.child) for member in view.members],
        stops=[_stop(line, view.marks.get(line.stop, ()), waits.get(line.stop), locale) for line in view.stops],
        estimate=min(own, key=lambda wait: (wait.earliest_minutes, wait.latest_minutes), default=None),
    )


def _stop(line: StopLine, marks: tuple[int, ...], wait: WaitEstimate | None, locale: Locale) -> TicketStop:
    return TicketStop(
        stop=line.stop,
        title=stop_title(locale, line.service_key, private=line.private),
        private=line.private,
        service=None if line.private else line.service,
        service_key=None if line.private else line.service_key,
        institution=None if line.private else line.institution_name,
        state=line.state,
        members=list(marks),
        minutes=line.minutes,
        planned_at=line.planned_at,
        desk=line.desk_number if line.state in AT_DESK else None,
        estimate=wait,
    )


route_handlers: list[Any] = [show_ticket, move_ticket, cancel_ticket]
