"""Which questions of the tally a day asks."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.tables import days
from onestop.db.ledger import record
from onestop.domain.day import DayState
from onestop.domain.errors import Changed, MoveRefused
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.domain.tally import in_order


def choose_tally(
    conn: sa.Connection, day: UUID, questions: Collection[str], *, version: int, actor: Actor, now: datetime
) -> None:
    """Switch questions on and off; what was counted stays. Raises `Changed`, `MoveRefused`."""
    chosen = [question.value for question in in_order(questions)]
    taken = conn.execute(
        days.update()
        .where(days.c.id == day, days.c.version == version, days.c.state.in_([DayState.DRAFT, DayState.PUBLISHED]))
        .values(version=days.c.version + 1, tally=chosen)
    )
    if taken.rowcount != 1:
        state = conn.execute(sa.select(days.c.state).where(days.c.id == day)).scalar()
        raise Changed if state in (DayState.DRAFT, DayState.PUBLISHED) else MoveRefused
    record(conn, Fact(kind="TallyChosen", at=now, day=day, actor=actor.ref, terms={"questions": chosen}))
