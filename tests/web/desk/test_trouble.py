"""The desk when the server is away, an answer is lost or the laptop slept: said at once, nothing lost or twice."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from playwright.async_api import Browser, Page, Route, expect

from onestop.db.session import Database, open_database
from onestop.referrals.tables import referrals
from onestop.visits.actions.calls import serve
from onestop.visits.tables import acts, calls, notes
from tests.answered import cut_line, let_pass, settled, stop_clock
from tests.web.served import chromium, served, somebody
from tests.web.site import Site, running

pytestmark = pytest.mark.browser


def count(database: Database, table: sa.Table) -> int:
    return database.read_now(lambda conn: conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


@asynccontextmanager
async def sitting(browser: Browser, site: Site, address: str, *, clock: bool = False) -> AsyncGenerator[Page, None]:
    """The officer at her desk; one visitor waits."""
    window = await somebody(browser, site, address, "officer")
    page = await window.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    if clock:
        await stop_clock(page)
    await page.goto(f"{address}/desk")
    await settled(page)
    yield page
    await window.close()
    assert faults == []


@pytest.fixture
async def desk(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[tuple[Site, Page], None]:
    """The day on SQLite with open desks and one visitor, and the officer's window."""
    database = open_database(sqlite_url)
    async with running(database, tmp_path, doors=("desk",)) as site, served(site) as address, chromium() as browser:
        site.hall.open_desks()
        site.hall.walk_in(site.hall.wish("legal", "social"))
        async with sitting(browser, site, address) as page:
            yield site, page
    database.close()


async def _lose(route: Route) -> None:
    """The server does what was asked, and its answer never arrives."""
    await route.fetch(max_redirects=0)
    await route.abort("connectionreset")


async def _call(page: Page) -> None:
    await page.keyboard.press("n")
    await expect(page.locator("#now-title")).to_contain_text("Called at")
    await settled(page)


async def _greyed(page: Page) -> bool:
    return await page.locator("#now").evaluate("zone => getComputedStyle(zone).opacity !== '1'")


async def test_a_server_that_starts_again_is_told_at_once_and_the_press_meanwhile_is_one_act(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = open_database(sqlite_url)
    async with chromium() as browser:
        async with running(database, tmp_path, doors=("desk",)) as site, served(site) as address:
            site.hall.open_desks()
            site.hall.walk_in(site.hall.wish("legal"))
            window = await somebody(browser, site, address, "officer")
            page = await window.new_page()
            await page.goto(f"{address}/desk")
            await _call(page)
        database.close()
        await expect(page.locator("#cut-off")).to_be_visible(timeout=5000)
        await expect(page.locator("#cut-off")).to_contain_text("Not live. Work from the paper sheet.")
        away = await page.locator(".now-number").inner_text(), await _greyed(page)
        await page.keyboard.press("s")
        await expect(page.locator("[data-trouble]")).to_be_visible()
        database = open_database(sqlite_url)
        async with (
            running(database, tmp_path, hall=site.hall, doors=("desk",)) as again,
            served(again, port=urlsplit(address).port or 0),
        ):
            again.hall.db = database
            await expect(page.locator("#cut-off")).to_be_hidden(timeout=6000)
            back = await _greyed(page)
            await settled(page)
            await page.keyboard.press("s")
            await expect(page.locator("#now-title")).to_contain_text("Here since")
            await expect(page.locator("[data-trouble]")).to_be_hidden()
            await window.close()
        made = count(database, acts)
        database.close()

    assert (away, back, made) == (("100", True), False, 2)


@pytest.mark.parametrize("seen", [True, False], ids=["the page heard of it", "the page is deaf"])
async def test_a_press_whose_answer_was_lost_is_repeated_without_a_second_act(
    desk: tuple[Site, Page], seen: bool
) -> None:
    site, page = desk
    if not seen:
        await page.route("**/now", lambda route: route.abort())
    await page.route("**/calls", _lose)
    await page.keyboard.press("n")
    await expect(page.locator("[data-trouble]")).to_be_visible()
    await page.unroute("**/calls")
    await settled(page)
    await page.keyboard.press("n")
    await expect(page.locator("#now-title")).to_contain_text("Called at")
    await expect(page.locator("#cut-off")).to_be_hidden(timeout=7000)
    await settled(page)
    await page.route("**/serve", _lose)
    async with page.expect_event("requestfailed", lambda request: request.url.endswith("/serve")):
        await page.keyboard.press("s")
    await expect(page.locator("[data-trouble]")).to_be_visible()
    await page.unroute("**/serve")
    await settled(page)
    await page.keyboard.press("s")
    await expect(page.locator("#now-title")).to_contain_text("Here since")

    assert (count(site.database, calls), count(site.database, acts)) == (1, 2)


@pytest.mark.parametrize("cut", ["away", "lost"])
async def test_a_note_outlives_the_cut_and_is_kept_once(desk: tuple[Site, Page], cut: str) -> None:
    site, page = desk
    await _call(page)
    await page.keyboard.press("o")
    await page.locator("textarea").fill("Bring the birth certificate.")
    if cut == "lost":
        await page.route("**/notes", _lose)
    else:
        await cut_line(page)
    await page.get_by_role("button", name="Save the note").click()
    await expect(page.locator("[data-trouble]")).to_be_visible()
    kept = await page.locator("textarea").input_value()
    await page.unroute("**/notes")
    await page.context.set_offline(False)
    await page.get_by_role("button", name="Save the note").click()
    await page.wait_for_url("**/desks/*")

    assert (kept, count(site.database, notes)) == ("Bring the birth certificate.", 1)


async def test_a_note_that_is_refused_stays_in_its_field(desk: tuple[Site, Page]) -> None:
    _, page = desk
    await _call(page)
    await page.keyboard.press("o")
    await page.locator("textarea").fill("    ")
    await page.get_by_role("button", name="Save the note").click()

    await expect(page.locator("textarea[aria-invalid=true]")).to_be_focused()


async def test_a_half_filled_referral_outlives_the_cut(desk: tuple[Site, Page]) -> None:
    site, page = desk
    await _call(page)
    await page.keyboard.press("g")
    await page.locator("#where").select_option(index=2)
    await page.locator("#reason").select_option(index=1)
    typed = await page.locator("#where").input_value(), await page.locator("#reason").input_value()
    await cut_line(page)
    await page.locator("#refer-form button[type=submit]").click()
    await expect(page.locator("[data-trouble]")).to_be_visible()
    kept = await page.locator("#where").input_value(), await page.locator("#reason").input_value()
    await page.context.set_offline(False)
    await page.locator("#refer-form label:has-text('said yes')").click()
    await page.locator("#refer-form button[type=submit]").click()
    await page.wait_for_url("**/referrals?done=made")

    assert (kept, count(site.database, referrals)) == (typed, 1)


async def test_a_laptop_that_slept_an_hour_takes_nothing_for_live_until_it_has_asked(
    sqlite_url: str, tmp_path: Path
) -> None:
    database = open_database(sqlite_url)
    async with running(database, tmp_path, doors=("desk",)) as site, served(site) as address, chromium() as browser:
        site.hall.open_desks()
        site.hall.walk_in(site.hall.wish("legal"))
        async with sitting(browser, site, address, clock=True) as page:
            await page.keyboard.press("n")
            await expect(page.locator("#now-title")).to_contain_text("Called at")
            stop = site.database.read_now(lambda conn: conn.execute(sa.select(calls.c.stop_id)).scalar_one())
            await cut_line(page)
            site.set_time(site.hall.now + timedelta(hours=1))
            site.hall.write(serve, stop)
            await page.clock.fast_forward(3_600_000)
            await expect(page.locator("#cut-off")).to_be_visible()
            asleep = await page.locator("#now-title").inner_text(), await _greyed(page)
            await page.context.set_offline(False)
            await let_pass(page, 11)
            await expect(page.locator("#cut-off")).to_be_hidden()
            await expect(page.locator("#now-title")).to_contain_text("Here since 09:30")
            await let_pass(page, 2)
            shown = await page.locator("[data-clock] bdi").inner_text()
    database.close()

    assert ("Called at" in asleep[0], asleep[1], shown) == (True, True, "09:30")


async def test_what_was_chosen_outlives_a_change_by_others(desk: tuple[Site, Page]) -> None:
    site, page = desk
    await _call(page)
    await page.keyboard.press("?")
    await page.keyboard.press("a")
    await page.locator("#add-service").select_option(str(site.hall.service("residence")))
    await page.locator("label[for=add-said-yes]").click()
    await page.locator("#now-title").click()
    stop = site.database.read_now(lambda conn: conn.execute(sa.select(calls.c.stop_id)).scalar_one())
    site.hall.write(serve, stop)
    await expect(page.locator("#now-title")).to_contain_text("Here since")

    assert await page.locator("#add-service").input_value() == str(site.hall.service("residence"))
    assert await page.locator("#add-said-yes").is_checked()
