"""Whoever has the reports of the days and the report of the programme works out no small number by subtracting."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop.domain.suppression import Sum, is_small
from onestop.reports.programme_published import together_line, together_talks
from onestop.reports.published import PublishedTalks, published_talks
from onestop.reports.published_lines import OTHER, PublishedLine, published_line
from tests.domain.test_suppression import pinned_cells
from tests.reports.test_files import figures as figures_of
from tests.reports.test_files import line as _line

EMPTY = figures_of()

KEYS = ("a", "b", "c")
numbers = st.sampled_from([0, 1, 2, 3, 4, 5, 6, 8])
tables = st.lists(st.fixed_dictionaries(dict.fromkeys(KEYS, numbers)), min_size=2, max_size=3).filter(
    lambda days: all(sum(day.values()) >= 5 for day in days)
)


def all_of(_: str) -> bool:
    return True


def what_everybody_knows(
    days: Sequence[PublishedLine], together: Mapping[str, int | None], folded: frozenset[str]
) -> tuple[dict[Any, int], frozenset[Any], list[Sum[Any]]]:
    """The truth, the cells nobody tells, and how they add up: written anew, as somebody with all reports would."""
    truth: dict[Any, int] = {}
    told: set[Any] = set()
    sums: list[Sum[Any]] = []
    totals: Counter[str] = Counter()
    for nth, day in enumerate(days):
        totals.update(day.counts)
        truth |= {(nth, key): count for key, count in day.counts.items()}
        truth[nth, "total"] = sum(day.counts.values())
        told.add((nth, "total"))
        sums.append(Sum((nth, "total"), tuple((nth, key) for key in day.counts)))
        for key, cell in day.cells.items():
            if key == OTHER and day.folded:
                truth[nth, "rest"] = sum(day.counts[each] for each in day.folded)
                sums.append(Sum((nth, "rest"), tuple((nth, each) for each in day.folded)))
                key = "rest"
            if cell is not None:
                assert cell == truth[nth, key]
                told.add((nth, key))
    for key, total in totals.items():
        truth["all", key] = total
        sums.append(Sum(("all", key), tuple((nth, key) for nth, day in enumerate(days) if key in day.counts)))
    for key, cell in together.items():
        if key == OTHER and folded:
            truth["all", "rest"] = sum(totals[each] for each in folded)
            sums.append(Sum(("all", "rest"), tuple(("all", each) for each in folded)))
            key = "rest"
        if cell is not None:
            assert cell == truth["all", key]
            told.add(("all", key))
    return truth, frozenset(truth) - told, sums


@pytest.mark.parametrize("folds", [False, True])
@settings(max_examples=60, deadline=None, derandomize=True)
@given(tables)
def test_no_small_number_of_a_day_or_of_all_follows_from_all_reports_together(
    folds: bool, days: list[dict[str, int]]
) -> None:
    foldable = all_of if folds else None
    lines = [published_line(day, foldable) for day in days]
    together = together_line(lines, foldable)
    totals: Counter[str] = Counter()
    for day in days:
        totals.update(day)
    folded = frozenset(key for key in totals if folds and is_small(totals[key]))

    truth, hidden, sums = what_everybody_knows(lines, together, folded)
    assert {cell for cell in pinned_cells(truth, hidden, sums) if is_small(truth[cell])} == set()
    # What the days keep back of a sum that is told is no small number either.
    for key, cell in together.items():
        if cell is not None and not (folds and key == OTHER):
            left = sum(truth[nth, key] for nth in range(len(days)) if (nth, key) in hidden)
            assert not is_small(left)


def test_a_sum_that_gives_a_day_away_is_kept_back_and_one_that_does_not_is_told() -> None:
    one, other = published_line({"a": 20, "b": 3, "c": 9}), published_line({"a": 11, "b": 12, "c": 10})
    # 3 of the first day, and 9 with it, are kept back there; 15 − 12 would tell it.
    assert one.cells == {"a": 20, "b": None, "c": None}
    assert together_line([one, other]) == {"a": 31, "b": None, "c": None}
    # Told in full, the programme would have given the 3 away.
    naive, folded = {"a": 31, "b": 15, "c": 19}, frozenset[str]()
    truth, hidden, sums = what_everybody_knows([one, other], naive, folded)
    assert (0, "b") in pinned_cells(truth, hidden, sums)
    third = published_line({"a": 30, "b": 4, "c": 8})
    assert together_line([one, third]) == {"a": 50, "b": 7, "c": 17}


def test_small_numbers_of_many_days_make_sums_that_are_told() -> None:
    days = [published_line({"uk": 9, "ar": 3, "ru": 2, "vi": 1}, all_of) for _ in range(8)]
    assert all(day.cells == {"uk": 9, OTHER: 6} for day in days)
    assert together_line(days, all_of) == {"uk": 72, "ar": 24, "ru": 16, "vi": 8}


def talks(**counts: int) -> PublishedTalks:
    """A day of one institution with two services, another with one, and private talks, as its report tells it."""
    lines = {name: _line(name, count) for name, count in counts.items()}
    services = (
        replace(lines["law"], key="law", name="Centre"),
        replace(lines["work"], key="work", name="Centre"),
        replace(lines["stay"], key="stay", name="Police"),
        replace(lines["quiet"], key="", name=""),
    )
    institutions = (
        _line("Centre", counts["law"] + counts["work"], name="Centre"),
        _line("Police", counts["stay"], name="Police"),
        _line("", counts["quiet"]),
    )
    found = published_talks(
        replace(EMPTY, all=_line("", sum(counts.values())), services=services, institutions=institutions)
    )
    assert found is not None
    return found


def test_the_few_talks_of_an_institution_do_not_follow_from_its_services_that_hide_each_other() -> None:
    days = [talks(law=0, work=1, stay=5, quiet=0), talks(law=1, work=0, stay=4, quiet=0)]

    # 11 talks in all: were the 9 of the police told, the 2 of the centre would follow.
    assert together_talks(days)["Police"] is None


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(
        st.fixed_dictionaries(dict.fromkeys(("law", "work", "stay", "quiet"), numbers)), min_size=2, max_size=2
    ).filter(lambda days: all(sum(day.values()) >= 5 for day in days))
)
def test_no_few_talks_of_a_day_or_of_all_follow_either(days: list[dict[str, int]]) -> None:
    told = [talks(**day) for day in days]
    together = together_talks(told)
    truth: dict[Any, int] = {}
    known: set[Any] = set()
    sums: list[Sum[Any]] = []
    for nth, day in enumerate(told):
        truth |= {(nth, key): count for key, count in day.counts.items()}
        truth[nth, "total"] = sum(days[nth].values())
        known |= {(nth, "total"), *((nth, key) for key in day.counts if key not in day.hidden)}
    for key, cell in together.items():
        truth["all", key] = sum(day.counts[key] for day in told)
        if cell is not None:
            assert cell == truth["all", key]
            known.add(("all", key))
        sums.append(Sum(("all", key), tuple((nth, key) for nth in range(len(told)))))
    for who in (0, 1, "all"):
        sums.append(Sum((who, "Centre"), ((who, ("Centre", "law")), (who, ("Centre", "work")))))
        sums.append(Sum((who, "Police"), ((who, ("Police", "stay")),)))
        if who != "all":
            sums.append(Sum((who, "total"), ((who, "Centre"), (who, "Police"), (who, ""))))
    pinned = pinned_cells(truth, frozenset(truth) - known, sums)
    assert {cell for cell in pinned if is_small(truth[cell])} == set()
