"""Desks on the day: open, pause, close; not ready any more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.tables import desks
from onestop.db.ledger import record
from onestop.db.memo import LIVE
from onestop.domain.day import DeskState
from onestop.domain.errors import DeskServing, SessionRuns
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.visits.actions.calls import set_ready
from onestop.visits.actions.matching import desk_is_busy, match
from onestop.visits.actions.rows import check_day_runs, desk_row
from onestop.visits.queries.sessions import session_at


def set_desk_state(conn: sa.Connection, desk_id: UUID, state: DeskState, *, actor: Actor, now: datetime) -> None:
    """Open, pause or close a desk; harmless if it is so already.

    Raises `DeskServing` or `SessionRuns` for a close while somebody is at it.
    """
    desk = desk_row(conn, desk_id)
    if desk.state == state:
        return
    if state is not DeskState.CLOSED:
        check_day_runs(conn, desk.day_id)
    if state is DeskState.CLOSED and desk_is_busy(conn, desk_id) is not None:
        raise DeskServing
    if state is DeskState.CLOSED and session_at(conn, desk.day_id, desk_id) is not None:
        raise SessionRuns
    opened = {"opened_at": now} if state is DeskState.OPEN else {}
    conn.execute(
        desks.update()
        .where(desks.c.id == desk_id)
        .values(state=state, ready_since_at=None, ready_until_at=None, **opened),
        execution_options=LIVE,
    )
    kind = {DeskState.OPEN: "DeskOpened", DeskState.PAUSED: "DeskPaused", DeskState.CLOSED: "DeskClosed"}[state]
    record(conn, Fact(kind=kind, at=now, day=desk.day_id, desk=desk_id, actor=actor.ref))
    match(conn, desk.day_id, now=now)


def close_desks(conn: sa.Connection, chosen: Sequence[UUID], *, actor: Actor, now: datetime) -> None:
    """Close these desks together, so that none of them calls whom another one leaves; who is busy finishes first.

    Whoever calls this lets the others call afterwards.
    """
    for desk in (desk_row(conn, each) for each in chosen):
        busy = desk_is_busy(conn, desk.id) is not None or session_at(conn, desk.day_id, desk.id) is not None
        if desk.state != DeskState.CLOSED and not busy:
            conn.execute(
                desks.update()
                .where(desks.c.id == desk.id)
                .values(state=DeskState.CLOSED, ready_since_at=None, ready_until_at=None),
                execution_options=LIVE,
            )
            record(conn, Fact(kind="DeskClosed", at=now, day=desk.day_id, desk=desk.id, actor=actor.ref))


def stand_down(conn: sa.Connection, desk_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Cancel *ready*."""
    set_ready(conn, desk_row(conn, desk_id), ready=False, actor=actor, now=now)
