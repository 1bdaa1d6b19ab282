"""A ticket of her own at the desk: to talk there alone, which nobody else can see, or to go her own way."""

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.tables import members, parties, stops
from onestop.db.ledger import facts
from onestop.domain.booking import Interpreter
from onestop.domain.errors import (
    ChildAlone,
    InvalidInput,
    MoveRefused,
    NoServiceChosen,
    ServiceUnknown,
    TicketEmpty,
    UndoRefused,
    UndoTooLate,
)
from onestop.domain.facts import Fact
from onestop.live.observer import changes_of
from onestop.reports.verify import verify
from onestop.reports.violations import DayRows
from onestop.visits.actions.alarms import ask_as_visitor
from onestop.visits.actions.apart import Given, split_off, talk_alone, talk_apart
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.door import undo_at_reception
from onestop.visits.actions.rows import Row
from onestop.visits.actions.undo import undo
from onestop.visits.queries.board import board, board_day
from tests.halls import KEY, TestDay
from tests.visits.images import dump
from tests.visits.looking import call_at, call_of, rows, stop, stops_of, visit, waited

COUPLE = {"adults": 2, "languages": ["ar"], "interpreter": Interpreter.OWN}


def at_desk(hall: TestDay, *keys: str, **how: Any) -> tuple[UUID, UUID]:
    """A party that is served at desk 1: its visit and the stop there."""
    _, came = hall.walk_in(hall.wish("legal", *keys, **{**COUPLE, **how}))
    hall.later(minutes=7)
    legal = call_at(hall, 1)
    hall.write(serve, legal)
    hall.later(minutes=2)
    return came, legal


def alone(hall: TestDay, legal: UUID, *, mark: int = 2, soon: bool = True) -> Given:
    return hall.write(talk_alone, legal, mark=mark, soon=soon, key=KEY)


def own_way(hall: TestDay, legal: UUID, *, mark: int = 2, here: bool = False) -> Given:
    return hall.write(split_off, legal, mark=mark, here=here, key=KEY)


def everything(hall: TestDay) -> list[Any]:
    """Every row of the day but its ledger and its counter of numbers, without versions."""
    found = hall.db.read_now(DayRows, hall.id)
    tables = (found.parties.values(), found.visits.values(), found.stops, found.stop_members, found.calls)
    people = rows(hall, members, sa.true())
    plain = [{k: v for k, v in row._mapping.items() if k != "version"} for table in tables for row in table]
    return sorted((tuple(sorted(row.items())) for row in (*plain, *(dict(r._mapping) for r in people))), key=repr)


def of_party(hall: TestDay, party: UUID, came: UUID) -> list[Any]:
    """Every row of the first ticket, with its versions and its facts."""
    mine = stops_of(hall, came).values()
    people = rows(hall, members, members.c.party_id == party)
    told = rows(hall, facts, facts.c.party_id == party)
    first = rows(hall, parties, parties.c.id == party)
    return [first, visit(hall, came), [stop(hall, each) for each in mine], people, told]


def _fact(row: Row) -> Fact:
    return Fact(kind=row.kind, at=row.at, id=row.id, day=row.day_id, visit=row.visit_id, desk=row.desk_id)


@pytest.mark.parametrize("soon", [True, False])
def test_talking_alone_changes_no_row_and_tells_no_screen_of_the_others(hall: TestDay, soon: bool) -> None:
    came, legal = at_desk(hall, "social", children=1)
    first = visit(hall, came).party_id
    before = of_party(hall, first, came)
    last = rows(hall, facts, sa.true())[-1].id

    given = alone(hall, legal, soon=soon)

    new = rows(hall, facts, facts.c.id > last)
    assert of_party(hall, first, came) == before
    ids = {str(first), str(came), *map(str, stops_of(hall, came).values())}
    assert [each for fact in new for each in map(str, fact) if each in ids] == []
    heard = {change.key for change in changes_of(_fact(row) for row in new)}
    assert heard == {
        f"overview:{hall.id}",
        f"board:{hall.id}",
        f"desk:{hall.desks[1].id}",
        f"visit:{stop(hall, given.stop).visit_id}",
    }
    assert hall.db.read_now(verify, now=hall.now) == []


def test_she_is_called_next_at_this_desk_quietly_with_the_seniority_she_had(hall: TestDay) -> None:
    came, legal = at_desk(hall)
    waiting = hall.walk_in(hall.wish("legal"))[1]
    had = waited(hall, came)
    given = alone(hall, legal)
    hers = stop(hall, given.stop).visit_id
    assert waited(hall, hers) == had
    hall.write(finish, legal)
    hall.later(seconds=5)

    assert call_at(hall, 1) == given.stop

    lines = hall.db.read_now(board_day, hall.day.slug, now=hall.now)
    shown = hall.db.read_now(board, lines, now=hall.now)
    assert call_of(hall, given.stop).quiet
    assert [call.number for call in shown.calls] == [100]
    assert waited(hall, hers) == pytest.approx(had + 5 / 60)
    row = rows(hall, parties, parties.c.id == stop(hall, given.stop).party_id)[0]
    assert (row.name, row.interpreter, row.aloud) == ("", "needed", False)
    assert stops_of(hall, waiting).keys() == {"legal"}


def test_later_is_by_her_turn_and_not_at_once(hall: TestDay) -> None:
    _, legal = at_desk(hall)
    given = alone(hall, legal, soon=False)
    hall.write(finish, legal)
    hall.later(minutes=9)
    assert hall.next(1).stop is None
    hall.later(minutes=2)
    assert call_at(hall, 1) == given.stop


def test_the_same_press_gives_the_same_ticket(hall: TestDay) -> None:
    _, legal = at_desk(hall)
    assert alone(hall, legal) == alone(hall, legal)
    assert alone(hall, legal, mark=1) != alone(hall, legal)


@pytest.mark.parametrize(
    ("how", "mark", "refusal"),
    [
        ({"adults": 1}, 1, InvalidInput),
        ({"adults": 1, "children": 1}, 1, ChildAlone),
        ({"adults": 2, "children": 1}, 3, InvalidInput),
        ({"adults": 2}, 4, InvalidInput),
        ({"adults": 2, "together": {"legal": [1]}}, 1, MoveRefused),
        ({"adults": 2, "together": {"legal": [1]}}, 2, MoveRefused),
    ],
)
def test_who_cannot_have_one_is_refused_and_nothing_changes(
    hall: TestDay, how: dict[str, Any], mark: int, refusal: type[Exception]
) -> None:
    _, legal = at_desk(hall, "labour", **how)
    before = dump(hall.db.read_now(DayRows, hall.id))
    for act in (alone, own_way):
        with pytest.raises(refusal):
            act(hall, legal, mark=mark)
    assert dump(hall.db.read_now(DayRows, hall.id)) == before


def test_her_own_steps_go_with_her_and_nobody_calls_her_before_the_ticket_is_in_her_hand(hall: TestDay) -> None:
    came, legal = at_desk(hall, "social", "labour", adults=3, children=1, together={"labour": [2], "social": [1, 3, 4]})
    had = waited(hall, came)
    given = own_way(hall, legal)
    hers = stop(hall, given.stop).visit_id

    assert stops_of(hall, hers).keys() == {"labour"}
    assert stops_of(hall, came).keys() == {"legal", "social"}
    assert [row.mark for row in rows(hall, members, members.c.party_id == visit(hall, came).party_id)] != []
    marks = {row.mark for row in rows(hall, members, members.c.party_id == visit(hall, came).party_id)}
    assert marks == {1, 2, 3}
    assert waited(hall, hers) >= had
    assert hall.next(3).stop is None
    hall.later(seconds=31)
    assert call_at(hall, 3) == given.stop
    assert not call_of(hall, given.stop).quiet
    assert hall.db.read_now(verify, now=hall.now) == []


def test_without_a_step_of_her_own_she_needs_one_here(hall: TestDay) -> None:
    _, legal = at_desk(hall)
    with pytest.raises(TicketEmpty):
        own_way(hall, legal)
    given = own_way(hall, legal, here=True)
    assert [row.state for row in rows(hall, stops, stops.c.party_id == stop(hall, given.stop).party_id)] == ["waiting"]


def test_a_child_whose_other_adult_is_at_the_desk_comes_to_it(hall: TestDay) -> None:
    came, legal = at_desk(hall, "labour", adults=2, children=1, together={"legal": [1, 2], "labour": [2]})
    own_way(hall, legal)
    people = {row.id: row.child for row in rows(hall, members, members.c.party_id == visit(hall, came).party_id)}
    found = hall.db.read_now(DayRows, hall.id)
    here = sorted(people[link.member_id] for link in found.stop_members if link.stop_id == legal and link.active)
    assert here == [False, True]
    assert hall.db.read_now(verify, now=hall.now) == []


@pytest.mark.parametrize("act", ["alone", "own way", "own way, here", "here only"])
def test_it_is_taken_back_to_the_last_row(hall: TestDay, act: str) -> None:
    how = {"adults": 3, "children": 1, "together": {"labour": [2], "social": [1, 3, 4]}}
    _, legal = at_desk(hall, "social", "labour", **how) if act != "here only" else at_desk(hall)
    before = everything(hall)
    given = alone(hall, legal) if act == "alone" else own_way(hall, legal, here="here" in act)
    assert everything(hall) != before
    hall.later(seconds=20)

    assert hall.write(undo, given.stop, act_id=given.act) == "own_ticket"

    assert everything(hall) == before
    assert hall.db.read_now(verify, now=hall.now) == []


@pytest.mark.parametrize("act", [alone, own_way])
def test_what_was_built_on_is_not_taken_back(hall: TestDay, act: Any) -> None:
    _, legal = at_desk(hall, "social", "labour", adults=3, together={"labour": [2]})
    given = act(hall, legal)
    hall.write(ask_as_visitor, stop(hall, given.stop).visit_id)
    before = everything(hall)
    with pytest.raises(UndoRefused):
        hall.write(undo, given.stop, act_id=given.act)
    hall.later(seconds=31)
    with pytest.raises(UndoTooLate):
        hall.write(undo, given.stop, act_id=given.act)
    assert everything(hall) == before


def test_after_the_others_moved_on_only_what_does_not_touch_them_is_taken_back(hall: TestDay) -> None:
    _, legal = at_desk(hall, "social", "labour", adults=3, together={"labour": [2]})
    own, quiet = own_way(hall, legal), alone(hall, legal)
    hall.write(finish, legal)
    with pytest.raises(UndoRefused):
        hall.write(undo, own.stop, act_id=own.act)
    assert hall.write(undo, quiet.stop, act_id=quiet.act) == "own_ticket"


def test_at_the_door_a_quiet_ticket_changes_no_row_of_the_others_and_is_taken_back(hall: TestDay) -> None:
    _, came = hall.walk_in(hall.wish("legal", "social", **COUPLE, children=1))
    hall.later(minutes=9)
    first = visit(hall, came).party_id
    before, everywhere = of_party(hall, first, came), everything(hall)
    last = rows(hall, facts, sa.true())[-1].id
    said = {"mark": 2, "services": [hall.service("residence")], "key": KEY}

    given = hall.write(talk_apart, came, **said)
    again = hall.write(talk_apart, came, **said)

    new = rows(hall, facts, facts.c.id > last)
    ids = {str(first), str(came), *map(str, stops_of(hall, came).values())}
    talk = stop(hall, given.stop)
    assert again == given
    assert of_party(hall, first, came) == before
    assert [each for fact in new for each in map(str, fact) if each in ids] == []
    assert {change.key for change in changes_of(_fact(row) for row in new)} == {
        f"overview:{hall.id}",
        f"visit:{talk.visit_id}",
    }
    assert (talk.private, talk.consent_how, waited(hall, talk.visit_id)) == (True, "reception", 9)
    assert hall.next(4).stop is None
    assert hall.db.read_now(verify, now=hall.now) == []
    hall.later(seconds=20)
    assert hall.write(undo_at_reception, given.stop, visit=talk.visit_id, act_id=given.act) == "own_ticket"
    assert everything(hall) == everywhere


def test_at_the_door_neither_a_child_nor_somebody_alone_nor_a_ticket_without_a_talk(hall: TestDay) -> None:
    _, family = hall.walk_in(hall.wish("legal", children=1))
    _, couple = hall.walk_in(hall.wish("legal", **COUPLE))
    talk = {"services": [hall.service("social")], "key": KEY}
    for came, how, refusal in (
        (family, {"mark": 1, **talk}, ChildAlone),
        (family, {"mark": 2, **talk}, InvalidInput),
        (couple, {"mark": 1, **talk, "services": []}, NoServiceChosen),
        (couple, {"mark": 1, **talk, "services": [hall.id]}, ServiceUnknown),
    ):
        with pytest.raises(refusal):
            hall.write(talk_apart, came, **how)
    assert len(rows(hall, parties, sa.true())) == 2
