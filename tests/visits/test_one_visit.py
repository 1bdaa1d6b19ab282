"""One visitor from the booking to the last desk."""

from onestop.db.session import Database
from onestop.domain.visit import StopState, VisitState
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.rows import stop_row, visit_row
from tests.halls import make_test_day


def test_a_booked_visitor_is_called_from_desk_to_desk_until_done(database: Database) -> None:
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("legal", "residence"), name="Test Person")
    assert ticket.number == 100
    visit = hall.arrive(ticket)
    hall.open_desks()
    hall.now = hall.day.opens_at
    assert hall.next(4).stop is None  # legal advice comes before the police desk
    first = hall.next(1)
    assert first.new
    assert first.stop is not None
    assert hall.next(1) == type(first)(stop=first.stop, new=False)
    hall.write(serve, first.stop)
    hall.later(minutes=18)
    assert hall.next(4, standing=True).ready
    hall.write(finish, first.stop)
    row = database.read_now(visit_row, visit)
    assert row.state == VisitState.OPEN
    hall.later(seconds=4)
    second = hall.next(4)
    assert second.stop is not None
    assert database.read_now(stop_row, second.stop).state == StopState.CALLED
    hall.write(serve, second.stop)
    hall.later(minutes=10)
    hall.write(finish, second.stop)
    assert database.read_now(visit_row, visit).state == VisitState.COMPLETED
