"""Which papers are asked for, by who comes and what was answered; when a paper is to be checked again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.checklist import (
    CHILDREN,
    SEVERAL,
    Asked,
    Coming,
    is_asked,
    needs_review,
    still_ready,
)

ALONE = Coming(adults=1, children=0)
COUPLE = Coming(adults=2, children=0)
MOTHER = Coming(adults=1, children=2)


@pytest.mark.parametrize(
    ("condition", "coming", "said", "asked"),
    [
        ("", None, (), Asked.YES),
        ("", ALONE, ("permit:first",), Asked.YES),
        (CHILDREN, ALONE, (), Asked.NO),
        (CHILDREN, COUPLE, (), Asked.NO),
        (CHILDREN, MOTHER, (), Asked.YES),
        (CHILDREN, None, (), Asked.IF),
        (SEVERAL, ALONE, (), Asked.NO),
        (SEVERAL, COUPLE, (), Asked.YES),
        (SEVERAL, MOTHER, (), Asked.YES),
        (SEVERAL, None, (), Asked.IF),
        ("permit:extend", ALONE, ("permit:extend",), Asked.YES),
        ("permit:extend", ALONE, ("permit:first",), Asked.NO),
        # Nobody asked, or she does not know: what may be needed is told with its condition.
        ("permit:extend", ALONE, (), Asked.IF),
        ("permit:extend", ALONE, ("work:new",), Asked.IF),
        ("permit:extend", None, ("work:new", "permit:extend"), Asked.YES),
    ],
)
def test_a_paper_is_asked_for_by_who_comes_and_by_what_was_answered(
    condition: str, coming: Coming | None, said: tuple[str, ...], asked: Asked
) -> None:
    assert is_asked(condition, coming=coming, said=said) is asked


@pytest.mark.parametrize(
    ("reviewed_on", "needs"),
    [
        (None, True),
        (date(2026, 6, 2), True),  # 184 days
        (date(2026, 6, 3), False),
        (date(2026, 12, 3), False),
    ],
)
def test_a_paper_that_nobody_checked_for_half_a_year_needs_a_review(reviewed_on: date | None, needs: bool) -> None:
    assert needs_review(reviewed_on, today=date(2026, 12, 3)) is needs


def test_a_tick_changes_what_was_shown_and_leaves_the_rest() -> None:
    ticked = still_ready(["fee", "passport"], shown=["passport", "photo"], ready=["photo", "never-shown"])

    assert ticked == ["fee", "photo"]


KEYS = st.sets(st.sampled_from(["passport", "photo", "fee", "id"]))


@given(KEYS, KEYS, KEYS)
def test_the_same_ticks_twice_are_the_same_as_once(before: set[str], shown: set[str], ready: set[str]) -> None:
    once = still_ready(before, shown=shown, ready=ready)

    assert still_ready(once, shown=shown, ready=ready) == once
    assert set(once) & shown == ready & shown
    assert set(once) - shown == before - shown
