"""The hours of desks and mediators side by side: one row each, one column for each hour of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, MediatorRow

HOUR = timedelta(hours=1)
MOST_COLUMNS = 24
Cell = Literal["whole", "part", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursRow:
    """A desk (with its number) or a mediator, and for each column whether it is there."""

    desk: DeskRow | None
    label: str
    languages: tuple[str, ...]
    openings: tuple[tuple[datetime, datetime], ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursTable:
    """Columns by their beginning, and the rows."""

    columns: tuple[datetime, ...]
    rows: tuple[HoursRow, ...]


def hours_table(day: Day, desks: Sequence[DeskRow], mediators: Sequence[MediatorRow]) -> HoursTable:
    """Desks by number, then mediators."""
    columns: list[datetime] = []
    at = day.opens_at
    while at < day.closes_at and len(columns) < MOST_COLUMNS:
        columns.append(at)
        at += HOUR
    ends = [min(at + HOUR, day.closes_at) for at in columns]
    rows = [
        HoursRow(
            desk=desk,
            label=desk.institution.name,
            languages=tuple(sorted(desk.languages)),
            openings=desk.openings,
            cells=tuple(_cell(desk.openings, at, end) for at, end in zip(columns, ends, strict=True)),
        )
        for desk in desks
    ]
    rows += [
        HoursRow(
            desk=None,
            label=one.label,
            languages=tuple(sorted(one.languages)),
            openings=((one.opens_at, one.closes_at),),
            cells=tuple(
                _cell(((one.opens_at, one.closes_at),), at, end) for at, end in zip(columns, ends, strict=True)
            ),
        )
        for one in mediators
    ]
    return HoursTable(columns=tuple(columns), rows=tuple(rows))


def _cell(openings: Sequence[tuple[datetime, datetime]], start: datetime, end: datetime) -> Cell:
    covered = sum(
        (max(timedelta(), min(end, closes) - max(start, opens)) for opens, closes in openings), start=timedelta()
    )
    if covered >= end - start:
        return "whole"
    return "part" if covered else "none"
