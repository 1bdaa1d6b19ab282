"""Reads of the machine interface: where a desk, stop or visit belongs, a ticket's own view, a desk's queue."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from onestop.booking.queries import members_of
from onestop.booking.tables import bookings, members, parties, stop_members, stops
from onestop.booking.tickets import find_code
from onestop.days.tables import days, desks
from onestop.directory.tables import institutions, services
from onestop.domain.calling import Choice, WaitingStop, queue_of
from onestop.domain.day import DeskState
from onestop.domain.errors import DeskUnknown, NotKnown, StopUnknown
from onestop.domain.party import Member
from onestop.domain.visit import StopState, VisitState
from onestop.visits.queries.hall import load_hall
from onestop.visits.tables import visits


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPlace:
    """Where a desk belongs, and how it stands."""

    desk: UUID
    day: UUID
    institution: UUID
    number: int
    state: DeskState
    ready_until_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPlace:
    """Where a visit belongs, and which institutions it has a stop at."""

    visit: UUID
    day: UUID
    number: int
    state: VisitState
    institutions: frozenset[UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLine:
    """One stop with its ticket number, service and desk; no name."""

    stop: UUID
    day: UUID
    party: UUID
    visit: UUID | None
    number: int | None
    service: UUID
    service_key: str
    institution: UUID
    institution_name: str
    private: bool
    state: StopState
    desk: UUID | None
    desk_number: int | None
    minutes: int
    planned_at: datetime | None
    called_at: datetime | None
    served_at: datetime | None
    ended_at: datetime | None
    callable_from_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketView:
    """A ticket as its bearer may see it."""

    party: UUID
    day: UUID
    day_slug: str
    number: int
    booking: str | None
    arrival_at: datetime | None
    ends_at: datetime | None
    no_interpreter: bool
    visit: UUID | None
    visit_state: str | None
    checked_in_at: datetime | None
    day_on: date
    closes_at: datetime
    zone: ZoneInfo
    languages: tuple[str, ...]
    interpreter: str
    display_language: str
    members: tuple[Member, ...]
    stops: tuple[StopLine, ...]
    marks: dict[UUID, tuple[int, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """One stop a desk could call, and why it stands where it stands."""

    stop: UUID
    number: int
    service: UUID
    service_key: str
    choice: Choice


def desk_place(conn: sa.Connection, desk: UUID) -> DeskPlace:
    """Where a desk belongs. Raises `DeskUnknown`."""
    row = conn.execute(sa.select(desks).where(desks.c.id == desk)).one_or_none()
    if row is None:
        raise DeskUnknown
    return DeskPlace(
        desk=row.id,
        day=row.day_id,
        institution=row.institution_id,
        number=row.number,
        state=DeskState(row.state),
        ready_until_at=row.ready_until_at,
    )


def visit_place(conn: sa.Connection, visit: UUID) -> VisitPlace:
    """Where a visit belongs; two statements. Raises `NotKnown`."""
    row = conn.execute(
        sa.select(visits.c.day_id, visits.c.state, parties.c.number)
        .join_from(visits, parties)
        .where(visits.c.id == visit)
    ).one_or_none()
    if row is None:
        raise NotKnown
    wanted = conn.execute(sa.select(stops.c.institution_id).where(stops.c.visit_id == visit)).scalars()
    return VisitPlace(
        visit=visit, day=row.day_id, number=row.number, state=VisitState(row.state), institutions=frozenset(wanted)
    )


def visit_of_party(conn: sa.Connection, party: UUID) -> UUID | None:
    """The visit of a ticket, `None` before its check-in."""
    return conn.execute(sa.select(visits.c.id).where(visits.c.party_id == party)).scalar()


def stops_of_visit(conn: sa.Connection, visit: UUID) -> list[UUID]:
    """The stops of a visit in the order they were added."""
    rows = conn.execute(sa.select(stops.c.id).where(stops.c.visit_id == visit).order_by(stops.c.position, stops.c.id))
    return list(rows.scalars())


def stop_line(conn: sa.Connection, stop: UUID) -> StopLine:
    """One stop. Raises `StopUnknown`."""
    found = _stop_lines(conn, stops.c.id == stop)
    if not found:
        raise StopUnknown
    return found[0]


def ticket_view(conn: sa.Connection, code: str) -> TicketView:
    """What a long code opens; five statements. Raises `TicketUnknown`."""
    ref = find_code(conn, code)
    row = conn.execute(
        sa.select(
            parties,
            days.c.slug,
            days.c.on_date,
            days.c.closes_at,
            days.c.timezone,
            bookings.c.state.label("booking_state"),
            bookings.c.arrival_at,
            bookings.c.ends_at,
            bookings.c.no_interpreter,
            visits.c.id.label("visit_id"),
            visits.c.state.label("visit_state"),
            visits.c.checked_in_at,
        )
        .join_from(parties, days, days.c.id == parties.c.day_id)
        .outerjoin(bookings, bookings.c.party_id == parties.c.id)
        .outerjoin(visits, visits.c.party_id == parties.c.id)
        .where(parties.c.id == ref.party)
    ).one()
    marks: dict[UUID, tuple[int, ...]] = {}
    for going in conn.execute(
        sa.select(stop_members.c.stop_id, members.c.mark)
        .join_from(stop_members, members, members.c.id == stop_members.c.member_id)
        .where(members.c.party_id == ref.party)
        .order_by(members.c.mark)
    ):
        marks[going.stop_id] = (*marks.get(going.stop_id, ()), going.mark)
    return TicketView(
        party=ref.party,
        day=ref.day,
        day_slug=row.slug,
        number=ref.number,
        booking=row.booking_state,
        arrival_at=row.arrival_at,
        ends_at=row.ends_at,
        no_interpreter=bool(row.no_interpreter),
        visit=row.visit_id,
        visit_state=row.visit_state,
        checked_in_at=row.checked_in_at,
        day_on=row.on_date,
        closes_at=row.closes_at,
        zone=ZoneInfo(row.timezone),
        languages=tuple(row.languages),
        interpreter=row.interpreter,
        display_language=row.display_language,
        members=members_of(conn, ref.party),
        stops=tuple(_stop_lines(conn, stops.c.party_id == ref.party)),
        marks=marks,
    )


def desk_queue(conn: sa.Connection, place: DeskPlace, *, now: datetime) -> list[QueueLine]:
    """The stops a desk could call now, in calling order; seven statements."""
    hall = load_hall(conn, place.day, now=now, at=[place.desk])
    waiting: dict[UUID, WaitingStop] = {each.stop: each for each in hall.waiting}
    choices = queue_of(hall.free_desk(place.desk), hall.waiting, hall.state, now)
    keys = _service_keys(conn, {each.service for each in hall.waiting})
    return [
        QueueLine(
            stop=choice.stop,
            number=waiting[choice.stop].number,
            service=waiting[choice.stop].service,
            service_key=keys[waiting[choice.stop].service],
            choice=choice,
        )
        for choice in choices
    ]


def _stop_lines(conn: sa.Connection, where: sa.ColumnElement[bool]) -> Sequence[StopLine]:
    rows = conn.execute(
        sa.select(
            stops,
            parties.c.number,
            services.c.key,
            institutions.c.name.label("institution_name"),
            desks.c.number.label("desk_number"),
        )
        .join_from(stops, parties, parties.c.id == stops.c.party_id)
        .join(services, services.c.id == stops.c.service_id)
        .join(institutions, institutions.c.id == stops.c.institution_id)
        .outerjoin(desks, desks.c.id == stops.c.desk_id)
        .where(where)
        .order_by(stops.c.position, stops.c.id)
    )
    return [
        StopLine(
            stop=row.id,
            day=row.day_id,
            party=row.party_id,
            visit=row.visit_id,
            number=row.number,
            service=row.service_id,
            service_key=row.key,
            institution=row.institution_id,
            institution_name=row.institution_name,
            private=row.private,
            state=StopState(row.state),
            desk=row.desk_id,
            desk_number=row.desk_number,
            minutes=row.minutes,
            planned_at=row.planned_at,
            called_at=row.called_at,
            served_at=row.served_at,
            ended_at=row.ended_at,
            callable_from_at=row.callable_from_at,
            outcome=row.outcome,
        )
        for row in rows
    ]


def _service_keys(conn: sa.Connection, wanted: Collection[UUID]) -> dict[UUID, str]:
    rows = conn.execute(sa.select(services.c.id, services.c.key).where(services.c.id.in_(wanted)))
    return {row.id: row.key for row in rows}
