"""The one row that tells every process where domain time started and how fast it runs."""

from datetime import datetime

import sqlalchemy as sa

from onestop.clock import Clock, real_clock, real_now
from onestop.db.base import metadata
from onestop.db.types import instant

clock = sa.Table(
    "clock",
    metadata,
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    instant("start_at"),
    instant("real_start_at"),
    sa.Column("rate", sa.Float(), nullable=False),
    sa.Column("demo", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.CheckConstraint("id = 1", name="one_row"),
    sa.CheckConstraint("demo OR (rate = 1 AND start_at = real_start_at)", name="only_a_demo_bends_time"),
)


def load_clock(conn: sa.Connection) -> Clock:
    """The clock all processes of this database share; the real time while no demo set another."""
    row = conn.execute(sa.select(clock)).one_or_none()
    if row is None:
        return real_clock()
    return Clock(start=row.start_at, real_start=row.real_start_at, rate=row.rate)


def is_demo(conn: sa.Connection) -> bool:
    """Whether `onestop demo` made this database."""
    return bool(conn.execute(sa.select(clock.c.demo)).scalar())


def start_demo_clock(conn: sa.Connection, *, start: datetime, rate: float) -> None:
    """Make domain time start now at `start` with `rate`; marks the database as a demo's."""
    conn.execute(clock.delete())
    conn.execute(clock.insert().values(id=1, start_at=start, real_start_at=real_now(), rate=rate, demo=True))
