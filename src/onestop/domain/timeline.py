"""A day as a picture: who is there, how much is in use and how many wait, every quarter of an hour.

The same picture shows days that were only played (each number a mean over them) and the truth of a day, which has a
"now": before it stands what was, after it what is booked and what those who wait still need.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from uuid import UUID

from onestop.domain.ahead import Due, poured
from onestop.domain.figures import nine_of_ten
from onestop.domain.intervals import Interval, joined, without
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
    PAUSED = "paused"
    """Within the hours, but with a break."""
    FREE = "free"
    SOME = "some"
    HALF = "half"
    FULL = "full"
    OVER = "over"
    """Somebody is there outside the hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A row: a desk or a mediator, or several that are alike. Mediators have no services.

    `there` is when they truly were there and are expected to be, where that is known better than by their hours.
    """

    members: tuple[UUID, ...]
    services: frozenset[UUID] = frozenset()
    mediates: bool = False
    hours: tuple[Interval, ...] = ()
    minutes: float = 0.0
    """What one talk is expected to last."""
    there: tuple[Interval, ...] | None = None
    paused: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """From a call to the end of the talk; `came` is false where nobody answered the call.

    A mediator who was not needed to the end left at `released_at`.
    """

    service: UUID
    desk: UUID
    mediator: UUID | None
    called_at: datetime
    ended_at: datetime
    came: bool = True
    released_at: datetime | None = None
    session: bool = False
    """Whether it is one place in a session: its desk is in use once for all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A step of a party is open and nobody has begun it; the party may be at another desk or out meanwhile."""

    service: UUID
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A party in the building: since when its wait counts, its talks by time, and what it was not called for.

    `waits`, where they are known, say what it waited for and when; else they follow from talks and `uncalled`. It is
    out of the building while it is `away`.
    """

    begins_at: datetime
    ends_at: datetime
    talks: tuple[Talk, ...]
    uncalled: tuple[UUID, ...] = ()
    waits: tuple[Wait, ...] | None = None
    away: tuple[Interval, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A quarter of an hour of one row: how many are there, in use; parties that wait for it.

    `late`: more wait than the hours left can take. `over`: in use outside the hours. `planned` is what is to come: how
    many will be needed; none of what has been.
    """

    there: float
    used: float
    waiting: float
    late: bool = False
    paused: float = 0.0
    over: bool = False
    planned: float | None = None

    @property
    def level(self) -> Level:
        """By the part of those who are there that is in use, or will be."""
        if self.over or self.there < FREE <= self._needed:
            return Level.OVER
        if self.there < FREE:
            return Level.PAUSED if self.paused >= FREE else Level.AWAY
        part = self._needed / self.there
        if part < FREE:
            return Level.FREE
        return Level.SOME if part < BUSY else Level.HALF if part < FULL else Level.FULL

    @property
    def share(self) -> float:
        """The part in use, at most 1."""
        return min(1.0, self._needed / self.there) if self.there else float(self._needed > 0)

    @property
    def _needed(self) -> float:
        return self.used if self.planned is None else self.planned


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row with one span for each column."""

    members: tuple[UUID, ...]
    mediates: bool
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HourWaits:
    """An hour: parties that came, calls, and the minutes that who was called had waited: the middle, nine of ten.

    `expected` have booked for it and are not here yet.
    """

    starts_at: datetime
    came: float
    calls: float
    typical: float | None
    long: float | None
    expected: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Columns by their beginning; those from `closes_at` on are over time, those from `now` on are to come."""

    starts: tuple[datetime, ...]
    closes_at: datetime
    rows: tuple[Row, ...]
    hours: tuple[HourWaits, ...]
    now: datetime | None = None

    @property
    def behind(self) -> int:
        """How many columns have at least begun."""
        return len(self.starts) if self.now is None else sum(start < self.now for start in self.starts)


class Picture:
    """Takes one day after the other and gives the mean of them; or, with `now`, the one day that runs."""

    def __init__(
        self, opens_at: datetime, closes_at: datetime, groups: Sequence[Group], *, now: datetime | None = None
    ) -> None:
        self._now = now
        self._groups = tuple(groups)
        self._opens_at = min([opens_at, *(start for each in groups for start, _ in each.hours)])
        self._closes_at = closes_at
        self._days = 0
        self._row = {who: n for n, each in enumerate(self._groups) for who in each.members}
        self._used: dict[tuple[int, int], float] = defaultdict(float)
        self._held: dict[UUID, tuple[Interval, ...]] = {}
        """Of the day that is added: when each desk had a session."""
        self._waiting: dict[tuple[UUID, int], float] = defaultdict(float)
        self._came: dict[int, int] = defaultdict(int)
        self._waits: dict[int, list[float]] = defaultdict(list)
        self._expected: dict[int, int] = defaultdict(int)
        self._planned: Mapping[tuple[int, int], float] = {}
        self._last = closes_at

    def add(self, stays: Iterable[Stay]) -> None:
        """One day more."""
        self._days += 1
        self._held.clear()
        for stay in stays:
            self._came[self._hour(stay.begins_at)] += 1
            free_since, waits = stay.begins_at, list[Wait]()
            at_desks: list[Interval] = []
            for talk in sorted(stay.talks, key=lambda each: each.called_at):
                self._use(talk)
                if not talk.came:
                    continue
                waits.append(Wait(service=talk.service, since=stay.begins_at, until=talk.called_at))
                if talk.called_at >= free_since or not at_desks:
                    out = sum(_overlap(free_since, talk.called_at, *away) for away in stay.away)
                    waited = max(0.0, (talk.called_at - free_since) / _MINUTE - out)
                    self._waits[self._hour(talk.called_at)].append(waited)
                at_desks.append((talk.called_at, talk.ended_at))
                free_since = max(free_since, talk.ended_at)
            waits += [Wait(service=each, since=stay.begins_at, until=stay.ends_at) for each in stay.uncalled]
            if self._now is not None:
                self._last = max(self._last, stay.ends_at)
            for starts, ends in _between(stay.begins_at, stay.ends_at, sorted((*at_desks, *stay.away))):
                for wait in waits if stay.waits is None else stay.waits:
                    for n, minutes in self._parts(max(starts, wait.since), min(ends, wait.until)):
                        self._waiting[wait.service, n] += minutes

    def expect(self, arrivals: Iterable[datetime], dues: Iterable[Due]) -> None:
        """Who is still to come to the day that runs, and what is still to be done."""
        for at in arrivals:
            self._expected[self._hour(at)] += 1
        if self._now is not None:
            room = {
                (row, column): self._there(row, max(at, self._now), at + SPAN)
                for column, at in enumerate(self._columns(self._closing()))
                if at + SPAN > self._now
                for row in range(len(self._groups))
            }
            self._planned = poured(dues, room, self._row, self._now, self._parts)

    def timeline(self) -> Timeline:
        """The mean day."""
        closes = self._closing()
        least, starts = len(self._columns(closes)), self._columns(max(closes, self._last))
        rows = [[self._span(n, column, at) for column, at in enumerate(starts)] for n in range(len(self._groups))]
        while len(starts) > least and all(_is_nothing(spans[len(starts) - 1]) for spans in rows):
            starts.pop()  # of many days one ended late, which is nothing on the mean of them
        return Timeline(
            starts=tuple(starts),
            closes_at=self._closes_at,
            rows=tuple(
                Row(members=each.members, mediates=each.mediates, spans=tuple(spans[: len(starts)]))
                for each, spans in zip(self._groups, rows, strict=True)
            ),
            hours=tuple(self._hour_waits(n) for n in range(-(-len(starts) * SPAN // HOUR))),
            now=self._now,
        )

    # -- inside ---------------------------------------------------------------------------------------------

    def _closing(self) -> datetime:
        return max([self._closes_at, *(end for each in self._groups for _, end in each.hours)])

    def _columns(self, until: datetime) -> list[datetime]:
        most = min(MOST_SPANS, -(-(until - self._opens_at) // SPAN))
        return [self._opens_at + n * SPAN for n in range(max(1, most))]

    def _use(self, talk: Talk) -> None:
        self._last = max(self._last, talk.ended_at)
        for who, until in ((talk.desk, talk.ended_at), (talk.mediator, talk.released_at or talk.ended_at)):
            row = None if who is None else self._row.get(who)
            if row is None or who is None:
                continue
            for begins, ends in self._new(who, talk.called_at, until) if talk.session else ((talk.called_at, until),):
                for n, minutes in self._parts(begins, ends):
                    self._used[row, n] += minutes

    def _new(self, desk: UUID, begins: datetime, ends: datetime) -> tuple[Interval, ...]:
        """What of a place in a session nobody else of this day has filled at the desk."""
        held = self._held.get(desk, ())
        self._held[desk] = joined((*held, (begins, ends)))
        return without([(begins, ends)], held)

    def _parts(self, starts: datetime, ends: datetime) -> Iterable[tuple[int, float]]:
        """The columns an interval touches, with its minutes in each."""
        at = max(starts, self._opens_at)
        if at >= ends:
            return
        n = (at - self._opens_at) // SPAN
        edge = self._opens_at + (n + 1) * SPAN
        while edge < ends:
            yield n, (edge - at) / _MINUTE
            at, n, edge = edge, n + 1, edge + SPAN
        yield n, (ends - at) / _MINUTE

    def _hour(self, at: datetime) -> int:
        return max(0, (at - self._opens_at) // HOUR)

    def _span(self, row: int, column: int, at: datetime) -> Span:
        group, days, until = self._groups[row], max(1, self._days), at + SPAN
        if self._now is not None and at >= self._now:
            planned = self._planned.get((row, column), 0.0) / (SPAN / _MINUTE)
            return Span(there=self._there(row, at, until) / (SPAN / _MINUTE), used=0, waiting=0, planned=planned)
        until = until if self._now is None else min(until, self._now)
        whole = (until - at) / _MINUTE
        used = self._used.get((row, column), 0.0) / days / whole
        waiting = sum(self._waiting.get((service, column), 0.0) for service in group.services) / days / whole
        hours = sum(_overlap(at, until, *each) for each in group.hours) / whole
        return Span(
            there=hours if group.there is None else self._there(row, at, until) / whole,
            used=used,
            waiting=waiting,
            late=waiting >= 1 and waiting * group.minutes > self._left(group, until),
            paused=sum(_overlap(at, until, *each) for each in group.paused) / whole,
            over=group.there is not None and hours < FREE <= used,
        )

    def _there(self, row: int, at: datetime, until: datetime) -> float:
        group = self._groups[row]
        return sum(_overlap(at, until, *each) for each in (group.hours if group.there is None else group.there))

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
            expected=self._expected.get(n, 0),
        )


def stays_of(played: Played) -> list[Stay]:
    """Who was there on a day that was played."""
    held = {each.service for each in played.day.sessions}
    talks: dict[UUID, list[Talk]] = defaultdict(list)
    for stop in played.stops:
        talks[stop.visitor].append(
            Talk(
                service=stop.service,
                desk=stop.desk,
                mediator=stop.choice.mediator,
                called_at=stop.called_at,
                ended_at=stop.ended_at,
                session=stop.service in held,
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


def _is_nothing(span: Span) -> bool:
    return span.level is Level.AWAY and span.waiting < 0.5


def _overlap(start: datetime, end: datetime, other: datetime, until: datetime) -> float:
    return max(0.0, (min(end, until) - max(start, other)) / _MINUTE)


def _between(starts: datetime, ends: datetime, taken: Sequence[Interval]) -> Iterable[Interval]:
    """What is left of an interval without others, which stand by their beginning and may overlap."""
    at = starts
    for begins, stops in taken:
        if begins > at:
            yield at, min(begins, ends)
        at = max(at, stops)
    if at < ends:
        yield at, ends
