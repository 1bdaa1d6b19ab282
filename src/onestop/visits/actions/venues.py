"""A venue that no day ever used is taken out of the directory; one that was used can only be closed."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.db.ledger import record
from onestop.directory.tables import texts, venues
from onestop.domain.errors import N_, NotKnown, Refusal
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.visits.queries.venues import is_venue_used


class VenueUsed(Refusal):
    code = "venue_used"
    sentence = N_("Days know this venue, so it stays. You can choose that it is no longer offered.")


def remove_venue(conn: sa.Connection, venue: UUID, *, actor: Actor, now: datetime) -> None:
    """Delete a venue that no day knows. Raises `VenueUsed`, `NotKnown`."""
    row = conn.execute(sa.select(venues.c.name).where(venues.c.id == venue).with_for_update()).one_or_none()
    if row is None:
        raise NotKnown
    if is_venue_used(conn, venue):
        raise VenueUsed
    conn.execute(texts.delete().where(texts.c.owner_id == venue))
    conn.execute(venues.delete().where(venues.c.id == venue))
    terms = {"venue": str(venue), "name": row.name}
    record(conn, Fact(kind="VenueRemoved", at=now, actor=actor.ref, terms=terms))
