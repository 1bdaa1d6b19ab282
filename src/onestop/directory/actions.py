"""Changes to the directory: entries are found by key or made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.db.types import new_id
from onestop.directory.organising import centre_language
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
from onestop.domain.own_words import Reading, Written, rewritten


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
    """Put the shipped needs into an installation, also those that came with a newer version.

    One whose services an organiser chose keeps them.
    """
    rows = conn.execute(sa.select(needs.c.key, needs.c.id, needs.c.own_services)).all()
    there = {row.key: row.id for row in rows}
    chosen = {row.id for row in rows if row.own_services}
    known = {(row.need_id, row.service_key) for row in conn.execute(sa.select(need_services))}
    for place, (key, words) in enumerate(NEEDS.items()):
        need = there.get(key)
        if need is None:
            need = _insert(conn, needs, {"key": key, "pictogram": words.pictogram, "position": place})
        for service_key in () if need in chosen else words.services:
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
    working: str | None = None,
    marks: Mapping[str, Reading] | None = None,
) -> None:
    """What stands in a field of this thing, by language, instead of what stood there; empty texts are left out.

    A text that stays keeps what is known of its reading, but for what domain/own_words.py says of a source that was
    changed. `working`: the language the others are translations of, the centre's own where nothing is said.
    """
    mine = sa.and_(texts.c.owner_kind == owner_kind, texts.c.owner_id == owner, texts.c.field == field)
    stored = {row.language: row for row in conn.execute(sa.select(texts).where(mine))}
    given = {language: text for language, text in words.items() if text}
    marks = marks or {}
    after = rewritten(
        {tag: Written(text=row.text, reading=Reading(row.state)) for tag, row in stored.items()},
        given,
        working=working or centre_language(conn),
        marks=marks,
    )
    for gone in stored.keys() - after.keys():
        conn.execute(texts.delete().where(mine, texts.c.language == gone))
    for language, one in after.items():
        row = stored.get(language)
        values: dict[str, Any] = {}
        if row is None or row.text != one.text:
            values |= {"text": one.text, "changed_by": changed_by, "changed_at": now, "read_by": "", "read_at": None}
        if row is None or row.state != one.reading:
            values["state"] = one.reading
        if one.reading is Reading.CHECKED and marks.get(language) is Reading.CHECKED:
            values |= {"state": one.reading, "read_by": changed_by, "read_at": now}
        if row is None:
            about = {"owner_kind": owner_kind, "owner_id": owner, "field": field, "language": language}
            conn.execute(texts.insert().values(**about, **values))
        elif values:
            conn.execute(texts.update().where(mine, texts.c.language == language).values(**values))


def copy_own_words(conn: sa.Connection, owner_kind: str, source: UUID, owner: UUID, field: str) -> None:
    """A thing made from another begins with its words, whoever wrote and read them."""
    theirs = sa.select(texts).where(
        texts.c.owner_kind == owner_kind, texts.c.owner_id == source, texts.c.field == field
    )
    rows = [{**row, "owner_id": owner} for row in conn.execute(theirs).mappings()]
    if rows:
        conn.execute(texts.insert(), rows)


def _ensure(conn: sa.Connection, table: sa.Table, key: Mapping[str, Any], rest: Mapping[str, Any]) -> UUID:
    found = conn.execute(sa.select(table.c.id).where(*(table.c[name] == value for name, value in key.items()))).scalar()
    return found if found is not None else _insert(conn, table, {**key, **rest})


def _insert(conn: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> UUID:
    made = new_id()
    conn.execute(table.insert().values(id=made, **values))
    return made
