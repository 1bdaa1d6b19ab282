"""Acts that can be taken back: the rows as they were before, and their versions after."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import stop_members, stops
from onestop.db.statements import insert
from onestop.db.types import Id, new_id
from onestop.domain.roles import VISITOR, Actor
from onestop.visits.actions.rows import Row
from onestop.visits.tables import acts, calls, visits

Images = dict[str, dict[str, dict[str, Any]]]

_ONE = sa.bindparam("visit", type_=Id)
_VISIT = sa.select(visits).where(visits.c.id == _ONE)
_STOPS = sa.select(stops).where(stops.c.visit_id == _ONE)
_MEMBERS = sa.select(stop_members).join_from(stop_members, stops).where(stops.c.visit_id == _ONE)
_CALLS = sa.select(calls).where(calls.c.stop_id.in_(sa.select(stops.c.id).where(stops.c.visit_id == _ONE)))
_SOME = sa.bindparam("visits", type_=Id, expanding=True)
_VERSIONS = sa.union_all(
    sa.select(visits.c.id, visits.c.version).where(visits.c.id.in_(_SOME)),
    sa.select(stops.c.id, stops.c.version).where(stops.c.visit_id.in_(_SOME)),
)


def take_images(conn: sa.Connection, visit: UUID) -> Images:
    """The visit with all its stops, members and open calls as they are now, ready for JSON."""
    return {
        "visits": _images(conn, _VISIT, visit),
        "stops": _images(conn, _STOPS, visit),
        "stop_members": {
            f"{row.stop_id}|{row.member_id}": {"active": row.active} for row in conn.execute(_MEMBERS, {"visit": visit})
        },
        "calls": _images(conn, _CALLS, visit),
    }


def keep_act(
    conn: sa.Connection,
    kind: str,
    *,
    stop: Row,
    desk: UUID | None,
    before: Images,
    also: Collection[UUID] = (),
    actor: Actor,
    now: datetime,
) -> UUID | None:
    """Remember an act with the rows before it and their versions after it; gives its id.

    `also` are visits it changed besides the stop's own. What a visitor decides herself (she takes a desk off, she goes
    home) is not kept: nobody else takes it back (R18).
    """
    if actor == VISITOR:
        return None
    act = new_id()
    insert(
        conn,
        acts,
        id=act,
        day_id=stop.day_id,
        desk_id=desk,
        stop_id=stop.id,
        kind=kind,
        actor=actor.ref,
        at=now,
        before=before,
        after=versions(conn, [stop.visit_id, *also]),
    )
    return act


def versions(conn: sa.Connection, of: Collection[UUID]) -> dict[str, int]:
    """The versions of visits and their stops; a change that happened after an act shows here."""
    return {str(row): version for row, version in conn.execute(_VERSIONS, {"visits": list(of)})}


def stands_as_left(conn: sa.Connection, after: Mapping[str, int]) -> bool:
    """Whether nothing was built on an act: its visits and all their stops have the versions it left them with."""
    return versions(conn, [UUID(row) for row in after]) == after


def _images(conn: sa.Connection, rows: sa.Select[Any], visit: UUID) -> dict[str, dict[str, Any]]:
    return {
        str(row["id"]): {str(name): _to_json(value) for name, value in row.items()}
        for row in conn.execute(rows, {"visit": visit}).mappings()
    }


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value
