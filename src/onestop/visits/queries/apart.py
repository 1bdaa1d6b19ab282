"""The ticket of her own that an act at a desk gave, for the short time in which it is handed over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.domain.errors import TicketUnknown
from onestop.visits.tables import acts

HANDED_OVER_WITHIN = timedelta(minutes=15)
"""Longer than it takes to print and hand over; afterwards no desk reads her code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTicket:
    """Whose it is, and in which language it is printed."""

    party: UUID
    display_language: str
    at: datetime


def given_ticket(conn: sa.Connection, stop_id: UUID, act_id: UUID, *, now: datetime) -> GivenTicket:
    """One statement. Raises `TicketUnknown` for another act, one that was taken back, or after a quarter of an hour."""
    row = conn.execute(
        sa.select(stops.c.party_id, parties.c.display_language, acts.c.at)
        .join_from(acts, stops, stops.c.id == acts.c.stop_id)
        .join(parties, parties.c.id == stops.c.party_id)
        .where(
            acts.c.id == act_id,
            acts.c.stop_id == stop_id,
            acts.c.kind == "own_ticket",
            acts.c.undone_at.is_(None),
            acts.c.at > now - HANDED_OVER_WITHIN,
            parties.c.erased_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise TicketUnknown
    return GivenTicket(party=row.party_id, display_language=row.display_language, at=row.at)
