"""Who is touched by a change of a day's set-up and cannot be written to: reception tells her."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, contacts, parties
from onestop.domain.touch import Touch
from onestop.notify.kinds import TOUCHED
from onestop.notify.tables import outbox
from onestop.visits.queries.touched import NEWS, STILL
from onestop.visits.tables import setup_touched, visits

_WRITTEN = sa.exists().where(
    outbox.c.party_id == setup_touched.c.party_id,
    outbox.c.kind.in_(TOUCHED.values()),
    outbox.c.created_at >= setup_touched.c.told_at,
    outbox.c.dead_at.is_(None),
)
"""A message about it went out or still may."""


def contact_kinds(conn: sa.Connection, among: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """The kinds of address that these parties gave; one statement."""
    found: dict[UUID, set[str]] = defaultdict(set)
    rows = conn.execute(sa.select(contacts.c.party_id, contacts.c.kind).where(contacts.c.party_id.in_(among)))
    for row in rows:
        found[row.party_id].add(row.kind)
    return {party: frozenset(kinds) for party, kinds in found.items()}


def untold_of_day(conn: sa.Connection, day: UUID) -> dict[int, UUID]:
    """Tickets to tell by telephone or at the door, by number; not how they are touched (R19). One statement."""
    rows = conn.execute(
        sa.select(parties.c.number, parties.c.id)
        .distinct()
        .join_from(setup_touched, parties)
        .outerjoin(bookings, bookings.c.party_id == parties.c.id)
        .outerjoin(visits, visits.c.party_id == parties.c.id)
        .where(parties.c.day_id == day, NEWS, STILL, setup_touched.c.how != Touch.AGAIN, ~_WRITTEN)
        .order_by(parties.c.number)
    )
    return {row.number: row.id for row in rows}
