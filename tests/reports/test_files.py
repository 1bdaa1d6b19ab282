"""Files of statistics open where people open them, hold every number, and nothing in them runs."""

import csv
import json
import sys
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook

from onestop.locale.locales import locale_for
from onestop.reports.figures_of_day import Booked, Counted, Crossing, DayFigures, Ending, Line, spread_of
from onestop.reports.files import FileKind, file_of, harmless
from onestop.reports.pictures import PICTURES, picture
from onestop.reports.published import published_sheets
from onestop.reports.sheets import Sheet, SheetRow, sheets_of

ENGLISH = locale_for("en")
SHEETS = (
    Sheet(
        key="services",
        title="=By service [1/2]: long names are cut, because a workbook wants it",
        head="Service",
        columns=("Talks", "@Waits"),
        rows=(
            SheetRow(label="=HYPERLINK(1)", cells=(7, 12.5)),
            SheetRow(label="Žilina, \"mesto\"", cells=(None, "")),
        ),
    ),
    Sheet(key="hours", title="By hour", head="Hour", columns=("Tickets",), rows=(SheetRow(label="09", cells=(3,)),)),
)  # fmt: skip


def line(key: str, parties: int, *, name: str = "", talks: int | None = None, waits: int = 6) -> Line:
    return Line(
        key=key, name=name, parties=parties, people=parties + 1, talks=parties if talks is None else talks,
        waits=spread_of(range(waits)), ways=spread_of([]), lengths=spread_of([]), no_shows=0, unserved=0,
        papers_missing=0, interpreter_needed=0, interpreter_there=0,
    )  # fmt: skip


def figures(everybody: int = 30) -> DayFigures:
    return DayFigures(
        all=line("", everybody),
        services=(line("legal", 3, name="Centre"), line("social", 19, name="Centre"), line("", 8)),
        institutions=(line("", 22, name="Centre"), line("", 8)),
        languages=(line("ar", 2), line("uk", 27), line("vi", 1)),
        hours=(line("09", 12), line("10", 12), line("11", 6)),
        waited=spread_of([]), inside=spread_of([]),
        endings=(Ending(state="completed", reason="done", count=30),),
        booked=Booked(booked=9, came=8, missed=1, cancelled=0),
        unmet=(Counted(key="day_closed", count=2),), turned_away=(), answered_at_door=0, referrals=(),
        ends={"got": {"yes": 4, "partly": 0, "no": 6}, "problem": {}},
        tally={"country": {"UA": 20, "VN": 1, "skipped": 6}, "first": {"no": 9, "yes": 18}},
        crossings=(Crossing(name="hours", columns=("09",), rows=((None,), (19,), (8,))),),
    )  # fmt: skip


def whole(kind: FileKind) -> bytes:
    return b"".join(file_of(kind, figures(), SHEETS))


def test_a_csv_has_a_line_for_each_number_and_no_formula() -> None:
    found = list(csv.reader(StringIO(whole(FileKind.CSV).decode("utf-8-sig"), newline="")))
    title = "'=By service [1/2]: long names are cut, because a workbook wants it"
    assert found == [
        ["table", "line", "figure", "number"],
        [title, "'=HYPERLINK(1)", "Talks", "7"],
        [title, "'=HYPERLINK(1)", "'@Waits", "12.5"],
        [title, 'Žilina, "mesto"', "Talks", "*"],
        [title, 'Žilina, "mesto"', "'@Waits", ""],
        ["By hour", "09", "Tickets", "3"],
    ]


def test_a_workbook_opens_again_with_a_page_for_each_table_and_numbers_that_are_numbers() -> None:
    book = load_workbook(BytesIO(whole(FileKind.XLSX)))
    assert book.sheetnames == ["1 =By service  1 2   long names", "2 By hour"]
    first = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert first == [["Service", "Talks", "'@Waits"], ["'=HYPERLINK(1)", 7, 12.5], ['Žilina, "mesto"', "*", None]]
    assert "f" not in {cell.data_type for page in book.worksheets for row in page.iter_rows() for cell in row}


def test_json_has_the_figures_under_their_names() -> None:
    said = json.loads(whole(FileKind.JSON))
    assert (said["all"]["parties"], said["services"][2]["key"], said["crossings"][0]["rows"]) == (
        30, "", [[None], [19], [8]],
    )  # fmt: skip


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_run_is_text(sign: str) -> None:
    assert harmless(f"{sign}1+1") == f"'{sign}1+1"
    assert harmless(f"1{sign}1") == f"1{sign}1"


def published(of: DayFigures) -> dict[str, list[tuple[str, object]]]:
    return {sheet.key: [(row.label, row.cells[0]) for row in sheet.rows] for sheet in published_sheets(of, ENGLISH)}


def test_what_is_published_points_at_nobody() -> None:
    said = published(figures())
    # 3 is hidden, and 19 with it, else the institution's 22 would give it away.
    assert said["services"] == [
        ("Legal advice (Centre)", None), ("Social advice (Centre)", None), ("Talk at the centre", 8),
    ]  # fmt: skip
    assert said["institutions"] == [("Centre", 22), ("Talk at the centre", 8)]
    # Arabic and Vietnamese are told together, and are still three people.
    assert said["languages"] == [("Other languages", None), ("Ukrainian", None)]
    assert said["hours"] == [("09:00–10:00", 12), ("10:00–11:00", 12), ("11:00–12:00", 6)]
    assert said["end_got"] == [("Yes", None), ("Partly", 0), ("No", 6)]
    # One person from Vietnam is no country of her own, and who left it out hides her number.
    assert said["tally_country"] == [("Ukraine", 20), ("Other countries", None), ("Asked and left out", None)]
    assert said["tally_first"] == [("Yes, the first time", 18), ("No, I was here before", 9)]
    assert set(said) == {
        "day", "services", "institutions", "languages", "hours", "endings", "tally_country", "tally_first", "end_got",
    }  # fmt: skip


def test_a_day_with_fewer_than_five_tickets_has_no_report() -> None:
    assert published(figures(everybody=4)) == {}


def test_every_picture_is_an_image_without_script_that_says_its_numbers() -> None:
    sheets = sheets_of(figures(), ENGLISH)
    for name in PICTURES:
        drawn = picture(name, sheets)
        assert drawn is not None
        assert drawn.startswith("<svg")
        assert "<script" not in drawn
    assert "Talk at the centre" in (picture("services", sheets) or "")
    assert picture("services", ()) is None
    assert [finder for finder in sys.meta_path if type(finder).__module__.startswith("pygal")] == []
