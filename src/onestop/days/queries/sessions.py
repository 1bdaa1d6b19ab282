"""The sessions of a day as they are configured."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.days.tables import day_sessions
from onestop.db.memo import remembered
from onestop.domain.errors import NotKnown


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session as configured; `language` is empty where everybody can follow."""

    id: UUID
    day: UUID = field(compare=False)
    desk: UUID
    service: UUID
    starts_at: datetime
    minutes: int
    language: str
    seats: int

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)


def sessions_of_day(conn: sa.Connection, day_id: UUID) -> tuple[SessionRow, ...]:
    """Every session of the day, by start."""
    return remembered(conn, _configured_sessions, day_id)


def session_by_id(conn: sa.Connection, session: UUID) -> SessionRow:
    """A session. Raises `NotKnown`."""
    day = conn.execute(sa.select(day_sessions.c.day_id).where(day_sessions.c.id == session)).scalar()
    found = next((one for one in sessions_of_day(conn, day) if one.id == session), None) if day is not None else None
    if found is None:
        raise NotKnown
    return found


def is_held(conn: sa.Connection, day_id: UUID, session: UUID, starts_at: datetime) -> bool:
    """Whether the day still has this session at this time."""
    return any((one.id, one.starts_at) == (session, starts_at) for one in sessions_of_day(conn, day_id))


def _configured_sessions(conn: sa.Connection, day_id: UUID) -> tuple[SessionRow, ...]:
    rows = conn.execute(
        sa.select(day_sessions)
        .where(day_sessions.c.day_id == day_id)
        .order_by(day_sessions.c.starts_at, day_sessions.c.id)
    )
    return tuple(
        SessionRow(
            id=row.id,
            day=row.day_id,
            desk=row.desk_id,
            service=row.service_id,
            starts_at=row.starts_at,
            minutes=row.minutes,
            language=row.language,
            seats=row.seats,
        )
        for row in rows
    )
