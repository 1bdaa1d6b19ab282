"""Invented parties for a day that is only played: what they need, what they speak, when they come.

The shares are the organiser's expectation (a day file's `mix`, `party_languages`, percentages). One seed gives one
crowd, whatever times it is given afterwards, so that ways of giving out times are compared on the same people.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.plan import WantedStop
from onestop.domain.simday import SimDay, SimVisitor
from onestop.domain.slots import LAST_ARRIVAL_BEFORE_CLOSING

NEED_SHARE = 0.12
"""Parties with an operational need (routing study)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """Who is expected; shares between 0 and 1.

    `services` are wanted each by its share of the parties, `always` by everybody; `languages` are each party's one.
    `interpreter` is the share of those who speak no desk's language that need one. Of all parties the share `walk_ins`
    comes unannounced; of the booked ones the share `no_shows` does not come.
    """

    parties: int
    services: Mapping[UUID, float]
    always: frozenset[UUID]
    languages: Mapping[str, float]
    interpreter: float
    no_shows: float
    walk_ins: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """One party before it has a time; `visitor` has none yet. `at` is where in the day a walk-in comes, from 0 to 1."""

    visitor: SimVisitor
    books: bool
    comes: bool
    at: float


def crowd(day: SimDay, expected: Expected, seed: int) -> list[Guest]:
    """The parties of one day in the order in which they book. `ValueError` if nobody can want anything."""
    chance = Random(f"crowd {seed}")  # noqa: S311 (an invented crowd, no secret)
    wanted = [(service, share) for service, share in sorted(expected.services.items()) if share > 0]
    if not wanted and not expected.always:
        raise ValueError("nobody wants anything")
    spoken = frozenset[str]().union(*(each.desk.languages for each in day.desks))
    languages = sorted((tag, share) for tag, share in expected.languages.items() if share > 0) or [("en", 1.0)]
    return [_guest(n, expected, wanted, chance, spoken, languages) for n in range(1, expected.parties + 1)]


def _guest(
    n: int,
    expected: Expected,
    wanted: Sequence[tuple[UUID, float]],
    chance: Random,
    spoken: frozenset[str],
    languages: Sequence[tuple[str, float]],
) -> Guest:
    services = set(expected.always)
    services |= {service for service, share in wanted if chance.random() < share}
    if not services:
        services = set(chance.choices([service for service, _ in wanted], [share for _, share in wanted]))
    language = chance.choices([tag for tag, _ in languages], [share for _, share in languages])[0]
    mediated = chance.random() < expected.interpreter and language not in spoken
    visitor = SimVisitor(
        id=UUID(int=n << 32),
        booked_at=None,
        comes_at=None,
        stops=tuple(WantedStop(service=service, members=frozenset({1})) for service in sorted(services)),
        languages=(language,),
        interpreter=Interpreter.NEEDED if mediated else Interpreter.NONE,
        need=chance.random() < NEED_SHARE,
    )
    return Guest(
        visitor=visitor,
        books=chance.random() >= expected.walk_ins,
        comes=chance.random() >= expected.no_shows,
        at=chance.random(),
    )


def with_times(guests: Sequence[Guest], times: Mapping[UUID, datetime], day: SimDay) -> list[SimVisitor]:
    """The visitors with the times that were booked; who has none comes unannounced, at any moment of the day."""
    last = max(day.closes_at - LAST_ARRIVAL_BEFORE_CLOSING, day.opens_at)
    found: list[SimVisitor] = []
    for guest in guests:
        booked = times.get(guest.visitor.id)
        if booked is None:
            comes: datetime | None = day.opens_at + guest.at * (last - day.opens_at)
        else:
            comes = booked if guest.comes else None
        found.append(replace(guest.visitor, booked_at=booked, comes_at=comes))
    return found


def at_opening(guests: Sequence[Guest], day: SimDay) -> dict[UUID, datetime]:
    """Everybody is told to come when the doors open."""
    return {guest.visitor.id: day.opens_at for guest in guests if guest.books}


def evenly(guests: Sequence[Guest], day: SimDay, slot: timedelta) -> dict[UUID, datetime]:
    """Times spread evenly to the last arrival, given out in the order of booking by chance: the next free one."""
    booking = [guest.visitor.id for guest in guests if guest.books]
    last = max(day.closes_at - LAST_ARRIVAL_BEFORE_CLOSING, day.opens_at)
    slots = (last - day.opens_at) // slot + 1
    return {who: day.opens_at + slot * (n * slots // len(booking)) for n, who in enumerate(booking)}
