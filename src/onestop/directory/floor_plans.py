"""The floor plan of a venue, where its desks stand on it, and the way in words, kept in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from onestop.db.memo import remembered
from onestop.directory.logos import ENDINGS
from onestop.directory.tables import desk_places, floor_plans, texts
from onestop.domain.errors import NotKnown
from onestop.domain.own_words import UNREAD
from onestop.locale.languages import fallbacks

OWNER, FIELD = "venue", "way"
"""Where the way in an organiser's own words stands in `texts`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A picture of the hall; `file` is its name in its address, `width` and `height` are CSS pixels."""

    file: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a desk stands: thousandths of the width and height of the plan."""

    across: int
    down: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What is known of the hall of a venue."""

    plan: Plan | None
    spots: Mapping[int, Spot] = field(default_factory=dict[int, Spot])
    """By desk number."""
    way: Mapping[str, str] = field(default_factory=dict[str, str])
    """The way in words by language."""
    drafts: frozenset[str] = frozenset()
    """The languages of these that nobody has read."""

    def way_for(self, tag: str, *, working: str) -> tuple[str, str]:
        """The way in a reader's language or the nearest that is there, and which language that is."""
        chain = (*fallbacks(tag, working=working), *sorted(self.way))
        language = next((each for each in chain if each in self.way), "")
        return self.way.get(language, ""), language


def floor_of(conn: sa.Connection, venue: UUID) -> Floor:
    """The floor of a venue, empty where nothing was given."""
    return remembered(conn, _floor_of, venue)


def plan_content(conn: sa.Connection, digest: str) -> tuple[str, bytes]:
    """Media type and bytes of a plan. Raises `NotKnown`."""
    return remembered(conn, _plan_content, digest)


def _plan_content(conn: sa.Connection, digest: str) -> tuple[str, bytes]:
    row = conn.execute(
        sa.select(floor_plans.c.media_type, floor_plans.c.content).where(floor_plans.c.digest == digest).limit(1)
    ).one_or_none()
    if row is None:
        raise NotKnown
    return row.media_type, row.content


def _floor_of(conn: sa.Connection, venue: UUID) -> Floor:
    columns = floor_plans.c.digest, floor_plans.c.media_type, floor_plans.c.width, floor_plans.c.height
    row = conn.execute(sa.select(*columns).where(floor_plans.c.venue_id == venue)).one_or_none()
    places = conn.execute(
        sa.select(desk_places).where(desk_places.c.venue_id == venue).order_by(desk_places.c.number)
    ).all()
    about = (texts.c.owner_kind == OWNER, texts.c.field == FIELD, texts.c.owner_id == venue)
    words = conn.execute(sa.select(texts.c.language, texts.c.text, texts.c.state).where(*about)).all()
    return Floor(
        plan=None
        if row is None
        else Plan(file=f"{row.digest}.{ENDINGS[row.media_type]}", width=row.width, height=row.height),
        spots={each.number: Spot(across=each.across, down=each.down) for each in places},
        way={each.language: each.text for each in words},
        drafts=frozenset(each.language for each in words if each.state in UNREAD),
    )
