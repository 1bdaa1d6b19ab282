"""What stays on a machine with an agent after a visitor, with a line and without: nothing to show again."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.kiosk.rig import TOKEN, Machine, Way

pytestmark = pytest.mark.browser
_LEFT = "() => [document.cookie, Object.keys(localStorage), Object.keys(sessionStorage)]"


@pytest.fixture
async def screen(machine: Machine) -> AsyncGenerator[Page, None]:
    """The machine's own browser, which keeps pages for going back."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu"],
            ignore_default_args=["--disable-back-forward-cache"],
        )
        page = await browser.new_page(viewport={"width": 1080, "height": 1920})
        await page.goto(f"http://127.0.0.1:{machine.settings.port}/?token={TOKEN}")
        yield page
        await browser.close()


@pytest.mark.parametrize("way", ["whole", "cut"])
async def test_after_a_visitor_the_way_back_leads_to_the_first_screen(machine: Machine, screen: Page, way: Way) -> None:
    machine.line.way = way
    await screen.locator(".tongues a[href*='lang=en']").click()
    await screen.locator(".tiles a").nth(1).click()
    await screen.locator("main .foot button").first.click()
    await expect(screen.locator(".ticket-number")).to_have_text("100")
    await screen.locator("main a[href='/kiosk']").click()
    await screen.wait_for_url("**/kiosk")

    assert await screen.evaluate(_LEFT) == ["", [], []]
    for _ in range(await screen.evaluate("history.length") - 1):
        await screen.go_back(wait_until="load")
        await asyncio.sleep(0.1)
        if screen.url == "about:blank":
            return
        assert (screen.url.endswith("/kiosk"), "100" in await screen.locator("main").inner_text()) == (True, False)


async def test_without_a_line_the_text_is_as_big_as_before_and_nothing_is_read_aloud(
    machine: Machine, screen: Page
) -> None:
    machine.line.way = "cut"
    await screen.goto(f"http://127.0.0.1:{machine.settings.port}/kiosk")
    seen: list[str | None] = []
    for step in (".bigger", ".bigger", ".tongues a[href*='lang=en']", ".tiles a", "main .foot button"):
        await screen.locator(step).first.click()
        await screen.wait_for_load_state("load")
        seen.append(await screen.locator("html").get_attribute("class"))
        assert await screen.locator("[data-read]").count() == 0

    assert seen == ["kiosk size-1", "kiosk size-2", "kiosk size-2", "kiosk size-2", "kiosk size-2"]
    await screen.locator("main a[href='/kiosk']").click()
    await screen.wait_for_url("**/kiosk")
    assert await screen.locator("html").get_attribute("class") == "kiosk size-0"
