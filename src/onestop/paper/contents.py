"""What a pack tells: who is expected or inside, in the order of their times, and what each desk gives.

No names, no contacts, no needs: a sheet that is lost tells numbers, codes, languages and steps (R15, R19).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, members, parties, stop_members, stops
from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.desks import DeskRow, desks_of_day
from onestop.days.queries.offer import OfferedService, day_offer
from onestop.days.tables import day_sessions
from onestop.directory.series import pictures_of
from onestop.directory.tables import services
from onestop.domain.booking import BookingState, Interpreter
from onestop.domain.visit import STOP_OPEN, StopState, VisitState
from onestop.visits.tables import visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One stop of somebody on the list; `marks` are empty for the whole party."""

    service: UUID
    key: str
    private: bool
    institution: UUID
    planned_at: datetime | None
    done: bool
    marks: tuple[int, ...]
    held_at: UUID | None = None
    """The desk that holds the session she goes to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One ticket that is expected or inside. `came_at` only once she is here."""

    number: int
    generation: int
    comes_at: datetime
    came_at: datetime | None
    people: int
    languages: tuple[str, ...]
    interpreter: Interpreter
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """A day as paper needs it."""

    day: Day
    desks: tuple[DeskRow, ...]
    services: tuple[OfferedService, ...]
    expected: tuple[Expected, ...]
    pictures: Mapping[UUID, bytes]
    """The logos of its series, by their ids."""


def pack_contents(conn: sa.Connection, day_id: UUID) -> Contents:
    """The contents of a pack; a fixed number of statements however many people there are."""
    expects = sa.or_(
        sa.and_(bookings.c.state == BookingState.CONFIRMED, visits.c.id.is_(None)), visits.c.state == VisitState.OPEN
    )
    people = sa.select(members.c.party_id, sa.func.count().label("people")).group_by(members.c.party_id).subquery()
    rows = conn.execute(
        sa.select(
            parties.c.id,
            parties.c.number,
            parties.c.generation,
            parties.c.languages,
            parties.c.interpreter,
            bookings.c.arrival_at,
            visits.c.checked_in_at,
            people.c.people,
        )
        .select_from(parties)
        .outerjoin(bookings, bookings.c.party_id == parties.c.id)
        .outerjoin(visits, visits.c.party_id == parties.c.id)
        .outerjoin(people, people.c.party_id == parties.c.id)
        .where(parties.c.day_id == day_id, parties.c.number.is_not(None), parties.c.erased_at.is_(None), expects)
    ).all()
    size = {row.id: row.people or 1 for row in rows}
    steps = _steps(conn, day_id, size)
    expected = [
        Expected(
            number=row.number,
            generation=row.generation,
            comes_at=row.arrival_at or row.checked_in_at,
            came_at=row.checked_in_at,
            people=size[row.id],
            languages=tuple(row.languages),
            interpreter=Interpreter(row.interpreter),
            steps=tuple(steps[row.id]),
        )
        for row in rows
    ]
    day = day_by_id(conn, day_id)
    return Contents(
        day=day,
        desks=tuple(desks_of_day(conn, day_id)),
        services=day_offer(conn, day_id).services,
        expected=tuple(sorted(expected, key=lambda one: (one.comes_at, one.number))),
        pictures=pictures_of(conn, day.series.id) if day.series is not None else {},
    )


def _steps(conn: sa.Connection, day: UUID, size: dict[UUID, int]) -> dict[UUID, list[Step]]:
    shown = STOP_OPEN - {StopState.PROPOSED} | {StopState.FINISHED}
    goes: dict[UUID, list[int]] = defaultdict(list)
    of_day = sa.select(stop_members.c.stop_id, members.c.mark).join_from(stop_members, members)
    of_day = of_day.join(stops, stops.c.id == stop_members.c.stop_id).where(stops.c.day_id == day)
    for link in conn.execute(of_day.order_by(members.c.mark)):
        goes[link.stop_id].append(link.mark)
    found: dict[UUID, list[Step]] = defaultdict(list)
    rows = conn.execute(
        sa.select(stops, services.c.key, day_sessions.c.desk_id.label("held_at"))
        .join_from(stops, services)
        .outerjoin(day_sessions, day_sessions.c.id == stops.c.session_id)
        .where(stops.c.day_id == day, stops.c.state.in_(shown))
        .order_by(stops.c.planned_at, stops.c.position, stops.c.id)
    )
    for row in rows:
        if row.party_id not in size:
            continue
        marks = goes[row.id]
        found[row.party_id].append(
            Step(
                service=row.service_id,
                key=row.key,
                private=row.private,
                institution=row.institution_id,
                planned_at=row.planned_at,
                done=row.state == StopState.FINISHED,
                marks=tuple(marks) if len(marks) < size[row.party_id] else (),
                held_at=row.held_at,
            )
        )
    return found
