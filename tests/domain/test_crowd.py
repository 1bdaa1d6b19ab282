"""The invented parties of a day that is only played: their shares, their times, the same for the same seed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from onestop.domain.booking import Interpreter
from onestop.domain.crowd import Expected, at_opening, crowd, evenly, with_times
from onestop.domain.slots import LAST_ARRIVAL_BEFORE_CLOSING
from tests.domain.test_simulation import CLOSES, LEGAL, OPENS, POLICE, SOCIAL, day, desk

DAY = day(desk(1, LEGAL), desk(2, SOCIAL), desk(3, POLICE))
SLOT = timedelta(minutes=15)
EXPECTED = Expected(
    parties=2000,
    services={LEGAL: 0.5, POLICE: 0.1},
    always=frozenset({SOCIAL}),
    languages={"sk": 0.5, "ar": 0.5},
    interpreter=0.8,
    no_shows=0.2,
    walk_ins=0.3,
)


def test_the_shares_are_those_that_are_expected() -> None:
    guests = crowd(DAY, EXPECTED, 1)
    wanted = [{stop.service for stop in guest.visitor.stops} for guest in guests]

    assert len({guest.visitor.id for guest in guests}) == 2000
    assert all(SOCIAL in services for services in wanted)
    assert sum(LEGAL in services for services in wanted) == pytest.approx(1000, abs=100)
    assert sum(POLICE in services for services in wanted) == pytest.approx(200, abs=50)
    assert sum(not guest.books for guest in guests) == pytest.approx(600, abs=80)
    assert sum(not guest.comes for guest in guests) == pytest.approx(400, abs=80)
    needed = [guest.visitor for guest in guests if guest.visitor.interpreter is Interpreter.NEEDED]
    assert {visitor.languages for visitor in needed} == {("ar",)}  # a desk speaks Slovak
    assert len(needed) == pytest.approx(800, abs=90)


def test_one_seed_is_one_crowd_and_everybody_wants_something() -> None:
    rare = replace(EXPECTED, services={POLICE: 0.01}, always=frozenset(), parties=50)

    assert crowd(DAY, EXPECTED, 4) == crowd(DAY, EXPECTED, 4) != crowd(DAY, EXPECTED, 5)
    assert all(guest.visitor.stops for guest in crowd(DAY, rare, 1))
    with pytest.raises(ValueError, match="nobody wants"):
        crowd(DAY, replace(rare, services={}), 1)


def test_times_are_spread_to_the_last_arrival_and_who_has_none_comes_unannounced() -> None:
    guests = crowd(DAY, replace(EXPECTED, parties=100), 2)
    last = CLOSES - LAST_ARRIVAL_BEFORE_CLOSING
    times = evenly(guests, DAY, SLOT)
    visitors = with_times(guests, times, DAY)

    assert set(times) == {guest.visitor.id for guest in guests if guest.books}
    assert (min(times.values()), max(times.values())) == (OPENS, last)
    each = sorted(list(times.values()).count(at) for at in set(times.values()))
    assert each[-1] - each[0] <= 1
    for guest, visitor in zip(guests, visitors, strict=True):
        if guest.books:
            assert visitor.comes_at == (visitor.booked_at if guest.comes else None)
        else:
            assert (visitor.booked_at, OPENS <= (visitor.comes_at or OPENS) <= last) == (None, True)
    assert set(at_opening(guests, DAY).values()) == {OPENS}


def test_a_day_shorter_than_the_last_arrival_and_nobody_who_books() -> None:
    short = replace(DAY, closes_at=OPENS + timedelta(minutes=30))
    guests = crowd(short, replace(EXPECTED, parties=5, walk_ins=1.0), 3)

    assert evenly(guests, short, SLOT) == {}
    assert {visitor.comes_at for visitor in with_times(guests, {}, short)} == {OPENS}
    assert set(evenly(crowd(short, replace(EXPECTED, parties=5), 3), short, SLOT).values()) <= {OPENS}
