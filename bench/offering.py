"""Offering times on a big day: what the search for plans and the levelling of them cost when most times are taken.

40 desks, 30 mediators, 2 000 parties who want a place; they are booked until half of the times are gone for the longest
plan, which is when a search has most to do.
No database, no server. The goal is 50 ms for all of it.
"""

from collections.abc import Iterator, Sequence
from random import Random
from statistics import median, quantiles
from time import perf_counter

from bench import Measured, Options
from bench._booking import empty_capacity, without
from bench.routing import LANGUAGES, SERVICES, SLOT, WANTED, day_of
from onestop.domain.booking import Interpreter
from onestop.domain.capacity import DayCapacity
from onestop.domain.crowd import Expected, crowd
from onestop.domain.levelling import best_of, levelled
from onestop.domain.plan import NominalPlan, WantedStop, offered_arrivals

HALF = 10
"""Of the twenty times at which a plan of five stops can begin."""
DESKS, MEDIATORS, PARTIES, QUICK_PARTIES = (14, 10, 8, 5, 3), 30, 2000, 200
ROUNDS, QUICK_ROUNDS = 60, 10


def run(options: Options) -> list[Measured]:
    """Fill the day once, then ask for times again and again."""
    parties, rounds = (QUICK_PARTIES, QUICK_ROUNDS) if options.quick else (PARTIES, ROUNDS)
    room, booked = _filled(parties)
    return [row for count in (1, 3, 5) for row in _offering(room, count, rounds, booked)]


def _filled(parties: int) -> tuple[DayCapacity, int]:
    day, chance, booked = day_of(DESKS, MEDIATORS), Random("offering"), 0
    room = empty_capacity(day, SLOT, max(2, parties // 10))
    expected = Expected(
        parties=parties,
        services=WANTED,
        always=frozenset(),
        languages=LANGUAGES,
        interpreter=0.75,
        no_shows=0.15,
        walk_ins=0.0,
    )
    for guest in crowd(day, expected, 1):
        who = guest.visitor
        how = {"languages": who.languages, "interpreter": who.interpreter, "not_before": day.opens_at}
        plans = offered_arrivals(room, stops=who.stops, **how)
        if plans:
            room = without(room, chance.choice(levelled(room, plans)[:4]))
            booked += 1
        if booked % 10 == 0 and len(_plans(room, len(SERVICES))) <= HALF:
            break
    return room, booked


def _plans(room: DayCapacity, count: int) -> list[NominalPlan]:
    stops = [WantedStop(service=service, members=frozenset({1})) for service in SERVICES[:count]]
    return offered_arrivals(
        room, stops=stops, languages=("uk",), interpreter=Interpreter.NEEDED, not_before=room.opens_at
    )


def _offering(room: DayCapacity, count: int, rounds: int, booked: int) -> Iterator[Measured]:
    searched: list[float] = []
    ordered: list[float] = []
    plans: list[NominalPlan] = []
    for _ in range(rounds):
        began = perf_counter()
        plans = _plans(room, count)
        found = perf_counter()
        best_of(room, plans)
        ordered.append(1000 * (perf_counter() - found))
        searched.append(1000 * (found - began))
    what = f"{count} stops with a mediator, {booked} booked, {len(plans)} times"
    yield _row(what, "plans", searched, "ms")
    yield _row(what, "levelling", ordered, "ms")
    yield _row(what, "all of it", [one + other for one, other in zip(searched, ordered, strict=True)], "ms")


def _row(what: str, measure: str, values: Sequence[float], unit: str) -> Measured:
    low, _, high = quantiles(values, n=4)
    return Measured(
        database="40 desks", what=what, measure=measure, value=median(values), unit=unit, low=low, high=high
    )
