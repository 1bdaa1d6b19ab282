"""The draw of a day as far as it is public."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.days.tables import draws
from onestop.db.statements import row_of
from onestop.domain.draw import DrawState, draw_state
from onestop.domain.errors import NoDraw


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """The window of a draw and what was published; hashes and seed are hex, `None` until they are fixed."""

    day: UUID
    opens_at: datetime
    closes_at: datetime
    nonce: str
    commitment: str
    list_hash: str | None
    closed_at: datetime | None
    seed: str | None
    drawn_at: datetime | None
    result_hash: str | None

    def state(self, now: datetime) -> DrawState:
        """Where it stands."""
        return draw_state(
            opens_at=self.opens_at,
            closes_at=self.closes_at,
            closed_at=self.closed_at,
            drawn_at=self.drawn_at,
            now=now,
        )


def draw_of(conn: sa.Connection, day: UUID) -> Draw | None:
    """The draw of a day; `None` until an organiser gave it a window."""
    row = row_of(conn, draws.c.day_id, day)
    return None if row is None else _draw(row)


def draws_of_days(conn: sa.Connection, of_days: Collection[UUID]) -> dict[UUID, Draw]:
    """The draws these days have; one statement."""
    rows = conn.execute(sa.select(draws).where(draws.c.day_id.in_(of_days)))
    return {row.day_id: _draw(row) for row in rows}


def the_draw(conn: sa.Connection, day: UUID) -> Draw:
    """The same. Raises `NoDraw`."""
    found = draw_of(conn, day)
    if found is None:
        raise NoDraw
    return found


def _draw(row: sa.Row[Any]) -> Draw:
    return Draw(
        day=row.day_id,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        nonce=row.nonce,
        commitment=row.commitment,
        list_hash=row.list_hash,
        closed_at=row.closed_at,
        seed=row.seed,
        drawn_at=row.drawn_at,
        result_hash=row.result_hash,
    )
