"""Finding a ticket holder by whatever she has: paper, number, name, phone."""

from datetime import timedelta
from uuid import uuid4

from onestop.accounts.actions import add_account
from onestop.clock import real_now
from onestop.devices.actions import report_device, touch_device
from onestop.domain.machine import PaperMissed, Printer, Report
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.domain.ticket import spell_short_code
from onestop.web.kit.sessions import SESSION_COOKIE
from tests.halls import ON, TestDay, make_test_day
from tests.sessions import session_of
from tests.visits.machine_papers import machine_of
from tests.web.hall_desk import Staff
from tests.web.site import Site

LONG_NAME = ("Wolfeschlegelsteinhausenbergerdorff " * 5).strip()


def another_day(site: Site, weeks: int = 1) -> TestDay:
    hall = make_test_day(site.database, on=ON + timedelta(weeks=weeks))
    hall.now = site.hall.now
    return hall


async def numbers(reception: Staff, text: str) -> list[int]:
    """The numbers on the page that a search answers, in their order."""
    answer = await reception.search(text)
    assert answer.status_code == 200
    return [int(part.split("<", 1)[0]) for part in answer.text.split('class="number">')[1:]]


async def test_the_search_field_has_the_focus(reception: Staff) -> None:
    shown = await reception.look(reception.home)

    (field,) = [part for part in shown.split("<input") if 'name="q"' in part.split(">")[0]]
    assert 'autofocus="True"' in field.split(">")[0]


async def test_a_scanned_ticket_opens_its_page(reception: Staff) -> None:
    ticket = reception.book(name="Somebody")

    scanned = [ticket.code, f"https://onestop.example.org/t/{ticket.code}", f" {ticket.code.upper()}\n"]
    answers = [await reception.search(text) for text in scanned]

    assert [(each.status_code, each.headers["location"]) for each in answers] == [(303, reception.path(ticket))] * 3


async def test_a_short_code_opens_its_page_with_script_too(reception: Staff) -> None:
    ticket = reception.book()

    answer = await reception.search(spell_short_code(ticket.short).lower(), **{"HX-Request": "true"})

    assert (answer.status_code, answer.headers["hx-redirect"], answer.text) == (204, reception.path(ticket), "")


async def test_a_number_is_found_in_the_digits_of_any_script(reception: Staff) -> None:
    tickets = [reception.book(place=place) for place in range(3)]

    assert [ticket.number for ticket in tickets] == [100, 101, 102]
    assert await numbers(reception, "101") == [101]
    assert await numbers(reception, "١٠١") == [101]


NAMES = {
    "محمد عبد الله": "عبد",
    "مُحَمَّد الأحمد": "محمد الاحمد",
    "Іван Петренко": "петренко",
    "Ali": "ALI",
    "Nguyễn Thị Hồng": "nguyen hong",
    "Dvořáková Jana": "jana dvorak",
    "O'Connor": "o'c",
    LONG_NAME: LONG_NAME,
    "100% sure": "0%",
    "김민수": "민수",
    "ተስፋዬ": "ተስፋ",
}
"""Names as they are written, and what somebody types to find just that one."""


async def test_a_name_is_found_in_any_script(reception: Staff) -> None:
    booked = {name: reception.book("health-insurance", name=name).number for name in NAMES}

    found = {name: await numbers(reception, typed) for name, typed in NAMES.items()}

    assert found == {name: [number] for name, number in booked.items()}


async def test_the_end_of_a_phone_number_finds_its_party(reception: Staff) -> None:
    wanted = reception.book(phone="+421903123456")
    reception.book(phone="+421903123999", place=1)

    typed = ["456", "3456", "0903 123 456", "+421 903 123 456", "903123456", "٤٥٦", "56", "0904 123 456"]

    assert {text: await numbers(reception, text) for text in typed} == {
        **{text: [wanted.number] for text in typed[:6]},
        "56": [],  # two digits say too little
        "0904 123 456": [],
    }


async def test_a_number_stands_before_phones_that_end_like_it(reception: Staff) -> None:
    by_phone = reception.book(phone="+421903123101")
    by_number = reception.book(place=1)

    assert (by_phone.number, by_number.number) == (100, 101)
    assert await numbers(reception, "101") == [101, 100]


async def test_nobody_found_says_what_to_ask_next(reception: Staff) -> None:
    reception.book(name="Olena")

    answer = await reception.search("somebody else")

    assert "Nobody found." in answer.text
    assert "Ask for the number or the code on the paper." in answer.text
    assert f'href="{reception.home}/walk-in"' in answer.text
    assert "Olena" not in answer.text


async def test_rubbish_from_a_scanner_finds_nobody(reception: Staff) -> None:
    reception.book(name="Olena")

    rubbish = ["", "   ", "\x00", "&&&", "7" * 300, "\u202e\u2066", "'; DROP TABLE parties; --", "_", "\\"]
    answers = {text: await reception.search(text) for text in rubbish}

    assert {text: (each.status_code, "Olena" in each.text) for text, each in answers.items()} == dict.fromkeys(
        rubbish, (200, False)
    )


async def test_what_was_searched_stands_in_no_address(reception: Staff) -> None:
    reception.book(name="Olena")

    found = await reception.search("Olena")
    again = await reception.browser.get(f"{reception.home}/find")

    assert (found.status_code, "location" in found.headers) == (200, False)
    assert (again.status_code, again.headers["location"]) == (303, reception.home)


async def test_a_ticket_of_another_day_is_shown_with_its_date(reception: Staff, site: Site) -> None:
    other = another_day(site)
    ticket = reception.book(name="Olena", hall=other)

    by_code = await reception.search(ticket.code)
    by_name = await reception.search("olena")

    for answer in (by_code, by_name):
        assert answer.status_code == 200
        assert "Another day: Thu 10 Dec" in answer.text
        assert "Olena" in answer.text
        assert "Help today" in answer.text
        assert "Check in" not in answer.text


async def test_a_page_of_another_day_leads_back_to_today_and_finds_who_stands_here(
    reception: Staff, site: Site
) -> None:
    here = reception.book(name="Olena")
    reception.open()
    other = f"/reception/{another_day(site).day.slug}"
    back = f'<a class="button primary" href="{reception.home}">'

    pages = {end: await reception.look(other + end) for end in ("", "/book", "/people", "/message", "/waiting")}
    found = await reception.browser.post(f"{other}/find", data={"q": str(here.number)})
    at_home = await reception.look(reception.home)

    assert [(end, "Back to today" in shown) for end, shown in pages.items()] == [(end, True) for end in pages]
    assert all(f'class="brand" href="{reception.home}"' in shown for shown in pages.values())
    assert ("Answered at the door" in pages[""], "Answered at the door" in at_home) == (False, True)
    assert ("Back to today" in at_home, back in at_home) == (False, False)
    assert f'action="{reception.path(here)}/check-in"' in found.text


async def test_somebody_who_works_at_one_day_sees_of_others_only_the_date(reception: Staff, site: Site) -> None:
    ticket = reception.book(name="Olena", hall=another_day(site))
    reception.browser.cookies.set(SESSION_COOKIE, session_for_one_day(site))

    by_code = await reception.search(ticket.code)
    by_name = await reception.search("olena")

    assert "Another day: Thu 10 Dec" in by_code.text
    assert ("Olena" in by_code.text, str(ticket.party) in by_code.text) == (False, False)
    assert "Nobody found." in by_name.text


async def test_the_days_are_a_list_and_one_day_opens_by_itself(reception: Staff, site: Site) -> None:
    alone = await reception.browser.get("/reception")
    other = another_day(site)
    both = await reception.browser.get("/reception")

    assert (alone.status_code, alone.headers["location"]) == (303, reception.home)
    assert both.status_code == 200
    assert [f'href="/reception/{hall.day.slug}"' in both.text for hall in (site.hall, other)] == [True, True]


def session_for_one_day(site: Site) -> str:
    """The session of a receptionist who works at the pilot day only."""
    account = site.database.write_now(
        add_account,
        login=f"one-day-{uuid4().hex}",
        password_hash="unused",
        held=(Grant(role=Role.RECEPTIONIST, day=site.hall.id),),
        actor=SYSTEM,
        now=site.database.now(),
    )
    return session_of(site.database, account)


async def test_a_ticket_machine_without_paper_is_told_with_the_numbers_that_have_none(site: Site) -> None:
    desks, machine = site.sign_in("receptionist"), machine_of(site.hall)
    report = Report(printer=Printer.PAPER_OUT, unprinted=1, papers=(PaperMissed(at=site.hall.now, number=107),))
    site.database.write_now(touch_device, machine.device, real=real_now())
    before = (await desks.get(f"/reception/{site.hall.day.slug}")).text
    site.database.write_now(report_device, machine.device, report=report, actor=SYSTEM, real=real_now())
    after = (await desks.get(f"/reception/{site.hall.day.slug}")).text

    go = "Please go to the ticket machine: Lobby"
    assert [go in before, go in after] == [False, True]
    assert "1 ticket is not printed" in after.partition(go)[2]
    assert "107" in after.partition(go)[2].partition("<dl")[0]
