"""In a real browser: a paper that is scanned on a page without the search field opens its page and presses nothing."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from onestop.booking.tickets import new_code
from onestop.db.session import open_database
from onestop.web.kit.sessions import SESSION_COOKIE
from tests.halls import STAFF
from tests.journeys.test_kiosk import QUICK
from tests.web.served import chromium, served
from tests.web.site import Site, running

pytestmark = pytest.mark.browser
_COUNTED = "window.printed = 0; window.print = () => { window.printed += 1; };"


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """The day on SQLite."""
    database = open_database(sqlite_url)
    async with running(database, tmp_path, doors=("reception",)) as started:
        yield started
    database.close()


@pytest.mark.parametrize("place", ["parties/{party}/print", "people", "waiting"])
async def test_a_scanned_paper_opens_its_page_from_pages_without_the_field(site: Site, place: str) -> None:
    stands_here, scanned = (site.hall.book(site.hall.wish("legal")).party for _ in range(2))
    code = site.hall.write(new_code, party=scanned, key=site.app.state.ticket_key, actor=STAFF).code
    home = f"/reception/{site.hall.day.slug}"
    session = site.sign_in("receptionist").cookies[SESSION_COOKIE]

    async with served(site) as address, chromium() as browser:
        tablet = await browser.new_context(viewport={"width": 768, "height": 1024})
        await tablet.add_cookies([{"name": SESSION_COOKIE, "value": session, "url": address}])
        page = await tablet.new_page()
        await page.add_init_script(QUICK + _COUNTED)
        await page.goto(f"{address}{home}/{place.format(party=stands_here)}")
        await page.keyboard.type(f"{address}/t/{code}")
        printed = await page.evaluate("window.printed")
        async with page.expect_navigation(wait_until="load"):
            await page.keyboard.press("Enter")
        there = page.url

    assert (there.split("?")[0], printed) == (f"{address}{home}/parties/{scanned}", 0)
