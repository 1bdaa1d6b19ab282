"""The life of a visit and of its stops."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.errors import MoveRefused
from onestop.domain.visit import (
    AT_DESK,
    STOP_MOVES,
    STOP_OPEN,
    StopState,
    VisitReason,
    VisitState,
    after_no_show,
    check_stop_move,
    check_stop_undo,
    check_visit_move,
    end_of_visit,
    waiting_since,
)

S, V, R = StopState, VisitState, VisitReason
TEN = datetime(2027, 3, 9, 10, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

STOP_ALLOWED = {
    *{(S.PROPOSED, then) for then in (S.PLANNED, S.DECLINED)},
    *{(S.PLANNED, then) for then in (S.WAITING, S.BLOCKED)},
    *{(S.WAITING, then) for then in (S.BLOCKED, S.CALLED, S.PLANNED, S.MISSED)},
    *{(S.BLOCKED, then) for then in (S.WAITING, S.PLANNED)},
    *{(S.CALLED, then) for then in (S.SERVING, S.WAITING, S.MISSED)},
    *{(S.SERVING, then) for then in (S.FINISHED, S.WAITING, S.PARKED, S.MISSED)},
    (S.PARKED, S.WAITING),
    (S.MISSED, S.WAITING),
    (S.DROPPED, S.WAITING),
    *product(STOP_OPEN, (S.DROPPED, S.CARRIED_OVER)),
}


def stop_refused(now: StopState, then: StopState) -> bool:
    try:
        check_stop_move(now, then)
    except MoveRefused:
        return True
    return False


def test_a_stop_has_exactly_the_moves_of_the_table() -> None:
    assert {pair for pair in product(S, S) if not stop_refused(*pair)} == STOP_ALLOWED
    assert set(STOP_MOVES) == set(S)


def test_an_undo_runs_an_allowed_move_backwards_and_nothing_else() -> None:
    check_stop_undo(S.FINISHED, S.SERVING)
    check_stop_undo(S.MISSED, S.CALLED)
    with pytest.raises(MoveRefused):
        check_stop_undo(S.FINISHED, S.CALLED)
    with pytest.raises(MoveRefused):
        check_stop_undo(S.SERVING, S.FINISHED)


def test_only_an_ended_visit_opens_again_and_only_an_open_one_ends() -> None:
    ends = {V.COMPLETED, V.LEFT, V.CARRIED_OVER}
    allowed: set[tuple[VisitState, VisitState]] = set()
    for now, then in product(V, V):
        try:
            check_visit_move(now, then)
        except MoveRefused:
            continue
        allowed.add((now, then))
    assert allowed == {*product({V.OPEN}, ends), *product(ends, {V.OPEN})}


def test_every_open_stop_can_be_dropped_or_carried_over_so_that_a_visit_can_always_end() -> None:
    over = frozenset({S.FINISHED, S.MISSED, S.DECLINED, S.DROPPED, S.CARRIED_OVER})
    assert over == frozenset(S) - STOP_OPEN
    assert AT_DESK < STOP_OPEN


# -- seniority --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "since"),
    [(-40, 0), (0, 0), (15, 0), (16, 16)],
    ids=["early", "on time", "15 min late", "16 min late"],
)
def test_seniority_starts_at_the_booked_time_unless_she_is_more_than_15_minutes_late(late: int, since: int) -> None:
    assert waiting_since(checked_in_at=TEN + late * MINUTE, booked_at=TEN) == TEN + since * MINUTE


def test_a_walk_in_waits_from_check_in() -> None:
    assert waiting_since(checked_in_at=TEN, booked_at=None) == TEN


@given(st.integers(-600, 600), st.integers(0, 600))
def test_who_comes_later_is_never_senior_to_herself_coming_earlier(first: int, more: int) -> None:
    earlier = waiting_since(checked_in_at=TEN + first * MINUTE, booked_at=TEN)
    assert earlier <= waiting_since(checked_in_at=TEN + (first + more) * MINUTE, booked_at=TEN)


# -- no-shows and the end ---------------------------------------------------------------------------


def test_a_no_show_is_back_after_10_minutes_twice_and_missed_the_third_time() -> None:
    assert [after_no_show(count, TEN) for count in (1, 2, 3, 4)] == [
        (S.WAITING, TEN + 10 * MINUTE),
        (S.WAITING, TEN + 10 * MINUTE),
        (S.MISSED, None),
        (S.MISSED, None),
    ]


@pytest.mark.parametrize("state", sorted(STOP_OPEN))
def test_a_visit_goes_on_while_a_stop_is(state: StopState) -> None:
    assert end_of_visit([S.FINISHED, S.MISSED, S.CARRIED_OVER, state]) is None


@pytest.mark.parametrize(
    ("stops", "end"),
    [
        ([S.FINISHED, S.FINISHED], (V.COMPLETED, R.DONE)),
        ([S.FINISHED, S.MISSED, S.DROPPED, S.DECLINED], (V.COMPLETED, R.DONE)),
        ([S.FINISHED, S.CARRIED_OVER, S.MISSED], (V.CARRIED_OVER, R.NEXT_DAY)),
        ([S.MISSED, S.DROPPED], (V.LEFT, R.NO_SHOW)),
        ([S.DROPPED, S.DECLINED], (V.LEFT, R.OWN_WISH)),
        ([], (V.LEFT, R.OWN_WISH)),
    ],
)
def test_a_visit_without_open_stops_ends_as(stops: list[StopState], end: tuple[VisitState, VisitReason]) -> None:
    assert end_of_visit(stops) == end


@given(st.lists(st.sampled_from(StopState), max_size=6))
def test_every_visit_is_open_or_has_an_allowed_end_whatever_the_order_of_its_stops(stops: list[StopState]) -> None:
    end = end_of_visit(stops)
    assert (end is None) == bool(STOP_OPEN & set(stops))
    assert end_of_visit(stops[::-1]) == end == end_of_visit(sorted(stops))
    if end is not None:
        check_visit_move(V.OPEN, end[0])
