"""Which papers are asked for, by who comes and what was answered; when a paper is to be checked again."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.checklist import (
    CHILDREN,
    SEVERAL,
    Asked,
    Coming,
    is_asked,
    months_before,
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
        (date(2026, 6, 2), True),
        (date(2026, 6, 3), False),
        (date(2026, 12, 3), False),
    ],
)
def test_a_paper_that_nobody_checked_for_six_months_needs_a_review(reviewed_on: date | None, needs: bool) -> None:
    assert needs_review(reviewed_on, today=date(2026, 12, 3)) is needs


@pytest.mark.parametrize(
    ("day", "before"),
    [
        (date(2026, 12, 3), date(2026, 6, 3)),
        (date(2027, 3, 15), date(2026, 9, 15)),
        (date(2026, 8, 31), date(2026, 2, 28)),
        (date(2028, 8, 30), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2026, 6, 30)),
    ],
)
def test_six_months_are_counted_by_the_calendar(day: date, before: date) -> None:
    assert months_before(day, 6) == before


def test_months_before_lead_back_by_so_many_months_and_never_skip_one() -> None:
    for nth in range(4 * 366):
        day = date(2027, 1, 1) + timedelta(days=nth)
        back = months_before(day, 6)
        assert (day.year * 12 + day.month) - (back.year * 12 + back.month) == 6
        assert back.day == day.day or (back.day < day.day and (back + timedelta(days=1)).day == 1)


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
