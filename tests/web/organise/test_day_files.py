"""Days as files: taken away as a workbook or a text, changed, sent again; a file with faults is told cell by cell."""

import io
import re
from datetime import UTC, date, datetime, time, timedelta
from html import unescape

import httpx
import openpyxl

from onestop.days.actions import create_day
from onestop.days.dayfile import parse_day, read_template, templates
from onestop.days.dayfile_writing import toml_of
from onestop.days.exporting import file_of_day
from onestop.days.organising import order_of_day, sizes_of_day
from onestop.days.queries.days import Day, all_days, day_by_id, day_by_slug
from onestop.days.queries.desks import day_precedences, desks_of_day, mediators_of_day
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.setup import add_desk
from onestop.days.setup_values import DeskSettings
from onestop.days.tables import openings
from onestop.directory.entries import add_institution, add_service
from onestop.domain.rehearsal import RestsOn
from onestop.domain.roles import SYSTEM
from onestop.reports.rehearsal import rehearsal_of_day
from tests.days.test_daysheet import OWN_TEXT
from tests.days.workbooks import SMALL, book_of, read, spoiled, told
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def _send(organiser: Organiser, content: bytes, name: str, on: str = "2026-12-17") -> httpx.Response:
    await organiser.open("/organise/new")
    key = organiser.form("/organise/days/from-file")["_key"]
    return await organiser.browser.post(
        "/organise/days/from-file", data={"_key": key, "on_file": on}, files={"file": (name, content)}
    )


def _shape(site: Site, day: Day) -> list[object]:
    """Everything of a day's set-up, in local hours."""

    def local(at: datetime) -> tuple[int, str]:
        there = at.astimezone(day.zone)
        return (there.date() - day.on).days, f"{there:%H:%M}"

    desks = site.database.read_now(desks_of_day, day.id)
    return [
        (day.name, day.venue, day.address, day.release, day.slot_minutes, day.reserve_percent, day.working_language),
        (day.languages, day.bookings_per_contact, day.scarce, day.all_times, day.quiet_from, day.reserve_limits),
        (local(day.opens_at), local(day.closes_at), site.database.read_now(sizes_of_day, day.id)),
        [(d.number, d.colour, d.shape, d.institution, d.services, d.languages) for d in desks],
        [[(local(start), local(end)) for start, end in d.openings] for d in desks],
        [
            (m.label, m.languages, local(m.opens_at), local(m.closes_at))
            for m in site.database.read_now(mediators_of_day, day.id)
        ],
        [
            (
                next(d.number for d in desks if d.id == one.desk),
                *(one.service, local(one.starts_at), one.minutes, one.seats, one.language),
            )
            for one in site.database.read_now(sessions_of_day, day.id)
        ],
        [(o.before, o.after, o.because) for o in site.database.read_now(order_of_day, day.id)],
    ]


def _slugs(site: Site) -> list[str]:
    return sorted(day.slug for day in site.database.read_now(all_days))


async def test_a_day_becomes_a_file_and_the_file_becomes_the_same_day(site: Site) -> None:
    organiser, now = Organiser(site), site.database.now()
    on, later = date(2026, 12, 16), date(2026, 12, 17)
    for name in ("athens-mic", "iom-kosice"):
        site.database.write_now(create_day, read_template(name), on=on, actor=SYSTEM, now=now, template=name)
    site.database.write_now(create_day, parse_day(OWN_TEXT), on=on, actor=SYSTEM, now=now)
    old = [day for day in site.database.read_now(all_days) if day.on == on]

    for kind in ("xlsx", "toml"):
        for day in old:
            taken = await organiser.browser.get(f"/organise/{day.slug}/file.{kind}")
            assert (taken.status_code, f'filename="{day.slug}.{kind}"' in taken.headers["content-disposition"]) == (
                200,
                True,
            )
            made = await _send(organiser, taken.content, f"{day.slug}.{kind}", later.isoformat())
            copy = site.database.read_now(day_by_slug, made.headers["location"].rsplit("/", 1)[1])
            assert (copy.on, _shape(site, copy)) == (later, _shape(site, day))
            assert site.database.read_now(file_of_day, copy) == site.database.read_now(file_of_day, day)


async def test_sessions_are_in_the_files_of_a_day_but_not_one_whose_desk_is_closed(site: Site) -> None:
    on, now = date(2026, 12, 16), site.database.now()
    made = site.database.write_now(create_day, parse_day(OWN_TEXT), on=on, actor=SYSTEM, now=now)
    (social,) = (one for one in site.database.read_now(sessions_of_day, made) if one.language == "uk")
    sooner = social.ends_at - timedelta(minutes=5)
    early = openings.update().where(openings.c.desk_id == social.desk, openings.c.closes_at == social.ends_at)
    day = site.database.read_now(day_by_id, made)
    first = site.database.read_now(file_of_day, day).sessions

    site.database.write_now(lambda conn: conn.execute(early.values(closes_at=sooner)))

    sessions = {(one.service, one.desk, one.starts, one.minutes, one.seats, one.language) for one in first}
    assert sessions == {("social", 1, time(10, 15), 45, 12, "uk"), ("residence", 2, time(9), 180, 500, "")}
    left = site.database.read_now(file_of_day, site.database.read_now(day_by_id, made)).sessions
    assert [one.service for one in left] == ["residence"]
    assert parse_day(toml_of(site.database.read_now(file_of_day, day))).sessions == left


async def test_the_sessions_of_a_night_are_those_after_midnight(site: Site) -> None:
    night = OWN_TEXT.replace("opens = 09:00:00\ncloses = 12:00:00", "opens = 20:00:00\ncloses = 02:00:00")
    night = night.replace("closes = 11:00:00", "closes = 23:00:00").split("breaks")[0]
    rest = OWN_TEXT.partition("breaks")[2].partition("\n")[2].replace("closes = 11:00:00", "closes = 23:00:00")
    text = (night + rest).replace("10:15:00", "01:00:00").replace("09:00:00", "21:00:00")
    on, now = date(2026, 12, 16), site.database.now()

    made = site.database.write_now(create_day, parse_day(text), on=on, actor=SYSTEM, now=now)

    starts = [one.starts_at for one in site.database.read_now(sessions_of_day, made)]
    assert starts == [datetime(2026, 12, 16, 20, tzinfo=UTC), datetime(2026, 12, 17, 0, tzinfo=UTC)]


async def test_the_date_of_a_workbook_counts_where_none_was_chosen_and_a_chosen_one_goes_before(site: Site) -> None:
    organiser = Organiser(site)

    def dated(book: openpyxl.Workbook) -> None:
        book["Day"].append(["Date", "3.2.2027"])

    content = book_of(SMALL, dated)
    made = [await _send(organiser, content, "day.xlsx", on) for on in ("", "2027-05-06")]
    without = await _send(organiser, book_of(SMALL), "day.xlsx", "")

    assert [answer.headers["location"] for answer in made] == [
        "/organise/small-day-2027-02-03",
        "/organise/small-day-2027-05-06",
    ]
    assert (without.status_code, '<a href="#on_file">Please choose a date.</a>' in without.text) == (422, True)


async def test_a_day_to_which_an_institution_came_later_keeps_its_order_and_what_is_expected(site: Site) -> None:
    organiser, now, db = Organiser(site), site.database.now(), site.database
    on, later = date(2026, 12, 16), date(2026, 12, 17)
    pattern = read_template("iom-bratislava")
    made = db.write_now(create_day, pattern, on=on, actor=SYSTEM, now=now, template="iom-bratislava")
    union = db.write_now(add_institution, name="Trade union", authority="none", actor=SYSTEM, now=now)
    advice = db.write_now(add_service, union, key="legal", minutes=20, private=False, actor=SYSTEM, now=now)
    desk = DeskSettings(
        number=9, institution=union, services={advice: 20}, languages=("sk",), hours=((time(10), time(12)),)
    )
    db.write_now(add_desk, made, desk, version=1, actor=SYSTEM, now=now)
    old = db.read_now(day_by_id, made)
    before = db.read_now(day_precedences, made)

    for kind in ("xlsx", "toml"):
        taken = await organiser.browser.get(f"/organise/{old.slug}/file.{kind}")
        await _send(organiser, taken.content, f"day.{kind}", later.isoformat())
        (copy,) = [day for day in db.read_now(all_days) if day.on == later]
        there = db.read_now(file_of_day, copy)

        assert len(before) == 1
        assert db.read_now(day_precedences, copy.id) == before
        assert there == db.read_now(file_of_day, old)
        assert (there.parties, there.mix, there.party_languages) == (
            pattern.parties,
            pattern.mix,
            pattern.party_languages,
        )
        played, then = db.read_now(rehearsal_of_day, old), db.read_now(rehearsal_of_day, copy)
        assert (then.expected, then.rests_on) == (played.expected, RestsOn.TEMPLATE)
        later += timedelta(days=1)


def test_an_order_may_name_the_institutions_it_is_meant_for() -> None:
    head = ("First", "Then", "Because", "First, only at")
    one = ("Legal advice", "everything else", "files first")
    there = [head, (*one, "Centre"), (*one, None)]
    wrong = [head, (*one, "Police"), (*one, "Nobody")]

    file = read(book_of({**SMALL, "Order": there})).file

    assert file is not None
    assert [each.before_at for each in file.precedences] == ["centre", ""]
    assert told(book_of({**SMALL, "Order": wrong})) == [
        ("Order", "D2", "No desk of this institution offers this service."),
        ("Order", "D3", "This institution is not on the sheet of institutions."),
    ]


async def test_a_workbook_with_faults_makes_nothing_and_each_fault_stands_with_its_cell(site: Site) -> None:
    organiser, before = Organiser(site), _slugs(site)
    many = [SMALL["Desks"][0], *((n, "Nowhere", "Legal advice", 10, "sk") for n in range(1, 61))]

    one = await _send(organiser, spoiled("Day", "B6", "noon"), "our day.xlsx", "2027-03-04")
    crowd = await _send(organiser, book_of({**SMALL, "Desks": many}), "day.xlsx")

    cells = " ".join(unescape(one.text).split())
    assert (one.status_code, crowd.status_code, _slugs(site)) == (422, 422, before)
    assert "our day.xlsx" in one.text
    assert (
        '<td><bdi>Day</bdi></td> <td><bdi dir="ltr">B6</bdi></td> <td><bdi>Opens</bdi></td> '
        "<td><bdi>noon is no time of a day. Please write a time such as 9:30.</bdi></td>"
    ) in cells
    assert re.search(r'name="on_file" type="date"[^>]* value="2027-03-04"', one.text)
    assert (crowd.text.count("This institution is not on the sheet of institutions."), "and 10 more" in crowd.text) == (
        50,
        True,
    )


async def test_what_only_looks_like_a_workbook_is_told(site: Site) -> None:
    organiser, before = Organiser(site), _slugs(site)
    sent = {
        "a text.xlsx": b"schema = 1",
        "a csv.xlsx": b"Number;Institution\n1;Centre\n",
        "locked.xlsx": b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        "half.xlsx": book_of(SMALL)[:4000],
        "half.toml": book_of(SMALL)[:4000],
        "day.toml": b"schema = 2",
    }

    answers = {name: unescape((await _send(organiser, content, name)).text) for name, content in sent.items()}

    said = (
        "This is not a workbook (.xlsx)",
        "This is not a workbook (.xlsx)",
        "This workbook is old (.xls) or has a password",
        "This workbook is damaged or not complete",
        "This workbook is damaged or not complete",
        "schema: expected 1.",
    )
    assert [sentence in text for sentence, text in zip(said, answers.values(), strict=True)] == [True] * len(said)
    assert _slugs(site) == before


async def test_every_template_and_an_empty_workbook_can_be_taken_from_the_page(site: Site) -> None:
    organiser = Organiser(site)
    page = await organiser.open("/organise/new")
    paths = ["/organise/new/empty.xlsx", f"/organise/{site.hall.day.slug}/file.toml"]
    paths += [f"/organise/new/templates/{name}/day.{kind}" for name in templates() for kind in ("xlsx", "toml")]

    answers = [await organiser.browser.get(path) for path in paths]
    unknown = await organiser.browser.get("/organise/new/templates/moon/day.xlsx")

    assert [path for path in paths if f'href="{path}"' not in page.text] == []
    assert {answer.status_code for answer in answers} == {200}
    assert (answers[0].headers["content-type"], unknown.status_code) == (XLSX, 404)
    assert parse_day(answers[3].text) == read_template(templates()[0])
    book = openpyxl.load_workbook(io.BytesIO(answers[0].content))
    assert book.sheetnames == [
        *("Read me", "Day", "Institutions", "Desks", "Sessions", "Mediators", "Order", "Expected", "Lists")
    ]
    assert {str(rule.sqref) for rule in book["Desks"].data_validations.dataValidation} == {
        "B2:B300", "C2:C300", "E2:E300", "I2:I300",
    }  # fmt: skip


async def test_a_break_of_a_desk_is_free_of_arrivals(site: Site) -> None:
    now = site.database.now()
    made = site.database.write_now(create_day, parse_day(OWN_TEXT), on=date(2026, 12, 16), actor=SYSTEM, now=now)
    desk = site.database.read_now(desks_of_day, made)[0]
    zone = parse_day(OWN_TEXT).timezone

    hours = [(start.astimezone(zone).time(), end.astimezone(zone).time()) for start, end in desk.openings]

    assert hours == [(time(9), time(10)), (time(10, 15), time(11)), (time(11, 15), time(12))]
    assert sorted(desk.services.values()) == [20, 25]
    assert timedelta(hours=3) > sum((end - start for start, end in desk.openings), timedelta())
