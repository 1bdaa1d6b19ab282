"""She is called and not ready: the call is taken back, and her place is kept."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.domain.errors import MoveRefused
from onestop.domain.roles import VISITOR, Actor
from onestop.domain.visit import AT_DESK, StopState, after_put_off
from onestop.visits.actions.matching import match
from onestop.visits.actions.route import step_out
from onestop.visits.actions.rows import end_call, move_stop, note, open_visit, set_active
from onestop.visits.queries.put_off import PUT_OFF, times_put_off


def put_off(conn: sa.Connection, visit_id: UUID, *, out: bool = False, actor: Actor, now: datetime) -> None:
    """Take back what she is called to: it waits again with her seniority and is no no-show. Harmless twice.

    She is called again in some minutes, with `out` once she is back. She herself may say so twice at a stop.
    Raises `PutOffTooOften`; `MoveRefused` when somebody talks with her.
    """
    visit = open_visit(conn, visit_id)
    at_desk = conn.execute(
        sa.select(stops, times_put_off().label("times"))
        .where(stops.c.visit_id == visit_id, stops.c.state.in_(AT_DESK))
        .order_by(stops.c.position, stops.c.id)
    ).all()
    called = [stop for stop in at_desk if stop.state == StopState.CALLED]
    if at_desk and (out or not called) and len(called) < len(at_desk):
        raise MoveRefused
    for stop in called:
        again_at = after_put_off(stop.times if actor == VISITOR else 0, now)
        move_stop(conn, stop, StopState.WAITING, mediator_id=None, callable_from_at=None if out else again_at)
        set_active(conn, stop.id, active=False)
        end_call(conn, stop.id, "withdrawn", now)
        note(conn, PUT_OFF, now=now, actor=actor, stop=stop, desk=stop.desk_id, terms={"out": out})
    if out:
        step_out(conn, visit_id, actor=actor, now=now)
    if called:
        match(conn, visit.day_id, now=now)
