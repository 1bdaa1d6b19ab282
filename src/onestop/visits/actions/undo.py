"""Undo: an act keeps the rows as they were; within 30 s they are put back exactly, or the undo is refused."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from onestop.booking.tables import stop_members, stops
from onestop.db.types import new_id
from onestop.domain.errors import StopUnknown, UndoRefused, UndoTooLate
from onestop.domain.roles import Actor
from onestop.domain.visit import AT_DESK, UNDO_WINDOW, StopState
from onestop.visits.actions.rows import Row, note, stop_row
from onestop.visits.tables import acts, calls, visits

Images = dict[str, dict[str, dict[str, Any]]]


def take_images(conn: sa.Connection, visit: UUID) -> Images:
    """The visit with all its stops, members and open calls as they are now, ready for JSON."""
    return {
        "visits": _images(conn, visits, visits.c.id == visit),
        "stops": _images(conn, stops, stops.c.visit_id == visit),
        "stop_members": {
            f"{row.stop_id}|{row.member_id}": {"active": row.active}
            for row in conn.execute(
                sa.select(stop_members).join_from(stop_members, stops).where(stops.c.visit_id == visit)
            )
        },
        "calls": _images(conn, calls, calls.c.stop_id.in_(sa.select(stops.c.id).where(stops.c.visit_id == visit))),
    }


def keep_act(
    conn: sa.Connection, kind: str, *, stop: Row, desk: UUID | None, before: Images, actor: Actor, now: datetime
) -> None:
    """Remember an act with the rows before it and their versions after it."""
    conn.execute(
        acts.insert().values(
            id=new_id(),
            day_id=stop.day_id,
            desk_id=desk,
            stop_id=stop.id,
            kind=kind,
            actor=actor.ref,
            at=now,
            before=before,
            after=_versions(conn, stop.visit_id),
        )
    )


def last_act(conn: sa.Connection, stop: UUID, *, now: datetime) -> Row | None:
    """The act that an undo at this stop would take back, `None` if there is none in time."""
    row = conn.execute(
        sa.select(acts)
        .where(acts.c.stop_id == stop, acts.c.undone_at.is_(None))
        .order_by(acts.c.at.desc(), acts.c.id.desc())
        .limit(1)
    ).one_or_none()
    return row if row is not None and row.at >= now - UNDO_WINDOW else None


def undo(conn: sa.Connection, stop_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Take back the last act at a stop; gives its kind. Raises `UndoTooLate` or `UndoRefused`, then nothing changed."""
    stop = stop_row(conn, stop_id)
    act = last_act(conn, stop_id, now=now)
    if act is None:
        raise UndoTooLate
    if stop.visit_id is None or _versions(conn, stop.visit_id) != act.after:
        raise UndoRefused  # something was built on it
    try:
        with conn.begin_nested():
            _restore(conn, act.before, now)
    except IntegrityError as error:
        raise UndoRefused from error  # the desk, a mediator or a member is taken again
    conn.execute(acts.update().where(acts.c.id == act.id).values(undone_at=now))
    note(conn, "ActUndone", now=now, actor=actor, stop=stop, desk=act.desk_id, terms={"act": act.kind})
    return act.kind


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


def _versions(conn: sa.Connection, visit: UUID) -> dict[str, int]:
    found = {str(visit): conn.execute(sa.select(visits.c.version).where(visits.c.id == visit)).scalar_one()}
    for row in conn.execute(sa.select(stops.c.id, stops.c.version).where(stops.c.visit_id == visit)):
        found[str(row.id)] = row.version
    return found


def _images(conn: sa.Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> dict[str, dict[str, Any]]:
    return {
        str(row["id"]): {str(name): _to_json(value) for name, value in row.items()}
        for row in conn.execute(sa.select(table).where(where)).mappings()
    }


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value


def _from_json(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, sa.Uuid):
        return UUID(value)
    if column.type.python_type is datetime:
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
