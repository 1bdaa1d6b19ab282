"""Desks and mediators on the day: open, pause, close; free, break, left."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.tables import desks, mediators
from onestop.db.ledger import record
from onestop.db.memo import LIVE
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.errors import DeskServing, NotKnown
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.visits.actions.calls import set_ready
from onestop.visits.actions.matching import desk_is_busy, match
from onestop.visits.actions.rows import check_day_runs, desk_row


def set_desk_state(conn: sa.Connection, desk_id: UUID, state: DeskState, *, actor: Actor, now: datetime) -> None:
    """Open, pause or close a desk; harmless if it is so already. Raises `DeskServing` while somebody is at it."""
    desk = desk_row(conn, desk_id)
    if desk.state == state:
        return
    if state is not DeskState.CLOSED:
        check_day_runs(conn, desk.day_id)
    if state is DeskState.CLOSED and desk_is_busy(conn, desk_id) is not None:
        raise DeskServing
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


def stand_down(conn: sa.Connection, desk_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Cancel *ready*."""
    set_ready(conn, desk_row(conn, desk_id), ready=False, actor=actor, now=now)


def set_mediator_state(
    conn: sa.Connection, mediator_id: UUID, state: MediatorState, *, actor: Actor, now: datetime
) -> None:
    """Say that a mediator is free, has a break, or left. Raises `NotKnown`."""
    row = conn.execute(sa.select(mediators).where(mediators.c.id == mediator_id)).one_or_none()
    if row is None:
        raise NotKnown
    conn.execute(mediators.update().where(mediators.c.id == mediator_id).values(state=state), execution_options=LIVE)
    record(
        conn,
        Fact(
            kind="MediatorChanged",
            at=now,
            day=row.day_id,
            mediator=mediator_id,
            actor=actor.ref,
            terms={"state": state},
        ),
    )
    match(conn, row.day_id, now=now)
