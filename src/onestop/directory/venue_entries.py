"""Changes of venues by an organiser: added, changed, closed and opened again."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.directory.entries import EntryNameRefused
from onestop.directory.tables import venues
from onestop.directory.venues import venue_of, zones
from onestop.domain.errors import N_, InvalidInput, NotKnown
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor

LONGEST_NAME, LONGEST_ADDRESS = 200, 300


class VenueThere(InvalidInput):
    code = "venue_there"
    status = 409
    sentence = N_("There is already a venue with this name and address.")


class VenueAddressTooLong(InvalidInput):
    code = "venue_address_too_long"
    sentence = N_("Please write at most %(number)s characters.")


class VenueZoneRefused(InvalidInput):
    code = "venue_zone_refused"
    sentence = N_("Please choose a time zone.")


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueWords:
    """What is stored of a venue."""

    name: str
    address: str = ""
    timezone: str


def stored_venue(conn: sa.Connection, venue: UUID) -> VenueWords:
    """What is stored of a venue. Raises `NotKnown`."""
    found = venue_of(conn, venue)
    return VenueWords(name=found.name, address=found.address, timezone=found.timezone)


def add_venue(conn: sa.Connection, words: VenueWords, *, actor: Actor, now: datetime) -> UUID:
    """A venue that days can choose. Raises what is wrong with its name, address or zone."""
    _check(conn, words)
    made = new_id()
    conn.execute(venues.insert().values(id=made, **asdict(words)))
    tell_of_venue(conn, "VenueAdded", made, actor=actor, now=now)
    return made


def change_venue(conn: sa.Connection, venue: UUID, words: VenueWords, *, actor: Actor, now: datetime) -> None:
    """Other words for a venue, on all its days; they keep their hours. Raises `NotKnown` and as `add_venue`."""
    before = _row(conn, venue)
    _check(conn, words, before=before)
    conn.execute(venues.update().where(venues.c.id == venue).values(**asdict(words)))
    tell_of_venue(conn, "VenueChanged", venue, actor=actor, now=now)


def close_venue(conn: sa.Connection, venue: UUID, *, closed: bool, actor: Actor, now: datetime) -> None:
    """Let new days choose it no longer, or again; its days keep it. Harmless twice. Raises `NotKnown`."""
    if _row(conn, venue).closed == closed:
        return
    conn.execute(venues.update().where(venues.c.id == venue).values(closed=closed))
    tell_of_venue(conn, "VenueClosed" if closed else "VenueOpened", venue, actor=actor, now=now)


def tell_of_venue(conn: sa.Connection, kind: str, venue: UUID, *, actor: Actor, now: datetime) -> None:
    """Note a fact about a venue."""
    record(conn, Fact(kind=kind, at=now, actor=actor.ref, terms={"venue": str(venue)}))


def _row(conn: sa.Connection, venue: UUID) -> sa.Row[Any]:
    row = conn.execute(sa.select(venues).where(venues.c.id == venue)).one_or_none()
    if row is None:
        raise NotKnown
    return row


def _check(conn: sa.Connection, words: VenueWords, *, before: sa.Row[Any] | None = None) -> None:
    if not 1 <= len(words.name) <= LONGEST_NAME:
        raise EntryNameRefused(field="name")
    if len(words.address) > LONGEST_ADDRESS:
        raise VenueAddressTooLong(field="address", number=LONGEST_ADDRESS)
    # A day file may have brought a zone that the list does not offer.
    if words.timezone not in zones() and (before is None or words.timezone != before.timezone):
        raise VenueZoneRefused(field="timezone")
    there = conn.execute(
        sa.select(venues.c.id).where(venues.c.name == words.name, venues.c.address == words.address)
    ).scalar()
    if there is not None and (before is None or there != before.id):
        raise VenueThere(field="name")
