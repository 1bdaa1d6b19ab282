"""Day passes for several desks at once, for the sheet an organiser prints; a desk that goes to the next person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.actions import NewSecret, make_pass, sign_out
from onestop.accounts.tables import passes
from onestop.db.ledger import record
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor


def make_passes(conn: sa.Connection, desks: Sequence[UUID], *, actor: Actor, now: datetime) -> list[NewSecret]:
    """One new pass for each desk, in this order. Raises `DeskUnknown`."""
    return [make_pass(conn, desk, actor=actor, now=now) for desk in desks]


def pass_day(conn: sa.Connection, pass_id: UUID) -> UUID | None:
    """The day of a pass, `None` for an unknown one."""
    return conn.execute(sa.select(passes.c.day_id).where(passes.c.id == pass_id)).scalar()


def hand_over(
    conn: sa.Connection, token_hash: str | None, day: UUID, *, desk: UUID, actor: Actor, now: datetime
) -> None:
    """Whoever sits at a desk goes: this browser is signed out, and its pass may be bound by the next one."""
    if token_hash is not None:
        sign_out(conn, token_hash)
        record(conn, Fact(kind="DeskHandedOver", at=now, day=day, desk=desk, actor=actor.ref))
