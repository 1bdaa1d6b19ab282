"""The machine's screens with and without a line: three taps to a ticket, nothing lost, nothing doubled, nobody else."""

import json
import re
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from onestop.booking.spares import lease_spares
from onestop.booking.tables import parties, stops
from onestop.booking.tickets import find_code
from onestop.clock import real_now
from onestop.devices.actions import revoke_device
from onestop.devices.queries import devices_list
from onestop.domain.broadcast import Broadcast, Sentence
from onestop.domain.machine import Printer, Report
from onestop.domain.roles import SYSTEM
from onestop.reports.verify import verify
from onestop.visits.actions.broadcasting import send_broadcast
from onestop.visits.tables import visits
from onestop_kiosk import __version__
from onestop_kiosk.server import Away
from onestop_kiosk.snapshot import read_snapshot
from tests.kiosk.rig import TOKEN, Machine, Way, later, machine_at
from tests.web.site import Site


def numbers(site: Site) -> list[int]:
    """The numbers of every visit, by how long each has waited."""
    return site.database.read_now(
        lambda conn: list(
            conn.execute(
                sa.select(parties.c.number)
                .join(visits, visits.c.party_id == parties.c.id)
                .order_by(visits.c.waiting_since_at, parties.c.number)
            ).scalars()
        )
    )


def services(site: Site) -> set[str]:
    keys = {service.id: service.key for service in site.hall.offer.services}
    found = site.database.read_now(lambda conn: set(conn.execute(sa.select(stops.c.service_id)).scalars()))
    return {keys[each] for each in found}


def agrees(site: Site) -> None:
    assert site.database.read_now(verify, now=site.hall.now) == []


async def test_with_a_line_the_server_gives_the_ticket_under_a_number_of_the_machine(machine: Machine) -> None:
    assert await machine.take() == 100
    assert machine.hand.taps == 3
    assert numbers(machine.site) == [100]
    assert "Your number 100 Please wait. We call this number." in machine.hand.text
    agrees(machine.site)


def _say(machine: Machine, sentence: Sentence, minutes: int | None = None) -> None:
    hall = machine.site.hall
    hall.write(send_broadcast, hall.id, Broadcast(sentence=sentence, minutes=minutes, lasts=minutes))


async def test_without_a_line_the_last_message_is_said_until_its_end(machine: Machine) -> None:
    said = "There is a break now: 15 min. Your place is kept. Until 08:45."
    _say(machine, Sentence.BREAK, 15)
    await machine.reach()
    machine.line.way = "cut"
    await machine.hand.go("/kiosk?lang=en")
    shown = machine.hand.text
    await machine.hand.follow("English")
    beside = machine.hand.text
    later(machine.site, machine, minutes=15)
    await machine.hand.go("/kiosk?lang=en")

    assert shown.startswith(said)
    assert (said in beside, said in machine.hand.text) == (False, False)


async def test_without_a_line_every_screen_says_that_everybody_must_leave(machine: Machine) -> None:
    _say(machine, Sentence.LEAVE)
    await machine.reach()
    machine.line.way = "cut"
    for path in ("/kiosk?lang=en", "/kiosk/code?lang=en", "/kiosk/days?lang=en"):
        await machine.hand.go(path)
        assert "Everybody must leave the building now." in machine.hand.text, path
    assert await machine.take() == 100
    assert "Everybody must leave the building now." in machine.hand.text


async def test_without_a_line_it_is_three_taps_too_and_handed_in_when_the_line_is_back(machine: Machine) -> None:
    machine.line.way = "cut"
    assert await machine.take() == 100
    assert machine.hand.taps == 3
    assert machine.hand.text.startswith("Take your paper. Your number 100 Please wait. We call this number. Your code ")
    assert machine.hand.page is not None
    assert re.findall(r'class="clock">(.*?)</p>', machine.hand.page.text) == ['<bdi dir="ltr">08:30</bdi>']
    assert numbers(machine.site) == []
    later(machine.site, machine, minutes=7)
    machine.line.way = "whole"
    for _ in range(2):
        await machine.reach()
    assert numbers(machine.site) == [100]
    waited = machine.site.database.read_now(lambda conn: conn.execute(sa.select(visits.c.checked_in_at)).scalar_one())
    assert round((machine.site.hall.now - waited) / timedelta(minutes=1)) == 7
    agrees(machine.site)


@pytest.mark.parametrize(("way", "arrived"), [("deaf", [100]), ("cut", [])])
async def test_a_line_that_breaks_while_she_presses_makes_one_visit(
    machine: Machine, way: Way, arrived: list[int]
) -> None:
    await machine.hand.go("/kiosk")
    await machine.hand.follow("English")
    await machine.hand.follow("Health insurance")
    machine.line.way = way
    await machine.hand.press("Yes, give me a ticket")
    assert "Your number 100" in machine.hand.text
    assert numbers(machine.site) == arrived
    machine.line.way = "whole"
    await machine.reach()
    assert numbers(machine.site) == [100]
    agrees(machine.site)


async def test_the_police_desk_is_marked_and_stays_off_when_it_is_taken_off(machine: Machine) -> None:
    machine.line.way = "cut"
    hand = machine.hand
    await hand.go("/kiosk")
    await hand.follow("English")
    await hand.follow("My residence permit")
    assert hand.text.index("Foreign Police Department Police") < hand.text.index("Legal advice")
    await hand.take_off(machine.site.hall.service("residence").hex[-12:])
    await hand.press("Yes, give me a ticket")
    assert hand.taps == 4
    machine.line.way = "whole"
    await machine.reach()
    assert services(machine.site) == {"legal"}


async def test_a_family_with_an_interpreter_is_handed_in_as_it_was_chosen(machine: Machine) -> None:
    machine.line.way = "cut"
    hand = machine.hand
    await hand.go("/kiosk")
    await hand.follow("українська")
    assert hand.text.startswith("Назад ")
    await hand.go(f"/kiosk/d/{machine.site.hall.day.slug}/needs?lang=en")
    await hand.follow("Health insurance")
    await hand.press(
        "Yes, give me a ticket", typed={"adults": "2", "children": "1", "interpreter": "needed", "languages": "ar"}
    )
    machine.line.way = "whole"
    await machine.reach()
    row = machine.site.database.read_now(lambda conn: conn.execute(sa.select(parties)).one())
    assert (row.languages, row.interpreter, row.display_language) == (["ar"], "needed", "en")


async def test_a_form_sent_twice_gives_one_ticket(machine: Machine) -> None:
    machine.line.way = "cut"
    await machine.take()
    act = machine.keeper.store.waiting()[0]
    form = {"_key": act.nonce, "services": machine.site.hall.service("legal").hex[-12:]}
    again = await machine.hand.browser.post(f"/kiosk/d/{machine.site.hall.day.slug}/tickets?lang=en", data=form)
    assert again.headers["location"] == f"/kiosk/tickets/{act.code}?lang=en"
    assert len(machine.keeper.store.waiting()) == 1


async def test_a_paper_given_without_a_line_has_a_code_that_opens_her_ticket(machine: Machine) -> None:
    machine.line.way = "cut"
    await machine.take()
    code = machine.keeper.store.waiting()[0].code
    machine.line.way = "whole"
    await machine.reach()
    assert machine.site.database.read_now(find_code, code).number == 100


async def test_what_the_server_asks_back_uses_no_number(machine: Machine) -> None:
    await machine.hand.go(f"/kiosk/d/{machine.site.hall.day.slug}/needs?lang=en")
    await machine.hand.follow("Health insurance")
    await machine.hand.press("Yes, give me a ticket", typed={"adults": "5", "children": "30"})
    assert machine.hand.page is not None
    assert machine.hand.page.status_code == 422
    assert await machine.take() == 100


async def test_a_code_read_without_a_line_checks_in_when_it_is_back(machine: Machine) -> None:
    ticket = machine.site.hall.book(machine.site.hall.wish("legal"))
    machine.line.way = "cut"
    await machine.hand.go("/kiosk/code?lang=en")
    await machine.hand.press("Continue", typed={"code": ticket.code})
    assert machine.hand.text.startswith("We have your code.")
    machine.line.way = "whole"
    for _ in range(2):
        await machine.reach()
    assert len(numbers(machine.site)) == 1
    agrees(machine.site)


async def test_a_spare_ticket_read_without_a_line_sends_her_to_the_reception_and_holds_up_nobody(
    site: Site, machine: Machine
) -> None:
    spare = site.hall.write(lease_spares, site.hall.id, count=12, key=site.app.state.ticket_key)[0]
    booked = site.hall.book(site.hall.wish("legal"))
    machine.line.way = "cut"
    for code in (spare.code, booked.code):
        await machine.hand.go("/kiosk/code?lang=en")
        await machine.hand.press("Continue", typed={"code": code})
        assert "Please tell the reception that you are here." in machine.hand.text
    machine.line.way = "whole"
    await machine.reach()
    assert numbers(site) == [booked.number]
    assert machine.keeper.store.waiting() == []
    assert [act.problem for act in machine.keeper.store.refused_codes(9)] == ["ticket_on_paper"]


async def test_numbers_are_leased_again_at_fifteen_and_the_machine_says_when_none_is_left(machine: Machine) -> None:
    machine.line.way = "cut"
    for number in range(100, 136):
        assert await machine.take() == number
    assert machine.keeper.numbers_left() == 14
    machine.line.way = "whole"
    await machine.reach()
    assert machine.keeper.numbers_left() == 64
    machine.line.way = "cut"
    for _ in range(64):
        assert await machine.take() is not None
    assert await machine.take() is None
    assert machine.hand.text.startswith("This machine has no more numbers. Please go to the reception.")
    agrees(machine.site)


async def test_a_lease_whose_answer_was_lost_is_asked_for_again_under_its_key(site: Site, machine: Machine) -> None:
    machine.line.way = "cut"
    for _ in range(36):
        await machine.take()
    machine.line.way = "deaf"
    with pytest.raises(Away):
        await machine.keeper.lease()
    machine.line.way = "whole"
    await machine.reach()
    assert machine.keeper.numbers_left() == 64
    assert site.hall.walk_in(site.hall.wish("legal"))[0].number == 200


async def test_nothing_that_was_shown_can_be_reached_after_the_first_screen(machine: Machine) -> None:
    for way in ("whole", "cut"):
        machine.line.way = way
        await machine.take()
        assert machine.hand.page is not None
        ticket = str(machine.hand.page.url)
        assert (await machine.hand.browser.get(ticket)).status_code == 200
        first = await machine.hand.browser.get("/kiosk")
        assert first.headers["clear-site-data"] == '"cache", "storage"'
        back = await machine.hand.browser.get(ticket)
        assert (back.status_code, back.headers["location"]) == (303, "/kiosk")


async def test_what_was_handed_in_leaves_the_machine(machine: Machine) -> None:
    machine.line.way = "cut"
    await machine.take()
    act = machine.keeper.store.waiting()[0]
    machine.line.way = "whole"
    await machine.reach()
    later(machine.site, machine, minutes=11)
    await machine.reach()
    file = (machine.settings.data / "kiosk.sqlite3").read_bytes()
    assert (act.code.encode() in file, act.nonce.encode() in file, b"display_language" in file) == (False, True, False)


async def test_a_machine_that_was_shut_out_gives_nothing_and_keeps_what_waits(machine: Machine) -> None:
    machine.line.way = "cut"
    await machine.take()
    machine.site.database.write_now(revoke_device, machine.device, actor=SYSTEM, real=real_now())
    machine.line.way = "whole"
    await machine.reach()
    for path in ("/kiosk?lang=en", "/kiosk/code?lang=en"):
        await machine.hand.go(path)
        assert machine.hand.text.startswith("This machine is out of order.")
    assert len(machine.keeper.store.waiting()) == 1


async def test_the_organiser_sees_how_the_machine_is(machine: Machine) -> None:
    machine.line.way = "cut"
    await machine.take()
    machine.line.way = "whole"
    await machine.reach()
    await machine.reach()
    report = next(one.report for one in machine.site.database.read_now(devices_list) if one.id == machine.device)
    assert report == Report(printer=Printer.NONE, waiting=0, numbers=49, version=__version__)


async def test_it_starts_without_a_line_with_what_it_knew(site: Site, machine: Machine) -> None:
    data = machine.settings.data
    machine.line.way = "cut"
    assert await machine.take() == 100
    async with machine_at(site, data, pair={"device": machine.device, "token": "gone"}) as again:
        again.line.way = "cut"
        again.keeper.is_shut = False
        assert await again.take() == 101
        sheet = await again.hand.browser.get("/kiosk")
        for address in again.keeper.files.missing([sheet.text]):
            raise AssertionError(address)


@pytest.mark.parametrize(
    ("headers", "cookie"),
    [
        ({"Host": "evil.test"}, TOKEN),
        ({"Origin": "http://evil.test"}, TOKEN),
        ({"Sec-Fetch-Site": "cross-site"}, TOKEN),
        ({}, "another token"),
        ({}, ""),
    ],
    ids=["another host", "another origin", "another site", "another token", "no token"],
)
async def test_whoever_is_not_the_machine_s_own_browser_is_refused(
    machine: Machine, headers: dict[str, str], cookie: str
) -> None:
    base = f"http://127.0.0.1:{machine.settings.port}"
    async with httpx.AsyncClient(base_url=base, cookies={"onestop_kiosk": cookie}) as stranger:
        assert (await stranger.get("/kiosk", headers=headers)).status_code == 403
        assert (await stranger.get("/?token=guess", headers=headers)).status_code == 403
    async with httpx.AsyncClient(base_url=base) as own:
        started = await own.get("/", params={"token": TOKEN})
        assert (started.status_code, started.headers["location"]) == (303, "/kiosk")
        assert (await own.get("/kiosk")).status_code == 200


async def test_only_the_machine_s_own_door_is_passed_on(machine: Machine) -> None:
    machine.line.sent.clear()
    paths = ("/organise", "/api/v1/days", "/kioskx", "/kiosk/offline")
    assert [(await machine.hand.browser.get(path)).status_code for path in paths] == [404, 404, 404, 200]
    assert machine.line.sent == []


async def test_a_day_that_is_over_gives_no_tickets(machine: Machine) -> None:
    machine.line.way = "cut"
    later(machine.site, machine, minutes=60 * 24)
    await machine.hand.go("/kiosk?lang=en")
    assert machine.hand.text.startswith("Today there is no advice here.")


async def test_what_a_newer_server_tells_besides_does_not_stop_a_machine(machine: Machine) -> None:
    kept = machine.keeper.store.kept("snapshot")
    assert read_snapshot(json.dumps({**json.loads(kept), "of_tomorrow": 1})) == read_snapshot(kept)
