"""What she says at the end is counted once, by day alone; nothing in the database says who said it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.db.ledger import facts
from onestop.db.session import open_database
from onestop.domain.ending import ANSWERS, AskedLater, EndQuestion
from onestop.domain.errors import TicketUnknown
from onestop.domain.roles import VISITOR
from onestop.domain.visit import VisitState
from onestop.reports.verify import verify
from onestop.retention.actions import erase_party
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.ending import count_answers
from onestop.visits.actions.undo import undo
from onestop.visits.queries.ending import end_counts_of
from onestop.visits.tables import end_counts
from tests.halls import TestDay, make_test_day
from tests.postgres import Urls
from tests.visits.looking import call_at, end, stops_of

GOT, PROBLEM = EndQuestion.GOT, EndQuestion.PROBLEM


def _served(hall: TestDay) -> tuple[UUID, UUID]:
    """A visit that is over; gives party and visit."""
    ticket, visit = hall.walk_in(hall.wish("legal"))
    stop = call_at(hall, 1)
    hall.write(serve, stop)
    hall.write(finish, stop)
    assert end(hall, visit) == ("completed", "done")
    return ticket.party, visit


def _say(hall: TestDay, party: UUID, **said: str) -> None:
    hall.db.write_now(count_answers, party, {EndQuestion(each): answer for each, answer in said.items()}, day=hall.id)


def _counted(hall: TestDay) -> dict[str, int]:
    """The answers that were given at all."""
    counts = hall.db.read_now(end_counts_of, hall.id)
    return {answer: count for answers in counts.values() for answer, count in answers.items() if count}


def _asked(hall: TestDay, party: UUID) -> bool:
    return hall.db.read_now(
        lambda conn: conn.execute(sa.select(parties.c.asked_at_end).where(parties.c.id == party)).scalar_one()
    )


def test_answers_of_several_people_add_up_and_each_counts_once(hall: TestDay) -> None:
    said: tuple[dict[str, str], ...] = (
        {"got": "yes", "problem": "none"},
        {"got": "partly", "problem": "long_wait"},
        {"got": "yes"},
        {},
    )
    for each in said:
        party, _ = _served(hall)
        _say(hall, party, **each)
        _say(hall, party, got="no", problem="cost")
        assert _asked(hall, party)

    assert _counted(hall) == {"yes": 2, "partly": 1, "none": 1, "long_wait": 1}
    assert hall.db.read_now(verify, now=hall.now) == []


def test_a_day_nobody_answered_has_a_zero_for_every_answer(hall: TestDay) -> None:
    assert hall.db.read_now(end_counts_of, hall.id) == {
        question: dict.fromkeys(answers, 0) for question, answers in ANSWERS.items()
    }


def test_an_answer_nobody_offers_counts_nothing(hall: TestDay) -> None:
    party, _ = _served(hall)

    _say(hall, party, got="treated_badly", problem="yes")

    assert (_counted(hall), _asked(hall, party)) == ({}, True)


@pytest.mark.parametrize("ending", [_served, lambda hall: (hall.walk_in(hall.wish("legal"))[0].party, None)])
def test_who_is_still_here_is_asked_later(hall: TestDay, ending: Callable[[TestDay], Any]) -> None:
    party, visit = ending(hall)
    if visit is not None:
        hall.write(undo, stops_of(hall, visit)["legal"])
        assert end(hall, visit)[0] == VisitState.OPEN

    with pytest.raises(AskedLater):
        _say(hall, party, got="yes")

    assert (_counted(hall), _asked(hall, party)) == ({}, False)


def test_who_has_not_come_yet_is_not_asked(hall: TestDay) -> None:
    ticket = hall.book(hall.wish("legal"))

    with pytest.raises(AskedLater):
        _say(hall, ticket.party, got="yes")


def test_an_undo_at_the_desk_goes_on_and_does_not_make_her_answer_twice(hall: TestDay) -> None:
    party, visit = _served(hall)
    _say(hall, party, got="no")

    stop = stops_of(hall, visit)["legal"]
    assert hall.write(undo, stop) == "finish"
    hall.write(finish, stop)
    _say(hall, party, got="yes")

    assert _counted(hall) == {"no": 1}


def test_no_fact_tells_of_it(hall: TestDay) -> None:
    party, _ = _served(hall)
    count = sa.select(sa.func.count()).select_from(facts)
    before = hall.db.read_now(lambda conn: conn.execute(count).scalar_one())
    assert before > 0

    _say(hall, party, got="no", problem="treated_badly")

    assert hall.db.read_now(lambda conn: conn.execute(count).scalar_one()) == before
    assert {column.name for column in end_counts.columns} == {"day_id", "question", "answer", "given"}


def test_each_answer_writes_all_counters_so_that_no_row_says_which_one_moved(postgres_urls: Urls) -> None:
    """PostgreSQL keeps with each row the number of the transaction that wrote it."""
    database = open_database(postgres_urls.app)
    hall = make_test_day(database)
    hall.open_desks()
    hall.now = hall.day.opens_at
    written = sa.text("SELECT DISTINCT xmin::text FROM end_counts")
    found: list[int] = []
    for said in ({"got": "no"}, {"problem": "cost"}, {}):
        party, _ = _served(hall)
        _say(hall, party, **said)
        found.append(len(database.read_now(lambda conn: conn.execute(written).all())))
    database.close()

    assert found == [1, 1, 1]


def test_erasing_takes_away_that_she_was_asked_and_leaves_the_counts(hall: TestDay) -> None:
    party, _ = _served(hall)
    _say(hall, party, got="partly")

    hall.db.write_now(erase_party, party, journal=None, actor=VISITOR, now=hall.now, day=hall.id)

    assert (_asked(hall, party), _counted(hall)) == (False, {"partly": 1})
    with pytest.raises(TicketUnknown):
        _say(hall, party, got="no")
