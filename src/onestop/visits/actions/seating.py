"""Sessions of the running day: everybody who waits for one has one, as long as one with seats is still to come."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.capacity import seats_taken
from onestop.booking.tables import parties, stop_members, stops
from onestop.days.queries.sessions import sessions_of_day
from onestop.domain.booking import Interpreter
from onestop.domain.seating import HeldSession, Seeker, seat
from onestop.domain.visit import StopState, VisitState
from onestop.visits.queries.sessions import held_of, runs_of_day
from onestop.visits.tables import visits


def seat_waiting(conn: sa.Connection, day: UUID, *, never: UUID | None = None, now: datetime) -> int:
    """Give every waiting stop of a service with sessions one to go to; gives how many changed.

    Nobody new gets a seat in the session `never`. On a day without sessions nothing is asked. Running it again changes
    nothing.
    """
    sessions = sessions_of_day(conn, day)
    if not sessions:
        return 0
    seekers = _seekers(conn, day, {one.service for one in sessions})
    if not seekers:
        return 0
    taken, runs = seats_taken(conn, day), runs_of_day(conn, day)
    held = [
        HeldSession(
            id=one.id,
            service=one.service,
            starts_at=one.starts_at,
            late_at=held_of(one, runs.get(one.id)).late_at,
            language=one.language,
            free=one.seats - taken.get(one.id, 0) if one.id != never else 0,
        )
        for one in sessions
    ]
    moved = seat(held, seekers, now=now)
    for stop, session in moved.items():
        # No act of somebody: the versions stay, so that what was done before can still be taken back.
        conn.execute(stops.update().where(stops.c.id == stop).values(session_id=session))
    return len(moved)


def _seekers(conn: sa.Connection, day: UUID, services: set[UUID]) -> list[Seeker]:
    people = sa.select(sa.func.count()).where(stop_members.c.stop_id == stops.c.id).scalar_subquery()
    rows = conn.execute(
        sa.select(
            stops.c.id, stops.c.service_id, stops.c.session_id, parties.c.languages, parties.c.interpreter,
            people.label("people"),
        )
        .join_from(stops, visits, visits.c.id == stops.c.visit_id)
        .join(parties, parties.c.id == stops.c.party_id)
        .where(
            stops.c.day_id == day,
            stops.c.state == StopState.WAITING,
            stops.c.service_id.in_(services),
            visits.c.state == VisitState.OPEN,
        )
        .order_by(visits.c.checked_in_at, stops.c.id)
    )  # fmt: skip
    return [
        Seeker(
            stop=row.id,
            service=row.service_id,
            people=row.people,
            languages=frozenset(row.languages),
            interpreter=Interpreter(row.interpreter),
            session=row.session_id,
        )
        for row in rows
    ]
