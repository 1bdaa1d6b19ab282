"""The messages to everybody that stand now; read from memory while nobody sends or ends one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.tables import broadcasts
from onestop.db.memo import remembered
from onestop.domain.broadcast import Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message that was sent; `board` is the one display that shows it."""

    id: UUID
    sentence: Sentence
    minutes: int | None
    desk: int | None
    text: str
    language: str
    board: UUID | None
    said_at: datetime
    until: datetime


def standing_broadcasts(conn: sa.Connection, day: UUID, *, now: datetime) -> tuple[Said, ...]:
    """Those that neither ended nor were ended, the newest first; at most one for everybody and one for each display."""
    return tuple(each for each in remembered(conn, _not_ended, day) if each.until > now)


def broadcast_here(conn: sa.Connection, day: UUID, *, board: UUID | None = None, now: datetime) -> Said | None:
    """The newest that everybody reads, or that this display shows."""
    return next((each for each in standing_broadcasts(conn, day, now=now) if each.board in (None, board)), None)


def days_with_ended_broadcasts(conn: sa.Connection, *, now: datetime) -> list[UUID]:
    """Days with a message whose time is over and that screens still show."""
    over = sa.and_(broadcasts.c.ended_at.is_(None), broadcasts.c.until_at <= now)
    return list(conn.execute(sa.select(broadcasts.c.day_id).distinct().where(over)).scalars())


def _not_ended(conn: sa.Connection, day: UUID) -> tuple[Said, ...]:
    rows = conn.execute(
        sa.select(broadcasts)
        .where(broadcasts.c.day_id == day, broadcasts.c.ended_at.is_(None))
        .order_by(broadcasts.c.said_at.desc(), broadcasts.c.id.desc())
    )
    return tuple(
        Said(
            id=row.id,
            sentence=Sentence(row.sentence),
            minutes=row.minutes,
            desk=row.desk,
            text=row.text,
            language=row.language,
            board=row.device_id,
            said_at=row.said_at,
            until=row.until_at,
        )
        for row in rows
    )
