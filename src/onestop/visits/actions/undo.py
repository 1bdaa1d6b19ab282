"""Undo: within 30 s the rows an act kept are put back exactly, or the undo is refused."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from onestop.booking.tables import stop_members, stops
from onestop.days.tables import desks, mediators
from onestop.db.memo import LIVE
from onestop.db.types import Instant
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.errors import StopUnknown, UndoRefused, UndoTooLate
from onestop.domain.roles import Actor
from onestop.domain.visit import AT_DESK, UNDO_WINDOW, StopState
from onestop.visits.actions.acts import Images, stands_as_left
from onestop.visits.actions.apart import OWN_TICKET, is_used, put_together
from onestop.visits.actions.coming import CHANGE_COMING, put_back
from onestop.visits.actions.matching import match
from onestop.visits.actions.rows import Row, check_day_runs, note, stop_row, visit_row
from onestop.visits.actions.sessions import BEGUN, ENDED, put_session_back
from onestop.visits.queries.sessions import session_at
from onestop.visits.tables import acts, calls, visits


def last_act(conn: sa.Connection, stop: UUID, *, now: datetime) -> Row | None:
    """The act that an undo at this stop would take back, `None` if there is none in time."""
    row = conn.execute(
        sa.select(acts)
        .where(acts.c.stop_id == stop, acts.c.undone_at.is_(None))
        .order_by(acts.c.at.desc(), acts.c.id.desc())
        .limit(1)
    ).one_or_none()
    return row if row is not None and row.at >= now - UNDO_WINDOW else None


def undo(conn: sa.Connection, stop_id: UUID, *, act_id: UUID | None = None, actor: Actor, now: datetime) -> str:
    """Take back the last act at a stop; gives its kind. Raises `UndoTooLate` or `UndoRefused`, then nothing changed.

    With `act_id` only that act is taken back, so that a second press never reaches the act before it.
    """
    stop = stop_row(conn, stop_id)
    act = last_act(conn, stop_id, now=now) if act_id is None else _act_row(conn, stop_id, act_id)
    if act is None or act.at < now - UNDO_WINDOW:
        raise UndoTooLate
    return take_back(conn, stop, act, actor=actor, now=now)


def take_back(conn: sa.Connection, stop: Row, act: Row, *, actor: Actor, now: datetime) -> str:
    """Put the rows back as they were before this act, however long ago; gives its kind. Raises `UndoRefused`."""
    if act.undone_at is not None:
        raise UndoRefused
    if stop.visit_id is None or not stands_as_left(conn, act.after):
        raise UndoRefused  # something was built on it
    parted = act.kind == OWN_TICKET
    if parted and is_used(conn, act):
        raise UndoRefused
    check_day_runs(conn, stop.day_id)
    at_desk = {row.id for row in _at_desk(conn, stop.visit_id)}
    try:
        with conn.begin_nested():
            if parted:
                put_together(conn, act)
            elif act.kind == CHANGE_COMING:
                put_back(conn, act)
            elif act.kind in (BEGUN, ENDED):
                put_session_back(conn, act)
            _restore(conn, act.before, now)
            back = [row for row in _at_desk(conn, stop.visit_id) if row.id not in at_desk]
            _take_places(conn, back)
    except IntegrityError as error:
        raise UndoRefused from error  # the desk, a mediator or a member is taken again
    conn.execute(acts.update().where(acts.c.id == act.id).values(undone_at=now))
    note(conn, "ActUndone", now=now, actor=actor, stop=stop, desk=act.desk_id, terms={"act": act.kind})
    for visit in act.before["visits"] if parted else ():
        note(conn, "PeopleTogether", now=now, actor=actor, visit=visit_row(conn, UUID(visit)))
    for visit in act.before["visits"] if act.kind in (BEGUN, ENDED) else ():
        if UUID(visit) != stop.visit_id:
            note(conn, "ActUndone", now=now, actor=actor, visit=visit_row(conn, UUID(visit)), terms={"act": act.kind})
    for row in back:
        if row.desk_id != act.desk_id:
            note(conn, "CallRestored", now=now, actor=actor, stop=row, desk=row.desk_id)
    match(conn, stop.day_id, now=now)
    return act.kind


def _at_desk(conn: sa.Connection, visit: UUID) -> list[Row]:
    return list(conn.execute(sa.select(stops).where(stops.c.visit_id == visit, stops.c.state.in_(AT_DESK))))


def _take_places(conn: sa.Connection, back: list[Row]) -> None:
    """Whoever is at a desk again needs it open, her mediator there and her session on.

    The desk no longer asks for the next one.
    """
    for row in back:
        desk = conn.execute(
            desks.update()
            .where(desks.c.id == row.desk_id, desks.c.state != DeskState.CLOSED)
            .values(ready_since_at=None, ready_until_at=None),
            execution_options=LIVE,
        )
        gone = conn.execute(
            sa.select(mediators.c.id).where(mediators.c.id == row.mediator_id, mediators.c.state != MediatorState.FREE)
        ).scalar()
        over = row.session_id is not None and session_at(conn, row.day_id, row.desk_id) != row.session_id
        if desk.rowcount != 1 or gone is not None or over:
            raise UndoRefused


def _act_row(conn: sa.Connection, stop: UUID, act: UUID) -> Row | None:
    return conn.execute(sa.select(acts).where(acts.c.id == act, acts.c.stop_id == stop)).one_or_none()


def _restore(conn: sa.Connection, before: Images, now: datetime) -> None:
    # Free what is being freed before taking what is taken again: unique indexes are checked row by row.
    for key, image in sorted(before["stop_members"].items(), key=lambda item: item[1]["active"]):
        stop, member = key.split("|")
        conn.execute(
            stop_members.update()
            .where(stop_members.c.stop_id == UUID(stop), stop_members.c.member_id == UUID(member))
            .values(active=image["active"])
        )
    for table in (visits, stops):
        images = before[table.name]
        ordered = sorted(images.items(), key=lambda item: item[1].get("state") in AT_DESK)
        for row_id, image in ordered:
            values = {name: _from_json(table.c[name], value) for name, value in image.items() if name != "version"}
            conn.execute(table.update().where(table.c.id == UUID(row_id)).values(**values, version=table.c.version + 1))
    known = before["calls"]
    stop_ids = [UUID(stop) for stop in before["stops"]]
    for row in conn.execute(sa.select(calls.c.id, calls.c.outcome).where(calls.c.stop_id.in_(stop_ids))).all():
        if str(row.id) not in known:
            # A call is never unsaid on the board's list: it ends as undone.
            if row.outcome != "undone":
                conn.execute(calls.update().where(calls.c.id == row.id).values(outcome="undone", ended_at=now))
            continue
        image = known[str(row.id)]
        values = {name: _from_json(calls.c[name], value) for name, value in image.items() if name != "id"}
        conn.execute(calls.update().where(calls.c.id == row.id).values(**values))
    added = conn.execute(
        sa.select(stops).where(stops.c.visit_id.in_([UUID(v) for v in before["visits"]]), stops.c.id.not_in(stop_ids))
    ).all()
    for row in added:
        conn.execute(
            stops.update()
            .where(stops.c.id == row.id)
            .values(state=StopState.DROPPED, ended_at=now, version=row.version + 1)
        )


def _from_json(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, sa.Uuid):
        return UUID(value)
    if isinstance(column.type, Instant):
        return datetime.fromisoformat(value)
    return value


def last_act_of_desk(conn: sa.Connection, desk: UUID, *, now: datetime) -> Row:
    """The last act at a desk that can still be undone. Raises `UndoTooLate` or `StopUnknown`."""
    row = conn.execute(
        sa.select(acts)
        .where(acts.c.desk_id == desk, acts.c.undone_at.is_(None))
        .order_by(acts.c.at.desc(), acts.c.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise StopUnknown
    if row.at < now - UNDO_WINDOW:
        raise UndoTooLate
    return row
