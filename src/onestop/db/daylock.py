"""The lock of a day: on PostgreSQL one transaction after the other changes a day; SQLite has one writer anyway.

Whoever chooses by what the day holds takes it first (`Database.write(…, day=…)`). Whoever only writes a line to the
day's ledger takes it with the line, before its number: so lines of one day are numbered in the order of COMMIT.
"""

from uuid import UUID

import sqlalchemy as sa

_HELD = "onestop_days_held"


def lock_key(day: UUID) -> int:
    """The 63-bit key of a day's advisory lock."""
    return day.int & (2**63 - 1)


def hold_day(conn: sa.Connection, day: UUID) -> None:
    """Wait for the day and keep it to the end of this transaction; at once if it is held here."""
    held: set[UUID] = conn.info.setdefault(_HELD, set())
    if day not in held and conn.dialect.name == "postgresql":
        conn.execute(sa.select(sa.func.pg_advisory_xact_lock(lock_key(day))))
        held.add(day)


def begin_without_days(conn: sa.Connection) -> None:
    """A transaction begins: what this connection held before went with its last one."""
    conn.info.pop(_HELD, None)
