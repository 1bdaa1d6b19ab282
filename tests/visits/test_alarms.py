"""A call for help: an open one stays the one, whoever comes first counts, it ends with its day or its visitor."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.domain.errors import NotKnown, VisitOver
from onestop.domain.help import CalledBy, HelpEnding
from onestop.domain.visit import VisitReason
from onestop.retention.actions import erase_party
from onestop.visits.actions.alarms import ask_as_visitor, ask_at_desk, ask_in_hall, end_alarm, need_no_help, say_coming
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.route import leave
from onestop.visits.queries.alarms import Alarm, alarms_of_desks, help_comes, open_alarms
from onestop.visits.tables import alarms
from tests.counting import cost
from tests.halls import ON, TestDay, make_test_day


@pytest.fixture
def hall(database: Database) -> TestDay:
    """The pilot day, its desks open."""
    made = make_test_day(database)
    made.open_desks()
    return made


def _open(hall: TestDay) -> tuple[Alarm, ...]:
    return hall.db.read_now(open_alarms, hall.id)


def test_a_second_press_of_the_alarm_is_the_same_alarm(hall: TestDay) -> None:
    first = hall.write(ask_at_desk, hall.desks[4].id)
    hall.later(seconds=5)

    assert hall.write(ask_at_desk, hall.desks[4].id) == first
    assert [(alarm.desk and alarm.desk.number, alarm.number) for alarm in _open(hall)] == [(4, None)]


def test_what_others_ask_beside_a_desk_is_another_call_than_its_own(hall: TestDay) -> None:
    beside = [hall.write(ask_at_desk, hall.desks[4].id, by=CalledBy.FLOOR) for _ in range(2)]
    own = hall.write(ask_at_desk, hall.desks[4].id)

    assert (beside[0] == beside[1], own in beside) == (True, False)
    assert [(each.called_by, each.is_of(hall.desks[4].id)) for each in _open(hall)] == [
        (CalledBy.FLOOR, False),
        (CalledBy.DESK, True),
    ]


def test_help_in_the_hall_is_one_call_a_day_with_neither_desk_nor_number(hall: TestDay) -> None:
    other = make_test_day(hall.db, on=ON + timedelta(days=7))
    first = hall.write(ask_in_hall, hall.id, by=CalledBy.FLOOR)
    second = hall.write(ask_in_hall, hall.id, by=CalledBy.RECEPTION)

    def twice(conn: sa.Connection) -> None:
        row = {"id": other.id, "day_id": hall.id, "asked_at": hall.now, "called_by": CalledBy.RECEPTION}
        conn.execute(alarms.insert().values(**row))

    with pytest.raises(IntegrityError):
        hall.db.write_now(twice)

    (shown,) = _open(hall)
    assert (first == second, shown.desk, shown.number, shown.called_by) == (True, None, None, CalledBy.FLOOR)


def test_a_call_ends_because_it_is_over_or_was_a_mistake(hall: TestDay) -> None:
    for number, ending in ((3, HelpEnding.OVER), (4, HelpEnding.MISTAKE)):
        hall.write(end_alarm, hall.id, hall.write(ask_at_desk, hall.desks[number].id), ending=ending)

    shown = hall.db.read_now(alarms_of_desks, hall.id, now=hall.now)
    assert {each.desk.number: each.ending for each in shown if each.desk} == {
        3: HelpEnding.OVER,
        4: HelpEnding.MISTAKE,
    }


def test_who_says_first_that_she_comes_is_shown(hall: TestDay) -> None:
    alarm = hall.write(ask_at_desk, hall.desks[4].id)
    for desk in (2, 3):
        hall.later(seconds=5)
        hall.write(say_coming, hall.id, alarm, desk=hall.desks[desk].id)

    (shown,) = _open(hall)
    assert shown.coming_desk == 2
    assert shown.coming_at is not None
    assert (shown.coming_at - shown.asked_at).total_seconds() == 5


def test_what_has_ended_can_be_asked_again(hall: TestDay) -> None:
    first = hall.write(ask_at_desk, hall.desks[4].id)
    hall.write(end_alarm, hall.id, first)
    hall.write(end_alarm, hall.id, first)
    hall.write(say_coming, hall.id, first)
    ended = _open(hall)
    second = hall.write(ask_at_desk, hall.desks[4].id)

    assert (ended, second != first) == ((), True)
    assert [alarm.id for alarm in _open(hall)] == [second]


def test_a_visitor_inside_asks_and_the_list_has_her_number_and_languages(hall: TestDay) -> None:
    ticket, visit = hall.walk_in(hall.wish("legal", languages=["ar"]))
    hall.write(ask_at_desk, hall.desks[4].id)
    before = hall.db.read_now(help_comes, ticket.party)
    hall.write(ask_as_visitor, visit)
    asked = hall.db.read_now(help_comes, ticket.party)
    alarm = _open(hall)[1]
    hall.write(say_coming, hall.id, alarm.id)

    assert (alarm.number, alarm.languages, alarm.desk) == (ticket.number, ("ar",), None)
    assert (before, asked, hall.db.read_now(help_comes, ticket.party)) == (None, False, True)
    hall.write(need_no_help, visit)
    hall.write(need_no_help, visit)
    assert len(_open(hall)) == 1


def test_who_has_left_does_not_ask(hall: TestDay) -> None:
    _, visit = hall.walk_in(hall.wish("legal"))
    hall.write(leave, visit, reason=VisitReason.OWN_WISH)

    with pytest.raises(VisitOver):
        hall.write(ask_as_visitor, visit)


def test_an_alarm_of_another_day_is_not_known(hall: TestDay) -> None:
    other = make_test_day(hall.db, on=ON + timedelta(days=7))
    alarm = hall.write(ask_at_desk, hall.desks[4].id)

    with pytest.raises(NotKnown):
        hall.write(end_alarm, other.id, alarm)
    assert len(_open(hall)) == 1


def test_with_the_day_every_call_for_help_is_over(hall: TestDay) -> None:
    hall.later(minutes=30)
    hall.write(ask_at_desk, hall.desks[4].id)
    hall.write(close_day, hall.id)

    assert _open(hall) == ()


def test_erasing_takes_her_call_for_help_too(hall: TestDay, tmp_path: Path) -> None:
    ticket, visit = hall.walk_in(hall.wish("legal"))
    hall.write(ask_as_visitor, visit)
    hall.write(leave, visit, reason=VisitReason.OWN_WISH)
    hall.write(erase_party, ticket.party, journal=tmp_path)

    assert hall.db.read_now(lambda conn: conn.execute(sa.select(sa.func.count()).select_from(alarms)).scalar()) == 0


def test_the_ledger_has_where_and_when_and_no_word(hall: TestDay) -> None:
    alarm = hall.write(ask_at_desk, hall.desks[4].id)
    hall.write(say_coming, hall.id, alarm, desk=hall.desks[2].id)
    hall.write(end_alarm, hall.id, alarm)

    def read(conn: sa.Connection) -> list[tuple[object, ...]]:
        rows = conn.execute(sa.select(facts).where(facts.c.kind.like("Help%")).order_by(facts.c.id))
        return [(row.kind, row.desk_id, row.terms) for row in rows]

    desk = hall.desks[4].id
    assert hall.db.read_now(read) == [("HelpAsked", desk, {}), ("HelpComing", desk, {}), ("HelpEnded", desk, {})]


def test_the_list_is_one_question(hall: TestDay) -> None:
    found = [cost(hall.db, open_alarms, hall.id)]
    for number in (1, 2, 4):
        hall.write(ask_at_desk, hall.desks[number].id)
    found.append(cost(hall.db, open_alarms, hall.id))

    assert found == [1, 1]
