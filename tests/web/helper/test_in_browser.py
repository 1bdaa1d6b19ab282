"""In a real browser: from her first page to the paper, with script and without, on a phone, in English and Arabic."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Page

from onestop.db.session import open_database
from onestop.web.kit.sessions import SESSION_COOKIE
from tests.web.helper.conftest import Make
from tests.web.served import chromium, served
from tests.web.site import Site, running

pytestmark = pytest.mark.browser

_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """The day on SQLite."""
    database = open_database(sqlite_url)
    async with running(database, tmp_path, doors=("helper",)) as started:
        yield started
    database.close()


@pytest.mark.parametrize(("language", "script"), [("en", True), ("en", False), ("ar", True), ("ar", False)])
async def test_she_books_moves_prints_and_cancels_on_a_phone(
    site: Site, helper: Make, language: str, script: bool
) -> None:
    nora = helper("nora", cap=1)
    seen: list[int] = []

    async def measured(page: Page) -> None:
        seen.append(await page.evaluate(_OVERFLOW) if script else 0)

    async with served(site) as address, chromium() as browser:
        phone = await browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=script)
        session = nora.browser.cookies[SESSION_COOKIE]
        cookies = {SESSION_COOKIE: session, "onestop_language": language}
        await phone.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        page = await phone.new_page()
        page.set_default_timeout(15_000)

        await page.goto(f"{address}/helper")
        await measured(page)
        await page.click("main a.button")
        await page.click(".needs label >> nth=0")
        await page.click("main form button[type=submit]")
        await measured(page)
        await page.fill('input[name="name"]', "فاطمة الزهراء")
        await page.click("form.wish button[type=submit]")
        await measured(page)
        await page.click('button[name="arrival"] >> nth=1')
        await page.wait_for_url("**/parties/**")
        await measured(page)
        booked = page.url.split("?")[0]
        await page.click('main a[href$="/time"]')
        await measured(page)
        await page.click('button[name="arrival"]:not([disabled]) >> nth=-1')
        await page.wait_for_url("**did=moved")
        await page.click('main a[href$="/print"]')
        await measured(page)
        printable = (await page.locator("[data-print]").is_visible(), await page.locator(".paper svg").is_visible())
        await page.goto(booked)
        await page.click("details.more summary")
        await page.click('form[action$="/cancel"] button')
        await page.wait_for_url("**did=cancelled")

    assert printable == (script, True)
    assert nora.kept() == [("فاطمة الزهراء", "cancelled")]
    assert seen == [0] * 6
