"""The picture of a day: who is there, how much is in use, how many wait, every quarter of an hour."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from onestop.domain.rehearsal import groups_of
from onestop.domain.simulation import play
from onestop.domain.timeline import Group, HourWaits, Level, Picture, Row, Span, Stay, Talk, stays_of
from tests.domain.test_simulation import CLOSES, LEGAL, OPENS, POLICE, day, desk, visitor

DESK, OTHER, MEDIATOR = (UUID(int=n) for n in (71, 72, 73))


def at(minutes: float) -> datetime:
    return OPENS + timedelta(minutes=minutes)


def talk(start: float, end: float, *, desk: UUID = DESK, service: UUID = LEGAL, came: bool = True) -> Talk:
    return Talk(service=service, desk=desk, mediator=None, called_at=at(start), ended_at=at(end), came=came)


def picture(*groups: Group, closes: float = 60) -> Picture:
    return Picture(OPENS, at(closes), groups)


def group(who: UUID = DESK, service: UUID = LEGAL, until: float = 60) -> Group:
    return Group(members=(who,), services=frozenset({service}), hours=((OPENS, at(until)),), minutes=20)


def test_a_span_says_who_is_there_what_is_in_use_and_who_waits() -> None:
    made = picture(group(), Group(members=(MEDIATOR,), mediates=True, hours=((OPENS, at(30)),)))
    made.add(
        [
            Stay(begins_at=at(0), ends_at=at(15), talks=(talk(0, 15),)),
            Stay(begins_at=at(0), ends_at=at(22.5), talks=(talk(15, 22.5),)),
        ]
    )
    found = made.timeline()

    there, away = Span(there=1, used=0, waiting=0), Span(there=0, used=0, waiting=0)
    assert found.starts == (at(0), at(15), at(30), at(45))
    assert found.rows == (
        Row(
            members=(DESK,),
            mediates=False,
            spans=(Span(there=1, used=1, waiting=1), Span(there=1, used=0.5, waiting=0), there, there),
        ),
        Row(members=(MEDIATOR,), mediates=True, spans=(there, there, away, away)),
    )
    assert [span.level for span in found.rows[0].spans] == [Level.FULL, Level.HALF, Level.FREE, Level.FREE]
    assert found.hours == (HourWaits(starts_at=OPENS, came=2, calls=2, typical=7.5, long=13.5),)


def test_who_is_at_a_desk_waits_for_no_other_and_who_was_not_called_waits_until_she_leaves() -> None:
    made = picture(group(), group(OTHER, POLICE))
    made.add([Stay(begins_at=at(0), ends_at=at(45), talks=(talk(15, 30),), uncalled=(POLICE,))])
    legal, police = made.timeline().rows

    assert [span.waiting for span in legal.spans] == [1, 0, 0, 0]
    assert [span.waiting for span in police.spans] == [1, 0, 1, 0]


def test_a_call_that_nobody_answered_keeps_the_desk_and_ends_no_wait() -> None:
    made = picture(group())
    made.add([Stay(begins_at=at(0), ends_at=at(40), talks=(talk(0, 3, came=False), talk(30, 40)))])
    found = made.timeline()

    assert [round(span.used, 3) for span in found.rows[0].spans] == [0.2, 0, 0.667, 0]
    assert [span.waiting for span in found.rows[0].spans] == [1, 1, 0, 0]
    assert found.hours[0].typical == 30


def test_after_the_hours_there_are_columns_as_long_as_somebody_is_there() -> None:
    made = picture(group())
    made.add([Stay(begins_at=at(50), ends_at=at(80), talks=(talk(50, 80),))])
    found = made.timeline()

    assert found.starts[-1] == at(75)
    assert [span.level for span in found.rows[0].spans[-2:]] == [Level.OVER, Level.OVER]


def test_one_late_day_of_many_makes_no_column() -> None:
    made = picture(group())
    made.add([Stay(begins_at=at(50), ends_at=at(61), talks=(talk(50, 61),))])
    for _ in range(19):
        made.add([])

    assert made.timeline().starts[-1] == at(45)


def test_more_wait_than_the_hours_that_are_left_can_take_is_told() -> None:
    made = picture(group())
    made.add(Stay(begins_at=at(0), ends_at=at(60), talks=(), uncalled=(LEGAL,)) for _ in range(2))
    spans = made.timeline().rows[0].spans

    assert [span.late for span in spans] == [False, True, True, True]


def test_several_days_are_one_mean_day() -> None:
    made = picture(group())
    made.add([Stay(begins_at=at(0), ends_at=at(15), talks=(talk(0, 15),))])
    made.add([])

    assert made.timeline().rows[0].spans[0] == Span(there=1, used=0.5, waiting=0)
    assert made.timeline().hours[0].came == 0.5


def test_the_picture_of_a_played_day_has_its_minutes() -> None:
    made = day(desk(1, LEGAL), desk(2, POLICE, hours=((0, 60),)))
    played = play(made, [visitor(n, LEGAL, at=n) for n in range(6)], seed=1)
    filled = Picture(made.opens_at, made.closes_at, groups_of(made))
    filled.add(stays_of(played))
    found = filled.timeline()

    talked = sum((stop.ended_at - stop.called_at) / timedelta(minutes=1) for stop in played.stops)
    assert sum(span.used for span in found.rows[0].spans) * 15 == pytest.approx(talked)
    waited = sum(visit.waited_minutes for visit in played.visits)
    assert sum(span.waiting for span in found.rows[0].spans) * 15 == pytest.approx(waited)
    assert found.closes_at == CLOSES
    assert sum(hour.came for hour in found.hours) == 6
