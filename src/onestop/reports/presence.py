"""When desks and mediators were there on a day, with breaks and pauses: from the facts that tell of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, MediatorRow
from onestop.domain.calling import Mediator
from onestop.domain.day import MediatorState
from onestop.domain.intervals import Interval, after, before, joined, within, without
from onestop.domain.rehearsal import groups_of
from onestop.domain.simday import SimDay, SimDesk
from onestop.domain.timeline import Group
from onestop.visits.queries.hall import calling_desk

Row: TypeAlias = Any  # a row of the database
Told: TypeAlias = Mapping[str, Sequence[Row]]
"""Facts by kind, in their order."""
PRESENCE = ("DeskOpened", "DeskPaused", "DeskClosed", "DayPaused", "DayResumed", "MediatorChanged")


def rows_of_day(day: Day, desks: Sequence[DeskRow], people: Sequence[MediatorRow]) -> list[Group]:
    """The rows of the picture, as in a rehearsal of the day."""
    return groups_of(
        SimDay(
            opens_at=day.opens_at,
            closes_at=day.closes_at,
            services=(),
            desks=tuple(
                SimDesk(
                    desk=calling_desk(row),
                    openings=row.openings,
                    minutes={service: float(minutes) for service, minutes in row.services.items()},
                )
                for row in desks
            ),
            mediators=tuple(
                Mediator(id=one.id, languages=one.languages, free=True, opens_at=one.opens_at, closes_at=one.closes_at)
                for one in people
            ),
            precedences=(),
        )
    )


def with_presence(
    group: Group,
    desks: Sequence[DeskRow],
    people: Sequence[MediatorRow],
    busy: Mapping[UUID, Sequence[Interval]],
    told: Told,
    until: datetime,
    *,
    runs: bool,
) -> Group:
    """A row with the time its members were there: as they said, and whenever they had somebody (`busy`)."""
    pauses = sorted((*told["DayPaused"], *told["DayResumed"]), key=_at)
    stopped = _switched([(row.at, row.kind == "DayPaused") for row in pauses], until)
    hours: list[Interval] = []
    there: list[Interval] = []
    paused: list[Interval] = []
    for one in (each for each in (*desks, *people) if each.id in group.members):
        if isinstance(one, DeskRow):
            own, comes = one.openings, runs and one.is_expected(until)
            was, rested = _of_desk(one, told, until)
        else:
            own, comes = ((one.opens_at, one.closes_at),), runs and one.state is not MediatorState.LEFT
            was, rested = _of_mediator(one, told, until)
        present = joined((*without(was, stopped), *busy.get(one.id, ())))
        hours += own if comes or not runs else before(own, until)
        there += (*present, *(after(own, until) if comes else ()))
        paused += within(without((*rested, *within(was, stopped)), present), before(own, until))
    return replace(group, hours=tuple(hours), there=tuple(there), paused=tuple(paused))


def _of_desk(desk: DeskRow, told: Told, until: datetime) -> tuple[tuple[Interval, ...], tuple[Interval, ...]]:
    """When it was open, and when it had a pause."""
    moves = sorted(
        (row for kind in ("DeskOpened", "DeskPaused", "DeskClosed") for row in told[kind] if row.desk_id == desk.id),
        key=_at,
    )
    return (
        _switched([(row.at, row.kind == "DeskOpened") for row in moves], until),
        _switched([(row.at, row.kind == "DeskPaused") for row in moves], until),
    )


def _of_mediator(one: MediatorRow, told: Told, until: datetime) -> tuple[tuple[Interval, ...], tuple[Interval, ...]]:
    """Within her hours: whenever she did not say otherwise, and her breaks."""
    moves = [row for row in told["MediatorChanged"] if row.mediator_id == one.id]
    gone = _switched([(row.at, row.terms["state"] != MediatorState.FREE) for row in moves], until)
    rested = _switched([(row.at, row.terms["state"] == MediatorState.BREAK) for row in moves], until)
    return without(before(((one.opens_at, one.closes_at),), until), gone), rested


def _switched(moves: Iterable[tuple[datetime, bool]], until: datetime) -> tuple[Interval, ...]:
    """The time between being switched on and off."""
    found: list[Interval] = []
    since: datetime | None = None
    for at, on in moves:
        if on and since is None:
            since = at
        elif not on and since is not None:
            found.append((since, at))
            since = None
    if since is not None:
        found.append((since, until))
    return joined(found)


def _at(row: Row) -> datetime:
    return row.at
