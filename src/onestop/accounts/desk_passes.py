"""Day passes for several desks at once, for the sheet an organiser prints; a desk that goes to the next person."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.actions import NewSecret, make_pass, revoke_pass, sign_out
from onestop.accounts.tables import passes
from onestop.days.tables import desks
from onestop.db.ledger import record
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor


def make_passes(conn: sa.Connection, chosen: Sequence[UUID], *, actor: Actor, now: datetime) -> list[NewSecret]:
    """One new pass for each desk, in this order. Raises `DeskUnknown`."""
    return [make_pass(conn, desk, actor=actor, now=now) for desk in chosen]


def make_missing_passes(conn: sa.Connection, day: UUID, *, actor: Actor, now: datetime) -> list[tuple[UUID, NewSecret]]:
    """A new pass for every desk of the day that has none which opens something, by desk number."""
    has_one = sa.exists().where(passes.c.desk_id == desks.c.id, passes.c.revoked_at.is_(None))
    without = conn.execute(sa.select(desks.c.id).where(desks.c.day_id == day, ~has_one).order_by(desks.c.number))
    return [(desk, make_pass(conn, desk, actor=actor, now=now)) for desk in without.scalars().all()]


def revoke_passes(conn: sa.Connection, day: UUID, *, actor: Actor, now: datetime) -> int:
    """End every pass of the day for good, and the sessions of their browsers; gives how many."""
    living = conn.execute(
        sa.select(passes.c.id).where(passes.c.day_id == day, passes.c.revoked_at.is_(None)).order_by(passes.c.id)
    ).scalars()
    ended = list(living)
    for each in ended:
        revoke_pass(conn, each, actor=actor, now=now)
    return len(ended)


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
