"""What a visitor ticks on her ticket: the papers she has. It helps her alone and is shown to nobody else."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.db.ledger import record
from onestop.domain.checklist import still_ready
from onestop.domain.errors import TicketUnknown
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor


def tick_papers(
    conn: sa.Connection,
    party: UUID,
    *,
    shown: Collection[str],
    ready: Collection[str],
    actor: Actor,
    now: datetime,
) -> None:
    """Of the papers that were `shown` (keys) she has those that are `ready`; what was not shown stays as it was.

    The fact says neither which nor how many. Raises `TicketUnknown` for a party that was erased.
    """
    row = conn.execute(
        sa.select(parties.c.day_id, parties.c.papers_ready).where(parties.c.id == party, parties.c.erased_at.is_(None))
    ).one_or_none()
    if row is None:
        raise TicketUnknown
    kept = still_ready(row.papers_ready, shown=shown, ready=ready)
    if kept == row.papers_ready:
        return
    conn.execute(parties.update().where(parties.c.id == party).values(papers_ready=kept))
    record(conn, Fact(kind="PapersTicked", at=now, day=row.day_id, party=party, actor=actor.ref))
