"""Calls that were taken back because she said that she is not ready."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.db.ledger import facts
from onestop.visits.tables import calls

PUT_OFF = "StopPutOff"
"""The fact, recorded at the instant its call ends."""
TOLD_FOR = timedelta(minutes=2)
"""How long a desk is told, unless it calls somebody before."""

_same = sa.and_(
    facts.c.day_id == calls.c.day_id,
    facts.c.kind == PUT_OFF,
    facts.c.stop_id == calls.c.stop_id,
    facts.c.at == calls.c.ended_at,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotReady:
    """Whom the desk called last, and that she is not ready; told until `until_at`."""

    number: int
    until_at: datetime


def times_put_off() -> sa.ScalarSelect[int]:
    """How often a stop was put off: a column of a statement over `stops`."""
    return _put_offs(sa.func.count())


def last_put_off() -> sa.ScalarSelect[datetime | None]:
    """When a stop was put off last: a column of a statement over `stops`."""
    return _put_offs(sa.func.max(calls.c.ended_at))


def _put_offs(what: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    return (
        sa.select(what)
        .select_from(calls.join(facts, _same))
        .where(calls.c.stop_id == stops.c.id, calls.c.outcome == "withdrawn")
        .correlate(stops)
        .scalar_subquery()
    )


def not_ready_here(conn: sa.Connection, desk: UUID, *, now: datetime) -> NotReady | None:
    """The last call of a desk, if she put it off a moment ago; one statement."""
    last = sa.select(sa.func.max(calls.c.id)).where(calls.c.desk_id == desk).scalar_subquery()
    row = conn.execute(
        sa.select(parties.c.number, calls.c.ended_at)
        .join_from(calls, stops, stops.c.id == calls.c.stop_id)
        .join(parties, parties.c.id == stops.c.party_id)
        .join(facts, _same)
        .where(
            calls.c.desk_id == desk,
            calls.c.outcome == "withdrawn",
            calls.c.id == last,
            calls.c.ended_at > now - TOLD_FOR,
        )
        .limit(1)
    ).one_or_none()
    return NotReady(number=row.number, until_at=row.ended_at + TOLD_FOR) if row is not None else None
