"""A stop that waits is sent to another desk or service, and an outcome is put right, at reception."""

import pytest

from onestop.booking.tables import stops
from onestop.domain.errors import MoveRefused, ServiceUnknown
from onestop.domain.visit import Outcome, StopState
from onestop.reports.verify import verify
from onestop.visits.actions.calls import correct_outcome, finish, park, send_waiting, serve
from onestop.visits.actions.door import undo_at_reception
from onestop.visits.tables import acts
from tests.halls import TestDay
from tests.visits.looking import call_at, end, rows, stop, stops_of, told, waited


def undo(hall: TestDay, stop_id: object, came: object) -> str:
    last = rows(hall, acts, acts.c.undone_at.is_(None))[-1]
    return hall.write(undo_at_reception, stop_id, visit=came, act_id=last.id)


def test_a_stop_that_waits_goes_to_one_desk_with_its_seniority_and_comes_back(small: TestDay) -> None:
    _, came = small.walk_in(small.wish("legal"))
    small.later(minutes=12)
    legal = stops_of(small, came)["legal"]
    for _ in range(2):
        small.write(send_waiting, legal, service=small.service("legal"), desk=small.desks[2].id)
    assert (waited(small, came), len(told(small, "StopTransferred"))) == (12, 1)
    assert small.next(1).stop is None
    small.later(seconds=20)
    assert undo(small, legal, came) == "transfer"
    assert call_at(small, 1) == legal
    assert small.db.read_now(verify, now=small.now) == []


def test_what_was_set_aside_at_a_desk_can_wait_for_any(small: TestDay) -> None:
    small.walk_in(small.wish("legal"))
    legal = call_at(small, 1)
    small.write(park, legal, minutes=10)
    small.write(send_waiting, legal, service=small.service("legal"))
    row = stop(small, legal)
    assert (row.state, row.only_desk_id) == (StopState.WAITING, None)
    small.later(minutes=11)
    assert call_at(small, 2) == legal


def test_only_inside_its_institution_and_only_while_it_waits_openly(small: TestDay) -> None:
    _, came = small.walk_in(small.wish("legal"))
    legal = stops_of(small, came)["legal"]
    own = small.offer.service(small.service("legal"))
    assert own is not None
    foreign = next(each.id for each in small.offer.services if each.institution.id != own.institution.id)
    with pytest.raises(ServiceUnknown):
        small.write(send_waiting, legal, service=foreign)
    with pytest.raises(ServiceUnknown):
        small.write(send_waiting, legal, service=small.service("legal"), desk=small.desks[3].id)
    small.db.write_now(lambda conn: conn.execute(stops.update().where(stops.c.id == legal).values(private=True)))
    with pytest.raises(MoveRefused):
        small.write(send_waiting, legal, service=small.service("legal"), desk=small.desks[2].id)
    small.write(serve, call_at(small, 1))
    with pytest.raises(MoveRefused):
        small.write(send_waiting, legal, service=small.service("legal"), desk=small.desks[2].id)
    assert told(small, "StopTransferred") == []


def test_a_wrong_outcome_is_put_right_the_ledger_keeps_both_and_it_is_taken_back(small: TestDay) -> None:
    _, came = small.walk_in(small.wish("legal"))
    legal = call_at(small, 1)
    with pytest.raises(MoveRefused):
        small.write(correct_outcome, legal, outcome=Outcome.SETTLED)
    small.write(finish, legal, outcome=Outcome.ADVISED)
    small.later(minutes=5)
    for _ in range(2):
        small.write(correct_outcome, legal, outcome=Outcome.PAPERS_MISSING)
    assert stop(small, legal).outcome == Outcome.PAPERS_MISSING
    assert told(small, "OutcomeCorrected") == [{"outcome": "papers_missing", "was": "advised"}]
    assert end(small, came) == ("completed", "done")
    small.later(seconds=20)
    assert undo(small, legal, came) == "correct_outcome"
    assert (stop(small, legal).outcome, end(small, came)) == (Outcome.ADVISED, ("completed", "done"))
