"""Who to look after: every limit on both of its sides."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.risk import LONG_CALL, LONG_DAY, LONG_OUT, LONG_WAIT, Inside, Risk, StopAtRisk, risks
from onestop.domain.visit import AT_DESK, BlockedBy, StopState

OPENS = datetime(2026, 12, 3, 8, tzinfo=UTC)
NOW = OPENS + timedelta(hours=6)
A_MOMENT = timedelta(seconds=1)


def stop(state: StopState = StopState.WAITING, **more: Any) -> StopAtRisk:
    usual: dict[str, Any] = {
        "blocked_by": None,
        "no_shows": 0,
        "called_at": None,
        "ended_at": None,
        "spoken": True,
        "has_desk": True,
    }
    return StopAtRisk(state=state, **usual | more)


def inside(*stops: StopAtRisk, **more: Any) -> Inside:
    usual: dict[str, Any] = {
        "checked_in_at": NOW,
        "booked_at": None,
        "waiting_since_at": NOW,
        "out_since_at": None,
    }
    return Inside(stops=stops or (stop(),), **usual | more)


def why(one: Inside, *, opens_at: datetime = OPENS) -> list[str]:
    return [risk.value for risk in risks(one, opens_at=opens_at, now=NOW)]


def waiting_from(at: datetime) -> Inside:
    return inside(checked_in_at=at, waiting_since_at=at)


def here_from(at: datetime) -> Inside:
    return inside(checked_in_at=at)


def out_from(at: datetime) -> Inside:
    out = stop(StopState.BLOCKED, blocked_by=BlockedBy.STEPPED_OUT)
    return inside(out, checked_in_at=OPENS, waiting_since_at=None, out_since_at=at)


def called_from(at: datetime) -> Inside:
    return inside(stop(StopState.CALLED, called_at=at))


@pytest.mark.parametrize(
    ("since", "limit", "expected"),
    [
        (waiting_from, LONG_WAIT, "long_wait"),
        (here_from, LONG_DAY, "long_day"),
        (out_from, LONG_OUT, "long_out"),
        (called_from, LONG_CALL, "long_call"),
    ],
)
def test_a_limit_is_passed_by_a_moment_more(
    since: Callable[[datetime], Inside], limit: timedelta, expected: str
) -> None:
    assert (why(since(NOW - limit)), why(since(NOW - limit - A_MOMENT))) == ([], [expected])


def test_a_desk_that_did_something_begins_the_wait_again_and_not_the_time_in_the_house() -> None:
    long_ago = NOW - LONG_DAY - A_MOMENT
    served = stop(StopState.FINISHED, called_at=NOW - timedelta(minutes=20), ended_at=NOW - timedelta(minutes=5))
    here = inside(stop(), served, checked_in_at=long_ago, waiting_since_at=long_ago)

    assert why(here) == ["long_day"]
    assert why(inside(checked_in_at=long_ago, waiting_since_at=long_ago)) == ["long_wait", "long_day"]


def test_whoever_came_early_or_before_the_day_opened_has_not_been_here_for_so_long() -> None:
    early = inside(checked_in_at=NOW - LONG_DAY - A_MOMENT, booked_at=NOW - timedelta(minutes=5))
    opened_just_now = inside(checked_in_at=NOW - LONG_DAY - A_MOMENT)

    assert (why(early), why(opened_just_now, opens_at=NOW)) == ([], [])


def test_at_a_desk_nobody_waits_and_out_of_the_house_neither() -> None:
    long_ago = NOW - timedelta(hours=5)
    for state in AT_DESK:
        assert why(inside(stop(state), checked_in_at=long_ago, waiting_since_at=long_ago)) == []
    assert why(out_from(NOW)) == []


def test_each_stop_adds_its_reasons_and_the_gravest_stands_first() -> None:
    stops = (
        stop(StopState.MISSED),
        stop(StopState.BLOCKED, blocked_by=BlockedBy.PAPERS, spoken=False),
        stop(StopState.BLOCKED, blocked_by=BlockedBy.GUARDIAN),
        stop(no_shows=1, has_desk=False),
    )

    assert why(inside(*stops)) == ["nobody_speaks", "no_desk", "no_show", "missed", "papers", "guardian"]
    assert why(inside(*stops), opens_at=NOW + A_MOMENT) == ["nobody_speaks", "no_show", "missed", "papers", "guardian"]


@pytest.mark.parametrize("state", [StopState.FINISHED, StopState.DROPPED, StopState.PLANNED, StopState.PROPOSED])
def test_a_stop_that_is_over_or_not_begun_asks_for_nothing(state: StopState) -> None:
    assert why(inside(stop(state, spoken=False, has_desk=False, no_shows=2))) == []


@given(minutes=st.integers(0, 600), more=st.integers(0, 600))
def test_time_alone_never_takes_a_reason_away(minutes: int, more: int) -> None:
    came = NOW - timedelta(minutes=minutes)
    one = inside(checked_in_at=came, waiting_since_at=came)

    then = set(risks(one, opens_at=OPENS, now=NOW))
    later = set(risks(one, opens_at=OPENS, now=NOW + timedelta(minutes=more)))

    assert then <= later
    assert later <= {Risk.LONG_WAIT, Risk.LONG_DAY}
