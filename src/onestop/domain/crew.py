"""The people who work at a day, and the hours they are there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from onestop.domain.coverage import uncovered
from onestop.domain.day import opening_instants
from onestop.domain.intervals import Interval, joined

AROUND = timedelta(hours=4)
"""How long before the doors open and after they close somebody may still work: halls are set up and cleared."""
MANY_HOURS = timedelta(hours=12)
SHORTEST_BLOCK = timedelta(minutes=30)


class Work(StrEnum):
    """What somebody does on a day. Mediators have rows of their own, because the plan is made of their hours."""

    OFFICER = "officer"
    MEDIATOR = "mediator"
    RECEPTION = "reception"
    GUIDE = "guide"


ON_SHIFT = (Work.OFFICER, Work.RECEPTION, Work.GUIDE)
"""The kinds of work whose hours are shifts."""


def shift_instants(on: date, starts: time, ends: time, zone: ZoneInfo, *, day: Interval) -> Interval | None:
    """A shift of a day from its local hours, also after midnight; `None` where it lies too far from the day."""
    earliest, latest = day[0] - AROUND, day[1] + AROUND
    for date_of in (on, on + timedelta(days=1)):
        start, end = opening_instants(date_of, starts, ends, zone)
        if start < end and earliest <= start and end <= latest:
            return start, end
    return None


def overlap(hours: Sequence[Interval]) -> bool:
    """Whether two of them, in the order of time, are at the same time."""
    return any(later[0] < earlier[1] for earlier, later in pairwise(hours))


def blocks(opens_at: datetime, closes_at: datetime, zone: ZoneInfo) -> tuple[Interval, ...]:
    """The hours of a day to tick, by the clock on the wall; of two hours each where the day is longer than twelve."""
    step = timedelta(hours=2 if closes_at - opens_at > MANY_HOURS else 1)
    found: list[Interval] = []
    start = opens_at
    while start < closes_at:
        past_hour = timedelta(minutes=start.astimezone(zone).minute)
        end = min(start - past_hour + step, closes_at)
        # Less than half an hour at the end is no block of its own.
        end = closes_at if closes_at - end < SHORTEST_BLOCK else end
        found.append((start, end))
        start = end
    return tuple(found)


def as_said(hours: Iterable[Interval], zone: ZoneInfo) -> list[list[str]]:
    """Ticked blocks as local hours, those that touch as one."""
    return [[f"{at.astimezone(zone):%H:%M}" for at in each] for each in joined(hours)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskHours:
    """When a desk is open, and whose it is."""

    desk: UUID
    institution: UUID
    openings: tuple[Interval, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnShift:
    """Somebody who is expected; an officer without a desk may sit at any one of her institution."""

    work: Work
    hours: tuple[Interval, ...]
    desk: UUID | None = None
    institution: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Hours in which a desk is open without an officer, or nobody does this work while the day is open."""

    work: Work
    desk: UUID | None
    hours: tuple[Interval, ...]


def gaps(day: Interval, desks: Sequence[DeskHours], people: Sequence[OnShift], *, since: datetime) -> tuple[Gap, ...]:
    """Where somebody is missing from `since` on, desks in their order; holes shorter than `LEAST` are none.

    An officer of any desk fills the first one of her institution that has no officer of its own at that time.
    """
    without: dict[UUID, list[Interval]] = {desk.desk: [] for desk in desks}
    officers = [one for one in people if one.work is Work.OFFICER]
    for institution in {desk.institution for desk in desks}:
        theirs = [desk for desk in desks if desk.institution == institution]
        free = [one for one in officers if one.desk is None and one.institution == institution]
        edges = [at for desk in theirs for each in desk.openings for at in each]
        edges += [at for one in officers for each in one.hours for at in each]
        for start, end in pairwise(sorted(set(edges))):
            left = sum(_covers(one.hours, start) for one in free)
            for desk in theirs:
                own = any(one.desk == desk.desk and _covers(one.hours, start) for one in officers)
                if own or not _covers(desk.openings, start):
                    continue
                if left:
                    left -= 1
                else:
                    without[desk.desk].append((start, end))
    found = [
        Gap(work=Work.OFFICER, desk=desk.desk, hours=uncovered(without[desk.desk], (), since=since)) for desk in desks
    ]
    for work in (Work.RECEPTION, Work.GUIDE):
        there = [each for one in people if one.work is work for each in one.hours]
        found.append(Gap(work=work, desk=None, hours=uncovered([day], there, since=since)))
    return tuple(gap for gap in found if gap.hours)


def _covers(hours: Sequence[Interval], at: datetime) -> bool:
    return any(start <= at < end for start, end in hours)
