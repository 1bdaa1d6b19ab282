"""What a session is in the figures of a day: a talk for each who was there, one use of its desk, nobody's way."""

from onestop.days.queries.days import day_by_id
from onestop.db.session import Database
from onestop.reports.statistics import day_figures
from onestop.reports.truth import truth_of_day
from onestop.visits.actions.sessions import begin_session, end_session
from tests.halls import TestDay
from tests.visits.test_seating import at, number_of
from tests.visits.test_sessions import comes, hall, sessions

__all__ = ["hall"]


def test_a_session_counts_as_a_talk_for_each_and_as_one_use_of_its_desk(database: Database, hall: TestDay) -> None:
    first, _ = sessions(hall)
    comes(hall)
    comes(hall, adults=2)
    hall.now = at(9)
    hall.write(begin_session, first)
    hall.later(minutes=30)
    hall.write(end_session, first)
    day = database.read_now(day_by_id, hall.id)
    figures = database.read_now(day_figures, day, now=day.answered_until)
    (line,) = (line for line in figures.services if line.key == "social")
    assert (line.talks, line.parties, line.people) == (2, 2, 3)
    assert (line.lengths.count, line.lengths.median) == (2, 30)
    assert line.ways.count == 0
    desk = hall.desks[number_of(hall, "social")].id
    (row,) = (row for row in database.read_now(truth_of_day, day, now=hall.now).rows if desk in row.members)
    assert sorted(round(span.used, 3) for span in row.spans if span.used) == [1.0, 1.0]
