"""Changes to the directory: entries are found by key or made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.db.types import new_id
from onestop.directory.tables import (
    centres,
    checklist_items,
    institutions,
    need_services,
    needs,
    services,
    texts,
    venues,
)
from onestop.directory.vocabulary import NEEDS, PAPERS, papers_of


def ensure_centre(conn: sa.Connection, *, name: str, working_language: str, timezone: str) -> UUID:
    """The one centre of this installation, made at its first day."""
    found = conn.execute(sa.select(centres.c.id).limit(1)).scalar()
    if found is not None:
        return found
    return _insert(conn, centres, {"name": name, "working_language": working_language, "timezone": timezone})


def ensure_venue(conn: sa.Connection, *, name: str, address: str, timezone: str) -> UUID:
    """The venue of that name and address."""
    return _ensure(conn, venues, {"name": name, "address": address}, {"timezone": timezone})


def ensure_institution(conn: sa.Connection, *, key: str, name: str, authority: str) -> UUID:
    """The institution of that key."""
    return _ensure(conn, institutions, {"key": key}, {"name": name, "authority": authority})


def ensure_service(
    conn: sa.Connection, *, institution: UUID, key: str, minutes: int, private: bool, position: int
) -> UUID:
    """The service of that key at that institution, with its shipped papers when it is made."""
    found = conn.execute(
        sa.select(services.c.id).where(services.c.institution_id == institution, services.c.key == key)
    ).scalar()
    if found is not None:
        return found
    service = _insert(
        conn,
        services,
        {
            "institution_id": institution,
            "key": key,
            "default_minutes": minutes,
            "private": private,
            "position": position,
        },
    )
    for place, paper in enumerate(papers_of(key)):
        conn.execute(
            checklist_items.insert().values(
                id=new_id(),
                service_id=service,
                key=paper.key,
                pictogram=PAPERS[paper.key][1],
                blocking=paper.blocking,
                condition=paper.condition,
                position=place,
            )
        )
    return service


def ensure_needs(conn: sa.Connection) -> None:
    """Put the shipped needs into an installation, also those that came with a newer version."""
    there = {row.key: row.id for row in conn.execute(sa.select(needs.c.key, needs.c.id))}
    known = {(row.need_id, row.service_key) for row in conn.execute(sa.select(need_services))}
    for place, (key, words) in enumerate(NEEDS.items()):
        need = there.get(key)
        if need is None:
            need = _insert(conn, needs, {"key": key, "pictogram": words.pictogram, "position": place})
        for service_key in words.services:
            if (need, service_key) not in known:
                conn.execute(need_services.insert().values(need_id=need, service_key=service_key))


def write_own_words(
    conn: sa.Connection,
    owner_kind: str,
    owner: UUID,
    field: str,
    words: Mapping[str, str],
    *,
    changed_by: str,
    now: datetime,
) -> None:
    """What stands in a field of this thing, by language, instead of what stood there; empty texts are left out."""
    conn.execute(
        texts.delete().where(texts.c.owner_kind == owner_kind, texts.c.owner_id == owner, texts.c.field == field)
    )
    rows = [
        {
            "owner_kind": owner_kind,
            "owner_id": owner,
            "field": field,
            "language": language,
            "text": text,
            "changed_by": changed_by,
            "changed_at": now,
        }
        for language, text in words.items()
        if text
    ]
    if rows:
        conn.execute(texts.insert(), rows)


def _ensure(conn: sa.Connection, table: sa.Table, key: Mapping[str, Any], rest: Mapping[str, Any]) -> UUID:
    found = conn.execute(sa.select(table.c.id).where(*(table.c[name] == value for name, value in key.items()))).scalar()
    return found if found is not None else _insert(conn, table, {**key, **rest})


def _insert(conn: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> UUID:
    made = new_id()
    conn.execute(table.insert().values(id=made, **values))
    return made
