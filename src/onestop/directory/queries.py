"""Reads of the directory."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from onestop.directory.tables import centres, institutions, texts
from onestop.domain.errors import N_, Refusal
from onestop.domain.own_words import UNREAD


class InstitutionUnknown(Refusal):
    code = "institution_unknown"
    status = 404
    sentence = N_("We do not know this institution.")


def institution_by_key(conn: sa.Connection, key: str) -> UUID:
    """The institution of that key. Raises `InstitutionUnknown`."""
    found = conn.execute(sa.select(institutions.c.id).where(institutions.c.key == key)).scalar()
    if found is None:
        raise InstitutionUnknown
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """The organising body of this installation, whom visitors may ask."""

    name: str
    phone: str
    email: str
    address: str


def centre(conn: sa.Connection) -> Centre | None:
    """The centre, `None` before its first day."""
    row = conn.execute(sa.select(centres).limit(1)).one_or_none()
    return None if row is None else Centre(name=row.name, phone=row.phone, email=row.email, address=row.address)


def own_words(conn: sa.Connection, owner_kind: str, owner: UUID, field: str) -> dict[str, str]:
    """What the organiser wrote for a field of this thing, by language."""
    rows = conn.execute(
        sa.select(texts.c.language, texts.c.text)
        .where(texts.c.owner_kind == owner_kind, texts.c.owner_id == owner, texts.c.field == field)
        .order_by(texts.c.language)
    )
    return {row.language: row.text for row in rows}


def unread_words(conn: sa.Connection, owner_kind: str, owner: UUID, field: str) -> frozenset[str]:
    """The languages in which nobody has read a field of this thing."""
    mine = sa.and_(texts.c.owner_kind == owner_kind, texts.c.owner_id == owner, texts.c.field == field)
    rows = conn.execute(sa.select(texts.c.language).where(mine, texts.c.state.in_(UNREAD)))
    return frozenset(row.language for row in rows)
