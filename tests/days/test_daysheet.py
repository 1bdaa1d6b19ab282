"""A day from a workbook: the same values as from TOML, and every fault with its cell at once."""

import io
import zipfile
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from openpyxl import Workbook
from openpyxl.styles import numbers
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from onestop.days.dayfile import parse_day, read_template, templates
from onestop.days.dayfile_writing import toml_of
from onestop.days.daysheet import day_of_workbook, slug_of
from onestop.days.sheet_cells import WorkbookRefused, check_package, read_cells, unpack
from onestop.days.sheet_values import dates_of
from onestop.days.sheet_words import SHEETS, vocabulary
from onestop.days.sheet_writing import empty_workbook, workbook_of
from onestop.directory.organising import InstitutionEntry, ServiceEntry
from onestop.directory.vocabulary import SERVICES
from onestop.locale.languages import KNOWN, LANGUAGES
from onestop.locale.locales import locale_for
from tests.days.workbooks import SMALL, book_of, read, spoiled, told

SMALL_TEXT = """
schema = 1
slug = "small-day"
name = "Small day"
timezone = "Europe/Bratislava"
working_language = "sk"
[day]
opens = 09:00:00
closes = 12:00:00
display_languages = ["en", "uk"]
[[institution]]
key = "centre"
name = "Centre"
[[institution]]
key = "police"
name = "Police"
authority = "police"
[[desk]]
institution = "centre"
services = ["legal"]
minutes = 20
languages = ["sk", "en"]
[[desk]]
institution = "police"
services = ["residence"]
minutes = 15
languages = ["sk"]
[[mediator]]
languages = ["ar", "en"]
closes = 11:00:00
[[precedence]]
before = "legal"
after = "*"
because = "files first"
"""
MORE_TEXT = """
[[session]]
service = "social"
desk = 1
starts = 10:15:00
minutes = 45
seats = 12
language = "uk"
[[session]]
service = "residence"
desk = 2
starts = 09:00:00
minutes = 180
seats = 500
[reserve_limits]
helper = 3
"""
OWN_HOURS = """
closes = 12:00:00
scarce = true
all_times = true
quiet = [22:00:00, 06:00:00]
arrivals_per_slot = 4
bookings_per_contact = 2
display"""
OWN_DESK = """
services = ["legal", "social"]
minutes = [20, 25]
private = true
breaks = [[10:00:00, 10:15:00], [11:00:00, 11:15:00]]
"""
OWN_TEXT = (
    SMALL_TEXT.replace("\ncloses = 12:00:00\ndisplay", OWN_HOURS)
    .replace('\nservices = ["legal"]\nminutes = 20\n', OWN_DESK)
    .replace("[[mediator]]", '[[mediator]]\nlabel = "=Amira"')
    + MORE_TEXT
)


def test_a_workbook_says_the_same_as_a_toml_file() -> None:
    assert read(book_of(SMALL)).file == parse_day(SMALL_TEXT)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_template_comes_back_from_its_workbook_and_its_text_in_every_language(tag: str) -> None:
    days = [read_template(name) for name in templates()] + [parse_day(OWN_TEXT)]

    assert [read(workbook_of(day, locale_for(tag)), tag).file for day in days] == days
    assert [parse_day(toml_of(day)) for day in days] == days


def test_a_workbook_of_one_language_is_understood_by_a_reader_of_another() -> None:
    day = read_template("thessaloniki-mic")

    assert [read(workbook_of(day, locale_for("ar")), tag).file for tag in ("en", "sk")] == [day, day]


def test_the_date_of_a_workbook_comes_along() -> None:
    made = workbook_of(read_template("iom-kosice"), locale_for("uk"), on=date(2027, 3, 4))

    assert read(made, "uk").on == date(2027, 3, 4)


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_empty_workbook_says_only_what_is_still_to_fill_in(tag: str) -> None:
    needed = [column for sheet in SHEETS if sheet.key == "day" for column in sheet.columns if column.needed]

    assert len(told(empty_workbook(locale_for(tag)), tag)) == len(needed) + 2


@pytest.mark.parametrize("tag", LANGUAGES)
def test_sheets_and_columns_have_names_of_their_own_that_a_spreadsheet_can_hold(tag: str) -> None:
    say, words = locale_for(tag).gettext, vocabulary(locale_for(tag))
    titles = [say(sheet.title) for sheet in SHEETS]

    assert [words.sheets.find(title) for title in titles] == [sheet.key for sheet in SHEETS]
    assert [title for title in titles if len(title) > 31 or set(title) & set("[]:*?/\\'")] == []
    for sheet in SHEETS:
        keys = [words.columns[sheet.key].find(say(column.title)) for column in sheet.columns]
        assert keys == [column.key for column in sheet.columns]
    assert [key for key in SERVICES if words.services.find(say(SERVICES[key].title)) != key] == []
    assert [words.languages.find(name) for name in ("Arabic", "العربية", "ar", "arabčina")] == ["ar"] * 4


TIMES: list[tuple[Any, time]] = [
    ("9:00", time(9)),
    (" 09.30 ", time(9, 30)),
    ("9h30", time(9, 30)),
    ("9", time(9)),
    (9, time(9)),
    (time(9, 30), time(9, 30)),
    (datetime(2026, 12, 3, 9, 30), time(9, 30)),
    (0.375, time(9)),
    ("9:30:00", time(9, 30)),
]


@pytest.mark.parametrize(("written", "meant"), TIMES)
def test_times_are_read_in_the_ways_people_write_them(written: Any, meant: time) -> None:
    found = read(spoiled("Day", "B6", written))

    assert (found.faults, found.file and found.file.opens) == ((), meant)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("noon", "noon"),
        ("25:00", "25:00"),
        ("9:75", "9:75"),
        (9.3, "9.3"),
        (True, "True"),
        ("9-30", "9-30"),
        (timedelta(hours=25), "25:00"),
        (timedelta(hours=26, minutes=30), "26:30"),
        (timedelta(hours=-1), "-01:00"),
    ],
)
def test_what_is_no_time_is_told_at_its_cell_with_what_stands_there(written: Any, said: str) -> None:
    sentence = f"{said} is no time of a day. Please write a time such as 9:30."

    assert told(spoiled("Day", "B6", written)) == [("Day", "B6", sentence)]


@pytest.mark.parametrize("shown_as", ["[h]:mm", "[hh]:mm:ss", "hh:mm", "h:mm AM/PM"])
@pytest.mark.parametrize("epoch", [WINDOWS_EPOCH, MAC_EPOCH])
def test_hours_beyond_a_day_are_refused_however_the_spreadsheet_shows_them(shown_as: str, epoch: datetime) -> None:
    def change(book: Workbook) -> None:
        book.epoch = epoch
        for sheet, cell, hours in (("Day", "B6", 25), ("Mediators", "B2", 26), ("Day", "B7", 12)):
            book[sheet][cell].value = hours / 24
            book[sheet][cell].number_format = shown_as

    content = book_of(SMALL, change)

    assert told(content) == [
        ("Day", "B6", "25:00 is no time of a day. Please write a time such as 9:30."),
        ("Mediators", "B2", "26:00 is no time of a day. Please write a time such as 9:30."),
    ]
    assert read(content).file is None


def test_breaks_that_are_no_times_are_told_with_what_stands_there() -> None:
    def change(book: Workbook) -> None:
        book["Desks"]["F1"], book["Desks"]["F2"] = "Breaks", "10:00-10:15; 11:00-25:00"

    sentence = "11:00-25:00 is no time from and to. Please write times such as 12:00-12:30."

    assert told(book_of(SMALL, change)) == [("Desks", "F2", sentence)]


def test_a_date_counts_when_it_can_only_mean_one_day() -> None:
    assert {text: [each.isoformat() for each in dates_of(text)] for text in (
        "2026-12-03", "3.12.2026", "3. 12. 2026", "3/12/2026", "13/12/2026",
        "12/13/2026", "5/5/2026", "31.2.2026", "soon",
    )} == {
        "2026-12-03": ["2026-12-03"],
        "3.12.2026": ["2026-12-03"],
        "3. 12. 2026": ["2026-12-03"],
        "3/12/2026": ["2026-12-03", "2026-03-12"],
        "13/12/2026": ["2026-12-13"],
        "12/13/2026": ["2026-12-13"],
        "5/5/2026": ["2026-05-05"],
        "31.2.2026": [],
        "soon": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("3/12/2026", "This date can mean two days. Write it as 2026-12-03 or as 2026-03-12."),
        (46359, "Please write a date such as 2026-12-03."),
    ],
)
def test_a_date_that_can_mean_two_days_is_refused(written: Any, sentence: str) -> None:
    def change(book: Workbook) -> None:
        book["Day"].append(["Date", written])

    assert told(book_of(SMALL, change)) == [("Day", "B8", sentence)]


WRONG: list[tuple[str, str, Any, str]] = [
    ("Desks", "A3", 1, "Desk 1 is already in row 2."),
    ("Desks", "A3", 1.5, "Please write a whole number from 1 to 999."),
    ("Desks", "B3", "Polic", "We do not know Polic. Do you mean Police?"),
    ("Desks", "B3", "Ministry", "This institution is not on the sheet of institutions."),
    ("Desks", "C3", "Residense permit", "We do not know Residense permit. Do you mean Residence permit?"),
    ("Desks", "C3", "zzzz", "We do not know zzzz."),
    ("Desks", "D3", "=10+5", "This cell holds a formula. Write its value instead."),
    ("Desks", "D3", "15; 20", "Write one number of minutes, or one for each service."),
    ("Desks", "D3", None, "Nothing stands here. It is needed."),
    ("Desks", "D3", 481, "Please write a whole number from 1 to 480."),
    ("Desks", "E3", "Klingon language", "We do not know Klingon language."),
    ("Desks", "E3", "sk; Slovak", "Slovak stands here twice."),
    ("Desks", "E1", "Langages", "We do not know Langages. Do you mean Languages?"),
    ("Day", "B3", "Europe/Bratislav", "We do not know Europe/Bratislav. Do you mean Europe/Bratislava?"),
    ("Day", "B2", "n" * 201, "Please write one line of at most 200 letters."),
    ("Day", "B2", "n" * 1001, "This cell has more than 1000 letters."),
    ("Day", "A6", "Open", "We do not know Open. Do you mean Opens?"),
    ("Institutions", "A3", "Centre", "This institution is already in row 2."),
    ("Institutions", "B3", "Army", "We do not know Army."),
    ("Order", "A2", "Social advice", "No desk offers this service: Social advice."),
    ("Mediators", "B2", "late", "late is no time of a day. Please write a time such as 9:30."),
]


@pytest.mark.parametrize(("sheet", "cell", "value", "sentence"), WRONG)
def test_a_fault_is_told_at_its_cell(sheet: str, cell: str, value: Any, sentence: str) -> None:
    assert (sheet, cell, sentence) in told(spoiled(sheet, cell, value))


HEADINGS = ("Service", "Desk", "Begins", "Minutes", "Seats", "Language")
HELD = ("Legal advice", 1, "10:00", 45, 12, "Ukrainian")


def with_sessions(*rows: tuple[Any, ...], headings: tuple[Any, ...] = HEADINGS) -> bytes:
    """The small day with a sheet of sessions."""
    return book_of({**SMALL, "Sessions": [headings, *rows]})


def test_sessions_are_read_from_their_sheet_as_from_a_text() -> None:
    second = ("residence", "2", time(9), 60, 8, None)
    text = """
[[session]]
service = "legal"
desk = 1
starts = 10:00:00
minutes = 45
seats = 12
language = "uk"
[[session]]
service = "residence"
desk = 2
starts = 09:00:00
minutes = 60
seats = 8
"""
    found = read(with_sessions(HELD, second))

    assert (found.faults, found.file) == ((), parse_day(SMALL_TEXT + text))


BAD_SESSIONS: list[tuple[int, Any, str, str]] = [
    (0, "Residence permit", "A3", "This desk does not offer this service. Please choose one that does."),
    (0, "Legal advise", "A3", "We do not know Legal advise. Do you mean Legal advice?"),
    (0, None, "A3", "Nothing stands here. It is needed."),
    (1, 3, "B3", "There is no desk 3 on the sheet of desks."),
    (1, "one", "B3", "Please write a whole number from 1 to 999."),
    (2, "late", "C3", "late is no time of a day. Please write a time such as 9:30."),
    (2, None, "C3", "Nothing stands here. It is needed."),
    (2, "8:30", "C3", "Desk 1 is not open all the time of this session."),
    (2, "11:30", "C3", "Desk 1 is not open all the time of this session."),
    (2, "10:30", "C3", "Desk 1 holds the session of row 2 at this time."),
    (3, 4, "D3", "Please write a whole number from 5 to 480."),
    (3, None, "D3", "Nothing stands here. It is needed."),
    (4, 0, "E3", "Please write a whole number from 1 to 500."),
    (4, 501, "E3", "Please write a whole number from 1 to 500."),
    (5, "Klingon language", "F3", "We do not know Klingon language."),
]


@pytest.mark.parametrize(("column", "value", "cell", "sentence"), BAD_SESSIONS)
def test_a_fault_of_a_session_is_told_at_its_cell(column: int, value: Any, cell: str, sentence: str) -> None:
    right = ["Legal advice", 1, "11:00", 45, 12, "Ukrainian"]
    assert told(with_sessions(HELD, tuple(right))) == []
    right[column] = value

    assert told(with_sessions(HELD, tuple(right))) == [("Sessions", cell, sentence)]


def test_a_sheet_of_sessions_without_a_needed_column_and_one_that_is_too_long_are_told() -> None:
    many = [("Legal advice", 1, "9:00", 5, 1) for _ in range(201)]
    short = [row[:4] for row in many[:1]]

    assert ("Sessions", "1", "The column Seats is missing.") in told(with_sessions(*short, headings=HEADINGS[:4]))
    assert ("Sessions", "A202", "There are more than 200 lines.") in told(with_sessions(*many))


def test_all_faults_are_told_at_once_in_the_order_of_the_workbook_and_nothing_is_made() -> None:
    def change(book: Workbook) -> None:
        book["Day"]["B6"] = "noon"
        book["Desks"]["A3"] = 1
        book["Desks"]["E2"] = "=A1"
        book["Mediators"]["A2"] = None
        book["Mediators"]["B2"] = "11:00"

    content = book_of(SMALL, change)

    assert read(content).file is None
    assert told(content, "sk") == [
        ("Day", "B6", "noon nie je čas dňa. Napíšte čas, napríklad 9:30."),
        ("Desks", "E2", "V tejto bunke je vzorec. Napíšte namiesto neho hodnotu."),
        ("Desks", "A3", "Pult 1 je už v riadku 2."),
        ("Mediators", "A2", "Nič tu nie je. Je to potrebné."),
    ]


def test_missing_hidden_unknown_and_doubled_sheets_and_columns_are_told() -> None:
    def change(book: Workbook) -> None:
        book["Institutions"].title = "Instituttions"
        book["Order"].sheet_state = "hidden"
        book["Mediators"]["C1"], book["Mediators"]["C2"] = None, "M01"
        del book["Day"]
        book.create_sheet("Sheet9").sheet_state = "hidden"
        book["Desks"].delete_cols(4)

    sentences = {(sheet, sentence) for sheet, _, sentence in told(book_of(SMALL, change))}

    assert {
        ("", "The sheet Day is missing."),
        ("", "The sheet Institutions is missing."),
        ("Instituttions", "We do not know Instituttions. Do you mean Institutions?"),
        ("Order", "This sheet is hidden. Show it, so that everybody sees what is read."),
        ("Mediators", "This column has no heading."),
        ("Desks", "The column Minutes is missing."),
    } <= sentences


def test_text_numbers_spaces_and_empty_rows_do_not_matter_but_merged_cells_do() -> None:
    def sloppy(book: Workbook) -> None:
        page = book["Desks"]
        page.insert_rows(3, 2)
        page["A2"], page["D2"], page["B2"] = "1 ", "20", "\u00a0centre  "
        page["D5"].number_format = numbers.FORMAT_TEXT

    def merged(book: Workbook) -> None:
        book["Desks"].merge_cells("B2:B3")

    assert read(book_of(SMALL, sloppy)).file == read(book_of(SMALL)).file
    assert ("Desks", "B2", "These cells are merged: B2:B3. Split them and write the value into each row.") in told(
        book_of(SMALL, merged)
    )


def test_a_percentage_is_read_however_it_is_written() -> None:
    def change(book: Workbook) -> None:
        book["Day"].append(["Kept for people without a booking, in percent", 0.25])
        book["Day"]["B8"].number_format = "0%"
        page = book.create_sheet("Expected")
        for row in (("Service", "Language", "Percent of visitors"), ("Legal advice", None, "45 %"), (None, "uk", 7.5)):
            page.append(list(row))

    file = read(book_of(SMALL, change)).file

    assert file is not None
    assert (file.reserve_percent, file.mix, file.party_languages) == (25, {"legal": 0.45}, {"uk": 0.075})


def test_five_thousand_lines_are_read_and_told_and_no_more() -> None:
    many = [SMALL["Desks"][0], *((1, "Nowhere", f"Service {n}", 10, "sk") for n in range(5_000))]

    faults = told(book_of({**SMALL, "Desks": many}))

    assert ("Desks", "A202", "There are more than 200 lines.") in faults
    assert ("Desks", "5001", "This sheet has more than 5000 rows.") in faults
    assert len(faults) > 10_000


def test_a_list_of_words_with_commas_is_still_a_list() -> None:
    found = read(spoiled("Desks", "C2", "Food, clothes and first things, Legal advice\nSocial advice؛ Health advice"))

    assert found.file is not None
    assert found.file.desks[0].services == ("first-need-items", "legal", "social", "health")


def test_an_own_service_and_an_own_institution_are_found_by_their_names() -> None:
    def change(book: Workbook) -> None:
        book["Desks"]["C2"] = "Tax advice"
        del book["Order"]

    content = book_of(SMALL, change)
    tax = ServiceEntry(id=uuid4(), key="tax-advice", minutes=20, private=False)
    centre = InstitutionEntry(
        id=uuid4(), key="mic", name="centre", authority="none", note_days=30, closed=False, services=(tax,)
    )
    known = day_of_workbook(content, locale_for("en"), [centre])

    assert ("Desks", "C2", "We do not know Tax advice.") in [
        (sheet, cell, said.split(" Do")[0]) for sheet, cell, said in told(content)
    ]
    assert known.file is not None
    assert (known.file.desks[0].services, known.file.desks[0].institution) == (("tax-advice",), "mic")


def test_a_name_for_addresses_is_made_of_any_name() -> None:
    assert [slug_of(name) for name in ("Deň v Žiline 2", "يوم", "--")] == ["den-v-ziline-2", "day", "day"]


# -- what is no workbook, or too much of one ----------------------------------------------------------------


def _bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "")
        package.writestr("xl/worksheets/sheet1.xml", b"\0" * (31 * 1024 * 1024))
    return out.getvalue()


def _other_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("letter.txt", "hello")
    return out.getvalue()


NO_WORKBOOKS = {
    "a text": (b"schema = 1", "This is not a workbook (.xlsx)."),
    "a csv": (b"Number;Institution\n1;Centre\n", "This is not a workbook (.xlsx)."),
    "another zip": (_other_zip(), "This is not a workbook (.xlsx)."),
    "an old or locked one": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "This workbook is old (.xls) or has"),
    "too big": (b"PK" + b"\0" * 250 * 1024, "This workbook is too big."),
    "half of one": (book_of(SMALL)[:3000], "This workbook is damaged or not complete."),
    "a bomb": (_bomb(), "This workbook holds far more than a day needs."),
}


@pytest.mark.parametrize("what", list(NO_WORKBOOKS))
def test_what_is_no_workbook_is_refused_before_it_is_opened(what: str) -> None:
    content, sentence = NO_WORKBOOKS[what]
    with pytest.raises(WorkbookRefused) as refused:
        check_package(content)
    assert str(refused.value).startswith(sentence)
    assert day_of_workbook(content, locale_for("en")).file is None


def test_entities_and_damaged_parts_are_not_read() -> None:
    def with_part(name: str, text: bytes) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(book_of(SMALL))) as old, zipfile.ZipFile(out, "w") as new:
            for part in old.infolist():
                new.writestr(part, text if part.filename == name else old.read(part))
        return out.getvalue()

    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet><sheetData>&b;</sheetData></worksheet>'
    answers = [
        unpack(with_part(f"xl/{name}", laughs)) for name in ("worksheets/sheet1.xml", "workbook.xml", "styles.xml")
    ]

    assert [str(answer.get("refused"))[:24] for answer in answers] == ["This workbook is damaged"] * 3


def test_a_workbook_is_read_in_a_process_of_its_own() -> None:
    assert [sheet.name for sheet in read_cells(book_of(SMALL))] == list(SMALL)
    assert day_of_workbook(book_of(SMALL), locale_for("en")).file == parse_day(SMALL_TEXT)


def test_every_language_we_know_is_found_by_its_tag_and_its_own_name() -> None:
    languages = vocabulary(locale_for("en")).languages

    assert [tag for tag in KNOWN if not tag.startswith("qps") and languages.find(tag) != tag] == []
