"""Reads of retention: which days still hold persons, which languages of a day are rare."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.days.tables import days
from onestop.domain.retention import common_languages, day_ends_at, persons_until
from onestop.visits.tables import visits


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDay:
    """A day that may still hold persons, with its two terms."""

    id: UUID
    ends_at: datetime
    persons_until: datetime


def kept_days(conn: sa.Connection, *, contact_days: int) -> list[KeptDay]:
    """Every day that retention has not finished, oldest first."""
    rows = conn.execute(sa.select(days).where(days.c.forgotten_at.is_(None)).order_by(days.c.on_date, days.c.id))
    return [
        KeptDay(
            id=row.id,
            ends_at=day_ends_at(row.on_date, row.closes_at, ZoneInfo(row.timezone)),
            persons_until=persons_until(row.on_date, row.closes_at, ZoneInfo(row.timezone), days=contact_days),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonLanguages:
    """The languages of a day that are spoken, and read, at enough visits to stand beside it."""

    spoken: frozenset[str]
    read: frozenset[str]


def common_languages_of(conn: sa.Connection, day: UUID) -> CommonLanguages:
    """Counted over the visits of the day."""
    spoken: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for row in conn.execute(
        sa.select(parties.c.languages, parties.c.display_language)
        .join_from(visits, parties)
        .where(visits.c.day_id == day)
    ):
        spoken.update(row.languages)
        read[row.display_language] += 1
    return CommonLanguages(spoken=common_languages(spoken), read=common_languages(read))
