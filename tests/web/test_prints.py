"""Every print in twelve scripts: each letter is drawn by a font that has it, and its code scans to her ticket."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from playwright.async_api import BrowserContext, Page

from onestop.booking.tickets import Ticket, new_code
from onestop.db.session import open_database
from onestop.directory.checklists import PaperAsked, add_paper
from onestop.domain.visit import Outcome
from onestop.paths import resource_dir
from onestop.visits.actions.calls import finish, serve
from onestop_kiosk.paper import LONGEST, dots, draw, in_dots
from onestop_kiosk.printing import EscPos
from onestop_kiosk.settings import Printer
from tests.glyphs import unseen
from tests.halls import STAFF, TestDay, make_test_day
from tests.kiosk.printer import virtual_printer
from tests.kiosk.test_printing import scanned as scanned_slip
from tests.paper.pages import scanned
from tests.scripts import NOWHERE, SCRIPTS, Own
from tests.web.served import chromium, served, somebody
from tests.web.site import Site, running

pytestmark = pytest.mark.browser
ADDRESS = "https://days.example.org"
WIDTHS = (576, 512, 384)
"""Dots of the printers."""


@dataclass(frozen=True, slots=True)
class Prints:
    """A person who was at one desk of a centre that writes as she does, and windows that print for her."""

    site: Site
    own: Own
    ticket: Ticket
    code: str
    address: str
    hers: BrowserContext
    reception: BrowserContext

    @property
    def qr(self) -> str:
        return f"{ADDRESS}/t/{self.code}"


@pytest.fixture(params=SCRIPTS)
async def prints(request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Prints, None]:
    async with _prints(SCRIPTS[request.param], sqlite_url, tmp_path) as made:
        yield made


@asynccontextmanager
async def _prints(own: Own, sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Prints, None]:
    database = open_database(sqlite_url)
    hall = make_test_day(database, file=own.file())
    async with (
        running(database, tmp_path / "var", hall=hall) as site,
        served(site) as address,
        chromium() as browser,
    ):
        site.app.state.settings = replace(site.settings, base_url=ADDRESS)
        ticket = _advised(site, hall, own)
        hers = await browser.new_context(locale="en-GB")
        reception = await somebody(browser, site, address, "receptionist")
        code = hall.write(new_code, party=ticket.party, key=site.app.state.ticket_key).code
        yield Prints(site, own, ticket, code, address, hers, reception)
        await hers.close()
        await reception.close()
    database.close()


def _advised(site: Site, hall: TestDay, own: Own) -> Ticket:
    """Somebody booked legal advice and residence, came, was told that a paper is missing, and has a step left."""
    asked = PaperAsked(words={own.tag: own.paper}, blocking=True)
    for key in ("legal", "residence"):
        hall.db.write_now(
            add_paper, hall.service(key), asked, key="", today=hall.day.on, actor=STAFF, now=hall.now, day=hall.id
        )
    ticket = hall.book(hall.wish("legal", "residence"), name=own.person)
    hall.open_desks()
    hall.now = hall.day.opens_at
    site.set_time(hall.now)
    hall.arrive(ticket)
    stop = hall.next(1).stop or hall.next(4).stop
    hall.write(serve, stop)
    hall.write(finish, stop, outcome=Outcome.PAPERS_MISSING)
    return ticket


async def _printed(prints: Prints, window: BrowserContext, path: str) -> Page:
    page = await window.new_page()
    answer = await page.goto(prints.address + path)
    assert answer is not None
    assert answer.status == 200, path
    await page.emulate_media(media="print")
    return page


async def test_every_print_shows_every_letter_and_its_code_scans(prints: Prints, tmp_path: Path) -> None:
    own, ticket, at = prints.own, f"/t/{prints.code}", f"/reception/{prints.site.hall.day.slug}/parties"
    sheets = (
        (prints.hers, f"{ticket}/print?lang=en", (own.centre, own.venue, own.paper), True),
        (prints.hers, f"{ticket}/print?lang=en&paper=80", (own.centre, own.venue), True),
        (prints.reception, f"{at}/{prints.ticket.party}/print", (own.centre, own.venue), True),
        (prints.hers, f"{ticket}/steps?lang=en", (own.centre, own.paper), False),
        (prints.hers, f"{ticket}/proof?lang=en", (own.person, own.venue), False),
    )
    for window, path, words, has_code in sheets:
        page = await _printed(prints, window, path)
        assert await unseen(page, *words) == [], path
        if has_code:
            pdf = await page.pdf(prefer_css_page_size=True)
            assert prints.qr in scanned(pdf, 0, tmp_path), path
        await page.close()
    await _slip_scans(prints, tmp_path)


async def _slip_scans(prints: Prints, tmp_path: Path) -> None:
    """The paper of the ticket machine: what its printer draws from the bytes is what the browser shows."""
    width = WIDTHS[list(SCRIPTS.values()).index(prints.own) % len(WIDTHS)]
    roll = (await prints.site.sign_in("kiosk").get(f"/kiosk/tickets/{prints.code}/paper?lang=en")).text
    href = roll.partition('rel="stylesheet" href="')[2].partition('"')[0]
    whole = in_dots(roll, {href: (resource_dir("static") / "css/roll.css").read_text()})
    async with virtual_printer() as printer:
        picture = await draw(whole, width=width, chromium="chromium", flags=("--no-sandbox",))
        await EscPos(Printer(kind="network", host="127.0.0.1", port=printer.port, width=width)).paper(picture)
        await printer.cut.wait()
        (paper,) = printer.papers()
    assert scanned_slip(paper, tmp_path / "slip.png") == prints.qr
    page = await prints.hers.new_page()
    await page.set_viewport_size({"width": width, "height": LONGEST})
    await page.set_content(whole)
    assert await unseen(page, prints.own.centre, prints.own.venue) == []
    shown = dots(await page.screenshot())
    assert paper.convert("1").tobytes() == shown.tobytes()


async def test_a_letter_that_no_font_has_is_noticed(sqlite_url: str, tmp_path: Path) -> None:
    nowhere = replace(SCRIPTS["latin"], centre=NOWHERE)
    async with _prints(nowhere, sqlite_url, tmp_path) as prints:
        page = await _printed(prints, prints.hers, f"/t/{prints.code}/print?lang=en")
        assert await unseen(page, nowhere.centre, nowhere.venue) == [nowhere.centre]


async def test_a_machine_that_prints_through_its_browser_prints_a_slip_and_nothing_of_its_screen(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with _prints(SCRIPTS["latin"], sqlite_url, tmp_path) as prints:
        browser = prints.reception.browser
        assert browser is not None
        machine = await somebody(browser, prints.site, prints.address, "kiosk")
        page = await _printed(prints, machine, f"/kiosk/tickets/{prints.code}?lang=en&size=2")
        pdf = await page.pdf(prefer_css_page_size=True)
        (sheet,) = pdfium.PdfDocument(pdf)
        assert [round(side / 72 * 25.4) for side in sheet.get_size()] == [80, 200]
        assert prints.qr in scanned(pdf, 0, tmp_path)
        assert [await page.locator(part).is_visible() for part in (".paper", ".bottom")] == [True, False]
        await machine.close()
