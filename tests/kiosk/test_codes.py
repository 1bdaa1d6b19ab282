"""Codes that are read while the line is cut: only what can be one is kept, each counts from when it was read (R9)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.tickets import find_code
from onestop.domain.roles import SYSTEM
from onestop.domain.ticket import read_long_code, read_short_code
from onestop.reports.verify import verify
from onestop.visits.actions.arrivals import check_in
from onestop.visits.tables import visits
from onestop_kiosk.codes import read_code
from onestop_kiosk.store import State
from tests.kiosk.rig import Machine, later
from tests.web.kiosk.touch import words
from tests.web.organise.browsing import Organiser
from tests.web.site import Site

LONG = "abcdefghijklmnopqrstuvwxy2"
RUBBISH = ("7KQ2", "BEGIN:VCARD", "N:Novakova;Jana", "4006381333931", "https://example.org/jana-novakova", "")
WRONG = "We do not know this code. Please check it, or show your paper at the reception."


@pytest.mark.parametrize(
    "text",
    [
        *RUBBISH,
        LONG,
        f" {LONG.upper()}\r\n",
        f"https://day.example.org/t/{LONG}/?lang=ar#stops",
        f"/t/{LONG}#stops",
        f"{LONG}a",
        f"{LONG[:-1]}1",
        "7KQ2M9XD",
        " 7kq2-m9xd\n",
        "7KQ2 – M9XD",
        "\u20667KQ2 M9XD\u2069",
        "٧KQ٢ M٩XD",
        "\uff17KQ\uff12M\uff19XD",
        "oOiI lLuU",
        "7KQ2M9X!",
        "7KQ2M9XDD",
        "žlutý kůň",
        "\x00\x1b[A",
    ],
)
def test_a_code_is_read_as_the_server_reads_it(text: str) -> None:
    assert read_code(text) == (read_long_code(text) or read_short_code(text))


async def read(machine: Machine, text: str) -> str:
    """A code is scanned; gives what the screen says."""
    answer = await machine.hand.browser.post("/kiosk/code?lang=en", data={"code": text})
    return words(answer.text)


async def handed_in(machine: Machine) -> None:
    """The line is whole again."""
    machine.line.way = "whole"
    for _ in range(2):
        await machine.reach()


@pytest.mark.parametrize("text", RUBBISH)
async def test_what_can_be_no_code_is_told_and_not_kept(machine: Machine, text: str) -> None:
    machine.line.way = "cut"
    said = await read(machine, text)

    assert said.index("Put your paper or phone before the scanner.") < said.index(WRONG)
    assert machine.keeper.store.waiting() == []
    kept = b"".join(file.read_bytes() for file in machine.settings.data.glob("kiosk.sqlite3*"))
    assert not text or text.encode() not in kept


async def test_of_an_address_the_code_alone_is_kept_and_once(machine: Machine) -> None:
    ticket = machine.site.hall.book(machine.site.hall.wish("legal"))
    machine.line.way = "cut"
    for text in (f"https://hall.test/t/{ticket.code}?name=jana", ticket.code.upper(), ticket.code):
        assert (await read(machine, text)).startswith("We have your code.")
        later(machine.site, machine, minutes=1)
    (act,) = machine.keeper.store.waiting()
    assert act.body == {"code": ticket.code, "issued_at": act.at.isoformat()}


async def test_refused_codes_are_told_to_the_organiser_by_reason_and_end(machine: Machine) -> None:
    site = machine.site
    cancelled, other = (site.hall.book(site.hall.wish("legal")) for _ in range(2))
    machine.line.way = "cut"
    for text in (cancelled.code, "7KQ2M9XD", other.code):
        assert (await read(machine, text)).startswith("We have your code.")
    party = site.database.read_now(find_code, cancelled.code).party
    site.database.write_now(cancel_booking, party, actor=SYSTEM, now=site.hall.now)
    await handed_in(machine)

    shown = words((await Organiser(site).open(f"/organise/{site.hall.day.slug}/devices")).text)
    assert "2 codes read without a connection checked nobody in" in shown
    assert f"…{cancelled.code[-2:].upper()} · The booking was cancelled." in shown
    assert "…XD · No ticket has this code." in shown
    kept = (machine.settings.data / "kiosk.sqlite3").read_bytes()
    assert (cancelled.code.encode() in kept, b"7KQ2M9XD" in kept) == (False, False)


def since(site: Site) -> tuple[timedelta, timedelta]:
    """Of the one visit: checked in, and waiting since, after the opening of the day."""
    row = site.database.read_now(lambda conn: conn.execute(sa.select(visits)).one())
    return row.checked_in_at - site.hall.day.opens_at, row.waiting_since_at - site.hall.day.opens_at


@pytest.mark.parametrize("elsewhere", [False, True], ids=["alone", "checked in at the reception later"])
async def test_who_came_in_time_while_the_line_was_cut_is_not_late(machine: Machine, elsewhere: bool) -> None:
    site, hall = machine.site, machine.site.hall
    ticket = hall.book(hall.wish("legal"), at=hall.day.opens_at)
    later(site, machine, minutes=30)
    machine.line.way = "cut"
    await read(machine, ticket.code)
    later(site, machine, minutes=50)
    if elsewhere:
        party = site.database.read_now(find_code, ticket.code).party
        site.database.write_now(check_in, party, actor=SYSTEM, now=site.database.now())
    await handed_in(machine)

    checked_in, waiting = since(site)
    assert abs(checked_in) < timedelta(minutes=1)
    assert waiting == timedelta()
    assert machine.keeper.store.count(State.REFUSED) == 0
    assert site.database.read_now(verify, now=site.database.now()) == []


async def test_a_clock_that_is_wrong_makes_nobody_wait_since_before_the_doors_open_or_from_the_future(
    machine: Machine,
) -> None:
    site, hall = machine.site, machine.site.hall
    for hours, least, most in ((-20, -60, -60), (20, -30, 0)):
        ticket = hall.book(hall.wish("legal"))
        at = (site.database.now() + timedelta(hours=hours)).isoformat()
        told = await machine.line.post(
            f"/days/{hall.day.slug}/check-ins", {"code": ticket.code, "issued_at": at}, key=ticket.code
        )
        assert told.status == 200
        party = site.database.read_now(find_code, ticket.code).party
        came = site.database.read_now(
            lambda conn, party: conn.execute(
                sa.select(visits.c.checked_in_at).where(visits.c.party_id == party)
            ).scalar_one(),
            party,
        )
        assert timedelta(minutes=least) <= came - hall.day.opens_at <= timedelta(minutes=most)
