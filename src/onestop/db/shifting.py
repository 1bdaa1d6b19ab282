"""Instants of many rows moved by the same span."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa


def shift(conn: sa.Connection, by: timedelta, *columns: sa.Column[Any], where: sa.ColumnElement[bool]) -> None:
    """Move these columns of one table, named in the order of time; empty ones stay empty.

    One statement for each different instant, the foremost first: none meets another one's old place, and no row ends
    before it begins on the way.
    """
    ahead = by > timedelta(0)
    for column in reversed(columns) if ahead else columns:
        known = sa.select(column).where(where, column.is_not(None)).distinct()
        found = sorted(conn.execute(known).scalars(), reverse=ahead)
        if found:
            this = sa.update(column.table).where(where, column == sa.bindparam("was"))
            moved = [{"was": at, "then": at + by} for at in found]
            conn.execute(this.values({column.name: sa.bindparam("then")}), moved)
