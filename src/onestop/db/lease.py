"""The lease of the jobs: one advisory lock on PostgreSQL, and whether anybody holds it."""

import sqlalchemy as sa

JOBS_LOCK = 0x6F6E6573746F70
"""The advisory lock of the jobs: the bytes of the product's name; days lock by the low 63 bits of their ids."""


def jobs_lease_held(conn: sa.Connection) -> bool:
    """Whether some process runs the jobs; on SQLite, where there is one process, it cannot be told from here."""
    if conn.dialect.name != "postgresql":
        return False
    held = sa.text(
        "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND classid = :high AND objid = :low)"
    )
    return bool(conn.execute(held, {"high": JOBS_LOCK >> 32, "low": JOBS_LOCK & 0xFFFFFFFF}).scalar())
