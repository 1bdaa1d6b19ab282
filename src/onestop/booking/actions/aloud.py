"""Whether her number is also said in her language. A loudspeaker tells a hall where she is from: the choice is hers."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.db.ledger import record
from onestop.domain.errors import TicketUnknown
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor


def choose_aloud(conn: sa.Connection, party: UUID, *, aloud: bool, actor: Actor, now: datetime) -> None:
    """Say her number in her language too, or no longer. Raises `TicketUnknown` for a party that was erased."""
    row = conn.execute(
        sa.select(parties.c.day_id, parties.c.aloud).where(parties.c.id == party, parties.c.erased_at.is_(None))
    ).one_or_none()
    if row is None:
        raise TicketUnknown
    if row.aloud == aloud:
        return
    conn.execute(parties.update().where(parties.c.id == party).values(aloud=aloud))
    record(conn, Fact(kind="SpeechChosen", at=now, day=row.day_id, party=party, actor=actor.ref))
