"""Who had left is here again; what a visitor decided herself stays; whoever cannot be talked to is not kept waiting."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.days.queries.desks import mediators_of_day
from onestop.days.queries.offer import day_offer
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.directory.tables import services
from onestop.domain.booking import Interpreter
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.errors import DayOver, UndoRefused, UndoTooLate, VisitOver
from onestop.domain.roles import VISITOR
from onestop.domain.visit import StopState, VisitReason, VisitState
from onestop.reports.verify import verify
from onestop.visits.actions.calls import finish, no_show, park, serve, transfer
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.actions.door import bring_back, undo_at_reception, undo_of_desk
from onestop.visits.actions.mediators import set_mediator_state
from onestop.visits.actions.route import AT_RECEPTION, come_again, drop_stop, leave, propose_stop
from onestop.visits.actions.undo import last_act, undo
from onestop.visits.queries.board import board, board_day
from onestop.visits.queries.called import called_not_seen
from onestop.visits.queries.overview import overview
from onestop.visits.queries.visitor import visitor
from tests.halls import TestDay, make_test_day
from tests.visits.looking import call_at, call_of, end, rows, state, stops_of, told, waited
from tests.visits.small_day import FILE


@pytest.fixture
def hall(small: TestDay) -> TestDay:
    """Two desks for legal advice and one at the police, open."""
    return small


def stop(hall: TestDay, visit: UUID, key: str) -> UUID:
    return stops_of(hall, visit)[key]


def states(hall: TestDay, visit: UUID) -> dict[str, str]:
    return {key: state(hall, each) for key, each in stops_of(hall, visit).items()}


def desk_facts(hall: TestDay) -> list[tuple[str, UUID]]:
    """Facts that name a desk: what its screen hears of."""
    return [(row.kind, row.desk_id) for row in rows(hall, facts, facts.c.day_id == hall.id) if row.desk_id is not None]


def clean(hall: TestDay) -> bool:
    found = hall.db.read_now(verify, now=hall.now)
    assert found == []
    return True


# -- here again --------------------------------------------------------------------------------------------


def test_who_left_and_comes_back_waits_with_her_seniority_for_what_she_left(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal", "residence", "social"))
    taken_off = stop(hall, visit, "social")
    hall.write(drop_stop, taken_off)
    hall.later(minutes=20)
    had = waited(hall, visit)
    hall.write(leave, visit, reason=VisitReason.NO_SHOW)
    hall.later(minutes=5)

    hall.write(come_again, visit)
    hall.write(come_again, visit)  # twice is harmless

    assert states(hall, visit) == {"legal": "waiting", "residence": "waiting", "social": "dropped"}
    assert waited(hall, visit) == had
    assert len(told(hall, "VisitReopened")) == 1
    assert clean(hall)


def test_a_last_stop_she_took_off_herself_is_not_offered_again(hall: TestDay) -> None:
    party, visit = hall.walk_in(hall.wish("legal"))
    hall.write(drop_stop, stop(hall, visit, "legal"), actor=VISITOR)  # it ends her visit in the same moment
    assert end(hall, visit)[0] == VisitState.LEFT

    assert not hall.db.read_now(visitor, hall.id, party.party, now=hall.now).can_come_again
    with pytest.raises(VisitOver):
        hall.write(come_again, visit)
    assert states(hall, visit) == {"legal": "dropped"}


def test_what_she_refused_after_coming_again_stays_refused(hall: TestDay) -> None:
    party, visit = hall.walk_in(hall.wish("legal", "residence"))
    hall.write(leave, visit, reason=VisitReason.OWN_WISH)
    assert hall.db.read_now(visitor, hall.id, party.party, now=hall.now).can_come_again
    hall.write(come_again, visit)
    hall.write(drop_stop, stop(hall, visit, "residence"), actor=VISITOR)
    hall.write(leave, visit, reason=VisitReason.OWN_WISH)

    hall.write(come_again, visit)

    assert states(hall, visit) == {"legal": "waiting", "residence": "dropped"}
    assert clean(hall)


def test_a_visit_with_nothing_left_is_opened_by_a_further_stop_at_reception_only(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    hall.write(finish, call_at(hall, 1))
    with pytest.raises(VisitOver):
        hall.write(come_again, visit)
    with pytest.raises(VisitOver):
        hall.write(propose_stop, visit, hall.service("social"), accepted_how="said_to_officer")

    added = hall.write(propose_stop, visit, hall.service("social"), accepted_how=AT_RECEPTION)

    assert (end(hall, visit)[0], state(hall, added)) == (VisitState.OPEN, StopState.WAITING)
    assert clean(hall)
    act = hall.db.read_now(last_act, added, now=hall.now)
    assert act is not None
    hall.write(undo_at_reception, added, visit=visit, act_id=act.id)
    assert end(hall, visit)[0] == VisitState.COMPLETED
    assert clean(hall)


def test_nobody_comes_again_to_a_closed_day(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    hall.write(leave, visit, reason=VisitReason.OWN_WISH)
    hall.write(close_day, hall.id)

    with pytest.raises(DayOver):
        hall.write(come_again, visit)


# -- taken back --------------------------------------------------------------------------------------------


def test_what_a_visitor_took_off_herself_no_officer_and_no_receptionist_takes_back(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal", "residence"))
    police = stop(hall, visit, "residence")
    hall.write(drop_stop, police, actor=VISITOR)

    with pytest.raises(UndoTooLate):
        hall.write(undo_of_desk, police)
    with pytest.raises(UndoTooLate):
        hall.write(undo, police)
    assert state(hall, police) == StopState.DROPPED


def test_a_desk_does_not_take_back_what_reception_did(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal", "residence"))
    police = stop(hall, visit, "residence")
    hall.write(drop_stop, police)

    with pytest.raises(UndoRefused):
        hall.write(undo_of_desk, police)
    assert state(hall, police) == StopState.DROPPED


def test_bringing_back_a_missed_stop_can_be_taken_back_and_the_ledger_agrees(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("residence"))
    missed = stop(hall, visit, "residence")
    for _ in range(3):
        call_at(hall, 3)
        hall.write(no_show, missed)
        hall.later(minutes=10)
    hall.write(bring_back, missed)
    hall.write(undo, missed)

    assert (state(hall, missed), end(hall, visit)[0]) == (StopState.MISSED, VisitState.LEFT)
    assert clean(hall)


def test_a_called_visitor_who_leaves_is_taken_from_desk_and_board(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal", "residence"))
    called = call_at(hall, 1)
    hall.write(leave, visit, reason=VisitReason.OWN_WISH)

    assert desk_facts(hall)[-1] == ("CallWithdrawn", hall.desks[1].id)
    hall.write(undo, stop(hall, visit, "legal"))
    assert desk_facts(hall)[-1] == ("CallRestored", hall.desks[1].id)
    assert state(hall, called) == StopState.CALLED
    assert clean(hall)


# -- talking -----------------------------------------------------------------------------------------------


def _send_mediators_home(hall: TestDay) -> None:
    for one in hall.db.read_now(mediators_of_day, hall.id):
        hall.write(set_mediator_state, one.id, MediatorState.LEFT)


def test_a_parked_visitor_is_called_elsewhere_while_her_desk_has_a_break(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal"))
    parked = call_at(hall, 2)
    hall.write(serve, parked)
    hall.write(park, parked)
    hall.write(set_desk_state, hall.desks[2].id, DeskState.PAUSED)
    hall.later(minutes=10)

    assert call_at(hall, 1) == parked


def test_sent_to_a_desk_that_cannot_speak_with_her_she_is_called_without_an_interpreter(hall: TestDay) -> None:
    hall.walk_in(hall.wish("legal", languages=("en",), interpreter=Interpreter.NEEDED))
    sent = call_at(hall, 1)
    hall.write(serve, sent)
    hall.write(transfer, sent, desk=hall.desks[2].id)
    hall.later(seconds=4)
    _send_mediators_home(hall)

    called = hall.next(2)

    assert (called.stop, _without_interpreter(hall, sent)) == (sent, True)


def test_a_language_that_went_home_keeps_nobody_waiting_and_one_that_is_only_late_does(hall: TestDay) -> None:
    _send_mediators_home(hall)
    hall.write(set_desk_state, hall.desks[2].id, DeskState.CLOSED)
    hall.walk_in(hall.wish("legal", languages=("ru",), interpreter=Interpreter.NEEDED))
    (risk,) = hall.db.read_now(overview, hall.id, now=hall.now, opens_at=hall.day.opens_at).at_risk
    assert risk.why == ("nobody_speaks",)
    gone = hall.next(1).stop
    assert gone is not None
    assert _without_interpreter(hall, gone)


def test_a_desk_that_never_opened_is_waited_for_an_hour(database: Database) -> None:
    hall = make_test_day(database, file=FILE)
    hall.now = hall.day.opens_at
    hall.write(set_desk_state, hall.desks[1].id, DeskState.OPEN)
    _send_mediators_home(hall)
    hall.walk_in(hall.wish("legal", languages=("ru",), interpreter=Interpreter.NEEDED))
    hall.later(minutes=59)
    assert hall.next(1).stop is None
    hall.later(minutes=1)
    assert hall.next(1).stop is not None


def _without_interpreter(hall: TestDay, called: UUID) -> bool:
    return bool(call_of(hall, called).terms["no_interpreter"])


# -- quiet calls (R19) -------------------------------------------------------------------------------------


def test_a_private_stop_is_called_quietly(hall: TestDay) -> None:
    private = sa.update(services).where(services.c.key == "residence").values(private=True)
    loud = hall.walk_in(hall.wish("legal"))[0]
    hall.db.write_now(lambda conn: conn.execute(private))
    hall.offer = hall.db.read_now(day_offer, hall.id)
    hush = hall.walk_in(hall.wish("residence"))[0]
    call_at(hall, 1)
    call_at(hall, 3)

    shown = hall.db.read_now(lambda conn: board(conn, board_day(conn, hall.day.slug, now=hall.now), now=hall.now))
    assert [call.number for call in shown.calls] == [loud.number]
    assert {(one.number, one.quiet) for one in hall.db.read_now(called_not_seen, hall.id)} == {
        (loud.number, False),
        (hush.number, True),
    }
