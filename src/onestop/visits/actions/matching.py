"""Calls of ready desks: whatever makes a stop callable ends in `match`, under the day's lock, before COMMIT."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.days.queries.days import day_by_id
from onestop.days.tables import days, desks
from onestop.db.memo import LIVE
from onestop.db.statements import insert
from onestop.domain.calling import Choice, choose_jointly
from onestop.domain.day import DayState, DeskState
from onestop.domain.roles import SYSTEM, Actor
from onestop.domain.visit import AT_DESK, StopState
from onestop.visits.actions.acts import keep_act, take_images
from onestop.visits.actions.rows import move_stop, note, set_active, stop_row
from onestop.visits.actions.seating import seat_waiting
from onestop.visits.queries.hall import load_hall
from onestop.visits.tables import calls

_READY = sa.select(desks.c.id).where(
    desks.c.day_id == sa.bindparam("day"),
    desks.c.state == DeskState.OPEN,
    desks.c.ready_until_at > sa.bindparam("now"),
)
_STAND_DOWN = (
    desks.update()
    .where(desks.c.id == sa.bindparam("desk"))
    .values(ready_since_at=None, ready_until_at=None)
    .execution_options(**LIVE)
)
_AT = sa.select(stops).where(
    stops.c.desk_id == sa.bindparam("desk"), stops.c.state.in_(AT_DESK), stops.c.session_id.is_(None)
)


def match(conn: sa.Connection, day: UUID, *, now: datetime) -> int:
    """Make the calls of ready desks, jointly; gives how many. Running it again changes nothing.

    Before that everybody who waits for a session has one.
    """
    seat_waiting(conn, day, now=now)
    standing_by = conn.execute(_READY, {"day": day, "now": now}).scalars().all()
    if not standing_by or day_by_id(conn, day).paused:
        return 0
    hall = load_hall(conn, day, now=now, at=standing_by)
    ready = hall.ready_desks(now)
    if not ready:
        return 0
    made = choose_jointly(ready, hall.waiting, hall.state, now)
    for desk, choice in made:
        make_call(conn, desk, choice, actor=SYSTEM, now=now)
    return len(made)


def days_with_ready_desks(conn: sa.Connection, *, now: datetime) -> list[UUID]:
    """Published days on which some desk waits to be given a visitor."""
    return list(
        conn.execute(
            sa.select(desks.c.day_id)
            .distinct()
            .join_from(desks, days)
            .where(days.c.state == DayState.PUBLISHED, desks.c.state == DeskState.OPEN, desks.c.ready_until_at > now)
        ).scalars()
    )


def make_call(conn: sa.Connection, desk: UUID, choice: Choice, *, actor: Actor, now: datetime) -> int:
    """Call a stop to a desk, claiming its people and mediator with it; gives the id of the call."""
    row = stop_row(conn, choice.stop)
    before = take_images(conn, row.visit_id)
    if row.state == StopState.PARKED:
        move_stop(conn, row, StopState.WAITING)
        row = stop_row(conn, choice.stop)
    move_stop(
        conn,
        row,
        StopState.CALLED,
        desk_id=desk,
        mediator_id=choice.mediator,
        only_desk_id=None,
        callable_from_at=None,
        called_at=now,
        served_at=None,
    )
    set_active(conn, row.id, active=True)
    call = insert(
        conn,
        calls,
        day_id=row.day_id,
        stop_id=row.id,
        desk_id=desk,
        mediator_id=choice.mediator,
        called_at=now,
        terms=dict(choice.terms),
        quiet=row.private,  # R19: neither the talk nor its place stands on a board
    )
    conn.execute(_STAND_DOWN, {"desk": desk})
    keep_act(conn, "call", stop=row, desk=desk, before=before, actor=actor, now=now)
    note(
        conn,
        "StopCalled",
        now=now,
        actor=actor,
        stop=row,
        desk=desk,
        mediator=choice.mediator,
        terms=dict(choice.terms),
    )
    assert call.inserted_primary_key is not None
    return int(call.inserted_primary_key[0])


def desk_is_busy(conn: sa.Connection, desk: UUID) -> sa.Row[tuple[object, ...]] | None:
    """The stop that is called to or served at the desk; who is there for a session does not count."""
    return conn.execute(_AT, {"desk": desk}).one_or_none()
