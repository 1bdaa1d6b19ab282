"""A day as a picture: who is there, how much is in use and how many wait, every quarter of an hour.

The same picture shows days that were only played (each number a mean over them) and the truth of a day.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from uuid import UUID

from onestop.domain.figures import nine_of_ten
from onestop.domain.simday import Played

SPAN = timedelta(minutes=15)
HOUR = timedelta(hours=1)
MOST_SPANS = 96
"""Whatever somebody typed as hours: not more columns than a day has quarters."""
FREE, BUSY, FULL = 0.05, 0.4, 0.8
"""From which part of its minutes a row counts as in use, half in use, full."""
_MINUTE = timedelta(minutes=1)


class Level(StrEnum):
    """How a row stands in a span; the rest is a matter of numbers."""

    AWAY = "away"
    FREE = "free"
    SOME = "some"
    HALF = "half"
    FULL = "full"
    OVER = "over"
    """Somebody is there outside the hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A row: a desk or a mediator, or several that are alike. Mediators have no services."""

    members: tuple[UUID, ...]
    services: frozenset[UUID] = frozenset()
    mediates: bool = False
    hours: tuple[tuple[datetime, datetime], ...] = ()
    minutes: float = 0.0
    """What one talk is expected to last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """From a call to the end of the talk; `came` is false where nobody answered the call."""

    service: UUID
    desk: UUID
    mediator: UUID | None
    called_at: datetime
    ended_at: datetime
    came: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A party in the building: since when its wait counts, its talks by time, and what it was not called for."""

    begins_at: datetime
    ends_at: datetime
    talks: tuple[Talk, ...]
    uncalled: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A quarter of an hour of one row: how many are there, in use; parties that wait for it.

    `late`: more wait than the hours left can take.
    """

    there: float
    used: float
    waiting: float
    late: bool = False

    @property
    def level(self) -> Level:
        """By the part of those who are there that is in use."""
        return _level(self.there, self.used)

    @property
    def share(self) -> float:
        """The part in use, at most 1."""
        return min(1.0, self.used / self.there) if self.there else float(self.used > 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row with one span for each column."""

    members: tuple[UUID, ...]
    mediates: bool
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HourWaits:
    """An hour: parties that came, calls, and the minutes that who was called had waited: the middle, nine of ten."""

    starts_at: datetime
    came: float
    calls: float
    typical: float | None
    long: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Columns by their beginning; those from `closes_at` on are over time."""

    starts: tuple[datetime, ...]
    closes_at: datetime
    rows: tuple[Row, ...]
    hours: tuple[HourWaits, ...]


class Picture:
    """Takes one day after the other and gives the mean of them."""

    def __init__(self, opens_at: datetime, closes_at: datetime, groups: Sequence[Group]) -> None:
        self._groups = tuple(groups)
        self._opens_at = min([opens_at, *(start for each in groups for start, _ in each.hours)])
        self._closes_at = closes_at
        self._days = 0
        self._row = {who: n for n, each in enumerate(self._groups) for who in each.members}
        self._used: dict[tuple[int, int], float] = defaultdict(float)
        self._waiting: dict[tuple[UUID, int], float] = defaultdict(float)
        self._came: dict[int, int] = defaultdict(int)
        self._waits: dict[int, list[float]] = defaultdict(list)
        self._last = closes_at

    def add(self, stays: Iterable[Stay]) -> None:
        """One day more."""
        self._days += 1
        for stay in stays:
            self._came[self._hour(stay.begins_at)] += 1
            free_since, waits_for = stay.begins_at, list[tuple[UUID, datetime]]()
            at_desks: list[tuple[datetime, datetime]] = []
            for talk in sorted(stay.talks, key=lambda each: each.called_at):
                self._use(talk)
                if not talk.came:
                    continue
                waits_for.append((talk.service, talk.called_at))
                if talk.called_at >= free_since or not at_desks:
                    self._waits[self._hour(talk.called_at)].append(max(0.0, (talk.called_at - free_since) / _MINUTE))
                at_desks.append((talk.called_at, talk.ended_at))
                free_since = max(free_since, talk.ended_at)
            waits_for += [(service, stay.ends_at) for service in stay.uncalled]
            for starts, ends in _between(stay.begins_at, stay.ends_at, at_desks):
                for service, until in waits_for:
                    for n, minutes in self._parts(starts, min(ends, until)):
                        self._waiting[service, n] += minutes

    def timeline(self) -> Timeline:
        """The mean day."""
        closes = max([self._closes_at, *(end for each in self._groups for _, end in each.hours)])
        least, most = (min(MOST_SPANS, -(-(end - self._opens_at) // SPAN)) for end in (closes, max(closes, self._last)))
        starts = [self._opens_at + n * SPAN for n in range(max(1, most))]
        rows = [[self._span(n, column, at) for column, at in enumerate(starts)] for n in range(len(self._groups))]
        while len(starts) > max(1, least) and all(spans[len(starts) - 1].level is Level.AWAY for spans in rows):
            starts.pop()  # of many days one ended late, which is nothing on the mean of them
        return Timeline(
            starts=tuple(starts),
            closes_at=self._closes_at,
            rows=tuple(
                Row(members=each.members, mediates=each.mediates, spans=tuple(spans[: len(starts)]))
                for each, spans in zip(self._groups, rows, strict=True)
            ),
            hours=tuple(self._hour_waits(n) for n in range(-(-len(starts) * SPAN // HOUR))),
        )

    # -- inside ---------------------------------------------------------------------------------------------

    def _use(self, talk: Talk) -> None:
        self._last = max(self._last, talk.ended_at)
        for who in (talk.desk, talk.mediator):
            row = None if who is None else self._row.get(who)
            if row is not None:
                for n, minutes in self._parts(talk.called_at, talk.ended_at):
                    self._used[row, n] += minutes

    def _parts(self, starts: datetime, ends: datetime) -> Iterable[tuple[int, float]]:
        """The columns an interval touches, with its minutes in each."""
        at = max(starts, self._opens_at)
        while at < ends:
            n = (at - self._opens_at) // SPAN
            edge = min(ends, self._opens_at + (n + 1) * SPAN)
            yield n, (edge - at) / _MINUTE
            at = edge

    def _hour(self, at: datetime) -> int:
        return max(0, (at - self._opens_at) // HOUR)

    def _span(self, row: int, column: int, at: datetime) -> Span:
        group, days, whole = self._groups[row], max(1, self._days), SPAN / _MINUTE
        waiting = sum(self._waiting.get((service, column), 0.0) for service in group.services) / days / whole
        return Span(
            there=sum(_overlap(at, at + SPAN, start, end) for start, end in group.hours) / whole,
            used=self._used.get((row, column), 0.0) / days / whole,
            waiting=waiting,
            late=waiting >= 1 and waiting * group.minutes > self._left(group, at + SPAN),
        )

    def _left(self, group: Group, at: datetime) -> float:
        """Minutes that the desks for what a row offers are still to be there."""
        return sum(
            max(0.0, (end - max(start, at)) / _MINUTE)
            for each in self._groups
            if each.services & group.services
            for start, end in each.hours
        )

    def _hour_waits(self, n: int) -> HourWaits:
        waits, days = sorted(self._waits.get(n, ())), max(1, self._days)
        return HourWaits(
            starts_at=self._opens_at + n * HOUR,
            came=self._came.get(n, 0) / days,
            calls=len(waits) / days,
            typical=median(waits) if waits else None,
            long=nine_of_ten(waits) if waits else None,
        )


def stays_of(played: Played) -> list[Stay]:
    """Who was there on a day that was played."""
    talks: dict[UUID, list[Talk]] = defaultdict(list)
    for stop in played.stops:
        talks[stop.visitor].append(
            Talk(
                service=stop.service,
                desk=stop.desk,
                mediator=stop.choice.mediator,
                called_at=stop.called_at,
                ended_at=stop.ended_at,
            )
        )
    return [
        Stay(
            begins_at=max(visit.came_at, visit.booked_at or visit.came_at),
            ends_at=visit.left_at,
            talks=tuple(talks[visit.visitor]),
            uncalled=visit.unfinished,
        )
        for visit in played.visits
    ]


def _level(there: float, used: float) -> Level:
    if there < FREE:
        return Level.OVER if used >= FREE else Level.AWAY
    part = used / there
    if part < FREE:
        return Level.FREE
    return Level.SOME if part < BUSY else Level.HALF if part < FULL else Level.FULL


def _overlap(start: datetime, end: datetime, other: datetime, until: datetime) -> float:
    return max(0.0, (min(end, until) - max(start, other)) / _MINUTE)


def _between(
    starts: datetime, ends: datetime, taken: Sequence[tuple[datetime, datetime]]
) -> Iterable[tuple[datetime, datetime]]:
    """What is left of an interval without others, which stand by their beginning and may overlap."""
    at = starts
    for begins, stops in taken:
        if begins > at:
            yield at, min(begins, ends)
        at = max(at, stops)
    if at < ends:
        yield at, ends
