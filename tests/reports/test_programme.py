"""A programme is what the ledgers of its days say, each and together; its files hold it; what is published is less."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook

from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.offer import day_offer
from onestop.db.session import Database
from onestop.locale.locales import locale_for
from onestop.reports.figures_of_day import Line
from onestop.reports.files import FileKind, file_of
from onestop.reports.programme import Programme, programme_of
from onestop.reports.programme_published import published_programme
from onestop.reports.programme_sheets import programme_sheets
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.tally import count_at_exit
from tests.counting import cost
from tests.halls import TestDay
from tests.reports.from_ledger import Group, Told
from tests.reports.played import play_day
from tests.reports.test_statistics import agrees, close, spread, told_by_the_ledger
from tests.visits.looking import call_at
from tests.visits.test_tally import ask

ENGLISH = locale_for("en")


def two_days(database: Database) -> list[Day]:
    """A played day and the one after it, to which some went on."""
    database_days = play_day(database, seed=8)
    database.write_now(ask, "country", "first")
    day = database.read_now(day_by_id, database_days.later)
    later = TestDay(
        db=database, id=day.id, now=day.opens_at, day=day, offer=database.read_now(day_offer, day.id),
        desks={desk.number: desk for desk in database.read_now(desks_of_day, day.id)},
    )  # fmt: skip
    later.open_desks()
    for tongue in ("uk", "uk", "ar", "vi", "uk", "uk"):
        later.walk_in(later.wish("legal", languages=[tongue], adults=2))
    for _ in range(3):
        stop = call_at(later, 1)
        later.later(minutes=2)
        later.write(serve, stop)
        later.later(minutes=9)
        later.write(finish, stop)
        later.later(minutes=1)
    for each, countries in ((database_days.hall, "UA UA UA UA UA UA UA VN"), (later, "UA UA UA UA UA UA SY SY")):
        for country in countries.split():
            database.write_now(count_at_exit, each.id, {"country": country}, now=each.now, day=each.id)
    later.write(close_day, later.id, reason="late")
    return [database.read_now(day_by_id, each) for each in (database_days.hall.id, later.id)]


def added(groups: Iterable[Group]) -> Group:
    """Several groups as one: everything in it is a set, a list or a number."""
    found = Group()
    for group in groups:
        for each in fields(Group):
            mine, more = getattr(found, each.name), getattr(group, each.name)
            setattr(found, each.name, mine | more if isinstance(mine, set) else mine + more)
    return found


def by_key(told: list[Told], name: str) -> dict[Any, Group]:
    tables: list[Mapping[Any, Group]] = [getattr(each, name) for each in told]
    return {
        key: added(table[key] for table in tables if key in table) for key in {key for table in tables for key in table}
    }


def _key(name: str, line: Line) -> Any:
    """What the ledger calls it."""
    return {"services": (line.key, line.name), "institutions": line.name}.get(name, line.key)


def test_a_programme_is_the_sum_of_what_the_ledgers_of_its_days_say(database: Database) -> None:
    days = two_days(database)
    programme = database.read_now(programme_of, days, now=days[-1].answered_until)
    told = [told_by_the_ledger(database, day.id) for day in days]

    assert [day.slug for day in programme.days] == [day.slug for day in days]
    for day, alone in zip(programme.days, told, strict=True):
        agrees(day.figures.all, alone.everybody, by_steps=False)
    together = programme.together
    agrees(together.all, added(each.everybody for each in told), by_steps=False)
    for name, by_steps in (("services", True), ("institutions", True), ("languages", False), ("hours", False)):
        groups = by_key(told, name)
        lines = {_key(name, line): line for line in getattr(together, name)}
        assert lines.keys() == groups.keys()
        for key, line in lines.items():
            agrees(line, groups[key], by_steps=by_steps)
    for name in ("endings", "unmet", "turned_away"):
        whole = sum((getattr(each, name) for each in told), start=type(told[0].unmet)())
        shown = {
            (each.state, each.reason) if name == "endings" else each.key: each.count for each in getattr(together, name)
        }
        assert shown == {key: count for key, count in whole.items() if count}
    assert together.answered_at_door == sum(each.answered for each in told)
    booked = together.booked
    assert (booked.booked, booked.came, booked.missed, booked.cancelled) == tuple(
        sum(each.booked[nth] for each in told) for nth in range(4)
    )
    referred = (sum(each.made for each in together.referrals), sum(each.kept for each in together.referrals))
    assert referred == tuple(sum(each.referred[nth] for each in told) for nth in range(2))
    assert close(together.inside, spread([minutes for each in told for minutes in each.inside]))
    assert together.tally["country"] == {"SY": 2, "UA": 13, "VN": 1}
    assert together.crossings == ()
    assert min(day.figures.all.talks for day in programme.days) > 0


def test_one_day_and_two_cost_the_same_and_the_files_hold_every_table(database: Database) -> None:
    days = two_days(database)
    assert (
        cost(database, programme_of, days, now=days[-1].answered_until)
        == cost(database, programme_of, days[:1], now=days[-1].answered_until)
        == 10
    )
    programme = database.read_now(programme_of, days, now=days[-1].answered_until)
    sheets = programme_sheets(programme, ENGLISH)
    titles = [sheet.title for sheet in sheets]
    assert titles[:2] == ["Day by day", "All days together"]
    assert {"Talks by service and day", "Tickets by language and day", "Asked for and not given"} <= set(titles)
    table = next(sheet for sheet in sheets if sheet.key == "days")
    assert table.rows[-1].cells[0] == sum(int(str(row.cells[0])) for row in table.rows[:-1])
    by_country = next(sheet for sheet in sheets if sheet.key == "days_tally_country")
    assert [(row.label, row.cells) for row in by_country.rows] == [
        ("Ukraine", (13, 7, 6)), ("Syria", (2, 0, 2)), ("Vietnam", (1, 1, 0)),
    ]  # fmt: skip

    as_csv = b"".join(file_of(FileKind.CSV, programme, sheets)).decode("utf-8-sig")
    lines = list(csv.reader(StringIO(as_csv, newline="")))
    assert len(lines) == 1 + sum(len(row.cells) for sheet in sheets for row in sheet.rows)
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in lines for cell in line)
    book = load_workbook(BytesIO(b"".join(file_of(FileKind.XLSX, programme, sheets))))
    assert len(book.sheetnames) == len(sheets)
    said = json.loads(b"".join(file_of(FileKind.JSON, programme, sheets)))
    assert said["together"]["tally"]["country"]["UA"] == 13
    assert [each["on"] for each in said["days"]] == [day.on.isoformat() for day in days]


def test_what_is_published_has_no_small_number_and_no_private_talk(database: Database) -> None:
    days = two_days(database)
    programme: Programme = database.read_now(programme_of, days, now=days[-1].answered_until)
    sheets = {sheet.key: sheet for sheet in published_programme(programme, ENGLISH)}
    assert {"days", "services", "institutions", "languages", "endings", "tally_country"} <= sheets.keys()
    for key, sheet in sheets.items():
        numbers = [cell for row in sheet.rows for cell in row.cells if isinstance(cell, int)]
        assert [cell for cell in numbers if 0 < cell < 5] == [], key
    assert sheets["tally_country"].rows[0].label == "Ukraine"
    written = b"".join(file_of(FileKind.CSV, programme, tuple(sheets.values()))).decode()
    assert "psycholog" not in written.casefold()
    empty = replace(programme, days=())
    assert published_programme(empty, ENGLISH) == ()
