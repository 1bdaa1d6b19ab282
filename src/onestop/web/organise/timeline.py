"""The picture of a day as its template needs it: rows with names, hours over their quarters, bars by their height."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onestop.days.queries.desks import DeskRow, MediatorRow
from onestop.domain.timeline import HOUR, SPAN, HourWaits, Level, Row, Span, Timeline

TALLEST = 10
"""Steps of height a bar may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShown:
    """A desk, several desks alike, or mediators alike (then `desks` is empty)."""

    desks: tuple[DeskRow, ...]
    label: str
    languages: tuple[str, ...]
    members: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HourShown:
    """An hour over so many columns: after the closing (`over`), to come (`ahead`). `tall` is the height of its bar."""

    waits: HourWaits
    columns: int
    over: bool
    ahead: bool
    tall: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineShown:
    """The whole picture; of a day that runs, so many columns are `behind` and so many `ahead` of now."""

    rows: tuple[RowShown, ...]
    hours: tuple[HourShown, ...]
    any_late: bool
    any_paused: bool
    now: datetime | None
    behind: int
    ahead: int


def timeline_shown(made: Timeline, desks: Sequence[DeskRow], mediators: Sequence[MediatorRow]) -> TimelineShown:
    """The picture of what is set up now: who was taken away since it was made has no row."""
    by_desk = {desk.id: desk for desk in desks}
    by_mediator = {one.id: one for one in mediators}
    rows = [shown for row in made.rows if (shown := _row(row, by_desk, by_mediator)) is not None]
    longest = max((hour.typical or 0.0 for hour in made.hours), default=0.0)
    return TimelineShown(
        rows=tuple(rows),
        hours=tuple(
            HourShown(
                waits=hour,
                columns=min(HOUR // SPAN, len(made.starts) - n * (HOUR // SPAN)),
                over=hour.starts_at >= made.closes_at,
                ahead=made.now is not None and hour.starts_at >= made.now,
                tall=0 if not hour.typical or hour.typical < 1 else max(1, round(TALLEST * hour.typical / longest)),
            )
            for n, hour in enumerate(made.hours)
        ),
        any_late=any(cell.late for row in rows for cell in row.spans),
        any_paused=any(cell.level is Level.PAUSED for row in rows for cell in row.spans),
        now=made.now,
        behind=made.behind,
        ahead=len(made.starts) - made.behind,
    )


def _row(row: Row, desks: Mapping[UUID, DeskRow], mediators: Mapping[UUID, MediatorRow]) -> RowShown | None:
    alike = tuple(desks[who] for who in row.members if who in desks)
    if alike:
        return RowShown(
            desks=alike,
            label=alike[0].institution.name,
            languages=tuple(sorted(alike[0].languages)),
            members=len(alike),
            spans=row.spans,
        )
    people = [mediators[who] for who in row.members if who in mediators]
    if not people:
        return None
    languages = tuple(sorted(people[0].languages))
    label = people[0].label if len(people) == 1 else ""
    return RowShown(desks=(), label=label, languages=languages, members=len(people), spans=row.spans)
