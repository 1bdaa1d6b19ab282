"""The plain statements, built once for each table: building one anew costs more than the database takes for it."""

from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa


def insert(conn: sa.Connection, table: sa.Table, **values: Any) -> sa.CursorResult[Any]:
    """Store one row."""
    return conn.execute(_insert(table), values)


def change(conn: sa.Connection, table: sa.Table, row: UUID, **values: Any) -> None:
    """Set columns of the row with this id; values only, no expressions."""
    conn.execute(_change(table), {"row_id": row, **values})


def row_of(conn: sa.Connection, column: sa.Column[Any], value: Any) -> sa.Row[Any] | None:
    """The row of this column's table where it has this value; `None` if there is none."""
    return conn.execute(_row_of(column), {"value": value}).one_or_none()


@cache
def _insert(table: sa.Table) -> sa.Insert:
    return table.insert()


@cache
def _change(table: sa.Table) -> sa.Update:
    return table.update().where(table.c.id == sa.bindparam("row_id"))


@cache
def _row_of(column: sa.Column[Any]) -> sa.Select[Any]:
    return sa.select(column.table).where(column == sa.bindparam("value"))
