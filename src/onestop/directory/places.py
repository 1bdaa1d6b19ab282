"""Places outside the advisory day where people are sent on, kept in memory like all that is configured."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from onestop.db.memo import remembered
from onestop.directory.tables import places, texts
from onestop.domain.errors import NotKnown
from onestop.domain.own_words import UNREAD
from onestop.locale.languages import fallbacks

OWNER, FIELD = "place", "hours"
"""Where an organiser's own words about hours and the way there stand in `texts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place of the directory; nobody is sent to one that is `closed`."""

    id: UUID
    kind: str
    name: str
    address: str
    phone: str
    discreet: bool
    closed: bool
    hours: Mapping[str, str]
    drafts: frozenset[str] = frozenset()
    """The languages of the hours that nobody has read."""

    def hours_for(self, tag: str, *, working: str) -> tuple[str, str]:
        """The hours in a reader's language or the nearest that is there, and which language that is."""
        chain = (*fallbacks(tag, working=working), *sorted(self.hours))
        language = next((each for each in chain if each in self.hours), "")
        return self.hours.get(language, ""), language


def all_places(conn: sa.Connection) -> tuple[Place, ...]:
    """Every place by name, open ones first; kept in memory, one statement."""
    return remembered(conn, _all_places)


def _all_places(conn: sa.Connection) -> tuple[Place, ...]:
    about = sa.and_(texts.c.owner_kind == OWNER, texts.c.field == FIELD, texts.c.owner_id == places.c.id)
    rows = conn.execute(
        sa.select(places, texts.c.language, texts.c.text, texts.c.state)
        .join_from(places, texts, about, isouter=True)
        .order_by(places.c.closed, places.c.name, texts.c.language)
    ).all()
    hours: dict[UUID, dict[str, str]] = {row.id: {} for row in rows}
    drafts: dict[UUID, set[str]] = {row.id: set() for row in rows}
    for row in rows:
        if row.text is not None:
            hours[row.id][row.language] = row.text
            if row.state in UNREAD:
                drafts[row.id].add(row.language)
    found = {row.id: row for row in rows}
    return tuple(
        Place(
            id=row.id,
            kind=row.kind,
            name=row.name,
            address=row.address,
            phone=row.phone,
            discreet=row.discreet,
            closed=row.closed,
            hours=hours[row.id],
            drafts=frozenset(drafts[row.id]),
        )
        for row in found.values()
    )


def place_of(conn: sa.Connection, place: UUID) -> Place:
    """One place. Raises `NotKnown`."""
    found = next((each for each in all_places(conn) if each.id == place), None)
    if found is None:
        raise NotKnown
    return found
