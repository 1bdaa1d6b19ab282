"""A second tap where a key was, slower than scripts forgive and without script too: nothing ends by it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.async_api import Page, expect

from onestop.booking.tables import stops
from onestop.db.session import open_database
from tests.web.served import chromium, served, somebody
from tests.web.site import Site, running

pytestmark = pytest.mark.browser

UNDER = """([x, y]) =>
    document.elementFromPoint(x, y)?.closest("button:not([disabled])")?.form?.getAttribute("action") ?? ""
"""
ENDING = ("finish", "no-show", "stand-down")
SIZES = {"laptop": (1280, 800), "phone": (360, 740)}


@pytest.fixture(
    params=[(size, script) for size in SIZES for script in (True, False)], ids=lambda each: f"{each[0]}-{each[1]}"
)
async def desk(
    request: pytest.FixtureRequest, sqlite_url: str, tmp_path: Path
) -> AsyncGenerator[tuple[Site, Page], None]:
    """An open desk for which two people wait."""
    size, script = request.param
    database = open_database(sqlite_url)
    async with (
        running(database, tmp_path, doors=("desk",)) as site,
        served(site) as address,
        chromium() as browser,
    ):
        site.hall.open_desks()
        for _ in range(2):
            site.hall.walk_in(site.hall.wish("legal"))
        known = await somebody(browser, site, address, "officer")
        width, height = SIZES[size]
        window = await browser.new_context(
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            storage_state=await known.storage_state(),
        )
        page = await window.new_page()
        await page.goto(f"{address}/desks/{site.desk.id}")
        yield site, page
        await window.close()
        await known.close()
    database.close()


def _states(site: Site) -> list[str]:
    return site.database.read_now(
        lambda conn: list(conn.execute(sa.select(stops.c.state).order_by(stops.c.id)).scalars())
    )


async def _press(page: Page, name: str, then: str) -> tuple[float, float]:
    """Tap a key and wait for what comes of it; gives the place on the screen that was tapped."""
    button = page.locator(".acts").get_by_role("button", name=name)
    await button.scroll_into_view_if_needed()
    box = await button.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    await page.mouse.click(x, y)
    await expect(page.locator("#now-title")).to_contain_text(then)
    await page.wait_for_timeout(500)
    return x, y


async def test_a_slow_second_tap_at_the_same_place_ends_nothing(desk: tuple[Site, Page]) -> None:
    site, page = desk
    found: list[tuple[str, bool, list[str]]] = []
    for name, words in (
        ("Next", "Called at"),
        ("Not here", "Nobody is at"),
        ("Next", "Called at"),
        ("Start", "Here since"),
    ):
        place = await _press(page, name, words)
        under = await page.evaluate(UNDER, list(place))
        await page.mouse.click(*place)
        await page.wait_for_timeout(500)
        found.append((name, under.rpartition("/")[2] in ENDING, _states(site)))

    assert found == [
        ("Next", False, ["called", "waiting"]),
        ("Not here", False, ["waiting", "waiting"]),
        ("Next", False, ["waiting", "called"]),
        ("Start", False, ["waiting", "serving"]),
    ]
