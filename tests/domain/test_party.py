"""Who may come on one ticket."""

import pytest

from onestop.domain.errors import ChildAlone, ChildAtDeskAlone, InvalidInput, PartyTooBig
from onestop.domain.party import (
    PARTY_LIMIT,
    Member,
    accompanied,
    check_party,
    check_stop_members,
    leaves_child_alone,
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
