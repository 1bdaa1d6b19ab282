"""The ledger: facts written in the transaction of their cause, and handed to observers after COMMIT."""

from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from onestop.db.base import metadata
from onestop.db.daylock import hold_day
from onestop.db.statements import insert
from onestop.db.types import NO_DAY, BigId, Id, instant
from onestop.domain.facts import Fact

facts = sa.Table(
    "facts",
    metadata,
    # Allocated at INSERT, which happens under the day's lock: ids of one day are in the order of what happened.
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    sa.Column("day_id", Id(), nullable=False),
    sa.Column("kind", sa.String(60), nullable=False),
    instant("at"),
    sa.Column("party_id", Id()),
    sa.Column("visit_id", Id()),
    sa.Column("stop_id", Id()),
    sa.Column("desk_id", Id()),
    sa.Column("mediator_id", Id()),
    sa.Column("actor", sa.String(80), nullable=False, server_default=""),
    sa.Column("terms", sa.JSON(), nullable=False),
    sa.Index("ix_facts_day_id_id", "day_id", "id"),
    sqlite_autoincrement=True,
)

_PENDING = "onestop_facts"


def record(conn: sa.Connection, fact: Fact) -> int:
    """Write one fact in this transaction, queue it for reactors and observers, give its id.

    The facts of a day get their ids under its lock, so that they are committed in the order of their ids.
    """
    if fact.day is not None:
        hold_day(conn, fact.day)
    row = insert(
        conn,
        facts,
        day_id=fact.day or NO_DAY,
        kind=fact.kind,
        at=fact.at,
        party_id=fact.party,
        visit_id=fact.visit,
        stop_id=fact.stop,
        desk_id=fact.desk,
        mediator_id=fact.mediator,
        actor=fact.actor,
        terms=dict(fact.terms),
    )
    assert row.inserted_primary_key is not None
    number = int(row.inserted_primary_key[0])
    conn.info.setdefault(_PENDING, []).append(replace(fact, id=number))
    return number


def take_pending(conn: sa.Connection) -> Sequence[Fact]:
    """The facts recorded on this connection since the last take."""
    return conn.info.pop(_PENDING, [])
