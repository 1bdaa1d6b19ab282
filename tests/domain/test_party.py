"""Who may come on one ticket."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.errors import ChildAlone, ChildAtDeskAlone, InvalidInput, PartyTooBig, TicketEmpty
from onestop.domain.party import (
    PARTY_LIMIT,
    Came,
    Member,
    NoStepLeft,
    Parted,
    accompanied,
    change_party,
    check_party,
    check_stop_members,
    leaves_child_alone,
    part_party,
    party_of,
)

FAMILY = (
    Member(mark=1),
    Member(mark=2),
    Member(mark=3, child=True, guardian_mark=1),
)


def test_a_family_is_marked_adults_first_and_the_first_adult_is_the_guardian() -> None:
    assert party_of(adults=2, children=1) == FAMILY


def test_a_single_visitor_is_a_party_of_one() -> None:
    assert party_of(adults=1) == (Member(mark=1),)


@pytest.mark.parametrize("children", [1, 3])
def test_children_alone_are_refused(children: int) -> None:
    with pytest.raises(ChildAlone):
        party_of(adults=0, children=children)


@pytest.mark.parametrize(("adults", "children"), [(0, 0), (-1, 2), (2, -1)])
def test_nobody_and_a_negative_count_are_invalid(adults: int, children: int) -> None:
    with pytest.raises(InvalidInput) as refusal:
        party_of(adults=adults, children=children)
    assert (type(refusal.value), refusal.value.field) == (InvalidInput, "members")


def test_a_party_may_be_as_big_as_the_limit_and_no_bigger() -> None:
    assert len(party_of(adults=1, children=PARTY_LIMIT - 1)) == PARTY_LIMIT
    with pytest.raises(PartyTooBig) as refusal:
        party_of(adults=1, children=PARTY_LIMIT)
    assert dict(refusal.value.params) == {"limit": PARTY_LIMIT}


@pytest.mark.parametrize(
    "members",
    [
        (Member(mark=1), Member(mark=1)),
        (Member(mark=2),),
        (Member(mark=1), Member(mark=2, child=True, guardian_mark=3)),
        (Member(mark=1), Member(mark=2, child=True), Member(mark=3, child=True, guardian_mark=2)),
    ],
    ids=["a mark twice", "not from 1", "guardian unknown", "guardian a child"],
)
def test_marks_count_from_one_and_a_guardian_is_an_adult_of_the_party(members: tuple[Member, ...]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_party(members)
    assert type(refusal.value) is InvalidInput


def test_a_child_goes_to_a_desk_with_an_adult_only() -> None:
    check_stop_members(FAMILY, {1})
    check_stop_members(FAMILY, {2, 3})
    with pytest.raises(ChildAtDeskAlone):
        check_stop_members(FAMILY, {3})


@pytest.mark.parametrize(
    ("marks", "going"),
    [({1}, {1}), ({1, 3}, {1, 3}), ({1, 2}, {1, 2, 3}), ({1, 2, 3}, {1, 2, 3})],
    ids=["one of two adults", "an adult with the child", "both adults", "everybody"],
)
def test_where_every_adult_goes_the_children_come_along(marks: set[int], going: set[int]) -> None:
    assert accompanied(FAMILY, marks) == going


@pytest.mark.parametrize(
    ("at_desks", "alone"),
    [(set[int](), False), ({1}, False), ({1, 2}, True), ({1, 2, 3}, False), ({2, 3}, False)],
)
def test_a_child_is_alone_when_every_adult_is_at_a_desk_and_it_is_at_none(at_desks: set[int], alone: bool) -> None:
    assert leaves_child_alone(FAMILY, at_desks) is alone


def test_without_children_nobody_is_left_alone() -> None:
    assert leaves_child_alone(party_of(adults=2), {1}) is False


@pytest.mark.parametrize("marks", [set[int](), {1, 4}])
def test_a_stop_is_for_members_of_this_party(marks: set[int]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_stop_members(FAMILY, marks)
    assert type(refusal.value) is InvalidInput


# -- a ticket of her own ------------------------------------------------------------------------------------

LEGAL, SOCIAL, HEALTH = (UUID(int=n) for n in range(1, 4))
WHERE = {LEGAL: frozenset({1, 2, 3}), SOCIAL: frozenset({2}), HEALTH: frozenset({1})}


def test_an_adult_leaves_with_the_steps_only_she_has_and_the_others_are_numbered_anew() -> None:
    parted = part_party(FAMILY, WHERE, 1, also=[LEGAL, SOCIAL])
    assert parted == Parted(
        members=(Member(mark=1), Member(mark=2, child=True, guardian_mark=1)),
        together={LEGAL: frozenset({1, 2}), SOCIAL: frozenset({1, 2})},
        new_marks={2: 1, 3: 2},
        hers=frozenset({HEALTH}),
        copied=frozenset({LEGAL}),
    )


@pytest.mark.parametrize(
    ("members", "where", "mark", "refusal"),
    [
        (FAMILY, WHERE, 3, InvalidInput),
        (FAMILY, WHERE, 9, InvalidInput),
        (party_of(adults=1), {LEGAL: {1}}, 1, InvalidInput),
        (party_of(adults=1, children=1), {LEGAL: {1}, SOCIAL: {1, 2}}, 1, ChildAlone),
        (FAMILY, {LEGAL: {2, 3}, SOCIAL: {2}}, 2, ChildAtDeskAlone),
        (FAMILY, {LEGAL: {1, 2, 3}}, 2, TicketEmpty),
        (FAMILY, {LEGAL: {2}}, 2, TicketEmpty),
    ],
    ids=["a child", "a stranger", "alone", "the only adult", "with a child at a desk", "no step of hers", "all steps"],
)
def test_nobody_leaves_a_child_alone_or_a_ticket_empty(
    members: tuple[Member, ...], where: dict[UUID, set[int]], mark: int, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as refused:
        part_party(members, where, mark, also=())
    assert type(refused.value) is refusal


# -- others came than were written down -------------------------------------------------------------------


def test_who_stays_is_numbered_anew_and_a_stop_for_everybody_stays_one() -> None:
    assert change_party(FAMILY, WHERE, stay={2, 3}, adults=1, children=1) == Came(
        members=(
            Member(mark=1),
            Member(mark=2, child=True, guardian_mark=1),
            Member(mark=3),
            Member(mark=4, child=True, guardian_mark=1),
        ),
        new_marks={2: 1, 3: 2},
        together={LEGAL: frozenset({1, 2, 3, 4}), SOCIAL: frozenset({1})},
        emptied=frozenset({HEALTH}),
    )


@given(
    adults=st.integers(1, 3),
    children=st.integers(0, 3),
    where=st.lists(st.sets(st.integers(1, 6), min_size=1), min_size=1, max_size=3),
    stay=st.sets(st.integers(1, 6)),
    more=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    apart=st.sets(st.sampled_from([LEGAL, SOCIAL, HEALTH])),
)
def test_however_a_party_changes_no_child_goes_alone_and_nobody_is_lost(
    adults: int, children: int, where: list[set[int]], stay: set[int], more: tuple[int, int], apart: set[UUID]
) -> None:
    people = party_of(adults=adults, children=children)
    known = {member.mark for member in people}
    stay &= known
    going = {
        stop: accompanied(people, (marks & known) | {1})
        for stop, marks in zip((LEGAL, SOCIAL, HEALTH), where, strict=False)
    }
    try:
        came = change_party(people, going, stay=stay, adults=more[0], children=more[1], apart=apart)
    except (ChildAlone, InvalidInput, NoStepLeft):
        return
    check_party(came.members)
    assert len(came.members) == len(stay) + sum(more)
    assert came.together.keys() | came.emptied == going.keys()
    for stop, marks in came.together.items():
        check_stop_members(came.members, marks)
        assert {came.new_marks[mark] for mark in going[stop] & stay} <= marks
    assert came.emptied == {stop for stop, marks in going.items() if not marks & stay}
