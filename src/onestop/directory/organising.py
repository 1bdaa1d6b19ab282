"""The directory as an organiser changes it: institutions with their services."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from onestop.directory.tables import centres, institutions, services


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    """A service of the directory."""

    id: UUID
    key: str
    minutes: int
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionEntry:
    """An institution of the directory with its services; `authority` is none, state or police."""

    id: UUID
    key: str
    name: str
    authority: str
    note_days: int
    closed: bool
    """No longer offered for new days."""
    services: tuple[ServiceEntry, ...]


def directory(conn: sa.Connection) -> list[InstitutionEntry]:
    """Every institution by name, with its services; two statements."""
    offered: dict[UUID, list[ServiceEntry]] = defaultdict(list)
    for row in conn.execute(sa.select(services).order_by(services.c.position, services.c.key)):
        offered[row.institution_id].append(
            ServiceEntry(id=row.id, key=row.key, minutes=row.default_minutes, private=row.private)
        )
    return [
        InstitutionEntry(
            id=row.id,
            key=row.key,
            name=row.name,
            authority=row.authority,
            note_days=row.note_days,
            closed=row.closed,
            services=tuple(offered[row.id]),
        )
        for row in conn.execute(sa.select(institutions).order_by(institutions.c.name, institutions.c.key))
    ]


def centre_language(conn: sa.Connection) -> str:
    """The language the centre works in, English before its first day."""
    return conn.execute(sa.select(centres.c.working_language).limit(1)).scalar() or "en"


def centre_zone(conn: sa.Connection) -> str:
    """The time zone of the centre, UTC before its first day."""
    return conn.execute(sa.select(centres.c.timezone).limit(1)).scalar() or "UTC"
