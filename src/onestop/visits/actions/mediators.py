"""Mediators on the day: which of them somebody is, free, break or left, and out of a talk that needs her no more."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.days.tables import mediators
from onestop.db.ledger import record
from onestop.db.memo import LIVE
from onestop.domain.day import MediatorState
from onestop.domain.errors import N_, MoveRefused, NotKnown, Refusal
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.domain.visit import StopState
from onestop.visits.actions.matching import match
from onestop.visits.actions.rows import Row, change_stop, note


class MediatorTaken(Refusal):
    code = "mediator_taken"
    sentence = N_("Somebody else is signed in as this mediator. Please ask the organiser.")


def be_mediator(conn: sa.Connection, day: UUID, mediator: UUID, *, account: UUID, actor: Actor, now: datetime) -> None:
    """From now on this account is that mediator of the day, and no other; harmless twice.

    Raises `MediatorTaken` when another account is, `NotKnown`.
    """
    row = _mediator(conn, mediator)
    if row.day_id != day:
        raise NotKnown
    if row.account_id == account:
        return
    if row.account_id is not None:
        raise MediatorTaken
    mine = mediators.update().where(mediators.c.day_id == day, mediators.c.account_id == account)
    conn.execute(mine.values(account_id=None), execution_options=LIVE)
    hers = mediators.update().where(mediators.c.id == mediator)
    conn.execute(hers.values(account_id=account), execution_options=LIVE)
    record(conn, Fact(kind="MediatorSignedIn", at=now, day=day, mediator=mediator, actor=actor.ref))


def be_no_mediator(conn: sa.Connection, day: UUID, mediator: UUID, *, actor: Actor, now: datetime) -> None:
    """Nobody is signed in as this mediator any more, so that the right person can be; harmless twice.

    Raises `NotKnown`.
    """
    row = _mediator(conn, mediator)
    if row.day_id != day:
        raise NotKnown
    if row.account_id is None:
        return
    hers = mediators.update().where(mediators.c.id == mediator)
    conn.execute(hers.values(account_id=None), execution_options=LIVE)
    record(conn, Fact(kind="MediatorSignedOut", at=now, day=day, mediator=mediator, actor=actor.ref))


def set_mediator_state(
    conn: sa.Connection, mediator_id: UUID, state: MediatorState, *, actor: Actor, now: datetime
) -> None:
    """Say that a mediator is free, has a break, or left. Raises `NotKnown`."""
    row = _mediator(conn, mediator_id)
    conn.execute(mediators.update().where(mediators.c.id == mediator_id).values(state=state), execution_options=LIVE)
    fact = Fact(
        kind="MediatorChanged",
        at=now,
        day=row.day_id,
        mediator=mediator_id,
        actor=actor.ref,
        terms={"state": state},
    )
    record(conn, fact)
    match(conn, row.day_id, now=now)


def leave_talk(conn: sa.Connection, mediator_id: UUID, *, stop_id: UUID, actor: Actor, now: datetime) -> None:
    """The talk goes on without her and others can have her; harmless once she is out of it.

    Raises `MoveRefused` while the visitor is only called: she is still needed there.
    """
    stop = conn.execute(sa.select(stops).where(stops.c.id == stop_id, stops.c.mediator_id == mediator_id)).one_or_none()
    if stop is None or stop.state not in (StopState.CALLED, StopState.SERVING):
        return
    if stop.state == StopState.CALLED:
        raise MoveRefused
    change_stop(conn, stop, mediator_id=None)
    note(conn, "MediatorReleased", now=now, actor=actor, stop=stop, desk=stop.desk_id, mediator=mediator_id)
    match(conn, stop.day_id, now=now)


def _mediator(conn: sa.Connection, mediator: UUID) -> Row:
    row = conn.execute(sa.select(mediators).where(mediators.c.id == mediator)).one_or_none()
    if row is None:
        raise NotKnown
    return row
