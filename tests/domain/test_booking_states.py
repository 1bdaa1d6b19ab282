"""The life of a booking."""

from itertools import product

import pytest

from onestop.domain.booking import HOLDS_CAPACITY, LIVE, MOVES, BookingState, check_move
from onestop.domain.errors import MoveRefused

B = BookingState

ALLOWED = {
    *{(B.HELD, then) for then in (B.CONFIRMED, B.EXPIRED, B.RELEASED)},
    *{(B.REQUESTED, then) for then in (B.DRAWN, B.LISTED, B.WITHDRAWN)},
    *{(B.DRAWN, then) for then in (B.CONFIRMED, B.LAPSED)},
    *{(B.LISTED, then) for then in (B.OFFERED, B.WITHDRAWN)},
    *{(B.OFFERED, then) for then in (B.CONFIRMED, B.LAPSED)},
    *{(B.LAPSED, then) for then in (B.LISTED, B.WITHDRAWN)},
    *{(B.CONFIRMED, then) for then in (B.ARRIVED, B.CANCELLED, B.MISSED)},
    (B.ARRIVED, B.CONFIRMED),
}


def refused(now: BookingState, then: BookingState) -> bool:
    try:
        check_move(now, then)
    except MoveRefused:
        return True
    return False


def test_exactly_the_moves_of_the_table_are_allowed() -> None:
    assert {pair for pair in product(B, B) if not refused(*pair)} == ALLOWED


def test_the_table_knows_every_state() -> None:
    assert set(MOVES) == set(B)


def test_a_booking_that_is_over_has_no_further_move() -> None:
    over = {state for state, then in MOVES.items() if not then}
    assert over == {B.CANCELLED, B.MISSED, B.EXPIRED, B.RELEASED, B.WITHDRAWN}


def test_nothing_that_is_over_holds_capacity_or_counts_towards_the_limit() -> None:
    assert {state for state, then in MOVES.items() if not then} & (HOLDS_CAPACITY | LIVE) == set()


def test_whatever_holds_capacity_counts_towards_the_limit_arrived_bookings_too() -> None:
    assert HOLDS_CAPACITY <= LIVE


def test_a_request_that_waits_counts_towards_the_limit_but_holds_no_capacity() -> None:
    assert LIVE.difference(HOLDS_CAPACITY) == {B.REQUESTED, B.LISTED}


@pytest.mark.parametrize("door", [B.HELD, B.REQUESTED])
def test_from_each_door_a_booking_can_come_to_its_end(door: BookingState) -> None:
    reached, edge = {door}, {door}
    while edge:
        edge = {then for now in edge for then in MOVES[now]} - reached
        reached |= edge
    assert {B.CONFIRMED, B.ARRIVED, B.CANCELLED, B.MISSED} <= reached
