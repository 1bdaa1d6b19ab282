"""The ticket machine without script: today, another day, a code, change and cancel; it never ends in "full"."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from onestop.booking.queries import booking_of_party
from onestop.booking.tables import bookings, members, parties, stops
from onestop.booking.tickets import find_code, new_code, ticket_again
from onestop.days.actions import create_day, publish_day
from onestop.days.dayfile import read_template
from onestop.days.queries.days import day_by_id
from onestop.directory.tables import institutions, services
from onestop.domain.booking import BookingState
from onestop.keys import load_ticket_key
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.setup import pause_day
from onestop.visits.tables import visits
from onestop.web.kit.questions import answer_mark
from tests.halls import ON, STAFF
from tests.web.kiosk.touch import Finger, finger, words
from tests.web.public.test_waiting import fill, free_one
from tests.web.public.visitor import need, service
from tests.web.site import Site

FOREIGN = "This is not a ticket of ours."


def _later_day(site: Site, days: int = 7) -> str:
    """Another published day, a week on."""
    hall = site.hall
    made = site.database.write_now(
        create_day, read_template("iom-bratislava"), on=ON + timedelta(days=days), actor=STAFF, now=hall.now
    )
    site.database.write_now(publish_day, made, actor=STAFF, now=hall.now)
    return site.database.read_now(day_by_id, made).slug


def _count(site: Site, table: sa.Table) -> int:
    return site.database.read_now(lambda conn: conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _code_of(hand: Finger) -> str:
    """The code of the ticket it holds, from the address it is at."""
    assert hand.page is not None
    return str(hand.page.url).split("/tickets/")[1].split("?")[0].split("/")[0]


async def _type(hand: Finger, code: str) -> None:
    await hand.go("/kiosk/code?lang=en")
    await hand.press("Continue", typed={"code": code})


async def test_help_today_is_three_taps_from_the_first_screen_to_the_ticket(site: Site) -> None:
    hand = finger(site)
    await hand.go("/kiosk")
    await hand.follow("English")
    await hand.follow("Health insurance")
    assert "Health insurance company" in hand.text
    await hand.press("Yes, give me a ticket")
    assert hand.taps == 3
    assert hand.text.startswith("Take your paper. One-Stop Shop Bratislava Thursday 3 December 2026")
    assert "1 person No interpreter needed 1 desk: Health insurance" in hand.text
    assert "Your number 100 Please wait. We call this number." in hand.text
    assert _count(site, visits) == 1


async def test_a_police_desk_is_marked_first_and_stays_off_when_it_is_taken_off(site: Site) -> None:
    hand = finger(site)
    await hand.go("/kiosk")
    await hand.follow("English")
    await hand.follow("My residence permit")
    assert hand.text.index("Foreign Police Department Police") < hand.text.index("Legal advice")
    police = site.hall.service("residence")
    await hand.take_off(police.hex[-12:])
    await hand.press("Yes, give me a ticket")
    assert hand.taps == 4
    wanted = site.database.read_now(lambda conn: set(conn.execute(sa.select(stops.c.service_id)).scalars()))
    assert wanted == {site.hall.service("legal")}


async def test_a_question_needs_no_tap_and_its_answer_takes_off_nothing_that_is_ticked(site: Site) -> None:
    hand = finger(site)
    await hand.go(f"/kiosk/d/{site.hall.day.slug}/needs?lang=en")
    await hand.follow("My residence permit")
    assert "Do you have a residence permit now?" in hand.text
    desks = hand.page
    await hand.press("Yes, give me a ticket")
    everything = {site.hall.service("legal"), site.hall.service("residence")}
    assert site.database.read_now(lambda conn: set(conn.execute(sa.select(stops.c.service_id)).scalars())) == everything

    hand.page = desks
    said = {"say1": answer_mark("permit:extend")}
    await hand.press("Not all go to every desk", typed=said | {"adults": "2"})
    await hand.follow("Back")
    assert "After your answer you do not need this." in hand.text
    await hand.press("Yes, give me a ticket")
    count = sa.select(sa.func.count()).select_from(stops)
    assert site.database.read_now(lambda conn: conn.execute(count).scalar_one()) == 4


async def test_an_answer_that_makes_the_only_desk_needless_still_gives_a_ticket(site: Site) -> None:
    hand = finger(site)
    await hand.go(f"/kiosk/d/{site.hall.day.slug}/needs?lang=en")
    await hand.follow("My residence permit")
    await hand.take_off(site.hall.service("residence").hex[-12:])
    await hand.press("Yes, give me a ticket", typed={"say1": answer_mark("permit:extend")})
    assert "Take your paper." in hand.text


@pytest.mark.parametrize("screen", ["desks", "who"])
async def test_another_language_and_size_keep_what_was_chosen(site: Site, screen: str) -> None:
    hand, path = finger(site), f"/kiosk/d/{site.hall.day.slug}"
    await hand.go(f"{path}/needs?lang=en&size=1")
    await hand.follow("My residence permit")
    hand.off.update({"1", "0", "none", site.hall.service("legal").hex[-12:]})
    chosen = {"adults": "2", "children": "1", "interpreter": "needed", "aloud": "1"}
    assert hand.page is not None
    action = "/who" if screen == "who" else "/desks"
    if screen == "who":
        hand.off.discard(site.hall.service("legal").hex[-12:])
        await hand.press("Not all go to every desk", typed=chosen)
        chosen = {}
    assert f'form="answers" formmethod="get" formaction="{path}{action}"' in hand.page.text
    fields = hand.fields()
    for turn in ("lang:ar", "size:2"):
        await hand.go(f"{path}{action}?{urlencode({**fields, **chosen, 'turn': turn}, doseq=True)}")
        hand.off.clear()
        fields, chosen = hand.fields(), {}
    text = hand.page.text
    assert 'lang="ar" dir="rtl" class="kiosk size-2"' in text
    kept = ('name="adults" value="2" checked', 'name="children" value="1" checked', 'value="needed" checked')
    if screen == "desks":
        assert [each for each in kept if each not in text] == []
        assert f'value="{site.hall.service("legal").hex[-12:]}" checked' not in text
        assert f'value="{site.hall.service("residence").hex[-12:]}" checked' in text
        assert 'name="aloud" value="1" checked' in text or 'name="aloud"' not in text
    else:
        assert fields["adults"] == ["2"]
        assert fields["interpreter"] == ["needed"]


async def test_pressing_the_button_twice_gives_one_ticket(site: Site) -> None:
    hand = finger(site)
    await hand.go(f"/kiosk/d/{site.hall.day.slug}/needs?lang=en")
    await hand.follow("Health insurance")
    desks = hand.page
    await hand.press("Yes, give me a ticket")
    first = str(hand.page.url) if hand.page else ""
    hand.page = desks
    await hand.press("Yes, give me a ticket")
    assert (str(hand.page.url) if hand.page else "") == first
    assert _count(site, visits) == 1


async def test_without_any_desk_the_same_screen_says_what_is_missing(site: Site) -> None:
    hand = finger(site)
    await hand.go(f"/kiosk/d/{site.hall.day.slug}/needs?lang=en")
    await hand.follow("Health insurance")
    await hand.take_off(site.hall.service("health-insurance").hex[-12:])
    await hand.press("Yes, give me a ticket")
    assert hand.page is not None
    assert hand.page.status_code == 422
    assert "Please choose at least one thing that you need." in hand.text
    assert _count(site, parties) == 0


async def test_a_family_needs_no_keyboard(site: Site) -> None:
    hand = finger(site)
    await hand.go(f"/kiosk/d/{site.hall.day.slug}/needs?lang=en")
    await hand.follow("Health insurance")
    hand.off.update({"1", "0"})
    await hand.press("Yes, give me a ticket", typed={"adults": "2", "children": "3"})
    children = site.database.read_now(
        lambda conn: list(conn.execute(sa.select(members.c.child).order_by(members.c.mark)).scalars())
    )
    assert children == [False, False, True, True, True]


async def test_another_day_is_booked_in_six_taps_with_nothing_typed(site: Site) -> None:
    slug = _later_day(site)
    hand = finger(site)
    await hand.go("/kiosk?lang=en")
    await hand.follow("I want to come another day")
    await hand.follow("Thursday 10 December 2026")
    await hand.follow("Health insurance")
    await hand.press("Yes, show me the times")
    await hand.press("10:00")
    assert hand.taps <= 6
    assert "Thursday 10 December 2026 10:00" in hand.text
    assert "Please show this paper at the reception." in hand.text
    row = site.database.read_now(lambda conn: conn.execute(sa.select(bookings)).one())
    assert (row.state, row.channel) == ("confirmed", "kiosk")
    assert site.database.read_now(day_by_id, row.day_id).slug == slug


async def test_a_day_without_a_free_time_leads_on_to_other_days(site: Site) -> None:
    slug = _later_day(site)
    site.set_time(site.database.read_now(day_by_id, site.hall.id).closes_at + timedelta(days=7) - timedelta(minutes=20))
    hand = finger(site)
    await hand.go(f"/kiosk/d/{slug}/needs?lang=en")
    await hand.follow("Health insurance")
    await hand.press("Yes, show me the times")
    assert "No time is free for all these desks on this day." in hand.text
    await hand.follow("Show other days")
    assert "On which day do you want to come?" in hand.text


@pytest.mark.parametrize("form", ["long", "short", "address", "spaced"])
async def test_a_code_in_every_form_says_that_she_is_here(site: Site, form: str) -> None:
    key = load_ticket_key(site.settings)
    made = site.hall.book(site.hall.wish("legal"))
    ticket = site.database.write_now(new_code, party=made.party, key=key, actor=STAFF, now=site.hall.now)
    text = {
        "long": ticket.code,
        "short": ticket.short.lower(),
        "address": f"https://example.org/t/{ticket.code}",
        "spaced": f"{ticket.short[:4]} - {ticket.short[4:]}",
    }[form]
    hand = finger(site)
    await hand.go("/kiosk/code?lang=en")
    await hand.press("Continue", typed={"code": text})
    assert "Good. We know that you are here. Your number 100" in hand.text
    await hand.go("/kiosk/code?lang=en")
    await hand.press("Continue", typed={"code": text})
    assert "Good. We know that you are here. Your number 100" in hand.text
    assert _count(site, visits) == 1


async def test_a_scan_from_the_first_screen_is_answered_in_the_language_of_the_ticket(site: Site) -> None:
    key = load_ticket_key(site.settings)
    made = site.hall.book(site.hall.wish("legal"))
    ticket = site.database.write_now(new_code, party=made.party, key=key, actor=STAFF, now=site.hall.now)
    arabic = parties.update().where(parties.c.id == made.party).values(display_language="ar")
    site.database.write_now(lambda conn: conn.execute(arabic))
    browser = site.sign_in("kiosk")

    answer = await browser.post("/kiosk/code", data={"code": ticket.code, "why": ""})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/kiosk/tickets/{ticket.code}/here?lang=ar")
    assert '<html lang="ar" dir="rtl"' in (await browser.get(answer.headers["location"])).text


async def test_a_short_code_of_another_day_is_known(site: Site) -> None:
    _later_day(site)
    hand = finger(site)
    await hand.go("/kiosk/days?lang=en")
    await hand.follow("Thursday 10 December 2026")
    await hand.follow("Health insurance")
    await hand.press("Yes, show me the times")
    await hand.press("10:00")
    code = _code_of(hand)
    party = site.database.read_now(find_code, code).party
    short = site.database.read_now(ticket_again, party=party, key=load_ticket_key(site.settings)).short
    await hand.go("/kiosk/code?lang=en&why=change")
    await hand.press("Continue", typed={"code": short})
    assert "10:30" in hand.text
    await hand.press("10:30")
    assert "paper=1" in str(hand.page.url)  # the new time is printed


async def test_todays_ticket_after_the_day_was_closed_is_not_for_another_day(site: Site) -> None:
    made = site.hall.book(site.hall.wish("legal"))
    key = load_ticket_key(site.settings)
    ticket = site.database.write_now(new_code, party=made.party, key=key, actor=STAFF, now=site.hall.now)
    site.hall.now = site.hall.day.opens_at + timedelta(hours=1)
    site.set_time(site.hall.now)
    site.hall.write(close_day, site.hall.id)
    hand = finger(site)
    await hand.go("/kiosk/code?lang=en")
    await hand.press("Continue", typed={"code": ticket.code})
    assert "another day:" not in hand.text
    assert "This day is over" in hand.text


async def test_what_goes_wrong_at_the_machine_stays_in_its_frame_and_goes_back_by_itself(site: Site) -> None:
    browser = site.sign_in("kiosk")
    answer = await browser.get("/kiosk/tickets/nonsense/change?lang=ar")
    assert (answer.status_code, answer.headers["refresh"]) == (404, "40; url=/kiosk")
    assert 'class="kiosk"' in answer.text
    assert 'href="/"' not in answer.text


@pytest.mark.parametrize("rubbish", ["", "hello", "BEGIN:VCARD\nFN:X", "0" * 8, "a" * 26, "<script>", "٣" * 399])
async def test_rubbish_from_the_scanner_gets_a_sentence(site: Site, rubbish: str) -> None:
    hand = finger(site)
    await hand.go("/kiosk/code?lang=en")
    await hand.press("Continue", typed={"code": rubbish})
    assert hand.page is not None
    assert hand.page.status_code == 404
    says = "We do not know this code. Please check it, or show your paper at the reception."
    assert (says if len(rubbish) <= 12 or len(rubbish) == 26 else FOREIGN) in hand.text


async def test_what_is_no_ticket_is_told_in_every_language_until_one_is_chosen_and_told_again(site: Site) -> None:
    browser = site.sign_in("kiosk")
    here = unescape((await browser.post("/kiosk/code", data={"code": "", "why": "", "scanned": "1"})).text)
    for says in (FOREIGN, "Toto nie je náš lístok.", "Це не наш талон.", "هذه ليست تذكرة من عندنا."):
        assert words(here).count(says) == 1
    assert "Prečítané kódy" not in words(here)
    english = next(href for href in re.findall(r'href="(/kiosk/code\?[^"]*)"', here) if "lang=en" in href)

    chosen = unescape((await browser.get(english)).text)
    assert (FOREIGN in words(chosen), "Toto nie je náš lístok." in words(chosen)) == (True, False)
    scans = re.findall(r'name="scans" value="(\d+)"', chosen)
    form = {"code": "", "why": "", "scanned": "1", "scans": scans[0]}
    again = await browser.post("/kiosk/code?lang=en", data=form)
    assert "Codes read: 2" in words(again.text)

    unknown = await browser.post("/kiosk/code?lang=en", data={"code": "0000 0000", "scanned": "1"})
    assert "We do not know this code." in unknown.text
    assert FOREIGN not in words(unknown.text)


async def test_a_ticket_of_today_says_how_long_where_and_with_whom_when_it_is_read(site: Site) -> None:
    site.set_time(site.hall.day.opens_at)
    hand = finger(site)
    await hand.go("/kiosk?lang=en")
    await hand.follow("English")
    await hand.follow("Health insurance")
    await hand.press("Yes, give me a ticket")
    code = _code_of(hand)
    await _type(hand, code)
    assert re.search(r"We call this number\. About \d\d:\d\d to \d\d:\d\d\.", re.sub("[\u2066-\u2069]", "", hand.text))
    assert "1 person No interpreter needed 1 desk: Health insurance" in hand.text


async def test_before_a_ticket_is_taken_it_says_when_she_would_be_called(site: Site) -> None:
    site.set_time(site.hall.day.opens_at)
    site.hall.open_desks()
    hand = finger(site)

    async def said() -> list[str]:
        await hand.go(f"/kiosk/d/{site.hall.day.slug}/needs?lang=en")
        await hand.follow("Health insurance")
        return re.findall(r"If you take a ticket now, we call you about (\d\d:\d\d) to (\d\d:\d\d)\.", hand.text)

    at_once = await said()
    for _ in range(3):
        site.hall.walk_in(site.hall.wish("health-insurance"))
    later = await said()
    site.hall.write(pause_day, site.hall.id, why="alarm")
    paused = await said()

    assert at_once == [("09:05", "09:10")]
    assert later > at_once
    assert paused == []


async def test_a_ticket_of_another_day_says_when_and_offers_to_change(site: Site) -> None:
    _later_day(site)
    hand = finger(site)
    await hand.go("/kiosk/days?lang=en")
    await hand.follow("Thursday 10 December 2026")
    await hand.follow("Health insurance")
    await hand.press("Yes, show me the times")
    await hand.press("10:00")
    code = _code_of(hand)
    await hand.follow("Choose another time")
    assert "Number 100 : Thursday 10 December 2026, 10:00" in hand.text
    await _type(hand, code)
    assert "Your booking is for another day: Thursday 10 December 2026." in hand.text
    await hand.follow("Change or cancel my time")
    await hand.press("10:30")
    assert "Thursday 10 December 2026 10:30" in hand.text
    await hand.go("/kiosk/code?lang=en&why=change")
    await hand.press("Continue", typed={"code": code})
    await hand.press("I do not come. Cancel my time")
    assert "Number 100 is cancelled." in hand.text
    for screen in ("/kiosk/code?lang=en", "/kiosk/code?lang=en&why=change"):
        await hand.go(screen)
        await hand.press("Continue", typed={"code": code})
        assert "This booking was cancelled. You can book again" in hand.text
    await hand.go(f"/kiosk/tickets/{code}?lang=en")
    assert "This booking was cancelled. You can book again" in hand.text
    found = site.database.read_now(find_code, code)
    booking = site.database.read_now(booking_of_party, found.party)
    assert booking is not None
    assert booking.state is BookingState.CANCELLED
    await _type(hand, code)
    assert "Back to the start" in hand.text


async def test_a_machine_where_nothing_takes_place_today_still_gives_other_days(site: Site) -> None:
    _later_day(site)
    site.set_time(site.hall.now + timedelta(days=2))
    hand = finger(site)
    await hand.go("/kiosk?lang=en")
    assert "Today there is no advice here." in hand.text
    assert "I want help today" not in hand.text
    await hand.follow("I want to come another day")
    assert "Thursday 10 December 2026" in hand.text


async def test_the_machine_remembers_nobodys_language(site: Site) -> None:
    hand = finger(site)
    await hand.go("/kiosk?lang=ar")
    assert hand.page is not None
    assert 'lang="ar" dir="rtl"' in hand.page.text
    await hand.go("/kiosk")
    assert hand.page is not None
    assert 'lang="sk"' in hand.page.text


async def test_every_screen_goes_back_by_itself(site: Site) -> None:
    hand = finger(site)
    for path in ("/kiosk", "/kiosk/code", "/kiosk/days", f"/kiosk/d/{site.hall.day.slug}/needs"):
        await hand.go(path)
        assert hand.page is not None
        assert hand.page.headers["refresh"].endswith("; url=/kiosk")


async def test_the_paper_names_places_and_no_service(site: Site) -> None:
    hand = finger(site)
    await hand.go(f"/kiosk/d/{site.hall.day.slug}/needs?lang=en")
    await hand.follow("My residence permit")
    assert "Legal advice" in hand.text
    await hand.press("Yes, give me a ticket")
    assert hand.page is not None
    assert "1 person No interpreter needed 2 desks: Legal advice and Residence permit" in hand.text
    assert "Legal advice" not in hand.page.text.partition("data-print")[2].partition("no-print")[0]
    assert "Foreign Police" not in hand.text
    await hand.go(f"/kiosk/tickets/{_code_of(hand)}?lang=en&paper=1")
    assert "2 desks Please wait here" in hand.text


async def test_a_private_talk_is_named_where_she_chooses_it_and_on_no_screen_or_paper_after(site: Site) -> None:
    """R19: first that the canary could be read, then that no screen of the machine holds it."""
    canary = "Wardlaw House"

    def make_private(conn: sa.Connection) -> None:
        conn.execute(services.update().where(services.c.key == "health-insurance").values(private=True))
        conn.execute(institutions.update().where(institutions.c.key == "health-insurer").values(name=canary))

    site.database.write_now(make_private)
    slug = _later_day(site)
    site.database.write_now(make_private)
    hand = finger(site)
    await hand.go(f"/kiosk/d/{slug}/needs?lang=en")
    await hand.follow("Health insurance")
    assert canary in hand.text
    await hand.press("Yes, show me the times")
    shown = [hand.text]
    await hand.press("10:00")
    shown.append(hand.text)
    code = _code_of(hand)
    for why in ("", "&why=change"):
        await hand.go(f"/kiosk/code?lang=en{why}")
        await hand.press("Continue", typed={"code": code})
        shown.append(hand.text)
    await hand.press("10:30")
    shown.append(hand.text)
    assert "Thursday 10 December 2026 10:30" in hand.text
    assert [(canary in text, "Health insurance" in text) for text in shown] == [(False, False)] * 5


async def test_a_full_day_gives_a_paper_of_the_waiting_list_and_the_paper_takes_the_place(site: Site) -> None:
    tickets = fill(site)
    hand = finger(site)
    await hand.go(f"/kiosk/d/{site.hall.day.slug}/times?lang=en&needs={need('my-rights')}&interpreter=none&asked=1"
                  f"&services={service(site, 'legal')}")  # fmt: skip
    await hand.press("Join the waiting list")
    assert "Take your paper." in hand.text
    assert "It is not a ticket yet." in hand.text
    assert hand.page is not None
    code = str(hand.page.url).split("/waiting/")[1].split("?")[0]
    short = hand.page.text.partition('<span class="code"><bdi dir="ltr">')[2][:9]

    await hand.go("/kiosk/code?lang=en")
    await hand.press("Continue", typed={"code": short})
    assert "Nobody is before you." in hand.text
    free_one(site, tickets[-1])
    await hand.go("/kiosk/code?lang=en")
    await hand.press("Continue", typed={"code": f"https://example.org/w/{code}"})
    assert "A place is free for you" in hand.text
    await hand.press("Yes, I take this place")
    assert "Please show this paper at the reception." in hand.text
    await hand.go(f"/kiosk/waiting/{code}?lang=en")
    assert "Please show this paper at the reception." in hand.text


async def test_a_box_on_the_desks_calls_her_in_her_language_too_and_costs_no_tap_if_she_leaves_it(site: Site) -> None:
    seen: list[bool] = []
    for aloud in ("", "1"):
        hand = finger(site)
        await hand.go("/kiosk")
        await hand.follow("English")
        await hand.follow("Health insurance")
        assert "Call me aloud in English too" in hand.text
        await hand.press("Yes, give me a ticket", typed={"aloud": aloud} if aloud else {})
        newest = sa.select(parties.c.aloud).order_by(parties.c.number.desc()).limit(1)
        seen.append(site.database.read_now(lambda conn, newest=newest: conn.execute(newest).scalar_one()))

    assert seen == [False, True]


async def test_the_working_language_of_the_day_is_said_in_any_case_and_not_asked_about(site: Site) -> None:
    hand = finger(site)
    await hand.go("/kiosk")
    await hand.follow("slovenčina")
    await hand.follow("Zdravotné poistenie")

    assert 'name="aloud"' not in (hand.page.text if hand.page else "")
    assert 'name="services"' in (hand.page.text if hand.page else "")
