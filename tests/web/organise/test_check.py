"""What the check of a day tells: from the set-up alone, and with who is booked and which machine is silent."""

import re
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.actions import make_pass
from onestop.booking.tables import stops
from onestop.clock import real_now
from onestop.days.queries.checks import Finding, check_day
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.days.tables import day_always, mediators, openings, precedences
from onestop.db.session import Database
from onestop.db.types import new_id
from onestop.devices.tables import devices
from onestop.directory.actions import write_own_words
from onestop.directory.tables import centres
from onestop.domain.booking import Interpreter
from onestop.domain.machine import Printer, Report
from onestop.domain.roles import SYSTEM
from onestop.visits.queries.day_check import check_whole_day
from tests.booking.test_sessions import hold_session
from tests.counting import cost, counted
from tests.halls import TestDay, make_test_day
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

DAY = "/organise/iom-bratislava-2026-12-03"


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 3, hour, minute, tzinfo=UTC)


def _check(hall: TestDay, *, real: datetime | None = None) -> list[Finding]:
    return hall.db.read_now(check_whole_day, hall.day, now=hall.now, real=real or real_now())


def _of(found: list[Finding], *kinds: str) -> list[Finding]:
    return [each for each in found if each.kind in kinds]


def _told(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


def _until(hall: TestDay, institution: UUID, end: datetime | None) -> None:
    """Every desk of an institution closes then, or has no hours at all."""
    theirs = [desk.id for desk in hall.desks.values() if desk.institution.id == institution]

    def cut(conn: sa.Connection) -> None:
        where = openings.c.desk_id.in_(theirs)
        change = openings.delete() if end is None else openings.update().values(closes_at=end)
        conn.execute(change.where(where))

    hall.db.write_now(cut)


def test_a_language_without_mediator_for_part_of_the_day_is_told_with_who_is_booked_then(database: Database) -> None:
    hall = make_test_day(database)
    arabic = next(one for one in hall.db.read_now(mediators_of_day, hall.id) if "ar" in one.languages)
    for hour in (9, 12):
        hall.book(hall.wish("legal", languages=("ar",), interpreter=Interpreter.NEEDED), at=at(hour))
    hall.book(hall.wish("legal", languages=("ar",)), at=at(12))
    before = _of(_check(hall), "language_hole")
    of_arabic = mediators.c.id.in_(
        [one.id for one in hall.db.read_now(mediators_of_day, hall.id) if "ar" in one.languages]
    )
    hall.db.write_now(
        lambda conn: conn.execute(mediators.update().where(of_arabic).values(opens_at=at(8), closes_at=at(10)))
    )

    told = [each for each in _of(_check(hall), "language_hole") if each.languages == ("ar",)]

    assert arabic.opens_at == hall.day.opens_at
    assert [each for each in before if each.languages == ("ar",)] == []
    last = max(desk.closes_at or at(0) for desk in hall.desks.values())
    assert [(each.hours, each.count) for each in told] == [(((at(10), last),), 1)]
    hall.now = last + timedelta(minutes=1)
    assert _of(_check(hall), "language_hole") == []


def test_who_also_speaks_the_language_of_a_desk_is_not_left_alone(database: Database) -> None:
    hall = make_test_day(database)
    desks = hall.db.read_now(desks_of_day, hall.id)
    spoken = next(iter(frozenset.intersection(*(desk.languages for desk in desks))))
    for hour, languages in ((9, ("ti", spoken)), (10, ("ti",)), (12, (spoken, "ti"))):
        hall.book(hall.wish("legal", languages=languages, interpreter=Interpreter.NEEDED), at=at(hour))

    told = [each for each in _of(_check(hall), "language_hole", "nobody_speaks") if each.count]

    assert [(each.languages, each.count) for each in told] == [(("ti",), 1)]


def test_an_institution_that_leaves_with_people_expected_is_told_once_and_not_desk_by_desk(database: Database) -> None:
    hall = make_test_day(database)
    theirs = next(service for service in hall.offer.services if service.key == "residence").institution
    tickets = [hall.book(hall.wish("residence"), at=at(hour)) for hour in (8, 10, 11)]
    _until(hall, theirs.id, at(10))
    hall.now = at(8)

    (leaves,) = _of(_check(hall), "leaves_early")
    early = [each.institution for each in _of(_check(hall), "closes_early")]
    hall.now = at(8, 10)
    hall.arrive(tickets[0])
    hall.now = at(10)
    (later,) = _of(_check(hall), "leaves_early")
    _until(hall, theirs.id, None)
    (away,) = _of(_check(hall), "away", "desk_idle")
    hall.db.write_now(lambda conn: conn.execute(stops.update().values(private=True)))
    (private,) = _of(_check(hall), "away")

    assert (leaves.institution, leaves.at, leaves.count, theirs.name in early) == (theirs.name, at(10), 2, False)
    # Who is inside and not served when they go is counted too.
    assert later.count == 3
    # A number beside an institution tells of no private talk (R19).
    assert private.count == 0
    assert (away.kind, away.institution, away.count, away.stops) == ("away", theirs.name, 3, False)


def test_a_circle_and_lines_that_somebody_cannot_read_stop_a_day(database: Database) -> None:
    hall = make_test_day(database, publish=False)
    legal, social = hall.service("legal"), hall.service("social")

    def set_up(conn: sa.Connection, lines: dict[str, str]) -> None:
        for before, after in ((legal, social), (social, legal)):
            row = {"id": new_id(), "day_id": hall.id, "before_service_id": before, "after_service_id": after}
            conn.execute(precedences.insert().values(**row))
        write_own_words(conn, "day", hall.id, "message", lines, changed_by="x", now=hall.now)

    before = hall.db.read_now(check_day, hall.day, now=hall.now)
    hall.db.write_now(set_up, {"uk": "Візьміть воду."})
    stops = [each for each in hall.db.read_now(check_day, hall.day, now=hall.now) if each.stops]

    assert _of(before, "order_circle", "no_words") == []
    assert [each.kind for each in stops] == ["order_circle", "no_words"]
    assert set(stops[0].services) == {"legal", "social"}
    assert stops[1].languages == tuple(each for each in hall.day.languages if each != "uk")


def test_a_day_whose_desks_fill_it_to_the_last_minute_has_no_buffer(database: Database) -> None:
    hall = make_test_day(database, publish=False)
    before = _of(hall.db.read_now(check_day, hall.day, now=hall.now), "no_start", "no_end")

    hall.db.write_now(
        lambda conn: conn.execute(openings.update().values(opens_at=hall.day.opens_at, closes_at=hall.day.closes_at))
    )
    after = _of(hall.db.read_now(check_day, hall.day, now=hall.now), "no_start", "no_end")

    assert [each.kind for each in before if each.kind == "no_end"] == []
    assert [(each.kind, each.at) for each in after] == [("no_start", hall.day.opens_at), ("no_end", hall.day.closes_at)]


def test_machines_are_missed_from_two_hours_before_and_a_printer_without_paper_always(database: Database) -> None:
    hall = make_test_day(database)
    real = real_now()

    def pair(conn: sa.Connection) -> None:
        for name, ago, printer in (("A", 1, None), ("B", 30, None), ("C", 1, Printer.PAPER_OUT), ("D", None, None)):
            report = None if printer is None else {"printer": printer.value}
            seen = None if ago is None else real - timedelta(minutes=ago)
            conn.execute(
                devices.insert().values(
                    id=new_id(),
                    day_id=hall.id,
                    kind="kiosk" if name < "C" else "display",
                    name=name,
                    paired_at=real - timedelta(hours=1),
                    seen_at=seen,
                    created_at=real,
                    report=report,
                )
            )

    hall.db.write_now(pair)
    near = _of(_check(hall, real=real), "machine_silent", "printer")
    hall.now -= timedelta(days=1)
    far = _of(_check(hall, real=real), "machine_silent", "printer")

    assert Report(printer=Printer.PAPER_OUT).needs_somebody
    assert [(each.kind, each.name) for each in near] == [
        ("machine_silent", "B"),
        ("printer", "C"),
        ("machine_silent", "D"),
    ]
    assert [(each.kind, each.name, each.printer) for each in far] == [("printer", "C", Printer.PAPER_OUT)]


async def test_the_page_tells_each_in_a_sentence_with_the_page_that_mends_it(site: Site) -> None:
    hall = site.hall
    theirs = next(service for service in hall.offer.services if service.key == "residence").institution
    hall.book(hall.wish("residence"), at=at(11))
    _until(hall, theirs.id, at(10))
    first = hall.desks[1]
    hall.book(hall.wish("legal", languages=("ar",), interpreter=Interpreter.NEEDED), at=at(11))
    site.database.write_now(lambda conn: conn.execute(mediators.update().values(closes_at=at(10))))
    site.database.write_now(make_pass, first.id, actor=SYSTEM, now=site.database.now())
    organiser = Organiser(site)

    page = (await organiser.open(DAY)).text

    told = _told(page)
    assert f"{theirs.name} leaves at 11:00, with 1 ticket expected after that." in told
    assert "Nobody can open desks 2, 3, 4, 5 and 6: they have no day pass and no officer with an account." in told
    assert "Arabic: no mediator and no desk speaks it at 11:00–15:00. 1 ticket with an interpreter is booked" in told
    assert "A machine translated the pages in" in told
    for end in ("/passes", "/mediators"):
        assert f'<a href="{DAY}{end}">Change this</a>' in page


async def test_a_mediator_whose_languages_every_desk_speaks_is_told_with_her_page(site: Site) -> None:
    organiser = Organiser(site)
    before = _told((await organiser.open(DAY)).text)
    one = site.database.read_now(mediators_of_day, site.hall.id)[0]
    form = await organiser.open(f"{DAY}/mediators/{one.id}")
    await organiser.send(f"{DAY}/mediators/{one.id}", languages=["sk"])
    page = (await organiser.open(DAY)).text

    assert "The language of the desks need not be ticked." in form.text
    assert "interprets only languages that every desk speaks" not in before
    assert f"{one.label} interprets only languages that every desk speaks." in _told(page)
    assert f'<a href="{DAY}/mediators/{one.id}">Change this</a>' in page


async def test_a_mediator_is_taken_off_only_after_a_question_also_without_script(site: Site) -> None:
    organiser = Organiser(site)
    one = site.database.read_now(mediators_of_day, site.hall.id)[0]
    path = f"{DAY}/mediators/{one.id}"
    await organiser.open(path)
    asked = await organiser.send(f"{path}/remove")
    there = [each.id for each in site.database.read_now(mediators_of_day, site.hall.id)]
    await organiser.send(f"{path}/remove")
    after = [each.id for each in site.database.read_now(mediators_of_day, site.hall.id)]

    assert ("Take off the day?" in asked.text, one.label in _told(asked.text)) == (True, True)
    assert f'href="{path}"' in asked.text
    assert (one.id in there, one.id in after) == (True, False)


async def test_what_only_the_program_can_mend_names_who_and_has_no_link(site: Site) -> None:
    page = (await Organiser(site).open(DAY)).text
    (line,) = re.findall(r'<li class="finding[^"]*">(?:(?!</li>).)*A machine translated.*?</li>', page, re.DOTALL)

    assert "Tell whoever runs the server when a native speaker has read the pages." in _told(line)
    assert ("<a " in line, "Change this" in line) == (False, False)


async def test_the_check_takes_as_many_statements_for_three_as_for_one(site: Site) -> None:
    hall, real = site.hall, real_now()
    costs: list[int] = []
    organiser = Organiser(site)
    for hour in (9, 10, 11):
        hall.book(hall.wish("legal", languages=("ar",), interpreter=Interpreter.NEEDED), at=at(hour))
        await organiser.open(DAY)
        with counted() as count:
            await organiser.open(DAY)
        costs.append(count())
    assert len(set(costs)) == 1
    assert cost(site.database, check_whole_day, hall.day, now=hall.now, real=real) == 17


# -- sessions ----------------------------------------------------------------------------------------


def test_sessions_that_are_not_held_and_too_few_seats_for_everybody_are_told(database: Database) -> None:
    hall = make_test_day(database)
    assert _of(_check(hall), "session_outside", "few_seats") == []
    hold_session(hall, time(10), seats=4)
    hold_session(hall, time(12), seats=4)
    assert _of(_check(hall), "session_outside", "few_seats") == []

    social = hall.service("social")
    database.write_now(lambda conn: conn.execute(day_always.insert().values(day_id=hall.id, service_id=social)))
    (few,) = _of(_check(hall), "few_seats")
    assert (few.service, few.count, few.parties > 8, few.stops) == ("social", 8, True, False)

    (desk,) = [one for one in hall.desks.values() if social in one.services]
    _until(hall, desk.institution.id, at(9, 30))
    assert [(one.desk, one.at) for one in _of(_check(hall), "session_outside")] == [
        (desk.number, at(9)),
        (desk.number, at(11)),
    ]


async def test_the_sentences_about_sessions_stand_on_the_page_of_the_day(site: Site) -> None:
    hall = site.hall
    hold_session(hall, time(10), seats=4)
    social = hall.service("social")
    site.database.write_now(lambda conn: conn.execute(day_always.insert().values(day_id=hall.id, service_id=social)))
    (desk,) = [one for one in hall.desks.values() if social in one.services]
    _until(hall, desk.institution.id, at(9, 30))
    said = _told((await site.sign_in("organiser").get(DAY)).text)
    assert f"The session at 10:00 is not held: it lies outside the hours of desk {desk.number}." in said
    assert ": its sessions have 0 seats, but up to" in said


async def test_a_day_whose_visitors_read_no_way_to_reach_the_centre_says_so(site: Site) -> None:
    organiser, path = Organiser(site), f"/organise/{site.hall.day.slug}"
    told = "Visitors read no telephone number and no mail address of the centre."

    without = (await organiser.open(path)).text
    assert f'{told} Write one into a series, and choose it for this day. <a href="/organise/series">' in " ".join(
        without.split()
    )
    site.database.write_now(lambda conn: conn.execute(centres.update().values(phone="+421 2 000 000")))
    assert told not in (await organiser.open(path)).text
