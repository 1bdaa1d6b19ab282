"""A day played before it comes: what is expected of it, as a mean over many played days.

Each number rests on the days that were played so far; `rehearse` gives them again and again while it plays more.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from statistics import fmean, median
from uuid import UUID

from onestop.domain.crowd import Expected, crowd, evenly, with_times
from onestop.domain.figures import Figures, Spread, figures_of, nine_of_ten, spread
from onestop.domain.roll import WAY_MINUTES
from onestop.domain.simday import Played, SimDay, SimVisitor
from onestop.domain.simulation import play
from onestop.domain.timeline import Group, Picture, Timeline, stays_of

DAYS = 20
"""How often a day is played for its figures."""
SINGLE_DESKS = 12
"""With more desks than these, those alike stand in one row."""


class RestsOn(StrEnum):
    """Where the visitors of a rehearsal come from."""

    BOOKINGS = "bookings"
    BOTH = "both"
    """Bookings, and invented visitors up to the number that is expected."""
    TEMPLATE = "template"
    NOTHING = "nothing"
    """Nothing is known: a number of parties, each service as likely as the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A day to be played, who is expected, and what its services, desks and mediators are called.

    `booked` are the parties that have a time already; until they are as many as expected, invented ones are played with
    them. Nobody comes after `last_arrival`: who would, comes then.
    """

    day: SimDay
    expected: Expected
    slot: timedelta
    names: Mapping[UUID, str]
    booked: tuple[SimVisitor, ...] = ()
    last_arrival: datetime | None = None
    rests_on: RestsOn = RestsOn.NOTHING

    def visitors(self, seed: int) -> list[SimVisitor]:
        """Who comes with this seed: of those who booked some do not; invented ones have times spread evenly."""
        chance = Random(f"booked {seed}")  # noqa: S311 (a simulation, no secret)
        absent = self.expected.no_shows
        found = [replace(who, comes_at=None) if chance.random() < absent else who for who in self.booked]
        if more := self.parties - len(self.booked):
            guests = crowd(self.day, replace(self.expected, parties=more), seed)
            invented = with_times(guests, evenly(guests, self.day, self.slot), self.day)
            last = max((who.id.int for who in self.booked), default=0)
            found += [replace(who, id=UUID(int=who.id.int + last)) for who in invented]
        return found if self.last_arrival is None else [_not_after(who, self.last_arrival) for who in found]

    @property
    def parties(self) -> int:
        """How many are expected, also those who will not come."""
        return max(len(self.booked), self.expected.parties)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """Desks or mediators that are alike, and the part of their hours they are with somebody."""

    members: tuple[UUID, ...]
    languages: tuple[str, ...]
    share: float


class Prospect(StrEnum):
    """Whether a day can work, in one word."""

    WORKS = "works"
    TIGHT = "tight"
    FAILS = "fails"


class Tight(StrEnum):
    """What makes a day tight."""

    UNFINISHED = "unfinished"
    WAIT = "wait"
    OVERTIME = "overtime"


FAILS_UNFINISHED, FAILS_OVERTIME = 0.1, 60.0
"""A day can not work where a tenth of its parties go home without a talk, or work goes on for an hour after closing."""
TIGHT_UNFINISHED, TIGHT_WAIT, TIGHT_OVERTIME = 0.5, 60.0, 15.0
"""Parties, minutes that nine of ten wait at most, minutes after closing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What the played days say, in minutes. `way` are those to desks; `unfinished_by` has parties a day by service."""

    days: int
    parties: float
    typical: float
    """The wait of a party in the middle, all its waits together."""
    long: float
    """Nine of ten parties wait at most so long."""
    longest: float
    inside: float
    way: float
    overtime: Spread
    overtime_long: float
    unfinished: Spread
    unfinished_by: tuple[tuple[UUID, float], ...]
    desks: tuple[Use, ...]
    mediators: tuple[Use, ...]

    @property
    def prospect(self) -> Prospect:
        """Whether this day can work."""
        if self.unfinished.mean >= FAILS_UNFINISHED * max(1.0, self.parties) or self.overtime.mean >= FAILS_OVERTIME:
            return Prospect.FAILS
        return Prospect.TIGHT if self.tight else Prospect.WORKS

    @property
    def tight(self) -> tuple[Tight, ...]:
        """Why it is tight, or worse."""
        found = (
            (Tight.UNFINISHED, self.unfinished.mean >= TIGHT_UNFINISHED),
            (Tight.WAIT, self.long >= TIGHT_WAIT),
            (Tight.OVERTIME, self.overtime.mean >= TIGHT_OVERTIME),
        )
        return tuple(why for why, is_so in found if is_so)


class Tally:
    """Takes one played day after the other."""

    def __init__(self, day: SimDay) -> None:
        self._day = day
        self._picture = Picture(day.opens_at, day.closes_at, groups_of(day))
        self._figures: list[Figures] = []
        self._waits: list[float] = []
        self._inside: list[float] = []
        self._talks = 0
        self._unfinished: dict[UUID, int] = defaultdict(int)

    def add(self, played: Played) -> None:
        """One day more."""
        self._picture.add(stays_of(played))
        self._figures.append(figures_of(played))
        self._waits += [visit.waited_minutes for visit in played.visits]
        self._inside += [visit.inside_minutes for visit in played.visits]
        self._talks += len(played.stops)
        for visit in played.visits:
            for service in visit.unfinished:
                self._unfinished[service] += 1

    @property
    def days(self) -> int:
        """How many were played."""
        return len(self._figures)

    def timeline(self) -> Timeline:
        """The mean day."""
        return self._picture.timeline()

    def expectation(self) -> Expectation:
        """The figures over all days. `ValueError` before the first one."""
        overtime = [one.overtime for one in self._figures]
        return Expectation(
            days=self.days,
            parties=fmean(one.parties for one in self._figures),
            typical=median(self._waits) if self._waits else 0.0,
            long=nine_of_ten(self._waits) if self._waits else 0.0,
            longest=fmean(one.waited_longest for one in self._figures),
            inside=median(self._inside) if self._inside else 0.0,
            way=WAY_MINUTES * self._talks / max(1, len(self._inside)),
            overtime=spread(overtime),
            overtime_long=nine_of_ten(overtime),
            unfinished=spread([float(one.unfinished) for one in self._figures]),
            unfinished_by=tuple(
                (service, self._unfinished[service] / self.days)
                for service in self._day.services
                if self._unfinished[service]
            ),
            desks=tuple(
                self._use(members, self._day.desks[n].desk.languages, [one.desks for one in self._figures])
                for n, members in _desks_alike(self._day)
            ),
            mediators=tuple(
                self._use(members, languages, [one.mediators for one in self._figures])
                for languages, members in mediators_alike(self._day).items()
            ),
        )

    def _use(self, members: tuple[UUID, ...], languages: frozenset[str], used: list[Mapping[UUID, float]]) -> Use:
        share = fmean(one[who] for one in used for who in members)
        return Use(members=members, languages=tuple(sorted(languages)), share=share)


def rehearse(made: Rehearsal, days: int = DAYS) -> Iterator[Tally]:
    """Play a day so often, and give what is known after each time."""
    tally = Tally(made.day)
    for seed in range(days):
        tally.add(play(made.day, made.visitors(seed), seed=seed))
        yield tally


def groups_of(day: SimDay) -> list[Group]:
    """The rows of its picture: every desk, or where they are many those that are alike; mediators by languages."""
    found = [
        Group(
            members=members,
            services=day.desks[n].desk.services,
            hours=tuple(hours for each in day.desks if each.desk.id in members for hours in each.openings),
            minutes=fmean(day.desks[n].minutes.values() or [0.0]),
        )
        for n, members in _desks_alike(day)
    ]
    hours = {one.id: (one.opens_at, one.closes_at) for one in day.mediators}
    found += [
        Group(members=members, mediates=True, hours=tuple(hours[who] for who in members))
        for members in mediators_alike(day).values()
    ]
    return found


def _desks_alike(day: SimDay) -> list[tuple[int, tuple[UUID, ...]]]:
    """The first desk of each row, and all of it."""
    if len(day.desks) <= SINGLE_DESKS:
        return [(n, (each.desk.id,)) for n, each in enumerate(day.desks)]
    return desks_alike(day)


def desks_alike(day: SimDay) -> list[tuple[int, tuple[UUID, ...]]]:
    """Desks with the same services and languages: the first of them, and all."""
    found: dict[tuple[frozenset[UUID], frozenset[str]], list[int]] = defaultdict(list)
    for n, each in enumerate(day.desks):
        found[each.desk.services, each.desk.languages].append(n)
    return [(alike[0], tuple(day.desks[n].desk.id for n in alike)) for alike in found.values()]


def mediators_alike(day: SimDay) -> dict[frozenset[str], tuple[UUID, ...]]:
    """Mediators by their languages."""
    found: dict[frozenset[str], tuple[UUID, ...]] = {}
    for one in day.mediators:
        found[one.languages] = (*found.get(one.languages, ()), one.id)
    return found


def _not_after(who: SimVisitor, last: datetime) -> SimVisitor:
    def capped(at: datetime | None) -> datetime | None:
        return None if at is None else min(at, last)

    return replace(who, booked_at=capped(who.booked_at), comes_at=capped(who.comes_at))
