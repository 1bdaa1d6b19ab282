"""What is expected of a day, and which single change would help it most."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from onestop.domain.crowd import Expected
from onestop.domain.plan import WantedStop
from onestop.domain.rehearsal import Rehearsal, Tally, rehearse
from onestop.domain.remedies import Gain, Remedy, RemedyKind, possible, try_remedies
from onestop.domain.roll import WAY_MINUTES
from onestop.domain.simday import SimDay
from tests.domain.test_simulation import CLOSES, LEGAL, OPENS, POLICE, day, desk, visitor

EXPECTED = Expected(
    parties=30,
    services={LEGAL: 0.9, POLICE: 0.2},
    always=frozenset(),
    languages={"en": 1.0},
    interpreter=0.0,
    no_shows=0.1,
)


def made_of(made: SimDay, **more: object) -> Rehearsal:
    whole = Rehearsal(day=made, expected=EXPECTED, slot=timedelta(minutes=30), names={})
    return replace(whole, **more)  # pyright: ignore[reportArgumentType]


def told(made: Rehearsal, days: int) -> Tally:
    return list(rehearse(made, days))[-1]


def tried(made: Rehearsal) -> list[Gain]:
    found = told(made, 4).expectation()
    use = {who: each.share for each in (*found.desks, *found.mediators) for who in each.members}
    return list(try_remedies(made, use, days=6))[-1].gains


def test_an_expectation_says_what_the_played_days_say() -> None:
    made = made_of(day(desk(1, LEGAL), desk(2, POLICE, hours=((0, 60),)), mediators=("ar", "ar", "uk")))
    found = told(made, 6).expectation()

    assert found.days == 6
    assert 20 < found.parties <= 30
    assert 0 < found.typical < found.long < found.longest
    assert found.inside > found.typical
    assert found.way == pytest.approx(WAY_MINUTES, abs=0.4)
    assert [each.members for each in found.desks] == [(each.desk.id,) for each in made.day.desks]
    assert [(len(each.members), each.languages, each.share) for each in found.mediators] == [
        (2, ("ar",), 0),
        (1, ("uk",), 0),
    ]
    unfinished = dict(found.unfinished_by)
    assert unfinished[POLICE] > 1
    assert unfinished[POLICE] <= found.unfinished.mean <= sum(unfinished.values())


def test_many_desks_stand_together_where_they_are_alike() -> None:
    made = made_of(day(*(desk(n, LEGAL) for n in range(1, 12)), desk(12, POLICE), desk(13, POLICE)))
    found = told(made, 1)

    assert [len(row.members) for row in found.timeline().rows] == [11, 2]
    assert [len(each.members) for each in found.expectation().desks] == [11, 2]


def test_a_second_desk_where_people_wait_helps_most() -> None:
    gains = tried(made_of(day(desk(1, LEGAL), desk(2, POLICE))))
    best = max(gains, key=lambda each: each.saved.mean)

    assert best.remedy == Remedy(kind=RemedyKind.DESK, members=(_desk(1),))
    assert best.is_clear
    assert best.wait.mean > 2 * best.wait.error
    assert any(each.then for each in gains)


def test_a_desk_that_leaves_early_is_asked_to_stay() -> None:
    gains = tried(made_of(day(desk(1, LEGAL), desk(2, LEGAL), desk(3, POLICE, hours=((0, 60),)))))
    stay = next(each for each in gains if each.remedy.kind is RemedyKind.STAY)

    assert stay.remedy == Remedy(kind=RemedyKind.STAY, members=(_desk(3),), at=CLOSES)
    assert stay.finished.mean > 2


def test_a_day_on_which_nobody_waits_needs_nothing() -> None:
    one = (visitor(1, LEGAL, at=0, booked=0),)
    quiet = made_of(day(desk(1, LEGAL), desk(2, POLICE)), booked=one, expected=replace(EXPECTED, parties=1))

    assert [each for each in tried(quiet) if each.is_clear] == []


def test_nobody_comes_after_the_last_arrival() -> None:
    last = OPENS + timedelta(hours=2)
    made = made_of(day(desk(1, LEGAL), desk(2, POLICE)), last_arrival=last)

    coming = [who.comes_at for who in made.visitors(1) if who.comes_at is not None]
    assert max(coming) == last
    late = replace(visitor(1, LEGAL, at=200, booked=200), stops=(WantedStop(service=LEGAL, members=frozenset({1})),))
    alone = replace(made, expected=replace(EXPECTED, parties=1))
    assert {who.booked_at for who in replace(alone, booked=(late,)).visitors(1)} == {last}


def test_the_changes_of_a_day_are_its_hours_and_one_more_of_everybody() -> None:
    made = made_of(day(desk(1, LEGAL), desk(2, POLICE, hours=((0, 60),)), mediators=("ar",)))
    found = possible(made, {_desk(2): 0.9})

    assert [remedy.kind for remedy, _ in found] == [
        RemedyKind.SOONER,
        RemedyKind.LONGER,
        RemedyKind.DESK,
        RemedyKind.STAY,
        RemedyKind.DESK,
        RemedyKind.MEDIATOR,
    ]
    by_kind = {remedy.kind: other.day for remedy, other in found}
    assert by_kind[RemedyKind.LONGER].closes_at == CLOSES + timedelta(hours=1)
    assert [each.openings[-1][1] for each in by_kind[RemedyKind.STAY].desks] == [CLOSES, CLOSES]
    assert len({each.desk.id for each in by_kind[RemedyKind.DESK].desks}) == 3
    assert len({each.id for each in by_kind[RemedyKind.MEDIATOR].mediators}) == 2


def _desk(number: int) -> UUID:
    return desk(number, LEGAL).desk.id
