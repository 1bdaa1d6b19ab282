"""What a ticket page shows: its day, booking, visit and stops; and the hall as the wait estimates need it.

A private stop is read without its service, institution, papers and desks (R19); its desk is known once it is called.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, members, parties, stop_members, stops, waiting
from onestop.booking.waiting import Offer, offer_of
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.desks import DeskRow, day_precedences
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.tables import day_sessions, desk_services, desks
from onestop.directory.papers import Paper, papers_by_service
from onestop.directory.tables import institutions, services
from onestop.domain.booking import BookingState, Interpreter
from onestop.domain.day import DeskState
from onestop.domain.errors import TicketUnknown
from onestop.domain.estimate import AtDesk, ExpectedStop, Outlook, WorkingDesk
from onestop.domain.party import Member
from onestop.domain.visit import AT_DESK, PUT_OFF_BACK, STOP_OPEN, BlockedBy, StopState, VisitState
from onestop.visits.queries.hall import calling_desk, load_hall
from onestop.visits.queries.put_off import last_put_off, times_put_off
from onestop.visits.tables import calls, session_runs, stop_papers, visits

Row = sa.Row[Any]

LATE_OPENING = timedelta(minutes=15)
"""A desk that is still closed so long after its hour began is not counted on."""
PAUSE = timedelta(minutes=10)
"""How long a paused desk is taken to stay paused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSign:
    """A desk as people find it."""

    number: int
    colour: int
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketStop:
    """One stop; `service` and `institution` are empty and `papers` and `desks` bare where it is private.

    `desk` is where she is called or served; `desks` are those of the day that could call her, of a session its own.
    """

    id: UUID
    state: StopState
    private: bool
    service: str
    institution: str
    authority: str
    papers: tuple[Paper, ...]
    planned_at: datetime | None
    desk: DeskSign | None
    desks: tuple[DeskSign, ...]
    called_at: datetime | None
    recalls: int
    """How often the open call was repeated."""
    blocked_by: BlockedBy | None
    session_at: datetime | None = None
    """When the session begins that she goes to."""
    called_to_session: bool = False
    """Whether everybody is called to it, and she is not in it yet."""
    without_session: bool = False
    """Whether it is reached by a session only and no seat is left for her today."""
    missing: frozenset[str] = frozenset()
    """Keys of papers that reception asked for and she does not have."""
    members: frozenset[int] = frozenset()
    """Marks of those who go there."""
    not_seen_until: datetime | None = None
    """She was called and did not come; until then no desk calls her again."""
    put_off_until: datetime | None = None
    """She was called and not ready; until then no desk calls her again."""
    put_off: int = 0
    """How often she said so."""
    dropped_before: tuple["TicketStop", ...] = ()
    """Stops she took off that would have come before this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketBooking:
    """The booking behind a ticket."""

    id: UUID
    state: BookingState
    arrival_at: datetime
    ends_at: datetime
    no_interpreter: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketVisit:
    """The visit of a ticket, from check-in on."""

    id: UUID
    state: VisitState
    checked_in_at: datetime
    stepped_out: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketState:
    """Everything of one ticket, for its holder only."""

    party: UUID
    number: int
    generation: int
    display_language: str
    languages: tuple[str, ...]
    interpreter: Interpreter
    members: tuple[Member, ...]
    answers: tuple[str, ...]
    """Answers that papers hang on."""
    ready: frozenset[str]
    """Keys of papers she ticked."""
    aloud: bool
    """Whether boards say her number in her language too."""
    asked_at_end: bool
    """Whether she was asked the questions at the end of her visit."""
    asked_tally: bool
    """Whether she was asked the questions of the tally."""
    day: Day
    booking: TicketBooking | None
    visit: TicketVisit | None
    stops: tuple[TicketStop, ...]
    earlier: bool
    """Whether she would like an earlier time than hers."""
    offer: Offer | None
    """An earlier time that is kept for her."""


def ticket_state(conn: sa.Connection, party: UUID) -> TicketState:
    """The ticket of a party; five statements however many stops. Raises `TicketUnknown`."""
    row = conn.execute(
        sa.select(
            parties,
            bookings.c.id.label("booking_id"),
            bookings.c.state.label("booking_state"),
            bookings.c.arrival_at,
            bookings.c.ends_at,
            bookings.c.no_interpreter,
            visits.c.id.label("visit_id"),
            visits.c.state.label("visit_state"),
            visits.c.checked_in_at,
            visits.c.stepped_out_at,
            sa.and_(waiting.c.party_id.is_not(None), waiting.c.ended_at.is_(None)).label("earlier"),
            waiting.c.offer_at,
            waiting.c.offer_until_at,
        )
        .join_from(parties, bookings, bookings.c.party_id == parties.c.id, isouter=True)
        .join(visits, visits.c.party_id == parties.c.id, isouter=True)
        .join(waiting, waiting.c.party_id == parties.c.id, isouter=True)
        .where(parties.c.id == party, parties.c.number.is_not(None))
    ).one_or_none()
    if row is None:
        raise TicketUnknown
    people, going = _people(conn, party)
    return TicketState(
        party=party,
        number=row.number,
        generation=row.generation,
        display_language=row.display_language,
        languages=tuple(row.languages),
        interpreter=Interpreter(row.interpreter),
        members=people,
        answers=tuple(row.answers),
        ready=frozenset(row.papers_ready),
        aloud=row.aloud,
        asked_at_end=row.asked_at_end,
        asked_tally=row.asked_tally,
        day=day_by_id(conn, row.day_id),
        booking=None
        if row.booking_id is None
        else TicketBooking(
            id=row.booking_id,
            state=BookingState(row.booking_state),
            arrival_at=row.arrival_at,
            ends_at=row.ends_at,
            no_interpreter=row.no_interpreter,
        ),
        visit=None
        if row.visit_id is None
        else TicketVisit(
            id=row.visit_id,
            state=VisitState(row.visit_state),
            checked_in_at=row.checked_in_at,
            stepped_out=row.stepped_out_at is not None,
        ),
        stops=_stops(conn, party, row.day_id, going),
        earlier=bool(row.earlier),
        offer=offer_of(row),
    )


def _people(conn: sa.Connection, party: UUID) -> tuple[tuple[Member, ...], dict[UUID, frozenset[int]]]:
    """The members by mark, and who goes to each stop."""
    people: dict[int, Member] = {}
    going: dict[UUID, frozenset[int]] = {}
    for row in conn.execute(
        sa.select(members, stop_members.c.stop_id)
        .join_from(members, stop_members, stop_members.c.member_id == members.c.id, isouter=True)
        .where(members.c.party_id == party)
        .order_by(members.c.mark)
    ):
        people[row.mark] = Member(mark=row.mark, child=row.child, guardian_mark=row.guardian_mark)
        if row.stop_id is not None:
            going[row.stop_id] = going.get(row.stop_id, frozenset()) | {row.mark}
    return tuple(people.values()), going


def _stops(conn: sa.Connection, party: UUID, day: UUID, going: dict[UUID, frozenset[int]]) -> tuple[TicketStop, ...]:
    room = desks.alias("room")
    repeated = sa.select(calls.c.recalls).where(calls.c.stop_id == stops.c.id, calls.c.outcome.is_(None))
    rows = conn.execute(
        sa.select(
            stops,
            repeated.scalar_subquery().label("recalls"),
            times_put_off().label("put_off"),
            last_put_off().label("put_off_at"),
            services.c.key,
            institutions.c.name,
            institutions.c.authority,
            desks.c.number,
            desks.c.colour,
            desks.c.shape,
            day_sessions.c.starts_at,
            session_runs.c.called_at.label("session_called_at"),
            session_runs.c.ended_at.label("session_ended_at"),
            *(column.label(f"room_{column.name}") for column in (room.c.number, room.c.colour, room.c.shape)),
        )
        .join_from(stops, services, services.c.id == stops.c.service_id)
        .join(institutions, institutions.c.id == stops.c.institution_id)
        .join(desks, desks.c.id == stops.c.desk_id, isouter=True)
        .join(day_sessions, day_sessions.c.id == stops.c.session_id, isouter=True)
        .join(session_runs, session_runs.c.session_id == stops.c.session_id, isouter=True)
        .join(room, room.c.id == day_sessions.c.desk_id, isouter=True)
        .where(stops.c.party_id == party)
        .order_by(stops.c.planned_at.is_(None), stops.c.planned_at, stops.c.position, stops.c.id)
    ).all()
    told = [row.service_id for row in rows if not row.private]
    papers = papers_by_service(conn)
    offering: dict[UUID, list[DeskSign]] = defaultdict(list)
    for item in conn.execute(
        sa.select(desk_services.c.service_id, desks.c.number, desks.c.colour, desks.c.shape)
        .join_from(desk_services, desks)
        .where(desks.c.day_id == day, desk_services.c.service_id.in_(told))
        .order_by(desks.c.number)
    ):
        offering[item.service_id].append(DeskSign(number=item.number, colour=item.colour, shape=item.shape))
    missing = _missing(conn, party)
    held = {one.service for one in sessions_of_day(conn, day)}
    found = {
        row.id: replace(
            _stop(row, papers.get(row.service_id, ()), offering[row.service_id], going.get(row.id, frozenset())),
            missing=frozenset(missing[row.id]),
            without_session=row.service_id in held and row.state == StopState.WAITING and row.session_id is None,
        )
        for row in rows
    }
    pairs = day_precedences(conn, day)
    # What she took off and then chose again stands there once.
    kept = {row.service_id for row in rows if row.state in STOP_OPEN}
    shown = [row for row in rows if row.state != StopState.DROPPED or row.service_id not in kept]
    return tuple(_with_dropped(row, shown, found, pairs) for row in shown)


def _missing(conn: sa.Connection, party: UUID) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    for row in conn.execute(
        sa.select(stop_papers).join_from(stop_papers, stops).where(stops.c.party_id == party, ~stop_papers.c.seen)
    ):
        found[row.stop_id].append(row.key)
    return found


def _stop(row: Row, papers: Sequence[Paper], offering: Sequence[DeskSign], members: frozenset[int]) -> TicketStop:
    state = StopState(row.state)
    at_desk = state in AT_DESK
    called = (
        state is StopState.WAITING
        and row.session_called_at is not None
        and row.session_ended_at is None
        and row.visit_id is not None
    )
    room = (
        DeskSign(number=row.room_number, colour=row.room_colour, shape=row.room_shape)
        if called or (row.starts_at is not None and not row.private)
        else None
    )
    until = row.callable_from_at if state is StopState.WAITING else None
    put_off = until is not None and row.put_off_at is not None and until == row.put_off_at + PUT_OFF_BACK
    return TicketStop(
        id=row.id,
        state=state,
        private=row.private,
        service="" if row.private else row.key,
        institution="" if row.private else row.name,
        authority="none" if row.private else row.authority,
        papers=() if row.private else tuple(papers),
        planned_at=row.planned_at,
        desk=DeskSign(number=row.number, colour=row.colour, shape=row.shape) if at_desk else room if called else None,
        desks=tuple(offering) if room is None else (room,),
        called_at=row.called_at if at_desk else None,
        recalls=row.recalls or 0,
        blocked_by=BlockedBy(row.blocked_by) if row.blocked_by is not None else None,
        members=members,
        not_seen_until=until if row.no_shows > 0 and not put_off else None,
        put_off_until=until if put_off else None,
        put_off=row.put_off,
        session_at=row.starts_at,
        called_to_session=called,
    )


def _with_dropped(
    row: Row,
    rows: Sequence[Row],
    found: dict[UUID, TicketStop],
    pairs: Sequence[tuple[UUID, UUID | None]],
) -> TicketStop:
    stop = found[row.id]
    gone = tuple(
        found[other.id]
        for other in rows
        if other.id != row.id
        and found[other.id].state in {StopState.DROPPED, StopState.DECLINED}
        and any(other.service_id == before and after in (None, row.service_id) for before, after in pairs)
    )
    return replace(stop, dropped_before=gone) if gone else stop


# -- the hall, for estimates -------------------------------------------------------------------------------


def outlook_of_day(conn: sa.Connection, day: UUID, *, now: datetime) -> Outlook:
    """The hall as `estimate_waits` takes it; nine statements however many wait."""
    hall = load_hall(conn, day, now=now)
    rows = conn.execute(
        sa.select(stops).where(
            stops.c.day_id == day, stops.c.state.in_([StopState.WAITING, StopState.PARKED, *AT_DESK])
        )
    ).all()
    minutes = {row.id: float(row.minutes) for row in rows}
    sitting = {row.desk_id: row for row in rows if row.state in AT_DESK}
    people: dict[UUID, set[UUID]] = defaultdict(set)
    for row in conn.execute(
        sa.select(stop_members).where(stop_members.c.stop_id.in_([row.id for row in sitting.values()]))
    ):
        people[row.stop_id].add(row.member_id)
    return Outlook(
        desks=tuple(
            WorkingDesk(
                desk=calling_desk(desk),
                takes_from=_takes_from(desk, now) or now,
                at=_at_desk(sitting.get(desk.id), people, now),
            )
            for desk in hall.desks
            if desk.id in sitting or _takes_from(desk, now) is not None
        ),
        waiting=tuple(ExpectedStop(stop=stop, minutes=minutes.get(stop.stop, 15.0)) for stop in hall.waiting),
        state=hall.state,
        precedences=day_precedences(conn, day),
    )


def _takes_from(desk: DeskRow, now: datetime) -> datetime | None:
    """From when a desk takes visitors; `None` for one that is not counted on."""
    if desk.state is DeskState.OPEN:
        return now
    if desk.state is DeskState.PAUSED:
        return now + PAUSE
    return next((max(now, opens) for opens, _ in desk.openings if opens + LATE_OPENING > now), None)


def _at_desk(row: Row | None, people: dict[UUID, set[UUID]], now: datetime) -> AtDesk | None:
    if row is None:
        return None
    served_at = row.served_at if row.state == StopState.SERVING else None
    return AtDesk(
        stop=row.id,
        visit=row.visit_id,
        service=row.service_id,
        members=frozenset(people[row.id]),
        minutes=float(row.minutes),
        served_minutes=None if served_at is None else (now - served_at).total_seconds() / 60,
        mediator=row.mediator_id,
    )
