"""Hours that nobody covers, and orders that go round."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.coverage import LEAST, meets, uncovered
from onestop.domain.intervals import Interval, joined
from onestop.domain.order import Pair, circle_of

DAY = datetime(2026, 12, 3, tzinfo=UTC)


def span(start: float, end: float) -> Interval:
    return DAY + timedelta(hours=start), DAY + timedelta(hours=end)


@pytest.mark.parametrize(
    ("wanted", "there", "since", "holes"),
    [
        ([(9, 15)], [], 0, [(9, 15)]),
        ([(9, 15)], [(9, 11)], 0, [(11, 15)]),
        ([(9, 12), (12, 15)], [(10, 11), (10.5, 13)], 0, [(9, 10), (13, 15)]),
        # A breath between two mediators is no hole, and what is over is not told any more.
        ([(9, 15)], [(9, 12), (12.1, 15)], 0, []),
        ([(9, 15)], [(12, 13)], 12.5, [(13, 15)]),
        ([(9, 15)], [(8, 16)], 0, []),
        # Nobody is missed while no desk is open.
        ([(9, 12), (13, 15)], [(9, 11)], 0, [(11, 12), (13, 15)]),
        ([], [(9, 11)], 0, []),
    ],
)
def test_holes_are_open_hours_without_anybody(
    wanted: list[tuple[float, float]],
    there: list[tuple[float, float]],
    since: float,
    holes: list[tuple[float, float]],
) -> None:
    found = uncovered(
        [span(*each) for each in wanted], [span(*each) for each in there], since=DAY + timedelta(hours=since)
    )
    assert found == tuple(span(*each) for each in holes)


_SPANS = st.lists(st.tuples(st.integers(0, 48), st.integers(0, 48)).map(lambda ends: span(ends[0] / 2, ends[1] / 2)))


@given(wanted=_SPANS, there=_SPANS)
def test_a_moment_is_in_a_hole_if_something_is_open_and_nobody_is_there(
    wanted: list[Interval], there: list[Interval]
) -> None:
    holes = uncovered(wanted, there, since=DAY)

    def held(spans: object, at: datetime) -> bool:
        return any(start <= at < end for start, end in spans)  # pyright: ignore[reportGeneralTypeIssues]

    for quarter in range(96):
        at = DAY + timedelta(minutes=15 * quarter)
        assert held(holes, at) == (held(wanted, at) and not held(there, at))
    assert all(end - start >= LEAST for start, end in holes)
    assert joined(holes) == holes


def test_a_stay_meets_the_hours_it_lies_in() -> None:
    hours = [span(11, 12), span(14, 15)]
    stays = [(10, 11), (10, 11.5), (11, 11), (12, 12), (12, 14), (14.5, 16)]
    assert [meets(*span(*stay), hours) for stay in stays] == [False, True, True, False, False, True]


A, B, C, D = (UUID(int=n) for n in range(1, 5))


@pytest.mark.parametrize(
    ("pairs", "round_it"),
    [
        ([(A, B), (B, C)], ""),
        ([(A, B), (B, A)], "AB"),
        # What only leads into the circle, or out of it, can be kept.
        ([(D, A), (A, B), (B, A), (B, C)], "AB"),
        ([(A, None), (B, None)], "AB"),
        ([(A, None), (A, B)], ""),
        ([], ""),
    ],
)
def test_services_that_wait_for_each_other_are_found(pairs: list[Pair], round_it: str) -> None:
    names = {A: "A", B: "B", C: "C", D: "D"}
    assert sorted(names[one] for one in circle_of(pairs, {A, B, C, D})) == sorted(round_it)
