"""Routing: minutes in the building under each way of calling, and under each way of giving out times; simulated days.

All ways are played on the same seeds, so that what is compared are differences of pairs. The days are invented after
the routing study (docs/routing.md): five services of 8 to 20 minutes, legal before labour and registry before
insurance, 70 % booked, 15 % of them absent, a third of the parties need a mediator. No database, no server.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from bench import Measured, Options
from bench._booking import Choose, booked
from onestop.domain.calling import Desk, Mediator
from onestop.domain.capacity import DayCapacity
from onestop.domain.crowd import Expected, Guest, at_opening, crowd, evenly, with_times
from onestop.domain.discipline import POLICIES, Policy
from onestop.domain.figures import Figures, Spread, figures_of, paired, spread
from onestop.domain.levelling import levelled
from onestop.domain.plan import NominalPlan
from onestop.domain.simday import SimDay, SimDesk
from onestop.domain.simulation import play

SEEDS, QUICK_SEEDS = 60, 10
SLOT = timedelta(minutes=15)
OPENS = datetime(2027, 3, 4, 8, 0, tzinfo=UTC)
CLOSES = OPENS + timedelta(hours=6)
LEGAL, SOCIAL, LABOUR, REGISTRY, INSURANCE = SERVICES = tuple(UUID(int=n) for n in range(1, 6))
MINUTES = {LEGAL: 20.0, SOCIAL: 16.0, LABOUR: 14.0, REGISTRY: 10.0, INSURANCE: 8.0}
WANTED = {LEGAL: 0.6, SOCIAL: 0.5, LABOUR: 0.5, REGISTRY: 0.5, INSURANCE: 0.4}
SIZES: Mapping[int, tuple[tuple[int, ...], int]] = {
    15: ((1, 1, 1, 1, 1), 2),
    60: ((3, 2, 2, 1, 1), 5),
    200: ((8, 5, 5, 4, 3), 16),
}
"""Parties: desks for each service, mediators. Desks are busy for about 70 % of their hours at 60 and 200 parties."""
LANGUAGES = {"sk": 0.55, "ar": 0.2, "uk": 0.15, "vi": 0.1}
FIXED, EVEN = "fixed-order", "even times"
CHOICE = 4
"""So many of the best times are shown, and one is taken by chance."""
TIMES: Mapping[str, Callable[[Sequence[Guest], SimDay, int], dict[UUID, datetime]]] = {
    "all at opening": lambda guests, day, _: at_opening(guests, day),
    EVEN: lambda guests, day, _: evenly(guests, day, SLOT),
    "any time that fits": lambda guests, day, seed: _booked(guests, day, seed, _any),
    f"one of the {CHOICE} best": lambda guests, day, seed: _booked(guests, day, seed, _one_of_the_best),
    "the best": lambda guests, day, seed: _booked(guests, day, seed, _best),
}


def _booked(guests: Sequence[Guest], day: SimDay, seed: int, choose: Choose) -> dict[UUID, datetime]:
    return booked(guests, day, SLOT, Random(f"choice {seed}"), choose, per_slot=max(2, len(guests) // 10))


def _any(_: DayCapacity, plans: Sequence[NominalPlan], chance: Random) -> NominalPlan:
    return chance.choice(plans)


def _one_of_the_best(capacity: DayCapacity, plans: Sequence[NominalPlan], chance: Random) -> NominalPlan:
    return chance.choice(levelled(capacity, plans)[:CHOICE])


def _best(capacity: DayCapacity, plans: Sequence[NominalPlan], _: Random) -> NominalPlan:
    return levelled(capacity, plans)[0]


def run(options: Options) -> list[Measured]:
    """Each size of day."""
    seeds = range(QUICK_SEEDS if options.quick else SEEDS)
    return [row for parties in SIZES for row in _of_size(parties, seeds)]


def _of_size(parties: int, seeds: Sequence[int]) -> Iterator[Measured]:
    title = f"{parties} parties, {len(seeds)} days each"
    by_rule = {name: _played(parties, seeds, policy, EVEN) for name, policy in POLICIES.items()}
    for name, played in by_rule.items():
        yield from _rows(title, name, played, by_rule[FIXED], "fixed order")
    for name in TIMES:
        played = by_rule["onestop"] if name == EVEN else _played(parties, seeds, POLICIES["onestop"], name)
        yield from _rows(title, name, played, by_rule["onestop"], EVEN)


def _rows(title: str, what: str, played: Sequence[Figures], other: Sequence[Figures], than: str) -> Iterator[Measured]:
    inside, waited = [one.inside for one in played], [one.waited for one in played]
    yield _row(title, what, "in the building", spread(inside), "min")
    yield _row(title, what, "waited", spread(waited), "min")
    yield _row(title, what, "longest wait", spread([one.waited_longest for one in played]), "min")
    yield _row(title, what, "overtime", spread([one.overtime for one in played]), "min")
    if played is not other:
        beside = _beside(inside, [one.inside for one in other])
        yield _row(title, what, f"in the building / {than}", beside, "×", compared=True)
        beside = _beside(waited, [one.waited for one in other])
        yield _row(title, what, f"waited / {than}", beside, "×", compared=True)


def _beside(one: Sequence[float], other: Sequence[float]) -> Spread:
    """The mean of pairs as a multiple of the other's mean."""
    more, base = paired(one, other), spread(other).mean
    return Spread(1 + more.mean / base, more.error / base)


def _row(title: str, what: str, measure: str, found: Spread, unit: str, *, compared: bool = False) -> Measured:
    """`low` and `high` are two standard errors away here."""
    return Measured(
        database=title,
        what=what,
        measure=measure,
        value=found.mean,
        unit=unit,
        low=found.mean - 2 * found.error,
        high=found.mean + 2 * found.error,
        compared=compared,
    )


def _played(parties: int, seeds: Sequence[int], policy: Policy, times: str) -> list[Figures]:
    day = day_of(*SIZES[parties])
    expected = Expected(
        parties=parties,
        services=WANTED,
        always=frozenset(),
        languages=LANGUAGES,
        interpreter=0.75,
        no_shows=0.15,
        walk_ins=0.3,
    )
    found: list[Figures] = []
    for seed in seeds:
        guests = crowd(day, expected, seed)
        found.append(figures_of(play(day, with_times(guests, TIMES[times](guests, day, seed), day), policy, seed)))
    return found


def day_of(counts: Sequence[int], mediators: int) -> SimDay:
    """An invented day with so many desks for each service, and mediators."""
    desks: list[SimDesk] = []
    for service, count in zip(SERVICES, counts, strict=True):
        for _ in range(count):
            number = len(desks) + 1
            desk = Desk(
                id=UUID(int=100 + number),
                number=number,
                services=frozenset({service}),
                languages=frozenset({"sk"}),
                closes_at=CLOSES,
            )
            desks.append(SimDesk(desk=desk, openings=((OPENS, CLOSES),), minutes={service: MINUTES[service]}))
    spoken = (frozenset({"ar"}), frozenset({"uk"}), frozenset({"ar", "vi"}), frozenset({"ar"}), frozenset({"uk", "vi"}))
    return SimDay(
        opens_at=OPENS,
        closes_at=CLOSES,
        services=(LEGAL, SOCIAL, LABOUR, REGISTRY, INSURANCE),
        desks=tuple(desks),
        mediators=tuple(
            Mediator(
                id=UUID(int=1000 + n), languages=spoken[n % len(spoken)], free=True, opens_at=OPENS, closes_at=CLOSES
            )
            for n in range(mediators)
        ),
        precedences=((LEGAL, LABOUR), (REGISTRY, INSURANCE)),
    )
