"""The hours of desks and mediators side by side: one row each, one column for each hour of the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, MediatorRow
from onestop.domain.crew import Gap, Work
from onestop.domain.intervals import Interval, within, without

HOUR = timedelta(hours=1)
MOST_COLUMNS = 24
Cell = Literal["whole", "part", "none"]
Staffed = Literal["whole", "part", "none", "shut"]
"""Somebody is there, for a part of it, nobody is; or it is not open."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffedRow:
    """A desk, the reception or the hall: for each column whether somebody is there, and the hours of nobody."""

    desk: DeskRow | None
    label: str
    cells: tuple[Staffed, ...]
    missing: tuple[Interval, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffedTable:
    """Columns by their beginning, and the rows."""

    columns: tuple[datetime, ...]
    rows: tuple[StaffedRow, ...]


def staffed_table(
    day: Day, desks: Sequence[DeskRow], gaps: Sequence[Gap], *, reception: str, guides: str
) -> StaffedTable:
    """Desks by number, then the reception and the hall, which are open as long as the day."""
    columns, ends = _columns(day)
    by_desk = {gap.desk: gap.hours for gap in gaps if gap.desk is not None}
    by_work = {gap.work: gap.hours for gap in gaps if gap.desk is None}
    whole = ((day.opens_at, day.closes_at),)
    rows = [(desk, desk.institution.name, desk.openings, by_desk.get(desk.id, ())) for desk in desks if desk.openings]
    rows += [(None, reception, whole, by_work.get(Work.RECEPTION, ()))]
    rows += [(None, guides, whole, by_work.get(Work.GUIDE, ()))]
    return StaffedTable(
        columns=tuple(columns),
        rows=tuple(
            StaffedRow(
                desk=desk,
                label=label,
                cells=tuple(_staffed(openings, missing, at, end) for at, end in zip(columns, ends, strict=True)),
                missing=tuple(missing),
            )
            for desk, label, openings, missing in rows
        ),
    )


def _staffed(openings: Sequence[Interval], missing: Sequence[Interval], start: datetime, end: datetime) -> Staffed:
    here = [(start, end)]
    if not within(here, openings):
        return "shut"
    if not within(here, missing):
        return "whole"
    return "part" if without(within(here, openings), missing) else "none"


def hours_table(day: Day, desks: Sequence[DeskRow], mediators: Sequence[MediatorRow]) -> HoursTable:
    """Desks by number, then mediators."""
    columns, ends = _columns(day)
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


def _columns(day: Day) -> tuple[list[datetime], list[datetime]]:
    """Where the columns begin and end."""
    columns: list[datetime] = []
    at = day.opens_at
    while at < day.closes_at and len(columns) < MOST_COLUMNS:
        columns.append(at)
        at += HOUR
    return columns, [min(at + HOUR, day.closes_at) for at in columns]


def _cell(openings: Sequence[tuple[datetime, datetime]], start: datetime, end: datetime) -> Cell:
    covered = sum(
        (max(timedelta(), min(end, closes) - max(start, opens)) for opens, closes in openings), start=timedelta()
    )
    if covered >= end - start:
        return "whole"
    return "part" if covered else "none"
