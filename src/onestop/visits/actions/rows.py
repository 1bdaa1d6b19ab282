"""Rows the acts change: loaded by id, moved by the state tables, and every change raises their version."""

from datetime import datetime
from math import ceil
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stop_members, stops
from onestop.days.queries.days import day_by_id
from onestop.days.tables import desks
from onestop.db.ledger import record
from onestop.db.statements import row_of
from onestop.domain.day import check_running
from onestop.domain.errors import DeskUnknown, StopMoved, StopUnknown, VisitOver
from onestop.domain.facts import Fact, Term
from onestop.domain.roles import Actor
from onestop.domain.visit import StopState, VisitReason, VisitState, check_stop_move, check_visit_move, end_of_visit
from onestop.visits.tables import calls, visits

Row = sa.Row[Any]

_CHANGE_STOP = stops.update().where(stops.c.id == sa.bindparam("stop"), stops.c.version == sa.bindparam("seen"))
_CHANGE_VISIT = visits.update().where(visits.c.id == sa.bindparam("visit")).values(version=visits.c.version + 1)
_SET_ACTIVE = stop_members.update().where(stop_members.c.stop_id == sa.bindparam("stop"))
_SERVING = (
    sa.select(stops.c.id).where(stops.c.visit_id == sa.bindparam("visit"), stops.c.state == StopState.SERVING).limit(1)
)
_STATES = sa.select(stops.c.state).where(stops.c.visit_id == sa.bindparam("visit"))


def stop_row(conn: sa.Connection, stop: UUID) -> Row:
    """A stop. Raises `StopUnknown`."""
    row = row_of(conn, stops.c.id, stop)
    if row is None:
        raise StopUnknown
    return row


def visit_row(conn: sa.Connection, visit: UUID) -> Row:
    """A visit. Raises `VisitOver` for one that does not exist."""
    row = row_of(conn, visits.c.id, visit)
    if row is None:
        raise VisitOver
    return row


def open_visit(conn: sa.Connection, visit: UUID) -> Row:
    """A visit that has not ended. Raises `VisitOver`."""
    row = visit_row(conn, visit)
    if row.state != VisitState.OPEN:
        raise VisitOver
    return row


def desk_row(conn: sa.Connection, desk: UUID) -> Row:
    """A desk. Raises `DeskUnknown`."""
    row = row_of(conn, desks.c.id, desk)
    if row is None:
        raise DeskUnknown
    return row


def check_day_runs(conn: sa.Connection, day: UUID) -> None:
    """Raise the refusal that says why nothing happens at the desks of this day."""
    check_running(day_by_id(conn, day).state)


def move_stop(conn: sa.Connection, row: Row, then: StopState, **values: Any) -> None:
    """Move a stop as the state table allows; raises `MoveRefused`, or `StopMoved` if somebody else moved it first."""
    check_stop_move(StopState(row.state), then)
    change_stop(conn, row, state=then, **values)


def change_stop(conn: sa.Connection, row: Row, **values: Any) -> None:
    """Change a stop that still is as it was read."""
    now = {"stop": row.id, "seen": row.version, "version": row.version + 1}
    changed = conn.execute(_CHANGE_STOP, {**now, **values})
    if changed.rowcount != 1:
        raise StopMoved


def change_visit(conn: sa.Connection, visit: UUID, **values: Any) -> None:
    """Change a visit."""
    conn.execute(_CHANGE_VISIT, {"visit": visit, **values})


def set_active(conn: sa.Connection, stop: UUID, *, active: bool) -> None:
    """Take or free the members of a stop; a member is in at most one place (R2)."""
    conn.execute(_SET_ACTIVE, {"stop": stop, "active": active})


def end_call(conn: sa.Connection, stop: UUID, outcome: str, now: datetime) -> None:
    """Close the open call of a stop, if it has one."""
    conn.execute(
        calls.update().where(calls.c.stop_id == stop, calls.c.outcome.is_(None)).values(outcome=outcome, ended_at=now)
    )


def stop_waiting(conn: sa.Connection, visit: Row, now: datetime) -> None:
    """End the wait that runs; it stays in the seniority for good."""
    if visit.waiting_since_at is None:
        return
    # Whole seconds, rounded up: no act lowers seniority.
    waited = max(0, ceil((now - visit.waiting_since_at).total_seconds()))
    change_visit(conn, visit.id, waiting_since_at=None, waited_seconds=visit.waited_seconds + waited)


def start_waiting(conn: sa.Connection, visit_id: UUID, now: datetime) -> None:
    """Let the wait run again, unless a part of the party is being served or they stepped out.

    Before the booked time it begins there: whoever comes early waits from the booked time on, also after a stop.
    """
    visit = visit_row(conn, visit_id)
    if visit.state != VisitState.OPEN or visit.waiting_since_at is not None or visit.stepped_out_at is not None:
        return
    serving = conn.execute(_SERVING, {"visit": visit_id}).scalar()
    if serving is None:
        change_visit(conn, visit_id, waiting_since_at=max(now, visit.booked_at or now))


def end_visit_if_done(conn: sa.Connection, visit_id: UUID, *, actor: Actor, now: datetime) -> bool:
    """End a visit that has no open stop left, with its reason (R8)."""
    states = [StopState(state) for state in conn.execute(_STATES, {"visit": visit_id}).scalars()]
    end = end_of_visit(states)
    visit = visit_row(conn, visit_id)
    if end is None or visit.state != VisitState.OPEN:
        return False
    end_visit(conn, visit, *end, actor=actor, now=now)
    return True


def end_visit(
    conn: sa.Connection, visit: Row, state: VisitState, reason: VisitReason, *, actor: Actor, now: datetime
) -> None:
    """End a visit."""
    check_visit_move(VisitState(visit.state), state)
    stop_waiting(conn, visit, now)
    change_visit(conn, visit.id, state=state, reason=reason, ended_at=now, stepped_out_at=None)
    note(conn, "VisitEnded", now=now, actor=actor, visit=visit, terms={"state": state, "reason": reason})


def note(
    conn: sa.Connection,
    kind: str,
    *,
    now: datetime,
    actor: Actor,
    visit: Row | None = None,
    stop: Row | None = None,
    desk: UUID | None = None,
    mediator: UUID | None = None,
    terms: dict[str, Term] | None = None,
) -> int:
    """Record a fact about a visit or stop."""
    day = stop.day_id if stop is not None else visit.day_id if visit is not None else None
    party = stop.party_id if stop is not None else visit.party_id if visit is not None else None
    visit_id = stop.visit_id if stop is not None else visit.id if visit is not None else None
    return record(
        conn,
        Fact(
            kind=kind,
            at=now,
            day=day,
            party=party,
            visit=visit_id,
            stop=stop.id if stop is not None else None,
            desk=desk,
            mediator=mediator,
            actor=actor.ref,
            terms=terms or {},
        ),
    )


def number_of(conn: sa.Connection, party: UUID) -> int:
    """The ticket number of a party that has one."""
    return conn.execute(sa.select(parties.c.number).where(parties.c.id == party)).scalar_one()
