"""A session is held: everybody is called, it begins and ends for all who are there, and nobody is lost."""

from datetime import time, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.sessions import sessions_of_day
from onestop.db.session import Database
from onestop.domain.day import DeskState
from onestop.domain.errors import DeskServing, MoveRefused, NotKnown, SessionRuns, StopMoved, UndoRefused
from onestop.domain.visit import Outcome, StopState, VisitState
from onestop.reports.verify import verify
from onestop.visits.actions.calls import park, serve, transfer
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.actions.rows import visit_row
from onestop.visits.actions.sessions import (
    BEGUN,
    ENDED,
    SessionNotNow,
    begin_session,
    call_session,
    end_session,
    join_session,
    miss_session,
)
from onestop.visits.actions.setup import SessionBegun, change_session, remove_session
from onestop.visits.actions.undo import last_act_of_desk, undo
from onestop.visits.queries.sessions import Place, next_sessions, session_screen
from onestop.visits.tables import session_runs
from tests.booking.test_sessions import hold_session, settings
from tests.halls import TestDay, make_test_day
from tests.visits.looking import rows
from tests.visits.test_seating import at, number_of


@pytest.fixture
def hall(database: Database) -> TestDay:
    """The pilot day with an orientation talk at 10 and one at 12, local time, for six people each."""
    made = make_test_day(database)
    hold_session(made, time(10), seats=6)
    hold_session(made, time(12), seats=6)
    made.now = at(8, 1)
    made.open_desks()
    return made


def sessions(hall: TestDay) -> tuple[UUID, UUID]:
    first, second = hall.db.read_now(sessions_of_day, hall.id)
    return first.id, second.id


def comes(hall: TestDay, *services: str, adults: int = 1) -> UUID:
    """Somebody without an appointment; her stop for the orientation."""
    ticket, _ = hall.walk_in(hall.wish(*(services or ("social",)), adults=adults))
    return stop_of(hall, ticket.party)


def stop_of(hall: TestDay, party: UUID, key: str = "social") -> UUID:
    (row,) = rows(hall, stops, sa.and_(stops.c.party_id == party, stops.c.service_id == hall.service(key)))
    return row.id


def state(hall: TestDay, stop: UUID) -> tuple[StopState, UUID | None]:
    (row,) = rows(hall, stops, stops.c.id == stop)
    return StopState(row.state), row.session_id


def places(hall: TestDay, session: UUID) -> list[Place]:
    screen = hall.db.read_now(session_screen, session, undo_since=hall.now - timedelta(seconds=30))
    return [seat.place for seat in screen.list]


def well(hall: TestDay) -> bool:
    return hall.db.read_now(verify, now=hall.now) == []


def test_everybody_is_called_comes_in_and_is_done_together(hall: TestDay) -> None:
    first, _ = sessions(hall)
    one, two = comes(hall), comes(hall, "social", "legal", adults=2)
    hall.now = at(8, 45)
    assert hall.write(call_session, first) == 2
    assert places(hall, first) == [Place.WAITS, Place.WAITS]
    hall.now = at(9)
    assert hall.write(begin_session, first) == 2
    assert hall.write(begin_session, first) == 0
    assert places(hall, first) == [Place.THERE, Place.THERE]
    assert well(hall)
    hall.later(minutes=40)
    assert hall.write(end_session, first) == 2
    assert hall.write(end_session, first) == 0
    assert [state(hall, each)[0] for each in (one, two)] == [StopState.FINISHED] * 2
    (done,) = rows(hall, stops, stops.c.id == one)
    assert done.outcome == Outcome.ADVISED
    assert (done.served_at, done.ended_at) == (at(9), at(9, 40))
    assert hall.db.read_now(visit_row, done.visit_id).state == VisitState.COMPLETED
    hall.later(seconds=4)
    assert hall.next(number_of(hall, "legal")).new
    assert well(hall)


def test_a_desk_that_holds_a_session_calls_nobody_and_does_not_close(hall: TestDay) -> None:
    first, _ = sessions(hall)
    comes(hall)
    number = number_of(hall, "social")
    hall.now = at(9)
    hall.write(begin_session, first)
    with pytest.raises(SessionRuns):
        hall.next(number)
    with pytest.raises(SessionRuns):
        hall.write(set_desk_state, hall.desks[number].id, DeskState.CLOSED)
    hall.write(end_session, first)
    hall.write(set_desk_state, hall.desks[number].id, DeskState.CLOSED)
    assert {desk.state for desk in hall.db.read_now(desks_of_day, hall.id) if desk.number == number} == {"closed"}


def test_it_begins_neither_much_too_early_nor_beside_a_talk(hall: TestDay) -> None:
    first, second = sessions(hall)
    desk = hall.desks[number_of(hall, "social")]
    comes(hall)
    hall.now = at(8, 44)
    with pytest.raises(SessionNotNow):
        hall.write(begin_session, first)
    with pytest.raises(SessionNotNow):
        hall.write(call_session, second)
    with pytest.raises(SessionNotNow):
        hall.write(end_session, first)
    other = next((key for key in ("legal", "residence", "labour") if hall.service(key) in desk.services), None)
    if other is not None:
        hall.walk_in(hall.wish(other))
        hall.now = at(8, 50)
        called = hall.next(desk.number)
        with pytest.raises(DeskServing):
            hall.write(begin_session, first)
        assert called.new
    with pytest.raises(NotKnown):
        hall.write(begin_session, UUID(int=1))


def test_who_comes_late_joins_and_who_is_not_there_goes_to_the_next_one(hall: TestDay) -> None:
    first, second = sessions(hall)
    there, gone = comes(hall), comes(hall)
    hall.now = at(9)
    hall.write(begin_session, first)
    late = comes(hall)
    assert state(hall, late) == (StopState.WAITING, first)
    hall.now = at(9, 5)
    hall.write(join_session, late)
    hall.write(join_session, late)
    assert hall.write(miss_session, gone) is StopState.WAITING
    assert state(hall, gone) == (StopState.WAITING, second)
    assert state(hall, late) == (StopState.SERVING, first)
    assert places(hall, first) == [Place.THERE, Place.THERE]
    assert well(hall)
    with pytest.raises(MoveRefused):
        hall.write(join_session, gone)
    hall.write(end_session, first)
    assert state(hall, there)[0] is StopState.FINISHED
    hall.now = at(11)
    hall.write(begin_session, second)
    assert hall.write(miss_session, gone) is StopState.MISSED
    assert well(hall)


def test_who_never_came_in_is_told_at_the_end_and_nobody_is_left_waiting_for_what_is_over(hall: TestDay) -> None:
    first, second = sessions(hall)
    stays = comes(hall)
    hall.now = at(9)
    hall.write(begin_session, first)
    late = comes(hall)
    hall.write(end_session, first)
    assert state(hall, stays)[0] is StopState.FINISHED
    assert state(hall, late) == (StopState.WAITING, second)
    hall.now = at(11)
    hall.write(begin_session, second)
    hall.write(miss_session, late)
    assert state(hall, late) == (StopState.MISSED, None)
    hall.write(end_session, second)
    assert well(hall)


def test_whoever_is_at_another_desk_is_let_in_after_her_talk(hall: TestDay) -> None:
    first, _ = sessions(hall)
    stop = comes(hall, "social", "legal")
    hall.now = at(8, 40)
    called = hall.next(number_of(hall, "legal"))
    assert called.stop is not None
    hall.write(serve, called.stop)
    hall.now = at(9)
    assert hall.write(begin_session, first) == 0
    assert places(hall, first) == [Place.ELSEWHERE]
    with pytest.raises(StopMoved):
        hall.write(join_session, stop)
    assert well(hall)


def test_begin_and_end_are_taken_back_for_everybody(hall: TestDay) -> None:
    first, _ = sessions(hall)
    desk = hall.desks[number_of(hall, "social")].id
    both = [comes(hall), comes(hall, adults=2)]
    hall.now = at(9)
    hall.write(begin_session, first)
    act = hall.db.read_now(last_act_of_desk, desk, now=hall.now)
    assert hall.write(undo, act.stop_id, act_id=act.id) == BEGUN
    assert [state(hall, each) for each in both] == [(StopState.WAITING, first)] * 2
    assert hall.db.read_now(next_sessions, hall.id, now=hall.now)[desk].held.begun_at is None
    assert well(hall)
    hall.write(begin_session, first)
    hall.later(minutes=30)
    hall.write(end_session, first)
    act = hall.db.read_now(last_act_of_desk, desk, now=hall.now)
    assert hall.write(undo, act.stop_id, act_id=act.id) == ENDED
    assert [state(hall, each) for each in both] == [(StopState.SERVING, first)] * 2
    assert hall.db.read_now(next_sessions, hall.id, now=hall.now)[desk].held.runs
    assert well(hall)
    hall.write(end_session, first)
    assert well(hall)


def test_what_was_built_on_a_begin_keeps_it(hall: TestDay) -> None:
    first, _ = sessions(hall)
    desk = hall.desks[number_of(hall, "social")].id
    comes(hall)
    gone = comes(hall)
    hall.now = at(9)
    hall.write(begin_session, first)
    act = hall.db.read_now(last_act_of_desk, desk, now=hall.now)
    hall.write(miss_session, gone)
    with pytest.raises(UndoRefused):
        hall.write(undo, act.stop_id, act_id=act.id)


def test_nobody_comes_back_into_a_session_that_is_over(hall: TestDay) -> None:
    first, _ = sessions(hall)
    gone = comes(hall)
    hall.now = at(9)
    hall.write(begin_session, first)
    hall.write(miss_session, gone)
    hall.write(end_session, first)
    with pytest.raises(UndoRefused):
        hall.write(undo, gone)
    assert well(hall)


def test_nobody_is_set_aside_or_sent_on_out_of_a_session(hall: TestDay) -> None:
    first, _ = sessions(hall)
    stop = comes(hall)
    hall.now = at(9)
    hall.write(begin_session, first)
    with pytest.raises(MoveRefused):
        hall.write(park, stop)
    with pytest.raises(MoveRefused):
        hall.write(transfer, stop, service=hall.service("social"))


def test_what_has_begun_is_not_changed_any_more(hall: TestDay) -> None:
    first, second = sessions(hall)
    comes(hall)
    comes(hall)
    hall.now = at(9)
    hall.write(begin_session, first)

    def version() -> int:
        return hall.db.read_now(day_by_id, hall.id).version

    with pytest.raises(SessionBegun):
        hall.write(remove_session, hall.id, first, version=version())
    with pytest.raises(SessionBegun):
        hall.write(change_session, hall.id, first, settings(hall, time(10, 30)), version=version())
    hall.write(remove_session, hall.id, second, version=version())
    assert well(hall)
    hall.db.write_now(lambda conn: conn.execute(session_runs.delete()))
    assert {one.sentence for one in hall.db.read_now(verify, now=hall.now)} == {
        "Somebody is in a session that is not held."
    }


def test_the_list_tells_who_is_expected_and_counts_people(hall: TestDay) -> None:
    first, _ = sessions(hall)
    hall.now = at(8, 2)
    ticket = hall.book(hall.wish("social", adults=2), at=at(8, 30))
    assert places(hall, first) == [Place.EXPECTED]
    desk = hall.desks[number_of(hall, "social")].id
    seen = hall.db.read_now(next_sessions, hall.id, now=hall.now)[desk]
    assert (seen.id, seen.people, seen.seats) == (first, 2, 6)
    hall.arrive(ticket)
    assert places(hall, first) == [Place.WAITS]
