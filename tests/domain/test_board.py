"""What a screen can show to the farthest seat, and when it is quiet."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.board import (
    DISTANCE_PER_CAP,
    SMALLEST,
    Screen,
    is_quiet,
    is_readable,
    lines_beside_a_band,
    lines_for,
    reach_of,
)

SCREENS = st.builds(Screen, inches=st.integers(10, 120), metres=st.integers(1, 60))


@pytest.mark.parametrize(
    ("inches", "metres", "lines"),
    [(55, 5, 5), (55, 6, 4), (55, 9, 3), (55, 12, 2), (55, 16, 1), (98, 9, 5), (32, 9, 1)],
)
def test_a_bigger_hall_has_fewer_and_bigger_lines(inches: int, metres: int, lines: int) -> None:
    assert lines_for(Screen(inches=inches, metres=metres)) == lines


def test_a_display_that_nobody_measured_has_five_lines() -> None:
    assert lines_for(None) == 5


@given(SCREENS)
def test_the_smallest_digit_is_a_200th_of_the_distance_and_no_more_lines_would_be(screen: Screen) -> None:
    def digit(lines: int) -> float:
        return screen.height * SMALLEST[lines] / 100 * 0.7

    lines = lines_for(screen)
    assert is_readable(screen) == (digit(1) >= screen.metres / DISTANCE_PER_CAP)
    assert digit(lines) >= screen.metres / DISTANCE_PER_CAP or (lines == 1 and not is_readable(screen))
    assert lines == 5 or digit(lines + 1) < screen.metres / DISTANCE_PER_CAP


def test_a_screen_that_is_too_small_says_how_far_it_can_be_read() -> None:
    small = Screen(inches=24, metres=12)

    assert (is_readable(small), lines_for(small), reach_of(small)) == (False, 1, 7)
    assert is_readable(Screen(inches=24, metres=7))


def test_a_band_above_the_lines_takes_the_room_of_some() -> None:
    assert [lines_beside_a_band(lines) for lines in (5, 4, 3, 2, 1)] == [3, 2, 2, 1, 1]


@pytest.mark.parametrize(
    ("begins", "ends", "quiet"),
    [
        ("12:00", "13:00", ["12:00", "12:59"]),
        ("13:00", "12:00", ["00:00", "11:59", "13:00", "23:59"]),
        ("", "", []),
    ],
)
def test_it_is_quiet_between_two_times_also_over_midnight(begins: str, ends: str, quiet: list[str]) -> None:
    at = ["00:00", "11:59", "12:00", "12:59", "13:00", "23:59"]
    edges = [time.fromisoformat(text) if text else None for text in (begins, ends)]

    assert [text for text in at if is_quiet(time.fromisoformat(text), begins=edges[0], ends=edges[1])] == quiet
