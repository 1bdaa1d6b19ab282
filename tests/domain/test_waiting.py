"""How long an offer stands, and how long a freed time rests before everybody sees it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.waiting import SHORTEST_OFFER, WAY, offer_until, rests_until, wants

BRATISLAVA = ZoneInfo("Europe/Bratislava")
ARRIVAL = datetime(2027, 3, 10, 10, 0, tzinfo=BRATISLAVA)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        # Days before: twelve hours, but nobody has to wake up for it.
        (datetime(2027, 3, 5, 8, 0, tzinfo=BRATISLAVA), datetime(2027, 3, 5, 20, 0, tzinfo=BRATISLAVA)),
        (datetime(2027, 3, 5, 13, 0, tzinfo=BRATISLAVA), datetime(2027, 3, 6, 9, 0, tzinfo=BRATISLAVA)),
        (datetime(2027, 3, 5, 20, 0, tzinfo=BRATISLAVA), datetime(2027, 3, 6, 9, 0, tzinfo=BRATISLAVA)),
        # The day before and on the day: minutes.
        (datetime(2027, 3, 9, 10, 1, tzinfo=BRATISLAVA), datetime(2027, 3, 9, 10, 21, tzinfo=BRATISLAVA)),
        (datetime(2027, 3, 10, 9, 0, tzinfo=BRATISLAVA), datetime(2027, 3, 10, 9, 20, tzinfo=BRATISLAVA)),
        # Never so late that she cannot come.
        (datetime(2027, 3, 10, 9, 24, tzinfo=BRATISLAVA), datetime(2027, 3, 10, 9, 30, tzinfo=BRATISLAVA)),
        (datetime(2027, 3, 10, 9, 26, tzinfo=BRATISLAVA), None),
    ],
)
def test_an_offer_stands_for_hours_before_the_day_and_for_minutes_on_it(now: datetime, end: datetime | None) -> None:
    assert offer_until(ARRIVAL, BRATISLAVA, now=now) == end


@given(ahead=st.integers(min_value=0, max_value=60 * 24 * 40))
def test_an_offer_always_leaves_time_to_answer_and_to_come(ahead: int) -> None:
    now = ARRIVAL - timedelta(minutes=ahead)
    end = offer_until(ARRIVAL, BRATISLAVA, now=now)
    assert end is None or (now + SHORTEST_OFFER <= end <= ARRIVAL - WAY)
    assert (end is None) == (ARRIVAL - WAY - now < SHORTEST_OFFER)


def test_the_night_the_clocks_change_moves_no_morning() -> None:
    now = datetime(2027, 3, 27, 15, 0, tzinfo=BRATISLAVA)  # 12 hours later it is 04:00, not 03:00
    end = offer_until(datetime(2027, 4, 2, 10, 0, tzinfo=BRATISLAVA), BRATISLAVA, now=now.astimezone(UTC))
    assert end is not None
    assert end.astimezone(BRATISLAVA) == datetime(2027, 3, 28, 9, 0, tzinfo=BRATISLAVA)


def test_a_freed_time_rests_for_a_random_while_shorter_on_the_day() -> None:
    before = ARRIVAL - timedelta(days=3)
    assert rests_until(ARRIVAL, now=before, lot=0.0) == before + timedelta(minutes=10)
    assert rests_until(ARRIVAL, now=before, lot=1.0) == before + timedelta(minutes=60)
    near = ARRIVAL - timedelta(hours=1)
    assert rests_until(ARRIVAL, now=near, lot=0.5) == near + timedelta(minutes=6)


def test_she_says_from_when_to_when_she_can_come() -> None:
    later = ARRIVAL + timedelta(hours=1)
    assert wants(ARRIVAL, not_before=None, not_after=None)
    assert wants(ARRIVAL, not_before=ARRIVAL, not_after=ARRIVAL)
    assert not wants(ARRIVAL, not_before=later, not_after=None)
    assert not wants(later, not_before=None, not_after=ARRIVAL)
