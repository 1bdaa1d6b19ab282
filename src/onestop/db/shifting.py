"""Instants of many rows moved by the same span."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import reduce
from typing import Any

import sqlalchemy as sa


def shift(conn: sa.Connection, by: timedelta, *columns: sa.Column[Any], where: sa.ColumnElement[bool]) -> None:
    """Move these columns of one table; empty ones stay. The foremost goes first: none meets another one's old place."""
    table = columns[0].table
    assert isinstance(table, sa.Table)
    keys = list(table.primary_key.columns)
    filled = sa.or_(*(column.is_not(None) for column in columns))
    rows: list[Sequence[Any]] = [tuple(row) for row in conn.execute(sa.select(*keys, *columns).where(where, filled))]
    rows.sort(key=lambda row: _earliest(row[len(keys) :]), reverse=by > timedelta(0))
    moved = [
        {f"key_{n}": row[n] for n in range(len(keys))}
        | {f"new_{n}": None if at is None else at + by for n, at in enumerate(row[len(keys) :])}
        for row in rows
    ]
    if moved:
        this = reduce(sa.and_, (key == sa.bindparam(f"key_{n}") for n, key in enumerate(keys)))
        values = {column.name: sa.bindparam(f"new_{n}") for n, column in enumerate(columns)}
        conn.execute(table.update().where(this).values(values), moved)


def _earliest(instants: Sequence[datetime | None]) -> datetime:
    return min(at for at in instants if at is not None)
