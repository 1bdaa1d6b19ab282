"""Short looks at rows, for tests of acts."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, parties, stop_members, stops
from onestop.db.ledger import facts
from onestop.visits.actions.rows import Row, stop_row, visit_row
from onestop.visits.queries.hall import waited_seconds
from onestop.visits.tables import calls
from tests.halls import TestDay


def stop(hall: TestDay, stop_id: UUID) -> Row:
    return hall.db.read_now(stop_row, stop_id)


def state(hall: TestDay, stop_id: UUID) -> str:
    return stop(hall, stop_id).state


def visit(hall: TestDay, visit_id: UUID) -> Row:
    return hall.db.read_now(visit_row, visit_id)


def end(hall: TestDay, visit_id: UUID) -> tuple[str, str | None]:
    """How a visit stands and why."""
    row = visit(hall, visit_id)
    return row.state, row.reason


def stops_of(hall: TestDay, visit_id: UUID) -> dict[str, UUID]:
    """The stops of a visit by the key of their service."""
    keys = {service.id: service.key for service in hall.offer.services}
    return {keys[row.service_id]: row.id for row in rows(hall, stops, stops.c.visit_id == visit_id)}


def waited(hall: TestDay, visit_id: UUID) -> float:
    """Seniority in minutes."""
    row = visit(hall, visit_id)
    return waited_seconds(row.waited_seconds, row.waiting_since_at, hall.now) / 60


def call_at(hall: TestDay, desk: int) -> UUID:
    """Press Next; somebody must be called now."""
    called = hall.next(desk)
    assert called.new
    assert called.stop is not None
    return called.stop


def call_of(hall: TestDay, stop_id: UUID) -> Row:
    """The last call of a stop."""
    return rows(hall, calls, calls.c.stop_id == stop_id)[-1]


def told(hall: TestDay, kind: str) -> list[dict[str, Any]]:
    """The terms of every fact of a kind."""
    return [row.terms for row in rows(hall, facts, sa.and_(facts.c.day_id == hall.id, facts.c.kind == kind))]


def booking_state(hall: TestDay, party: UUID) -> str:
    return rows(hall, bookings, bookings.c.party_id == party)[0].state


def number(hall: TestDay, party: UUID) -> int:
    return rows(hall, parties, parties.c.id == party)[0].number


def active_members(hall: TestDay, stop_id: UUID) -> int:
    found = rows(hall, stop_members, sa.and_(stop_members.c.stop_id == stop_id, stop_members.c.active), ordered=False)
    return len(found)


def rows(hall: TestDay, table: sa.Table, where: sa.ColumnElement[bool], *, ordered: bool = True) -> list[Row]:
    """Rows that match, by id."""
    chosen = sa.select(table).where(where)
    chosen = chosen.order_by(table.c.id) if ordered else chosen
    return hall.db.read_now(lambda conn: list(conn.execute(chosen)))
