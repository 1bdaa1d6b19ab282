"""Who saw personal data: a fact once for each person, thing and ten minutes, so that looking costs next to nothing."""

from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.db.ledger import facts, record
from onestop.domain.facts import LOOKS, Fact
from onestop.domain.roles import Actor

AGAIN = timedelta(minutes=10)


def note_look(
    conn: sa.Connection,
    kind: str,
    day: UUID,
    *,
    party: UUID | None = None,
    stop: UUID | None = None,
    desk: UUID | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Record that somebody saw something of a day; not again within ten minutes."""
    assert kind in LOOKS, kind
    same = sa.select(facts.c.id).where(
        facts.c.day_id == day,
        facts.c.kind == kind,
        facts.c.actor == actor.ref,
        facts.c.at > now - AGAIN,
        facts.c.party_id.is_(None) if party is None else facts.c.party_id == party,
        facts.c.stop_id.is_(None) if stop is None else facts.c.stop_id == stop,
    )
    if conn.execute(same.limit(1)).first() is None:
        record(conn, Fact(kind=kind, at=now, day=day, party=party, stop=stop, desk=desk, actor=actor.ref))
