"""What would help most on a day: one change at a time, played on the same seeds as the day without it.

What a day costs its people is counted in minutes: what visitors wait, an hour for each party that goes home without a
talk it wanted, and what staff work after the closing. The best change is the one that saves the most of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import fmean
from uuid import UUID

from onestop.domain.figures import Spread, figures_of, paired
from onestop.domain.rehearsal import Rehearsal, desks_alike, mediators_alike
from onestop.domain.simday import Played, SimDesk
from onestop.domain.simulation import play
from onestop.domain.slots import LAST_ARRIVAL_BEFORE_CLOSING

DAYS = 8
"""How often a change is played."""
MOST = 16
"""How many changes are tried, the busiest first."""
MOST_AFTER = 4
"""How many of the others are tried after the best one."""
UNFINISHED_COSTS = 60.0
SOONER = timedelta(minutes=30)
LONGER = timedelta(hours=1)
CLEAR = 2.0
"""A gain of fewer standard errors than this may be chance."""
WORTH_WAIT, WORTH_FINISHED, WORTH_SOONER = 0.5, 0.2, 5.0
"""What saves less than each of these (minutes a party, parties, minutes of overtime) is not told."""
_MINUTE = timedelta(minutes=1)


class RemedyKind(StrEnum):
    DESK = "desk"
    MEDIATOR = "mediator"
    STAY = "stay"
    """A desk that leaves early stays to the closing."""
    SOONER = "sooner"
    """The last arrival is earlier."""
    LONGER = "longer"
    """The whole day closes later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One change: whom it is about (a desk, or the mediators alike), in which languages, until or before when."""

    kind: RemedyKind
    members: tuple[UUID, ...] = ()
    languages: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a change is worth a day: minutes of people; a party waits less, more parties finish, it is over sooner."""

    remedy: Remedy
    saved: Spread
    wait: Spread
    finished: Spread
    sooner: Spread
    then: bool = False
    """Played together with the best one."""

    @property
    def is_clear(self) -> bool:
        """More than chance, and worth the trouble."""
        worth = self.wait.mean >= WORTH_WAIT or self.finished.mean >= WORTH_FINISHED or self.sooner.mean >= WORTH_SOONER
        return worth and self.saved.mean > CLEAR * self.saved.error


@dataclass(slots=True, kw_only=True)
class Trial:
    """What was found so far; `gains` the best first."""

    tried: int = 0
    of: int = 0
    gains: list[Gain] = field(default_factory=list[Gain])


def try_remedies(made: Rehearsal, use: Mapping[UUID, float], days: int = DAYS) -> Iterator[Trial]:
    """Play one change after the other, then the best others on top of the best one. `use` is by desk and mediator."""
    closing = made.day.closes_at
    base = [_costs(made, seed, closing) for seed in range(days)]
    options = possible(made, use)[:MOST]
    trial = Trial(of=len(options))
    changed = dict(options)
    for remedy, other in options:
        trial.tried += 1
        trial.gains.append(_gain(remedy, base, [_costs(other, seed, closing) for seed in range(days)]))
        yield trial
    clear = sorted((each for each in trial.gains if each.is_clear), key=lambda each: -each.saved.mean)
    if len(clear) > 1:
        best = changed[clear[0].remedy]
        with_best = [_costs(best, seed, closing) for seed in range(days)]
        others = dict(possible(best, use))
        trial.of += len(clear[1 : 1 + MOST_AFTER])
        for each in clear[1 : 1 + MOST_AFTER]:
            trial.tried += 1
            if (both := others.get(each.remedy)) is not None:
                second = _gain(each.remedy, with_best, [_costs(both, seed, closing) for seed in range(days)])
                trial.gains.append(replace(second, then=True))
            yield trial


def possible(made: Rehearsal, use: Mapping[UUID, float]) -> list[tuple[Remedy, Rehearsal]]:
    """Every change that can be tried, those of the busiest first."""
    found: list[tuple[float, Remedy, Rehearsal]] = []
    day = made.day
    for first, members in desks_alike(day):
        busy = _busy(members, use)
        remedy = Remedy(kind=RemedyKind.DESK, members=(members[0],))
        found.append((busy, remedy, _with_desks(made, (*day.desks, _twin(made, day.desks[first])))))
        early = [each for each in day.desks if each.desk.id in members and each.openings[-1][1] < day.closes_at]
        for each in early[:1]:
            stays = _until(each, day.closes_at)
            remedy = Remedy(kind=RemedyKind.STAY, members=(each.desk.id,), at=day.closes_at)
            found.append((busy, remedy, _with_desks(made, tuple(stays if one is each else one for one in day.desks))))
    for languages, who in mediators_alike(day).items():
        one = next(one for one in day.mediators if one.id == who[0])
        more = replace(one, id=_fresh(one.id, {each.id for each in day.mediators}))
        remedy = Remedy(kind=RemedyKind.MEDIATOR, members=who[:1], languages=tuple(sorted(languages)))
        found.append((_busy(who, use), remedy, replace(made, day=replace(day, mediators=(*day.mediators, more)))))
    found.sort(key=lambda each: -each[0])
    return [*_of_the_day(made), *((remedy, other) for _, remedy, other in found)]


def _of_the_day(made: Rehearsal) -> Iterator[tuple[Remedy, Rehearsal]]:
    day = made.day
    last = (made.last_arrival or day.closes_at - LAST_ARRIVAL_BEFORE_CLOSING) - SOONER
    if last > day.opens_at and made.last_arrival is None:
        yield Remedy(kind=RemedyKind.SOONER, at=last), replace(made, last_arrival=last)
    until = day.closes_at + LONGER
    longer = replace(
        day,
        closes_at=until,
        desks=tuple(_until(each, until) if each.openings[-1][1] >= day.closes_at else each for each in day.desks),
        mediators=tuple(
            replace(one, closes_at=until) if one.closes_at >= day.closes_at else one for one in day.mediators
        ),
    )
    yield Remedy(kind=RemedyKind.LONGER, at=until), replace(made, day=longer)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Costs:
    minutes: float
    wait: float
    unfinished: float
    over: float


def _costs(made: Rehearsal, seed: int, closing: datetime) -> _Costs:
    """Of one played day; overtime counts from the closing of the day without the change."""
    played = play(made.day, made.visitors(seed), seed=seed)
    found = figures_of(played)
    late = _after(played, closing)
    return _Costs(
        minutes=found.waited * found.parties + UNFINISHED_COSTS * found.unfinished + sum(late),
        wait=found.waited,
        unfinished=float(found.unfinished),
        over=max((max(0.0, (stop.ended_at - closing) / _MINUTE) for stop in played.stops), default=0.0),
    )


def _after(played: Played, closing: datetime) -> list[float]:
    return [
        (stop.ended_at - max(stop.called_at, closing)) / _MINUTE for stop in played.stops if stop.ended_at > closing
    ]


def _gain(remedy: Remedy, base: Sequence[_Costs], other: Sequence[_Costs]) -> Gain:
    def less(name: str) -> Spread:
        return paired([getattr(one, name) for one in base], [getattr(one, name) for one in other])

    return Gain(
        remedy=remedy, saved=less("minutes"), wait=less("wait"), finished=less("unfinished"), sooner=less("over")
    )


def _busy(members: Sequence[UUID], use: Mapping[UUID, float]) -> float:
    return fmean(use.get(who, 0.0) for who in members)


def _with_desks(made: Rehearsal, desks: tuple[SimDesk, ...]) -> Rehearsal:
    return replace(made, day=replace(made.day, desks=desks))


def _twin(made: Rehearsal, like: SimDesk) -> SimDesk:
    taken = {each.desk.id for each in made.day.desks}
    number = max(each.desk.number for each in made.day.desks) + 1
    return replace(like, desk=replace(like.desk, id=_fresh(like.desk.id, taken), number=number))


def _until(desk: SimDesk, at: datetime) -> SimDesk:
    openings = (*desk.openings[:-1], (desk.openings[-1][0], at))
    return replace(desk, openings=openings, desk=replace(desk.desk, closes_at=at))


def _fresh(like: UUID, taken: set[UUID]) -> UUID:
    """An id that nobody has, the same each time."""
    return next(made for n in range(1, len(taken) + 2) if (made := UUID(int=like.int ^ n)) not in taken)
