"""Who came, what they speak and who interprets, put right after check-in: seniority stays, stops are matched anew."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.queries import members_of
from onestop.booking.tables import bookings, members, parties, stop_members, stops
from onestop.days.queries.desks import mediators_of_day
from onestop.domain.booking import Interpreter
from onestop.domain.errors import ChildAlone, MoveRefused, VisitOver
from onestop.domain.party import Member, NoStepLeft
from onestop.domain.visit import StopState, VisitReason
from onestop.reports.verify import verify
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.coming import change_coming
from onestop.visits.actions.door import undo_at_reception
from onestop.visits.actions.route import leave
from onestop.visits.tables import acts
from tests.halls import TestDay
from tests.visits.looking import call_at, rows, state, stop, stops_of, told, visit, waited


def change(hall: TestDay, came: UUID, *stay: int, **how: Any) -> None:
    said = {"languages": ["en"], "interpreter": Interpreter.NONE, **how}
    hall.write(change_coming, came, stay=stay, **said)


def people(hall: TestDay, came: UUID) -> tuple[Member, ...]:
    return hall.db.read_now(members_of, visit(hall, came).party_id)


def goers(hall: TestDay, stop_id: UUID) -> dict[int, bool]:
    """Who goes to a stop, by mark, and whether she is there now."""
    going = sa.select(members.c.mark, stop_members.c.active).join(stop_members).order_by(members.c.mark)
    found = hall.db.read_now(lambda conn: conn.execute(going.where(stop_members.c.stop_id == stop_id)).all())
    return {row.mark: row.active for row in found}


def holds(hall: TestDay) -> bool:
    return hall.db.read_now(verify, now=hall.now) == []


def undo(hall: TestDay, came: UUID) -> str:
    last = rows(hall, acts, acts.c.undone_at.is_(None))[-1]
    return hall.write(undo_at_reception, last.stop_id, visit=came, act_id=last.id)


def test_a_child_more_goes_along_and_neither_number_nor_seniority_changes(hall: TestDay) -> None:
    ticket, came = hall.walk_in(hall.wish("legal", "social"))
    hall.later(minutes=20)
    change(hall, came, 1, children=1)
    assert people(hall, came) == (Member(mark=1), Member(mark=2, child=True, guardian_mark=1))
    assert [goers(hall, each) for each in stops_of(hall, came).values()] == [{1: False, 2: False}] * 2
    assert waited(hall, came) == 20
    assert rows(hall, parties, parties.c.id == ticket.party)[0].number == ticket.number
    assert told(hall, "PartyChanged") == [{"members": 2, "joined": 1, "gone": 0, "talks": False}]
    assert holds(hall)


def test_the_steps_of_an_adult_who_is_not_here_are_taken_off_and_undo_brings_all_back(hall: TestDay) -> None:
    wish = hall.wish("legal", "social", adults=2, children=1, together={"social": {2}})
    _, came = hall.walk_in(wish)
    before, mine = people(hall, came), stops_of(hall, came)
    change(hall, came, 1, 3)
    assert people(hall, came) == (Member(mark=1), Member(mark=2, child=True, guardian_mark=1))
    assert (state(hall, mine["legal"]), state(hall, mine["social"])) == (StopState.WAITING, StopState.DROPPED)
    assert goers(hall, mine["legal"]) == {1: False, 2: False}
    assert holds(hall)
    hall.later(seconds=20)
    assert undo(hall, came) == "change_coming"
    assert people(hall, came) == before
    assert (state(hall, mine["social"]), goers(hall, mine["social"])) == (StopState.WAITING, {2: False})
    assert goers(hall, mine["legal"]) == {1: False, 2: False, 3: False}
    assert holds(hall)


def test_what_is_over_stays_on_the_ticket_when_the_one_who_went_there_has_gone(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal", "social", adults=2, together={"legal": {2}}))
    legal = call_at(hall, 1)
    hall.write(finish, legal)
    change(hall, came, 1)
    assert (state(hall, legal), goers(hall, legal)) == (StopState.FINISHED, {1: False})
    assert holds(hall)


def test_a_child_who_would_be_alone_joins_the_adult_at_her_desk(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal", "social"))
    legal = call_at(hall, 1)
    hall.write(serve, legal)
    change(hall, came, 1, children=1)
    assert goers(hall, legal) == {1: True, 2: True}
    hall.write(finish, legal)
    assert goers(hall, legal) == {1: False, 2: False}
    assert holds(hall)


def test_nobody_new_is_sent_along_to_a_private_talk(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal", "social"))
    mine = stops_of(hall, came)
    private = stops.update().where(stops.c.id == mine["social"]).values(private=True)
    hall.db.write_now(lambda conn: conn.execute(private))
    change(hall, came, 1, adults=1)
    assert (goers(hall, mine["legal"]), goers(hall, mine["social"])) == ({1: False, 2: False}, {1: False})


def test_whoever_is_at_a_desk_is_here(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal", "social", adults=2, together={"legal": {2}}))
    call_at(hall, 1)
    with pytest.raises(MoveRefused):
        change(hall, came, 1)
    assert len(people(hall, came)) == 2


def test_children_alone_an_empty_route_and_an_ended_visit_are_refused(hall: TestDay) -> None:
    _, family = hall.walk_in(hall.wish("legal", children=1))
    _, couple = hall.walk_in(hall.wish("social", adults=2, together={"social": {2}}))
    with pytest.raises(ChildAlone):
        change(hall, family, 2)
    with pytest.raises(NoStepLeft):
        change(hall, couple, 1)
    hall.write(leave, family, reason=VisitReason.OWN_WISH)
    with pytest.raises(VisitOver):
        change(hall, family, 1)
    assert told(hall, "PartyChanged") == []


def test_with_an_interpreter_needed_a_talk_is_counted_longer_and_a_desk_without_her_language_waits(
    hall: TestDay,
) -> None:
    _, came = hall.walk_in(hall.wish("legal"))
    legal = stops_of(hall, came)["legal"]
    plain = stop(hall, legal).minutes
    bridged = _bridged(hall)
    change(hall, came, 1, languages=[bridged], interpreter=Interpreter.NEEDED)
    assert stop(hall, legal).minutes > plain
    hall.later(seconds=20)
    undo(hall, came)
    assert stop(hall, legal).minutes == plain
    party = rows(hall, parties, parties.c.id == visit(hall, came).party_id)[0]
    assert (party.languages, party.interpreter) == (["en"], Interpreter.NONE)
    assert rows(hall, acts, acts.c.undone_at.is_not(None))[0].kind == "change_coming"


def test_a_language_that_nobody_here_speaks_is_marked_on_a_booking_and_unmarked_again(hall: TestDay) -> None:
    hall.now = hall.day.opens_at.replace(minute=0)
    ticket = hall.book(hall.wish("legal"))
    came = hall.arrive(ticket)
    of_hers = bookings.c.party_id == ticket.party
    change(hall, came, 1, languages=["zu"], interpreter=Interpreter.NEEDED)
    assert rows(hall, bookings, of_hers)[0].no_interpreter
    change(hall, came, 1, languages=["zu"], interpreter=Interpreter.OWN)
    assert not rows(hall, bookings, of_hers)[0].no_interpreter


def test_the_same_again_changes_nothing(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal"))
    before = visit(hall, came)
    change(hall, came, 1)
    assert visit(hall, came) == before
    assert told(hall, "PartyChanged") == []


def _bridged(hall: TestDay) -> str:
    """A language that a mediator speaks and no desk for legal advice does."""
    spoken = {tag for one in hall.db.read_now(mediators_of_day, hall.id) for tag in one.languages}
    legal = hall.service("legal")
    return min(spoken - {tag for desk in hall.desks.values() if legal in desk.services for tag in desk.languages})
