"""What a played day says, and how days are compared."""

from datetime import timedelta

import pytest

from onestop.domain.figures import figures_of, paired, spread
from onestop.domain.simulation import play
from tests.domain.test_simulation import CLOSES, LEGAL, POLICE, day, desk, visitor


def test_the_figures_of_a_day_follow_from_its_times() -> None:
    made = day(desk(1, LEGAL), desk(2, POLICE, hours=((0, 60),)))
    visitors = [visitor(n, LEGAL, at=n) for n in range(1, 4)]
    visitors.append(visitor(9, POLICE, at=120))
    played = play(made, visitors, seed=1)
    found = figures_of(played)

    waits = sorted(visit.waited_minutes for visit in played.visits)
    assert found.parties == 4
    assert found.waited == pytest.approx(sum(waits) / 4)
    assert found.waited_longest == waits[-1] > found.waited_p90 > found.waited
    assert found.inside == pytest.approx(sum(visit.inside_minutes for visit in played.visits) / 4)
    assert found.unfinished == 1
    assert found.overtime == 0
    talked = sum((stop.ended_at - stop.called_at) / timedelta(minutes=1) for stop in played.stops)
    assert found.desks == {made.desks[0].desk.id: pytest.approx(talked / 360), made.desks[1].desk.id: 0}


def test_the_first_wait_counts_from_the_booked_time() -> None:
    made = day(desk(1, LEGAL))
    early = visitor(1, LEGAL, at=-20, booked=0)

    assert figures_of(play(made, [early])).first_wait == 0


def test_overtime_is_what_goes_beyond_the_closing() -> None:
    made = day(desk(1, LEGAL))
    played = play(made, [visitor(n, LEGAL, at=355) for n in range(1, 4)])
    ends = max(stop.ended_at for stop in played.stops)

    assert figures_of(played).overtime == (ends - CLOSES) / timedelta(minutes=1) > 0


def test_a_day_without_visitors_is_zero() -> None:
    found = figures_of(play(day(desk(1, LEGAL), mediators=("ar",)), []))
    assert (found.parties, found.inside, found.waited_p90, found.overtime) == (0, 0, 0, 0)
    assert [*found.desks.values(), *found.mediators.values()] == [0, 0]


def test_days_are_compared_in_pairs() -> None:
    assert (spread([2, 4]).mean, spread([2, 4]).error) == (3, pytest.approx(1))
    assert spread([5]).error == 0
    # The days differ much, the rules always by one.
    assert (paired([11, 51, 91], [10, 50, 90]).mean, paired([11, 51, 91], [10, 50, 90]).error) == (1, 0)
    with pytest.raises(ValueError, match="shorter"):
        paired([1, 2], [1])
    with pytest.raises(ValueError, match="no values"):
        spread([])
