"""What organisers changed of a day's set-up, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.picture import Picture
from onestop.days.tables import setup_changes

MOST_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change: the things that differ, before and after, and how many tickets it touched by kind."""

    id: UUID
    version: int
    """The version the day had after it."""
    at: datetime
    actor: str
    before: Picture
    after: Picture
    touched: Mapping[str, int]
    undoes: bool

    @property
    def moves(self) -> bool:
        """Whether the whole day went to another date."""
        was, then = self.before.get("day", {}), self.after.get("day", {})
        return "on" in was and "on" in then and was["on"] != then["on"]


def changes_of_day(conn: sa.Connection, day: UUID, *, since: int = 0) -> list[Change]:
    """The newest changes, or those after a version; one statement."""
    rows = conn.execute(
        sa.select(setup_changes)
        .where(setup_changes.c.day_id == day, setup_changes.c.version > since)
        .order_by(setup_changes.c.version.desc())
        .limit(MOST_SHOWN)
    )
    return [
        Change(
            id=row.id,
            version=row.version,
            at=row.at,
            actor=row.actor,
            before=row.before,
            after=row.after,
            touched=row.touched,
            undoes=row.undoes,
        )
        for row in rows
    ]
