"""One message to everybody: on phones, boards, signs, the ticket machine and every page of the hall's staff."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from onestop.days.queries.broadcasts import standing_broadcasts
from onestop.days.queries.desks import mediators_of_day
from onestop.db.session import Database
from onestop.devices.queries import devices_list
from tests.web.hall_desk import Staff
from tests.web.site import Site, running

BREAK = {"sentence": "break", "minutes": "15", "lasts": "30"}


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """Every screen that shows it."""
    doors = ("reception", "floor", "public", "display", "kiosk", "desk", "mediator")
    async with running(database, tmp_path / "var", doors=doors) as started:
        yield started


class Screens:
    """Every screen of the hall, with short looks at them."""

    def __init__(self, reception: Staff, site: Site) -> None:
        self.reception = reception
        self.ticket = reception.book("legal")
        self.board, self.machine = site.sign_in("display"), site.sign_in("kiosk")
        self.phone = site.browser()
        self.officer, self.interprets = site.sign_in("officer"), site.sign_in("mediator")
        self.desk = f"/desks/{site.desk.id}"
        self.slug = site.hall.day.slug

    async def sign_in_mediator(self) -> None:
        """The mediator says who she is."""
        hall = self.reception.hall
        me = hall.db.read_now(mediators_of_day, hall.id)[0]
        await self.interprets.post(f"/mediator/{self.slug}/mediators/{me.id}/me")

    async def show(self, sentence: str, lang: str = "en") -> dict[str, bool]:
        """Which of them say this."""
        staff = self.reception.browser
        looks: dict[str, tuple[httpx.AsyncClient, str]] = {
            "phone": (self.phone, f"/t/{self.ticket.code}"),
            "board": (self.board, f"/display/{self.slug}"),
            "machine": (self.machine, "/kiosk"),
            "reception": (staff, self.reception.home),
            "people": (staff, f"{self.reception.home}/people/now"),
            "desk": (self.officer, self.desk),
            "desk, live": (self.officer, f"{self.desk}/help"),
            "sign": (self.board, f"/display/{self.slug}/desk/1"),
            "mediator": (self.interprets, f"/mediator/{self.slug}"),
            "floor": (staff, self.reception.floor),
            "guide": (staff, f"{self.reception.floor}/called"),
        }
        return {
            name: sentence in (await browser.get(path, params={"lang": lang})).text
            for name, (browser, path) in looks.items()
        }


STAFF_SCREENS = ("reception", "people", "desk", "desk, live", "mediator", "floor", "guide")
SCREENS = ("phone", "board", "sign", "machine", *STAFF_SCREENS)
ALL, NONE = dict.fromkeys(SCREENS, True), dict.fromkeys(SCREENS, False)


async def test_every_screen_says_it_in_its_language_until_it_is_taken_away(reception: Staff, site: Site) -> None:
    screens = Screens(reception, site)
    await screens.sign_in_mediator()
    await reception.press(reception.path(screens.ticket, "/check-in"))
    reception.open()

    sent = await reception.ask(f"{reception.home}/message", BREAK)
    english, arabic = await screens.show("There is a break now: 15 min."), await screens.show("هناك استراحة الآن", "ar")
    (standing,) = site.database.read_now(standing_broadcasts, site.hall.id, now=site.hall.now)
    ended = await reception.press(f"{reception.home}/message/{standing.id}/end")
    after = await screens.show("There is a break now")

    assert "The message is shown now." in sent.text
    assert (english, arabic, after) == (ALL, ALL, NONE)
    assert ended.status_code == 303
    assert "No message is shown now." in await reception.look(f"{reception.home}/message?lang=en")
    assert reception.facts("BroadcastSent") == [("BroadcastSent", {"sentence": "break", "everybody": True})]


async def test_a_message_is_chosen_first_and_lasts_as_long_as_it_fits(reception: Staff, site: Site) -> None:
    reception.open()
    address = f"{reception.home}/message"
    before = await reception.look(address)
    nothing = await reception.press(address, {"lasts": ""})
    sent = await reception.ask(address, {"sentence": "break", "minutes": "15", "lasts": ""})
    (standing,) = site.database.read_now(standing_broadcasts, site.hall.id, now=site.hall.now)

    assert " checked" not in before
    assert (nothing.status_code, "Please choose what is said." in nothing.text) == (422, True)
    assert standing.until - site.hall.now == timedelta(minutes=15)
    assert ("Desks go on calling." in sent.text, " checked" in sent.text) == (True, False)


async def test_who_is_expected_today_reads_it_and_who_comes_another_day_does_not(reception: Staff, site: Site) -> None:
    screens = Screens(reception, site)
    await reception.press(f"{reception.home}/message", {"sentence": "later"})
    today = (await screens.show("The day begins later."))["phone"]
    reception.set_time(site.hall.now.replace(day=site.hall.now.day - 1))
    assert (today, (await screens.show("The day begins later."))["phone"]) == (True, False)


async def test_own_words_stand_in_their_language_and_what_is_missing_is_asked_for(reception: Staff, site: Site) -> None:
    screens = Screens(reception, site)
    await screens.sign_in_mediator()
    reception.open()
    refused = await reception.press(f"{reception.home}/message", {"sentence": "break", "lasts": "0"})
    own = {"sentence": "own", "text": "Káva je  v hale.", "language": "sk"}
    await reception.press(f"{reception.home}/message", own)

    assert (refused.status_code, "Please choose how long the break is." in refused.text) == (422, True)
    assert await screens.show("Káva je v hale.") == ALL
    assert 'lang="sk" dir="ltr">Káva je v hale.' in await reception.look(reception.floor)


async def test_one_board_shows_what_no_other_screen_does(reception: Staff, site: Site) -> None:
    screens = Screens(reception, site)
    reception.open()
    other = site.sign_in("display")
    await screens.board.get(f"/display/{screens.slug}")
    first = next(each for each in site.database.read_now(devices_list, site.hall.id) if each.kind == "display")

    await reception.press(f"{reception.home}/message", {"sentence": "closes", "desk": "2", "board": str(first.id)})

    shown = await screens.show("Desk 2 closes early today.")
    neighbour = (await other.get(f"/display/{screens.slug}")).text
    told = [shown["board"], "Desk 2 closes early today." in neighbour]
    assert (sorted(told), sum(shown.values()) - shown["board"]) == ([False, True], 0)


async def test_everybody_must_leave_stands_alone_on_the_board(reception: Staff, site: Site) -> None:
    screens = Screens(reception, site)
    await reception.press(reception.path(screens.ticket, "/check-in"))
    reception.open()
    reception.later(minutes=10)
    reception.hall.walk_in(reception.hall.wish("social"))
    assert reception.hall.next(2).new
    before = (await screens.board.get(f"/display/{screens.slug}")).text

    await reception.press(f"{reception.home}/message", {"sentence": "leave"})

    board = (await screens.board.get(f"/display/{screens.slug}")).text
    sign = (await screens.board.get(f"/display/{screens.slug}/desk/2")).text
    asked = f"{screens.desk}/asked?page=notes&stop={uuid4()}"
    beside = (await screens.officer.get(f"{asked}&lang=en")).text
    desk = (await screens.officer.get(screens.desk, params={"lang": "en"})).text
    small = desk.partition('id="asked"')[2].partition("</section>")[0]
    for shown in (board, sign):
        assert [word in shown for word in ("Všetci musia teraz", "Everybody must leave", "على الجميع")] == [True] * 3
        assert [mark in shown for mark in ("call-number", "sign-desk")] == [False, False]
    assert ["Everybody must leave" in part for part in (desk, small, beside)] == [True, False, True]
    assert ("data-call=" in before, "data-call=" in board) == (True, False)
    assert 'class="calls"' not in board
