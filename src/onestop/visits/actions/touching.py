"""Whoever a change of the set-up touches is told once, a few people in a transaction, and laid anew if she can be."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.actions.laying import lay_anew
from onestop.booking.tables import bookings, parties
from onestop.days.tables import setup_changes
from onestop.db.ledger import record
from onestop.domain.booking import WAITS, BookingState
from onestop.domain.errors import TicketUnknown
from onestop.domain.facts import Fact
from onestop.domain.roles import SYSTEM, Actor
from onestop.domain.touch import LOST, Touch, Touched
from onestop.domain.visit import VisitState
from onestop.visits.tables import setup_touched, visits

TOLD_AT_ONCE = 10
"""People in one transaction: three hundred in one would hold up every other day."""


def note_touched(conn: sa.Connection, change: UUID, touched: Sequence[Touched]) -> None:
    """Write down whom a change touches. That something is as before is news only for whom it was not."""
    lost = sa.select(setup_touched.c.party_id).where(
        setup_touched.c.how.in_(LOST), setup_touched.c.party_id.in_([one.party for one in touched])
    )
    told = set(conn.execute(lost).scalars()) if touched else set[UUID]()
    rows = [
        {
            "change_id": change,
            "party_id": one.party,
            "how": one.touch,
            "here": one.here,
            "arrival_at": one.arrival_at,
        }
        for one in touched
        if one.touch is not Touch.AGAIN or one.party in told
    ]
    if rows:
        conn.execute(setup_touched.insert(), rows)


def days_with_touched(conn: sa.Connection, *, now: datetime) -> list[UUID]:
    """Days on which somebody is touched and not told yet; a crash in the middle leaves some."""
    _ = now
    waiting = sa.select(setup_changes.c.day_id).distinct().join(setup_touched)
    return list(conn.execute(waiting.where(setup_touched.c.told_at.is_(None))).scalars())


def tell_next_touched(conn: sa.Connection, day: UUID, *, actor: Actor = SYSTEM, now: datetime) -> int:
    """Tell the next few, each by her own fact; gives how many, 0 when all are told. Who is gone is left out."""
    rows = conn.execute(
        sa.select(setup_touched, bookings.c.state.label("booked"), visits.c.state.label("visit"))
        .join(setup_changes, setup_changes.c.id == setup_touched.c.change_id)
        .outerjoin(bookings, bookings.c.party_id == setup_touched.c.party_id)
        .outerjoin(visits, visits.c.party_id == setup_touched.c.party_id)
        .where(setup_changes.c.day_id == day, setup_touched.c.told_at.is_(None))
        .order_by(setup_changes.c.version, setup_touched.c.arrival_at, setup_touched.c.party_id)
        .limit(TOLD_AT_ONCE)
    ).all()
    for row in rows:
        this = sa.and_(setup_touched.c.change_id == row.change_id, setup_touched.c.party_id == row.party_id)
        conn.execute(setup_touched.update().where(this).values(told_at=now))
        here = row.visit == VisitState.OPEN
        if row.how == Touch.DAY and row.booked in WAITS:
            record(conn, Fact(kind="WaitingMoved", at=now, day=day, party=row.party_id, actor=actor.ref))
        if not here and row.booked != BookingState.CONFIRMED:
            continue
        if row.how not in (*LOST, Touch.DAY) and not here:
            lay_anew(conn, row.party_id, now=now)
        if row.how != Touch.UNNOTICED:
            fact = Fact(
                kind="PartyTouched",
                at=now,
                day=day,
                party=row.party_id,
                actor=actor.ref,
                terms={"how": row.how, "here": here},
            )
            record(conn, fact)
    return len(rows)


def mark_seen(conn: sa.Connection, party: UUID, *, actor: Actor, now: datetime) -> None:
    """She has read what changed, or reception told her; harmless twice. Raises `TicketUnknown`."""
    day = conn.execute(sa.select(parties.c.day_id).where(parties.c.id == party)).scalar()
    if day is None:
        raise TicketUnknown
    hers = sa.and_(
        setup_touched.c.party_id == party, setup_touched.c.told_at.is_not(None), setup_touched.c.seen_at.is_(None)
    )
    if conn.execute(setup_touched.update().where(hers).values(seen_at=now)).rowcount:
        record(conn, Fact(kind="ChangeSeen", at=now, day=day, party=party, actor=actor.ref))
