"""Acts at the door and on the floor: counted answers, a missed stop brought back, a called visitor found."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.db.ledger import record
from onestop.domain.door import TurnedAway
from onestop.domain.errors import MoveRefused, StopMoved, StopUnknown, TicketUnknown, UndoRefused, VisitOver
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.domain.visit import StopState, VisitReason, VisitState
from onestop.visits.actions.acts import keep_act, take_images
from onestop.visits.actions.matching import match
from onestop.visits.actions.route import leave, open_again
from onestop.visits.actions.rows import check_day_runs, desk_row, move_stop, note, start_waiting, stop_row, visit_row
from onestop.visits.actions.undo import last_act, last_act_of_desk, undo
from onestop.visits.queries.called import GUIDE_SAYS
from onestop.visits.tables import acts, visits

T = TypeVar("T")


def count_turned_away(conn: sa.Connection, day: UUID, *, reason: TurnedAway, actor: Actor, now: datetime) -> None:
    """Somebody went away without a ticket; only that and why is kept."""
    record(conn, Fact(kind="VisitorTurnedAway", at=now, day=day, actor=actor.ref, terms={"reason": reason}))


def count_answered(conn: sa.Connection, day: UUID, *, actor: Actor, now: datetime) -> None:
    """A question was answered at the door, and no ticket was needed."""
    record(conn, Fact(kind="AnsweredAtDoor", at=now, day=day, actor=actor.ref))


def bring_back(conn: sa.Connection, stop_id: UUID, *, actor: Actor, now: datetime) -> None:
    """A missed stop waits again, with the seniority she had; a visit that ended for it is open again. Harmless twice.

    She is called up to three times again.
    """
    stop = stop_row(conn, stop_id)
    if stop.state == StopState.WAITING:
        return
    if stop.state != StopState.MISSED:
        raise MoveRefused
    check_day_runs(conn, stop.day_id)
    before = take_images(conn, stop.visit_id)
    visit = visit_row(conn, stop.visit_id)
    note(conn, "StopBroughtBack", now=now, actor=actor, stop=stop)
    if visit.state != VisitState.OPEN:
        open_again(conn, visit, actor=actor, now=now)
    move_stop(conn, stop, StopState.WAITING, no_shows=0, callable_from_at=None, ended_at=None)
    start_waiting(conn, visit.id, now)
    keep_act(conn, "bring_back", stop=stop, desk=None, before=before, actor=actor, now=now)
    match(conn, stop.day_id, now=now)


def undo_at_reception(
    conn: sa.Connection, stop_id: UUID, *, visit: UUID, act_id: UUID, actor: Actor, now: datetime
) -> str:
    """Take back what reception did last to a stop of a visit. Raises `UndoTooLate`, `UndoRefused`, `StopUnknown`."""
    if stop_row(conn, stop_id).visit_id != visit:
        raise StopUnknown
    newest = last_act(conn, stop_id, now=now)
    if newest is not None and newest.desk_id is not None:
        raise UndoRefused  # a desk has called her since
    return undo(conn, stop_id, act_id=act_id, actor=actor, now=now)


def say_found(
    conn: sa.Connection, day: UUID, stop_id: UUID, *, found: bool | None, actor: Actor, now: datetime
) -> None:
    """A floor guide found a called visitor, or did not, or takes that back (`None`); the desk decides what follows.

    Raises `StopMoved` once the call is over.
    """
    stop = stop_row(conn, stop_id)
    if stop.day_id != day:
        raise StopUnknown
    if stop.state != StopState.CALLED:
        raise StopMoved
    kind = next(kind for kind, says in GUIDE_SAYS.items() if says is found)
    note(conn, kind, now=now, actor=actor, stop=stop, desk=stop.desk_id)


def has_gone(conn: sa.Connection, day: UUID, stop_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Whoever was called went home: her visit ends, as reception would end it. Raises `StopMoved`."""
    stop = stop_row(conn, stop_id)
    if stop.day_id != day:
        raise StopUnknown
    if stop.state != StopState.CALLED:
        raise StopMoved
    leave(conn, stop.visit_id, reason=VisitReason.OWN_WISH, actor=actor, now=now)


def take_back_leaving(conn: sa.Connection, visit: UUID, *, actor: Actor, now: datetime) -> None:
    """She is here after all: the end of her visit a moment ago is taken back, and nothing else. Harmless twice.

    Raises `UndoTooLate`, `UndoRefused`.
    """
    if visit_row(conn, visit).state == VisitState.OPEN:
        return
    newest = conn.execute(
        sa.select(acts.c.id, acts.c.stop_id, acts.c.kind)
        .join_from(acts, stops)
        .where(stops.c.visit_id == visit)
        .order_by(acts.c.at.desc(), acts.c.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None or newest.kind != "leave":
        raise UndoRefused
    undo(conn, newest.stop_id, act_id=newest.id, actor=actor, now=now)


# -- one thing of a day, whoever sent its id -----------------------------------------------------------


def on_party(
    conn: sa.Connection, day: UUID, party: UUID, act: Callable[..., T], *, actor: Actor, now: datetime, **more: Any
) -> T:
    """Do something with a party of this day. Raises `TicketUnknown` for one of another day."""
    known = conn.execute(
        sa.select(parties.c.id).where(parties.c.id == party, parties.c.day_id == day, parties.c.number.is_not(None))
    ).scalar()
    if known is None:
        raise TicketUnknown
    return act(conn, party, actor=actor, now=now, **more)


def on_visit(
    conn: sa.Connection,
    day: UUID,
    party: UUID,
    act: Callable[..., T],
    *args: Any,
    actor: Actor,
    now: datetime,
    **more: Any,
) -> T:
    """Do something with the visit of a party of this day. Raises `VisitOver` if it has none."""
    visit = conn.execute(sa.select(visits.c.id).where(visits.c.party_id == party, visits.c.day_id == day)).scalar()
    if visit is None:
        raise VisitOver
    return act(conn, visit, *args, actor=actor, now=now, **more)


def on_stop(
    conn: sa.Connection,
    day: UUID,
    party: UUID,
    stop: UUID,
    act: Callable[..., T],
    *,
    actor: Actor,
    now: datetime,
    **more: Any,
) -> T:
    """Do something with a stop of a party of this day. Raises `StopUnknown` for any other."""
    known = conn.execute(
        sa.select(stops.c.id).where(stops.c.id == stop, stops.c.party_id == party, stops.c.day_id == day)
    ).scalar()
    if known is None:
        raise StopUnknown
    return act(conn, stop, actor=actor, now=now, **more)


def at_desk(
    conn: sa.Connection, desk: UUID, stop: UUID, act: Callable[..., T], *, actor: Actor, now: datetime, **more: Any
) -> T:
    """Do something with a stop at the desk it was shown at. Raises `StopMoved` when it is somewhere else by now."""
    if stop_row(conn, stop).desk_id != desk:
        raise StopMoved
    return act(conn, stop, actor=actor, now=now, **more)


def undo_of_desk(conn: sa.Connection, stop_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Take back what a desk did last at a stop. Raises `UndoTooLate`; `UndoRefused` when reception did it."""
    newest = last_act(conn, stop_id, now=now)
    if newest is not None and newest.desk_id is None:
        raise UndoRefused
    return undo(conn, stop_id, act_id=newest.id if newest is not None else None, actor=actor, now=now)


def undo_at_desk(conn: sa.Connection, desk: UUID, *, act_id: UUID, actor: Actor, now: datetime) -> str:
    """Take back the last act at a desk; gives its kind. Raises `UndoTooLate`, `UndoRefused` or `StopUnknown`."""
    act = last_act_of_desk(conn, desk_row(conn, desk).id, now=now)
    newest = last_act(conn, act.stop_id, now=now)
    if act.id != act_id or newest is None or newest.id != act.id:
        raise UndoRefused  # something else was done here, or the visitor has gone on to another desk
    return undo(conn, act.stop_id, act_id=act_id, actor=actor, now=now)
