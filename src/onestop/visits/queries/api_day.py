"""Reads of the machine interface about a whole day: the overview in counts, the ledger."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, parties, stops
from onestop.days.tables import desks
from onestop.db.ledger import facts
from onestop.directory.tables import services
from onestop.domain.day import DeskState
from onestop.domain.visit import AT_DESK, StopState
from onestop.visits.tables import visits


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLine:
    """A desk in the overview, with the number that is there now."""

    desk: UUID
    number: int
    state: DeskState
    ready: bool
    at_desk: int | None
    stop_state: StopState | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A day in counts; no cell is about one kind of private stop."""

    bookings: dict[str, int]
    visits: dict[str, int]
    stops: dict[str, int]
    waiting: dict[str, int]
    desks: tuple[DeskLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactLine:
    """One line of the ledger."""

    id: int
    kind: str
    at: datetime
    party: UUID | None
    visit: UUID | None
    stop: UUID | None
    desk: UUID | None
    mediator: UUID | None
    actor: str
    terms: dict[str, Any]


def day_overview(conn: sa.Connection, day: UUID, *, now: datetime) -> Overview:
    """The day in counts and its desks; five statements."""
    rows = conn.execute(
        sa.select(
            desks.c.id,
            desks.c.number,
            desks.c.state,
            desks.c.ready_until_at,
            parties.c.number.label("at_desk"),
            stops.c.state.label("stop_state"),
        )
        .select_from(desks)
        .outerjoin(
            stops, sa.and_(stops.c.desk_id == desks.c.id, stops.c.state.in_(AT_DESK), stops.c.session_id.is_(None))
        )
        .outerjoin(parties, parties.c.id == stops.c.party_id)
        .where(desks.c.day_id == day)
        .order_by(desks.c.number)
    )
    lines = tuple(
        DeskLine(
            desk=row.id,
            number=row.number,
            state=DeskState(row.state),
            ready=row.ready_until_at is not None and row.ready_until_at > now,
            at_desk=row.at_desk,
            stop_state=StopState(row.stop_state) if row.stop_state else None,
        )
        for row in rows
    )
    by_service = conn.execute(
        sa.select(services.c.key, sa.func.count().label("amount"))
        .join_from(stops, services, services.c.id == stops.c.service_id)
        .where(stops.c.day_id == day, stops.c.state == StopState.WAITING, stops.c.private.is_(False))
        .group_by(services.c.key)
        .order_by(services.c.key)
    )
    return Overview(
        bookings=_counts(conn, bookings.c.state, bookings.c.day_id == day),
        visits=_counts(conn, visits.c.state, visits.c.day_id == day),
        stops=_counts(conn, stops.c.state, sa.and_(stops.c.day_id == day, stops.c.visit_id.is_not(None))),
        waiting={row.key: row.amount for row in by_service},
        desks=lines,
    )


def facts_after(conn: sa.Connection, day: UUID, *, after: int, limit: int) -> list[FactLine]:
    """The facts of a day after one, in order, at most `limit`."""
    rows = conn.execute(
        sa.select(facts).where(facts.c.day_id == day, facts.c.id > after).order_by(facts.c.id).limit(limit)
    )
    return [
        FactLine(
            id=row.id,
            kind=row.kind,
            at=row.at,
            party=row.party_id,
            visit=row.visit_id,
            stop=row.stop_id,
            desk=row.desk_id,
            mediator=row.mediator_id,
            actor=row.actor,
            terms=row.terms,
        )
        for row in rows
    ]


def _counts(conn: sa.Connection, column: sa.Column[Any], where: sa.ColumnElement[bool]) -> dict[str, int]:
    rows = conn.execute(
        sa.select(column, sa.func.count().label("amount")).where(where).group_by(column).order_by(column)
    )
    return {row[0]: row.amount for row in rows}
