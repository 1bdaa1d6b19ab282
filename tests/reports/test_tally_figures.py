"""The tally stands in the figures of a day once it is closed, in full for its team and kept back for everybody else."""

import json

import sqlalchemy as sa

from onestop.days.queries.days import day_by_id
from onestop.days.tables import days
from onestop.db.session import Database
from onestop.locale.locales import locale_for
from onestop.reports.figures_of_day import DayFigures
from onestop.reports.files import FileKind, file_of
from onestop.reports.published import published_sheets
from onestop.reports.sheets import sheets_of
from onestop.reports.statistics import day_figures
from onestop.visits.actions.tally import count_at_exit
from tests.halls import TestDay, make_test_day
from tests.visits.test_tally import ask


def shut(conn: sa.Connection, day: object) -> None:
    conn.execute(days.update().where(days.c.id == day).values(state="closed", closed_why="x"))


def figures(hall: TestDay) -> DayFigures:
    """As they stand once nobody can answer any more."""
    return hall.db.read_now(lambda conn: day_figures(conn, day_by_id(conn, hall.id), now=hall.day.answered_until))


def test_answers_are_shown_when_the_day_is_closed_and_small_ones_only_to_its_team(database: Database) -> None:
    hall = make_test_day(database)
    hall.now = hall.day.opens_at
    hall.open_desks()
    database.write_now(ask, "country", "first")
    for _ in range(6):
        hall.walk_in(hall.wish("legal"))
    for country in ("UA", "UA", "UA", "UA", "UA", "UA", "VN", "SY", ""):
        database.write_now(count_at_exit, hall.id, {"country": country, "first": "yes"}, now=hall.now, day=hall.id)
    assert figures(hall).tally == {}

    database.write_now(shut, hall.id)
    shown, english = figures(hall), locale_for("en")
    assert shown.tally == {"country": {"SY": 1, "UA": 6, "VN": 1, "skipped": 1}, "first": {"yes": 9}}
    told = {sheet.key: [(row.label, row.cells[0]) for row in sheet.rows] for sheet in sheets_of(shown, english)}
    assert told["tally_country"] == [("Ukraine", 6), ("Syria", 1), ("Vietnam", 1), ("Asked and left out", 1)]
    everybody = {
        sheet.key: [(row.label, row.cells[0]) for row in sheet.rows] for sheet in published_sheets(shown, english)
    }
    assert everybody["tally_country"] == [("Ukraine", 6), ("Other countries", None), ("Asked and left out", None)]
    assert everybody["tally_first"] == [("Yes, the first time", 9)]
    as_csv = b"".join(file_of(FileKind.CSV, shown, sheets_of(shown, english))).decode()
    assert "Which country are you from?,Ukraine,Number,6\r\n" in as_csv
    as_json = json.loads(b"".join(file_of(FileKind.JSON, shown, ())))
    assert as_json["tally"]["country"]["VN"] == 1
