"""The tally on both databases: counters of the day, one more each, all written anew; a ticket is asked once."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.days.tables import days
from onestop.db.session import Database
from onestop.domain.ending import AskedLater
from onestop.domain.errors import TicketUnknown
from onestop.domain.roles import VISITOR
from onestop.domain.tally import ANSWERS, COUNTRIES, AlreadyAsked, TallyQuestion, answer_counted, asks_tally, in_order
from onestop.domain.visit import VisitState
from onestop.retention.actions import erase_party
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.tally import count_at_exit, count_tally
from onestop.visits.queries.tally import tally_of
from onestop.visits.tables import tally_counts
from tests.halls import TestDay, make_test_day
from tests.visits.looking import call_at


def ask(conn: sa.Connection, *questions: str) -> None:
    conn.execute(days.update().values(tally=list(questions)))


@pytest.fixture
def hall(database: Database) -> TestDay:
    made = make_test_day(database)
    made.now = made.day.opens_at
    made.open_desks()
    database.write_now(ask, "country", "first")
    return made


def gone(hall: TestDay) -> tuple[UUID, int]:
    """Somebody whose visit is over: party and number."""
    ticket, _ = hall.walk_in(hall.wish("legal"))
    stop = call_at(hall, 1)
    hall.write(serve, stop)
    hall.write(finish, stop)
    return ticket.party, ticket.number


def counted(hall: TestDay) -> dict[str, dict[str, int]]:
    return {
        question.value: dict(answers)
        for question, answers in hall.db.read_now(tally_of, [hall.id]).get(hall.id, {}).items()
    }


def test_on_the_ticket_and_at_the_exit_one_ticket_is_counted_once(hall: TestDay) -> None:
    one, number = gone(hall)
    hall.db.write_now(
        count_at_exit, hall.id, {"country": "SY", "first": "yes"}, number=number, now=hall.now, day=hall.id
    )
    with pytest.raises(AlreadyAsked):
        hall.db.write_now(count_at_exit, hall.id, {"country": "SY"}, number=number, now=hall.now, day=hall.id)
    hall.db.write_now(count_tally, one, {"country": "UA", "first": "no"}, day=hall.id)
    with pytest.raises(TicketUnknown):
        hall.db.write_now(count_at_exit, hall.id, {}, number=999999, now=hall.now, day=hall.id)
    hall.db.write_now(count_at_exit, hall.id, {"country": "SY"}, now=hall.now, day=hall.id)
    assert counted(hall) == {"country": {"SY": 2}, "first": {"skipped": 1, "yes": 1}}


def test_who_is_still_here_is_asked_later_and_who_was_erased_never(hall: TestDay) -> None:
    ticket, _ = hall.walk_in(hall.wish("legal"))
    with pytest.raises(AskedLater):
        hall.db.write_now(count_tally, ticket.party, {"first": "no"}, day=hall.id)
    one, _ = gone(hall)
    hall.db.write_now(erase_party, one, journal=None, actor=VISITOR, now=hall.now, day=hall.id)
    with pytest.raises(TicketUnknown):
        hall.db.write_now(count_tally, one, {"first": "no"}, day=hall.id)
    assert counted(hall) == {}


def test_a_counter_has_no_time_and_all_counters_of_the_day_are_one_version(hall: TestDay) -> None:
    assert {column.name for column in tally_counts.columns} == {"day_id", "question", "answer", "given"}
    for country in ("UA", "VN", "UA"):
        hall.db.write_now(count_at_exit, hall.id, {"country": country, "first": "no"}, now=hall.now, day=hall.id)
    assert counted(hall) == {"country": {"UA": 2, "VN": 1}, "first": {"no": 3}}
    kept, versions = hall.db.read_now(_kept)
    assert (kept, versions) == (len(COUNTRIES) + 2 + 3, 1)


def _kept(conn: sa.Connection) -> tuple[int, int]:
    """How many counters there are, and on PostgreSQL by how many transactions they were written."""
    kept = conn.execute(sa.select(sa.func.count()).select_from(tally_counts)).scalar_one()
    if conn.dialect.name != "postgresql":
        return kept, 1
    return kept, len(conn.execute(sa.text("SELECT DISTINCT xmin::text FROM tally_counts")).all())


def test_a_day_that_asks_nothing_counts_nothing(hall: TestDay) -> None:
    hall.db.write_now(ask)
    one, _ = gone(hall)
    hall.db.write_now(count_tally, one, {"first": "no"}, day=hall.id)
    hall.db.write_now(count_at_exit, hall.id, {"first": "no"}, now=hall.now, day=hall.id)
    assert counted(hall) == {}


def test_the_list_is_fixed_and_what_is_not_on_it_is_left_out() -> None:
    assert {*ANSWERS} == {*TallyQuestion}
    assert in_order(["first", "shoe size", "country"]) == (TallyQuestion.COUNTRY, TallyQuestion.FIRST)
    assert [answer_counted(TallyQuestion.COUNTRY, said) for said in ("UA", "ua", "", "skipped")] == [
        "UA", "skipped", "skipped", "skipped",
    ]  # fmt: skip
    over = {state for state in VisitState if asks_tally(("first",), state, asked=False)}
    assert over == {VisitState.COMPLETED, VisitState.LEFT}
    assert not asks_tally((), VisitState.COMPLETED, asked=False)
    assert not asks_tally(("first",), VisitState.COMPLETED, asked=True)
