"""The report of one institution: its own figures agree with the day's, and nothing of anybody else stands in it."""

import pytest

from onestop.booking.tables import stops
from onestop.days.queries.days import day_by_id
from onestop.db.session import Database
from onestop.locale.languages import LANGUAGES
from onestop.locale.locales import locale_for
from onestop.paper.report_drawing import draw_report
from onestop.paper.reports import Report, Row, Table, institution_report
from onestop.reports.at_institution import DayNotClosed, NotKnown, institution_figures, institutions_of
from onestop.reports.institution_sheets import institution_sheets
from onestop.reports.statistics import day_figures
from tests.counting import cost
from tests.halls import make_test_day
from tests.paper.pages import texts
from tests.reports.played import Played, play_day


@pytest.fixture
def played(database: Database) -> Played:
    return play_day(database)


def test_what_an_institution_did_is_what_the_day_says_of_it(database: Database, played: Played) -> None:
    day = database.read_now(day_by_id, played.hall.id)
    whole = database.read_now(day_figures, day, now=day.answered_until)
    named = institutions_of(whole)
    own = [database.read_now(institution_figures, day, name, now=day.answered_until) for name in named]

    assert named == ("=Police", "Centre")
    for each in own:
        (line,) = [line for line in whole.institutions if line.name == each.name]
        assert each.all == line
        assert each.services == tuple(service for service in whole.services if service.name == each.name)
        parts = (each.languages, each.hours, each.outcomes)
        assert [sum(part.values()) for part in parts] == [line.talks] * 3
        assert sum(each.unmet.values()) == line.unserved
    # The talks of all institutions and the private ones are those of the day.
    private = sum(line.talks for line in whole.institutions if not line.name)
    assert (sum(each.all.talks for each in own) + private, private > 0) == (whole.all.talks, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_other_institution_and_no_private_talk_stand_in_it(
    database: Database, played: Played, language: str
) -> None:
    day = database.read_now(day_by_id, played.hall.id)
    figures = database.read_now(institution_figures, day, "Centre", now=day.answered_until)

    sheets = institution_sheets(figures, locale_for(language))

    told = repr(sheets)
    assert [word for word in ("Police", "House for Women", "Psycholog", "psycholog") if word in told] == []
    assert [sheet.key for sheet in sheets] == ["day", "services", "outcomes", "unmet", "languages", "hours"]


def test_private_talks_of_an_institution_with_others_are_in_none_of_its_figures(
    database: Database, played: Played
) -> None:
    day = database.read_now(day_by_id, played.hall.id)
    before = database.read_now(institution_figures, day, "Centre", now=day.answered_until)
    social = stops.update().where(stops.c.service_id == played.hall.service("social")).values(private=True)
    database.write_now(lambda conn: conn.execute(social))

    figures = database.read_now(institution_figures, day, "Centre", now=day.answered_until)

    assert [line.key for line in before.services] == ["legal", "social"]
    assert [line.key for line in figures.services] == ["legal"]
    talks = before.all.talks - before.services[1].talks
    parts = (figures.languages, figures.hours, figures.outcomes)
    assert [figures.all.talks, *(sum(part.values()) for part in parts)] == [talks] * 4
    assert sum(figures.unmet.values()) == figures.services[0].unserved


def test_only_a_closed_day_and_an_institution_that_was_there_have_one(database: Database, played: Played) -> None:
    day = database.read_now(day_by_id, played.hall.id)
    for nobody in ("", "House for Women", "Somebody"):
        with pytest.raises(NotKnown):
            database.read_now(institution_figures, day, nobody, now=day.answered_until)
    running = make_test_day(database).day
    with pytest.raises(DayNotClosed):
        database.read_now(institution_figures, running, "IOM", now=running.answered_until)


def test_it_takes_one_statement_more_than_the_day(database: Database, played: Played) -> None:
    day = database.read_now(day_by_id, played.hall.id)

    assert (
        cost(database, institution_figures, day, "Centre", now=day.answered_until)
        == cost(database, day_figures, day, now=day.answered_until) + 1
    )


@pytest.mark.parametrize("language", ["en", "ar"])
def test_many_lines_go_on_over_pages_that_are_counted(language: str, database: Database) -> None:
    rows = tuple(Row(label=f"Line {n}", cells=(str(n),), size=float(n)) for n in range(120))
    locale = locale_for(language)
    day = make_test_day(database).day
    report: Report = institution_report(
        day, "Office", (Table(title="Long", columns=("n",), rows=rows, bars=True),), locale, backers=None,
        now=day.opens_at,
    )  # fmt: skip

    pages = texts(draw_report(report))

    lines = "".join(pages)
    assert ([f"Line {n}" for n in range(120) if f"Line {n}" not in lines], len(pages)) == ([], 4)
    assert ("Page 4 of 4" in pages[-1]) is (language == "en")
