"""What time alone ends: a desk that asked for the next visitor and was not touched for ten minutes."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.tables import desks
from onestop.db.ledger import record
from onestop.db.memo import LIVE
from onestop.domain.facts import Fact
from onestop.domain.roles import SYSTEM


def lapse_ready(conn: sa.Connection, day: UUID, *, now: datetime) -> int:
    """Stand desks down whose *ready* has run out, so that nobody is called to an empty chair; gives how many."""
    over = conn.execute(
        desks.update()
        .where(desks.c.day_id == day, desks.c.ready_until_at <= now)
        .values(ready_since_at=None, ready_until_at=None)
        .returning(desks.c.id)
        .execution_options(**LIVE)
    ).scalars().all()  # fmt: skip
    for desk in sorted(over):
        record(conn, Fact(kind="DeskNotReady", at=now, day=day, desk=desk, actor=SYSTEM.ref))
    return len(over)


def days_with_lapsed_desks(conn: sa.Connection, *, now: datetime) -> list[UUID]:
    """Days on which some desk's *ready* has run out."""
    return list(conn.execute(sa.select(desks.c.day_id).distinct().where(desks.c.ready_until_at <= now)).scalars())
