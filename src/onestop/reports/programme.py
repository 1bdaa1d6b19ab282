"""A programme: the figures of any set of days, each alone and all together (decision 32 says what may be published)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import Day
from onestop.db.ledger import record
from onestop.domain.day import DayState
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.reports.figures_of_day import DayFigures
from onestop.reports.files import FileKind
from onestop.reports.rows_of_days import read_rows
from onestop.reports.statistics import figures_from

MOST_DAYS = 100
"""More days than this are several reports: all their rows are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeDay:
    """One day of a programme."""

    slug: str
    name: str
    on: str
    """Its date."""
    venue: str
    figures: DayFigures


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Days in the order of their dates, and all of them as if they were one. No crossings: several days subtract."""

    days: tuple[ProgrammeDay, ...]
    together: DayFigures


def has_begun(day: Day, *, now: datetime) -> bool:
    """Whether there can be anything to count."""
    return day.state is DayState.CLOSED or (day.state is DayState.PUBLISHED and day.opens_at <= now)


def programme_of(conn: sa.Connection, days: Sequence[Day], *, now: datetime) -> Programme:
    """Ten statements at most, however many days and people there are."""
    ordered = sorted(days, key=lambda day: (day.on, day.slug))
    rows = read_rows(conn, ordered, now=now)
    each = rows.of_each()
    return Programme(
        days=tuple(
            ProgrammeDay(
                slug=day.slug,
                name=day.name,
                on=day.on.isoformat(),
                venue=day.venue,
                figures=figures_from(each[day.id], crossings=False),
            )
            for day in ordered
        ),
        together=figures_from(rows, crossings=False),
    )


def note_programme(
    conn: sa.Connection, days: Mapping[UUID, str], *, kind: FileKind, actor: Actor, now: datetime
) -> None:
    """Somebody took the figures of these days away as a file."""
    terms = {"file": kind, "days": sorted(days.values())}
    record(conn, Fact(kind="ProgrammeTaken", at=now, actor=actor.ref, terms=terms))
