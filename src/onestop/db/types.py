"""Column types and small differences between SQLite and PostgreSQL."""

import unicodedata
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator
from uuid_utils.compat import uuid7

NO_DAY = UUID(int=0)
"""The day of facts that belong to no day."""


def new_id() -> UUID:
    """A fresh UUIDv7: sorts by machine time, 74 random bits."""
    return uuid7()


class Id(sa.Uuid[UUID]):
    """A UUID; SQLite keeps its 32 hex digits. The same few are read again and again while a day runs: read once."""

    cache_ok = True

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        """Read hex digits through a memory; a database that knows UUIDs gives them itself."""
        process = super().result_processor(dialect, coltype)
        return None if process is None else _read_uuid


@lru_cache(65_536)
def _read_uuid(digits: str | None) -> UUID | None:
    return None if digits is None else UUID(digits)


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant; SQLite drops the zone, so it is put back on the way out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse naive times, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Any:
        """On SQLite the text is read through a memory: the times of a day's plan are the same in many rows."""
        return _read_instant if dialect.name == "sqlite" else _as_utc


def _as_utc(value: datetime | None) -> datetime | None:
    """PostgreSQL gives an instant in the zone of its session, which mostly is UTC."""
    return value if value is None or value.tzinfo is UTC else value.astimezone(UTC)


@lru_cache(16_384)
def _read_instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""An increasing integer key (facts, calls); SQLite only counts by itself for INTEGER."""


def fold(text: str) -> str:
    """A name folded for look-up: compatibility form, no accents, no case, single spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


def id_column(**kwargs: Any) -> sa.Column[UUID]:
    """The primary key of an entity."""
    return sa.Column("id", Id(), primary_key=True, default=new_id, **kwargs)


def ref(
    name: str, target: str, *, null: bool = False, ondelete: str = "CASCADE", index: bool = True
) -> sa.Column[UUID]:
    """A foreign key to `target`'s id."""
    return sa.Column(name, Id(), sa.ForeignKey(f"{target}.id", ondelete=ondelete), nullable=null, index=index)


def instant(name: str, *, null: bool = False) -> sa.Column[datetime]:
    """A column that holds an instant."""
    return sa.Column(name, Instant(), nullable=null)


def one_of(column: str, values: type[StrEnum] | tuple[str, ...], name: str) -> sa.CheckConstraint:
    """A check that holds an enum column to its values."""
    names = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({names})", name=name)
