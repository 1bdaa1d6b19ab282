"""Whom a change touches: who stands, who is laid anew, who loses something; and nothing is said without a cause."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

import pytest

from onestop.domain.booking import Interpreter
from onestop.domain.capacity import DayCapacity, DeskGroup, MediatorGroup
from onestop.domain.party import party_of
from onestop.domain.plan import NominalPlan
from onestop.domain.touch import Promised, PromisedStop, Touch, weigh
from tests.domain.bratislava import (
    DAY,
    INSURANCE,
    LABOUR,
    LEGAL,
    NEEDED,
    NONE,
    RESIDENCE,
    SOCIAL,
    applied,
    at,
    offers,
    plan_at,
)

NOW = at("08:00")
Group = TypeVar("Group", DeskGroup, MediatorGroup)


class Hall:
    """The day as bookings fill it; nothing is kept back, as in the rooms that are weighed."""

    def __init__(self, day: DayCapacity = DAY) -> None:
        self.day = _bare(day)
        self.people: list[Promised] = []

    def book(
        self,
        *services: UUID,
        at_: str = "",
        languages: tuple[str, ...] = ("en",),
        interpreter: Interpreter = NONE,
        private: bool = False,
    ) -> int:
        """Book at this or at the first arrival with a plan; gives the number."""
        when = at_ or offers(*services, day=self.day, languages=languages, interpreter=interpreter)[0]
        plan = plan_at(when, *services, day=self.day, languages=languages, interpreter=interpreter)
        assert plan is not None
        number = 100 + len(self.people)
        self.people.append(_promised(number, plan, languages, interpreter, private=private, day=self.day))
        self.day = applied(self.day, plan.claims)
        return number

    def touched(self, after: DayCapacity, *, now: datetime = NOW) -> list[tuple[int, Touch]]:
        return [(one.number, one.touch) for one in weigh(self.day, after, self.people, now=now)]


def _bare(day: DayCapacity) -> DayCapacity:
    return replace(
        day,
        groups=tuple(replace(g, buckets=tuple(replace(bucket, reserve=0) for bucket in g.buckets)) for g in day.groups),
        mediators=tuple(
            replace(g, buckets=tuple(replace(bucket, reserve=0) for bucket in g.buckets)) for g in day.mediators
        ),
        arrivals=tuple(replace(bucket, total=10, reserve=0) for bucket in day.arrivals),
    )


def _promised(
    number: int,
    plan: NominalPlan,
    languages: tuple[str, ...],
    interpreter: Interpreter,
    *,
    private: bool,
    day: DayCapacity,
) -> Promised:
    arrivals = {bucket.id for bucket in day.arrivals}
    return Promised(
        party=UUID(int=number),
        number=number,
        here=False,
        since=NOW - timedelta(days=1) + timedelta(minutes=number),
        arrival_at=plan.arrival_at,
        ends_at=plan.ends_at,
        languages=frozenset(languages),
        interpreter=interpreter,
        members=party_of(adults=1),
        stops=tuple(
            PromisedStop(
                service=stop.service, members=stop.members, start=stop.start, minutes=stop.minutes, private=private
            )
            for stop in plan.stops
        ),
        claims={claim.bucket: claim.minutes for claim in plan.claims if claim.bucket not in arrivals},
    )


def _open(day: DayCapacity, key: str, opens: str, closes: str) -> DayCapacity:
    """A desk or mediator that is there from `opens` to `closes` only."""

    def cut(group: Group) -> Group:
        if group.key != key:
            return group
        inside = [at(opens) <= bucket.start < at(closes) for bucket in group.buckets]
        pairs = zip(group.buckets, inside, strict=True)
        return replace(group, buckets=tuple(replace(bucket, total=bucket.total * there) for bucket, there in pairs))

    return replace(
        day, groups=tuple(cut(group) for group in day.groups), mediators=tuple(cut(group) for group in day.mediators)
    )


def _without(day: DayCapacity, key: str) -> DayCapacity:
    return replace(
        day,
        groups=tuple(group for group in day.groups if group.key != key),
        mediators=tuple(group for group in day.mediators if group.key != key),
    )


def test_a_desk_that_opens_later_moves_an_end_and_one_that_closes_takes_a_service_away() -> None:
    hall = Hall()
    early, late = hall.book(LEGAL, at_="09:00"), hall.book(LEGAL, at_="12:00")
    insured = hall.book(INSURANCE, at_="09:00")

    assert hall.touched(_open(hall.day, "legal", "09:30", "15:00")) == [(early, Touch.ESTIMATE)]
    assert hall.touched(_open(hall.day, "legal", "09:00", "12:00")) == [(late, Touch.SERVICE)]
    assert hall.touched(_without(hall.day, "insurance")) == [(insured, Touch.SERVICE)]


def test_an_end_that_moves_by_little_is_not_told() -> None:
    hall = Hall()
    early = hall.book(LEGAL, at_="09:00")

    assert hall.touched(_open(hall.day, "legal", "09:10", "15:00")) == [(early, Touch.UNNOTICED)]


def test_where_two_claim_what_one_can_have_whoever_booked_first_keeps_it() -> None:
    hall = Hall()
    numbers = [hall.book(INSURANCE, at_="14:00") for _ in range(6)]

    assert hall.touched(_open(hall.day, "insurance", "09:00", "14:30")) == [
        (numbers[3], Touch.TIME),
        (numbers[4], Touch.TIME),
        (numbers[5], Touch.TIME),
    ]


def test_an_arrival_outside_the_new_hours_has_no_time_any_more() -> None:
    hall = Hall()
    early, later = hall.book(LABOUR, at_="09:00"), hall.book(LABOUR, at_="10:30")
    day = _open(hall.day, "labour", "10:00", "15:00")

    assert hall.touched(replace(day, opens_at=at("10:00"))) == [(early, Touch.TIME)]
    assert later == 101


def test_who_needs_an_interpreter_is_touched_when_nobody_speaks_her_language_any_more() -> None:
    hall = Hall()
    arab = hall.book(SOCIAL, at_="09:00", languages=("ar",), interpreter=NEEDED)
    hall.book(SOCIAL, at_="09:30", languages=("ar",), interpreter=Interpreter.OWN)
    talks = replace(hall.day.groups[1], languages=frozenset({"sk", "ar"}))
    also = replace(hall.day, groups=(hall.day.groups[0], talks, *hall.day.groups[2:]))

    assert hall.touched(_without(hall.day, "ar en")) == [(arab, Touch.INTERPRETER)]
    assert hall.touched(_open(hall.day, "ar en", "12:00", "15:00")) == [(arab, Touch.ESTIMATE)]
    # A desk that speaks it instead: the talk is shorter, the end hardly moves.
    assert [touch for _, touch in hall.touched(_without(also, "ar en"))] == [Touch.UNNOTICED]


def test_a_language_a_desk_loses_is_noticed_although_its_minutes_are_carried_along() -> None:
    hall = Hall()
    hers = hall.book(SOCIAL, at_="09:00", languages=("ru",), interpreter=NEEDED)
    social = replace(hall.day.groups[1], key="other", languages=frozenset({"sk"}))
    day = replace(hall.day, groups=(hall.day.groups[0], social, *hall.day.groups[2:]))

    assert hall.touched(_without(day, "uk ru")) == [(hers, Touch.INTERPRETER)]


def test_a_new_order_lays_anew_who_has_it_the_other_way_round() -> None:
    hall = Hall()
    both = hall.book(INSURANCE, SOCIAL, at_="09:00")
    hall.book(INSURANCE, at_="09:00")
    planned = sorted(hall.people[0].stops, key=lambda stop: stop.start or NOW)
    first, then = planned[0].service, planned[1].service

    assert hall.touched(replace(hall.day, precedences=((first, then),))) == []
    ((number, touch),) = hall.touched(replace(hall.day, precedences=((then, first),)))
    assert (number, touch in (Touch.UNNOTICED, Touch.ESTIMATE)) == (both, True)


def test_another_length_of_a_talk_lays_anew() -> None:
    hall = Hall()
    hers = hall.book(LEGAL, at_="09:00")
    longer = replace(hall.day.groups[0], minutes={LEGAL: 60})

    assert hall.touched(replace(hall.day, groups=(longer, *hall.day.groups[1:]))) == [(hers, Touch.ESTIMATE)]


def test_who_is_here_is_touched_by_what_is_gone_from_now_on() -> None:
    hall = Hall()
    hall.book(RESIDENCE, at_="09:00")
    hall.people = [replace(hall.people[0], here=True, claims={})]
    earlier = _open(hall.day, "residence", "09:00", "11:00")

    assert hall.touched(earlier, now=at("10:00")) == []
    assert hall.touched(earlier, now=at("11:30")) == [(100, Touch.SERVICE)]


def test_what_was_lost_and_is_there_again_is_told_as_such() -> None:
    hall = Hall()
    hers = hall.book(LEGAL, at_="12:00")
    whole, hall.day = hall.day, _open(hall.day, "legal", "09:00", "12:00")

    assert hall.touched(whole) == [(hers, Touch.AGAIN)]
    assert hall.touched(hall.day) == []


def test_more_room_touches_nobody() -> None:
    hall = Hall(_open(DAY, "labour", "10:00", "13:00"))
    for _ in range(5):
        hall.book(LABOUR, LEGAL)

    more = _bare(DAY)
    used = {bucket.id: bucket.used for group in hall.day.groups for bucket in group.buckets}
    groups = tuple(replace(g, buckets=tuple(replace(b, used=used[b.id]) for b in g.buckets)) for g in more.groups)
    assert hall.touched(replace(hall.day, groups=groups)) == []


@pytest.mark.parametrize("seed", range(40))
def test_whoever_is_not_touched_still_has_all_she_claims_and_nobody_is_touched_twice(seed: int) -> None:
    """Random changes of a day with random bookings: the claims of those who stand fit into what the day has left."""
    random = Random(seed)
    hall = Hall()
    services = (LEGAL, SOCIAL, LABOUR, RESIDENCE, INSURANCE)
    for _ in range(random.randint(1, 25)):
        speaks = random.choice([(("en",), NONE), (("ar",), NEEDED), (("uk",), NEEDED)])
        wanted = random.sample(services, random.randint(1, 3))
        plans = offers(*wanted, day=hall.day, languages=speaks[0], interpreter=speaks[1])
        if plans:
            hall.book(*wanted, at_=random.choice(plans), languages=speaks[0], interpreter=speaks[1])
    after = hall.day
    for _ in range(random.randint(0, 3)):
        opens, closes = sorted(random.sample(["09:00", "10:00", "11:30", "13:00", "15:00"], 2))
        key = random.choice([group.key for group in (*DAY.groups, *DAY.mediators)])
        after = _open(after, key, opens, closes) if random.random() < 0.7 else _without(after, key)

    touched = weigh(hall.day, after, hall.people, now=NOW)
    touched_ones = {one.party for one in touched}
    assert len(touched) == len(touched_ones)
    assert [touch for _, touch in hall.touched(hall.day)] == []
    assert _overdrawn(after, [one for one in hall.people if one.party not in touched_ones]) == []
    assert weigh(hall.day, after, list(reversed(hall.people)), now=NOW) == touched


def _overdrawn(day: DayCapacity, people: Sequence[Promised]) -> list[UUID]:
    left = {bucket.id: bucket.total for group in (*day.groups, *day.mediators) for bucket in group.buckets}
    for one in people:
        for row, minutes in one.claims.items():
            left[row] = left.get(row, 0) - minutes
    return [row for row, minutes in left.items() if minutes < 0]
