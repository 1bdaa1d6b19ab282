"""Shifts of a day, the hours that can be ticked, and where somebody is missing."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.crew import DeskHours, Gap, OnShift, Work, as_said, blocks, gaps, shift_instants
from onestop.domain.intervals import Interval, joined

BRATISLAVA = ZoneInfo("Europe/Bratislava")
ON = date(2026, 12, 3)
IOM, POLICE = UUID(int=1), UUID(int=2)
ONE, TWO = UUID(int=11), UUID(int=12)


def at(hour: float) -> datetime:
    """An hour of the day, in UTC."""
    return datetime(2026, 12, 3, tzinfo=UTC) + timedelta(hours=hour)


def span(start: float, end: float) -> Interval:
    return at(start), at(end)


DAY = span(8, 14)
DESKS = (
    DeskHours(desk=ONE, institution=IOM, openings=(span(8, 11), span(12, 14))),
    DeskHours(desk=TWO, institution=IOM, openings=(span(8, 14),)),
)
ALL_DAY = (
    OnShift(work=Work.RECEPTION, hours=(DAY,)),
    OnShift(work=Work.GUIDE, hours=(DAY,)),
)


def missing(*people: OnShift, since: datetime = DAY[0]) -> list[tuple[Work, UUID | None, tuple[Interval, ...]]]:
    return [(gap.work, gap.desk, gap.hours) for gap in gaps(DAY, DESKS, people, since=since)]


def test_nobody_at_all_is_missing_everywhere_while_it_is_open() -> None:
    assert missing() == [
        (Work.OFFICER, ONE, (span(8, 11), span(12, 14))),
        (Work.OFFICER, TWO, (span(8, 14),)),
        (Work.RECEPTION, None, (DAY,)),
        (Work.GUIDE, None, (DAY,)),
    ]


def test_an_officer_fills_her_own_desk_and_no_other() -> None:
    own = OnShift(work=Work.OFFICER, desk=ONE, institution=IOM, hours=(DAY,))
    assert missing(own, *ALL_DAY) == [(Work.OFFICER, TWO, (DAY,))]


def test_an_officer_of_any_desk_fills_the_first_one_that_has_nobody() -> None:
    own = OnShift(work=Work.OFFICER, desk=ONE, institution=IOM, hours=(span(8, 10),))
    anywhere = OnShift(work=Work.OFFICER, institution=IOM, hours=(DAY,))
    foreign = OnShift(work=Work.OFFICER, institution=POLICE, hours=(DAY,))

    assert missing(own, anywhere, foreign, *ALL_DAY) == [(Work.OFFICER, TWO, (span(10, 11), span(12, 14)))]
    assert missing(own, anywhere, anywhere, *ALL_DAY) == []


def test_a_gap_of_a_few_minutes_is_none_and_what_is_over_is_not_told() -> None:
    officers = [OnShift(work=Work.OFFICER, institution=IOM, hours=(DAY,))] * 2
    guide = OnShift(work=Work.GUIDE, hours=(span(8, 11), (at(11) + timedelta(minutes=9), at(14))))
    reception = OnShift(work=Work.RECEPTION, hours=(span(9, 12),))

    assert missing(*officers, guide, reception) == [(Work.RECEPTION, None, (span(8, 9), span(12, 14)))]
    assert missing(*officers, guide, reception, since=at(10)) == [(Work.RECEPTION, None, (span(12, 14),))]


@given(st.lists(st.tuples(st.integers(8, 13), st.integers(1, 4)), max_size=5))
def test_each_moment_is_either_filled_or_missing(shifts: list[tuple[int, int]]) -> None:
    there = [span(start, min(14, start + hours)) for start, hours in shifts]
    people = [OnShift(work=Work.RECEPTION, hours=(each,)) for each in there]
    found: list[Gap] = [gap for gap in gaps(DAY, (), people, since=DAY[0]) if gap.work is Work.RECEPTION]
    holes = [each for gap in found for each in gap.hours]
    assert joined([*there, *holes]) == (DAY,)
    assert sum((end - start for start, end in [*joined(there), *holes]), timedelta()) == timedelta(hours=6)


def test_hours_to_tick_are_those_of_the_clock_on_the_wall() -> None:
    half = blocks(at(8.5), at(11.25), BRATISLAVA)
    assert half == (span(8.5, 9), span(9, 10), (at(10), at(11.25)))
    assert as_said([half[0], half[1]], BRATISLAVA) == [["09:30", "11:00"]]
    assert [end - start for start, end in blocks(at(6), at(20), BRATISLAVA)] == [timedelta(hours=2)] * 7


def test_a_shift_may_begin_before_the_day_and_end_after_it_but_not_anywhere() -> None:
    def shift(start: int, end: int) -> Interval | None:
        return shift_instants(ON, time(start), time(end), BRATISLAVA, day=DAY)

    assert (shift(7, 9), shift(14, 19)) == (span(6, 8), span(13, 18))
    assert (shift(4, 6), shift(14, 20), shift(22, 23)) == (None, None, None)


def test_a_shift_after_midnight_belongs_to_a_day_that_goes_on() -> None:
    night = (at(19), at(25))
    assert shift_instants(ON, time(0, 30), time(3), BRATISLAVA, day=night) == (at(23.5), at(26))
