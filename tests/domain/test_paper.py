"""Work on paper: digits, times as people write them, how many spare tickets."""

from datetime import UTC, datetime, timedelta

import pytest

from onestop.domain.day import DayState
from onestop.domain.paper import (
    DIGITS,
    OUTCOMES,
    WORDS,
    PackNotNow,
    PaperWord,
    TimeToCome,
    TimeUnreadable,
    check_about,
    check_packable,
    read_about,
    spares_for,
    word_of,
)
from onestop.domain.visit import Outcome


def test_each_word_has_one_digit_and_its_sentence():
    assert (list(DIGITS.values()), set(WORDS)) == (list(range(1, 9)), set(PaperWord))


def test_the_first_digits_are_the_outcomes_of_a_desk():
    assert set(OUTCOMES.values()) == set(Outcome)
    assert sorted(DIGITS[word] for word in OUTCOMES) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("typed", "word"),
    [("1", PaperWord.ADVISED), ("8", PaperWord.WENT), ("settled", PaperWord.SETTLED), ("9", None), ("", None)],
)
def test_a_digit_or_a_word_is_read(typed: str, word: PaperWord | None):
    assert word_of(typed) == word


@pytest.mark.parametrize(
    ("typed", "read"),
    [("10:40", (10, 40)), ("10.40", (10, 40)), ("1040", (10, 40)), ("940", (9, 40)), ("9", (9, 0)), ("١٠٤٠", (10, 40)),
     ("9:5", (9, 5)), (" 10 40 ", (10, 40)), ("0:00", (0, 0))],
)  # fmt: skip
def test_a_time_is_read_as_people_write_it(typed: str, read: tuple[int, int]):
    assert read_about(typed) == read


@pytest.mark.parametrize("typed", ["", "noon", "25:00", "10:61", "-1", "10:", ":40", "123456"])
def test_what_is_no_time_is_refused(typed: str):
    with pytest.raises(TimeUnreadable):
        read_about(typed)


def test_a_time_to_come_is_refused_and_a_clock_some_minutes_ahead_is_not():
    now = datetime(2026, 12, 3, 10, tzinfo=UTC)
    check_about(now + timedelta(minutes=15), now=now)
    with pytest.raises(TimeToCome):
        check_about(now + timedelta(minutes=16), now=now)


def test_one_spare_for_ten_people_in_whole_pages():
    assert [spares_for(n) for n in (0, 20, 240, 241, 1000, 9999)] == [24, 24, 24, 36, 108, 240]


def test_only_a_published_day_has_a_pack():
    check_packable(DayState.PUBLISHED)
    for state in set(DayState) - {DayState.PUBLISHED}:
        with pytest.raises(PackNotNow):
            check_packable(state)
