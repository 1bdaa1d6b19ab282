"""Day passes for several desks at once, for the sheet an organiser prints."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.actions import NewSecret, make_pass
from onestop.accounts.tables import passes
from onestop.domain.roles import Actor


def make_passes(conn: sa.Connection, desks: Sequence[UUID], *, actor: Actor, now: datetime) -> list[NewSecret]:
    """One new pass for each desk, in this order. Raises `DeskUnknown`."""
    return [make_pass(conn, desk, actor=actor, now=now) for desk in desks]


def pass_day(conn: sa.Connection, pass_id: UUID) -> UUID | None:
    """The day of a pass, `None` for an unknown one."""
    return conn.execute(sa.select(passes.c.day_id).where(passes.c.id == pass_id)).scalar()
