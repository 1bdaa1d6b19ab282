"""What is left of the hours of an institution that is late, leaves or does not come."""

from datetime import UTC, datetime, timedelta

import pytest

from onestop.domain.attendance import Attendance, hours_left

DAY = datetime(2026, 12, 3, tzinfo=UTC)


def _at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("how", "hour", "left"),
    [
        (Attendance.LATE, 10, [(10, 12), (13, 15)]),
        (Attendance.LATE, 12, [(13, 15)]),
        (Attendance.LATE, 8, [(9, 12), (13, 15)]),
        (Attendance.LATE, 15, []),
        (Attendance.EARLY, 14, [(9, 12), (13, 14)]),
        (Attendance.EARLY, 12.5, [(9, 12)]),
        (Attendance.EARLY, 9, []),
        (Attendance.EARLY, 16, [(9, 12), (13, 15)]),
        (Attendance.AWAY, 12, []),
    ],
)
def test_hours_are_cut_and_never_added(how: Attendance, hour: float, left: list[tuple[float, float]]) -> None:
    hours = [(_at(9), _at(12)), (_at(13), _at(15))]
    assert hours_left(hours, how, _at(hour)) == tuple((_at(start), _at(end)) for start, end in left)
