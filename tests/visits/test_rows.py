"""A row is changed only while it still is as it was read."""

import pytest

from onestop.domain.errors import StopMoved
from onestop.domain.visit import StopState
from onestop.visits.actions.calls import serve
from onestop.visits.actions.rows import move_stop, stop_row
from tests.halls import TestDay


def test_a_stop_that_somebody_else_moved_meanwhile_is_not_moved(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    stop = hall.next(1).stop
    assert stop is not None
    read = hall.db.read_now(stop_row, stop)
    hall.write(serve, stop)

    with pytest.raises(StopMoved):
        hall.db.write_now(move_stop, read, StopState.WAITING)
    assert hall.db.read_now(stop_row, stop).state == StopState.SERVING
