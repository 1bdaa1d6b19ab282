"""Venues of the centre, kept in memory like all that is configured."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID
from zoneinfo import available_timezones

import sqlalchemy as sa

from onestop.db.memo import remembered
from onestop.directory.tables import venues
from onestop.domain.errors import NotKnown

_NO_PLACE = ("Etc/", "SystemV/", "US/", "posix/", "right/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """A venue; new days cannot choose one that is `closed`."""

    id: UUID
    name: str
    address: str
    timezone: str
    closed: bool

    @property
    def line(self) -> str:
        """Name and address in one line."""
        return ", ".join(part for part in (self.name, self.address) if part)


def all_venues(conn: sa.Connection) -> tuple[Venue, ...]:
    """Every venue by name, open ones first."""
    return remembered(conn, _all_venues)


def venue_of(conn: sa.Connection, venue: UUID) -> Venue:
    """One venue. Raises `NotKnown`."""
    found = next((each for each in all_venues(conn) if each.id == venue), None)
    if found is None:
        raise NotKnown
    return found


@cache
def zones() -> tuple[str, ...]:
    """The time zones a venue can be in, by the name of a city."""
    return tuple(sorted(each for each in available_timezones() if "/" in each and not each.startswith(_NO_PLACE)))


def _all_venues(conn: sa.Connection) -> tuple[Venue, ...]:
    rows = conn.execute(sa.select(venues).order_by(venues.c.closed, venues.c.name, venues.c.address)).all()
    return tuple(
        Venue(id=row.id, name=row.name, address=row.address, timezone=row.timezone, closed=row.closed) for row in rows
    )
