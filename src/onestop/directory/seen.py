"""Two organisers at one entry of the directory: a change is made only to what its form was made of."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from onestop.directory.checklists import stored_paper
from onestop.directory.entries import stored_institution, stored_service
from onestop.directory.floor_entries import stored_way
from onestop.directory.need_entries import stored_need
from onestop.directory.place_entries import stored_place
from onestop.directory.series_entries import stored_series
from onestop.directory.tables import checklist_items, institutions, needs, places, series, services, venues
from onestop.directory.venue_entries import stored_venue
from onestop.domain.errors import Changed
from onestop.domain.seen import fingerprint_of

T = TypeVar("T")
Look = Callable[[sa.Connection, UUID], object]
_LOOKS: Mapping[str, tuple[sa.Table, Look]] = {
    "institution": (institutions, stored_institution),
    "need": (needs, stored_need),
    "paper": (checklist_items, stored_paper),
    "place": (places, stored_place),
    "series": (series, stored_series),
    "service": (services, stored_service),
    "venue": (venues, stored_venue),
    "way": (venues, stored_way),
}
"""Whose row is held, and what the form of each thing shows."""


def change_as_seen(
    conn: sa.Connection, what: str, one: UUID, act: Callable[..., T], *args: Any, seen_as: str, **more: Any
) -> T:
    """Do one of the directory's changes if `one` still is what the form was made of. Raises `Changed`, `NotKnown`."""
    table, look = _LOOKS[what]
    # Held until the end of the transaction: two who save at once come one after the other.
    conn.execute(sa.select(table.c.id).where(table.c.id == one).with_for_update())
    if fingerprint_of(look(conn, one)) != seen_as:
        raise Changed
    return act(conn, one, *args, **more)
