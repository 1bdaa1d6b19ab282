"""Families: who is where at each minute of a nominal plan."""

from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop.domain.booking import Interpreter
from onestop.domain.party import Member, accompanied, party_of
from onestop.domain.plan import DayCapacity, NominalPlan, PlannedStop, WantedStop, nominal_plan, offered_arrivals
from tests.domain.bratislava import DAY, INSURANCE, LEGAL, at
from tests.domain.test_plan_properties import GAP, MINUTE, OPENS, Case, cases

many = settings(deadline=None, max_examples=150)


@dataclass(frozen=True, kw_only=True)
class Family:
    """A day, and a party split over its services."""

    day: DayCapacity
    party: tuple[Member, ...]
    stops: tuple[WantedStop, ...]

    def offers(self, *, minded: bool = True) -> list[NominalPlan]:
        return offered_arrivals(
            self.day,
            stops=self.stops,
            languages=("sk",),
            interpreter=Interpreter.NONE,
            party=self.party if minded else (),
            not_before=OPENS,
        )


@st.composite
def families(draw: st.DrawFn) -> Family:
    case: Case = draw(cases())
    party = party_of(adults=draw(st.integers(1, 3)), children=draw(st.integers(0, 3)))
    adults = [member.mark for member in party if not member.child]
    children = [member.mark for member in party if member.child]
    services = sorted({service for group in case.day.groups for service in group.services})
    stops = tuple(
        WantedStop(
            service=service,
            members=accompanied(
                party,
                draw(st.frozensets(st.sampled_from(adults), min_size=1))
                | (draw(st.frozensets(st.sampled_from(children))) if children else frozenset()),
            ),
        )
        for service in draw(st.lists(st.sampled_from(services), min_size=1, unique=True))
    )
    return Family(day=case.day, party=party, stops=stops)


def end(stop: PlannedStop) -> datetime:
    return stop.start + stop.minutes * MINUTE


@many
@given(families())
def test_at_each_minute_a_child_is_at_a_desk_with_an_adult_or_an_adult_is_at_none(family: Family) -> None:
    adults = {member.mark for member in family.party if not member.child}
    children = {member.mark for member in family.party if member.child}
    for plan in family.offers():
        for stop in plan.stops:
            assert stop.members & adults
        for moment in {stop.start for stop in plan.stops}:
            there = [stop.members for stop in plan.stops if stop.start <= moment < end(stop)]
            busy = frozenset[int]().union(*there)
            assert children <= busy or adults - busy


@many
@given(families())
def test_no_member_of_a_family_is_in_two_places_and_each_stop_has_its_people(family: Family) -> None:
    for plan in family.offers():
        assert {(stop.service, stop.members) for stop in plan.stops} == {
            (stop.service, stop.members) for stop in family.stops
        }
        for one, other in combinations(plan.stops, 2):
            if one.members & other.members:
                first, then = sorted((one, other), key=lambda stop: stop.start)
                assert end(first) + GAP <= then.start


@many
@given(families())
def test_without_children_a_party_changes_nothing(family: Family) -> None:
    if not any(member.child for member in family.party):
        assert family.offers() == family.offers(minded=False)


@many
@given(families())
def test_an_arrival_is_offered_to_a_family_if_and_only_if_it_has_a_plan(family: Family) -> None:
    plans = [
        nominal_plan(
            family.day,
            arrival_at=bucket.start,
            stops=family.stops,
            languages=("sk",),
            interpreter=Interpreter.NONE,
            party=family.party,
        )
        for bucket in family.day.arrivals
    ]
    assert family.offers() == [plan for plan in plans if plan is not None]


@pytest.mark.parametrize(
    ("party", "starts"),
    [
        (party_of(adults=2), [("legal", "09:00"), ("insurance", "09:00")]),
        (party_of(adults=2, children=3), [("legal", "09:00"), ("insurance", "09:20")]),
        (party_of(adults=3, children=3), [("legal", "09:00"), ("insurance", "09:00")]),
    ],
    ids=["no child", "children", "children and an aunt"],
)
def test_parents_go_to_two_desks_in_turn_while_their_children_are_at_none(
    party: tuple[Member, ...], starts: list[tuple[str, str]]
) -> None:
    stops = (
        WantedStop(service=LEGAL, members=frozenset({1})),
        WantedStop(service=INSURANCE, members=frozenset({2})),
    )
    plan = nominal_plan(
        DAY, arrival_at=at("09:00"), stops=stops, languages=("en",), interpreter=Interpreter.NONE, party=party
    )
    assert plan is not None
    assert [(stop.group, f"{stop.start:%H:%M}") for stop in plan.stops] == starts


def test_a_parent_at_a_desk_with_the_children_leaves_the_other_free() -> None:
    stops = (
        WantedStop(service=LEGAL, members=frozenset({1})),
        WantedStop(service=INSURANCE, members=frozenset({2, 3})),
    )
    plan = nominal_plan(
        DAY,
        arrival_at=at("09:00"),
        stops=stops,
        languages=("en",),
        interpreter=Interpreter.NONE,
        party=party_of(adults=2, children=1),
    )
    assert plan is not None
    assert [f"{stop.start:%H:%M}" for stop in plan.stops] == ["09:00", "09:00"]
