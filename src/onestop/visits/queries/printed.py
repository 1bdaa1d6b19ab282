"""Tickets that machines printed by themselves and that did not fit: what somebody has to look at (R9)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, printed
from onestop.devices.tables import devices
from onestop.domain.printed import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedConflict:
    """A paper that says `printed`; its holder waits under `number`, or under none."""

    id: UUID
    why: Conflict
    printed: int
    party: UUID | None
    number: int | None
    language: str
    machine: str
    came_at: datetime
    seen: bool

    @property
    def is_called_otherwise(self) -> bool:
        """Whether she has to be told another number than the one on her paper."""
        return self.number != self.printed


def conflicts_of_day(conn: sa.Connection, day: UUID) -> tuple[PrintedConflict, ...]:
    """Every conflict of the day, those nobody has looked at first."""
    rows = conn.execute(
        sa.select(printed, parties.c.number.label("now"), parties.c.display_language, devices.c.name)
        .join_from(printed, parties, printed.c.party_id == parties.c.id, isouter=True)
        .outerjoin(devices, devices.c.id == printed.c.device_id)
        .where(printed.c.day_id == day, printed.c.conflict.is_not(None))
        .order_by(printed.c.seen_at.is_not(None), printed.c.came_at, printed.c.id)
    )
    return tuple(
        PrintedConflict(
            id=row.id,
            why=Conflict(row.conflict),
            printed=row.number,
            party=row.party_id,
            number=row.now,
            language=row.display_language or "",
            machine=row.name or "",
            came_at=row.came_at,
            seen=row.seen_at is not None,
        )
        for row in rows
    )
