"""A draw is fair, and anybody computes it again from what was published (R16)."""

import hashlib
import hmac
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import permutations
from math import factorial
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.draw import (
    DrawOutcome,
    DrawState,
    commitment_of,
    draw_seed,
    draw_state,
    list_hash,
    ranked,
    result_hash,
)
from onestop.domain.waiting import LONG_OFFER, WAY, drawn_until

DAY = UUID(int=7)
SEED = draw_seed(b"key", day=DAY, nonce="nonce")
IDS = st.lists(st.uuids(version=4), unique=True, max_size=30)
OPENS = datetime(2027, 3, 1, 9, tzinfo=UTC)
CLOSES = datetime(2027, 3, 5, 20, tzinfo=UTC)
BRATISLAVA = ZoneInfo("Europe/Bratislava")


@given(ids=IDS, mixed=st.randoms(use_true_random=False))
def test_the_order_and_the_hash_do_not_depend_on_who_came_first(ids: list[UUID], mixed: Random) -> None:
    other = list(ids)
    mixed.shuffle(other)
    assert ranked(SEED, other) == ranked(SEED, ids)
    assert sorted(ranked(SEED, ids)) == sorted(ids)
    assert list_hash(other) == list_hash(ids)


@given(ids=IDS, gone=st.integers(min_value=0, max_value=29))
def test_whoever_is_left_keeps_the_order_when_somebody_else_is_not_there(ids: list[UUID], gone: int) -> None:
    rest = [each for place, each in enumerate(ids) if place != gone]
    assert ranked(SEED, rest) == [each for each in ranked(SEED, ids) if each in rest]


def test_none_and_one_request_are_a_draw_too() -> None:
    one = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
    assert (ranked(SEED, []), ranked(SEED, [one])) == ([], [one])
    assert list_hash([]) == hashlib.sha256(b"").hexdigest()
    assert list_hash([one]) == hashlib.sha256(b"0f8fad5b-d9cb-469f-a165-70867728950e\n").hexdigest()


def test_what_is_published_is_what_the_document_says() -> None:
    """Computed here once more by hand, not by the functions."""
    ids = [UUID(int=number, version=4) for number in range(5)]
    secret = bytes.fromhex(SEED)
    assert (len(secret), commitment_of(SEED)) == (32, hashlib.sha256(secret).hexdigest())
    by_hand = sorted(ids, key=lambda each: hmac.new(secret, str(each).encode(), "sha256").hexdigest())
    assert ranked(SEED, ids) == by_hand
    results = [(2, ids[1], DrawOutcome.LISTED), (1, ids[0], DrawOutcome.DRAWN)]
    told = f"1 {ids[0]} drawn\n2 {ids[1]} listed\n"
    assert result_hash(results) == hashlib.sha256(told.encode()).hexdigest()


def test_the_seed_is_of_its_day_key_and_nonce() -> None:
    seeds = {
        draw_seed(key, day=UUID(int=day), nonce=nonce) for key in (b"a", b"b") for day in (1, 2) for nonce in ("x", "y")
    }
    assert len(seeds) == 8


def test_every_order_is_as_likely_as_any_other() -> None:
    """Chi-square over all orders of four requests; the seeds are given, so that this is the same each time."""
    ids = [UUID(int=number * 7919, version=4) for number in range(1, 5)]
    seeds = [draw_seed(b"fair", day=DAY, nonce=str(number)) for number in range(4800)]
    seen = Counter(tuple(ranked(seed, ids)) for seed in seeds)
    expected = len(seeds) / factorial(len(ids))
    chi = sum((seen[order] - expected) ** 2 / expected for order in permutations(ids))
    assert chi < 44.18, chi  # 23 degrees of freedom: one fair draw in two hundred is further away


def test_no_place_in_the_list_is_favoured_in_a_long_one() -> None:
    ids = [UUID(int=number, version=4) for number in range(50)]
    first = Counter(ranked(draw_seed(b"long", day=DAY, nonce=str(number)), ids)[0] for number in range(5000))
    chi = sum((first[each] - 100) ** 2 / 100 for each in ids)
    assert chi < 78.23, chi  # 49 degrees of freedom, the same share


@pytest.mark.parametrize(
    ("now", "closed", "drawn", "state"),
    [
        (OPENS - timedelta(seconds=1), False, False, DrawState.ANNOUNCED),
        (OPENS, False, False, DrawState.OPEN),
        (CLOSES - timedelta(seconds=1), False, False, DrawState.OPEN),
        (CLOSES, False, False, DrawState.CLOSED),
        # A clock that went back opens nothing again.
        (OPENS, True, False, DrawState.CLOSED),
        (OPENS - timedelta(days=1), True, True, DrawState.DRAWN),
    ],
)
def test_the_state_follows_the_clock_and_never_goes_back(
    now: datetime, closed: bool, drawn: bool, state: DrawState
) -> None:
    told = draw_state(
        opens_at=OPENS,
        closes_at=CLOSES,
        closed_at=CLOSES if closed else None,
        drawn_at=CLOSES if drawn else None,
        now=now,
    )
    assert told is state


@pytest.mark.parametrize(
    ("now", "arrival", "end"),
    [
        # Two days, and nobody has to wake up for it.
        ((2027, 3, 1, 12), (2027, 3, 10, 10), (2027, 3, 3, 12)),
        ((2027, 3, 1, 23), (2027, 3, 10, 10), (2027, 3, 4, 9)),
        # A day before the arrival at latest; before an early one the evening before that.
        ((2027, 3, 8, 12), (2027, 3, 10, 10), (2027, 3, 9, 10)),
        ((2027, 3, 8, 0), (2027, 3, 10, 8), (2027, 3, 8, 21)),
        # Nearer than that it is an offer like any other.
        ((2027, 3, 9, 12), (2027, 3, 10, 13), (2027, 3, 10, 9)),
        ((2027, 3, 10, 9), (2027, 3, 10, 9, 20), None),
    ],
)
def test_a_drawn_place_waits_two_days_for_an_answer(
    now: tuple[int, ...], arrival: tuple[int, ...], end: tuple[int, ...] | None
) -> None:
    told = drawn_until(datetime(*arrival, tzinfo=BRATISLAVA), BRATISLAVA, now=datetime(*now, tzinfo=BRATISLAVA))
    assert told == (datetime(*end, tzinfo=BRATISLAVA) if end else None)


@given(before=st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=20)), hour=st.integers(0, 23))
def test_a_long_answer_never_ends_at_night_and_always_before_the_way_there(before: timedelta, hour: int) -> None:
    arrival = datetime(2027, 3, 28, hour, 30, tzinfo=BRATISLAVA)  # the night of this one has an hour less
    now = (arrival.astimezone(UTC) - before).astimezone(BRATISLAVA)
    end = drawn_until(arrival, BRATISLAVA, now=now)
    if end is None:
        return
    assert now < end <= arrival.astimezone(UTC) - WAY
    if end - now >= LONG_OFFER and arrival - end >= timedelta(hours=20):
        assert 9 <= end.astimezone(BRATISLAVA).hour <= 21
