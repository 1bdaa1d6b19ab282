"""Acts that can be taken back: the rows as they were before, and their versions after."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import stop_members, stops
from onestop.db.types import new_id
from onestop.domain.roles import VISITOR, Actor
from onestop.visits.actions.rows import Row
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
    """Remember an act with the rows before it and their versions after it.

    What a visitor decides herself (she takes a desk off, she goes home) is not kept: nobody else takes it back (R18).
    """
    if actor == VISITOR:
        return
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
            after=versions(conn, stop.visit_id),
        )
    )


def versions(conn: sa.Connection, visit: UUID) -> dict[str, int]:
    """The versions of a visit and its stops; a change that happened after an act shows here."""
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
