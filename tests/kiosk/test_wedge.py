"""A scanner that types: many lines are one answer, and nothing of them leaves the page or stays on it."""

from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Page, Request, async_playwright, expect

from tests.journeys.test_kiosk import QUICK
from tests.kiosk.rig import TOKEN, Machine, Way
from tests.kiosk.test_shell import numbers
from tests.web.served import ARGS, CHROMIUM

pytestmark = pytest.mark.browser
_HELD = """const really = window.setTimeout;
window.setTimeout = (act, after, ...more) => {
  if (after !== 150) return really(act, after, ...more);
  window.paused = act;
  return -1;
};"""
"""The pause after the last key comes when the test says so."""
CARD = ("BEGIN:VCARD", "VERSION:3.0", "N:Novakova;Jana", "FN:Jana Novak", "TEL:+421900123456", "END:VCARD")
WRONG = "We do not know this code."
FOREIGN = "This is not a ticket of ours."


@pytest.fixture
async def screen(machine: Machine) -> AsyncGenerator[Page, None]:
    """The machine's own browser, whose keys come every five milliseconds."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = await browser.new_page(viewport={"width": 1080, "height": 1920})
        await page.add_init_script(QUICK + _HELD)
        await page.goto(f"http://127.0.0.1:{machine.settings.port}/?token={TOKEN}")
        yield page
        await browser.close()


async def scan(page: Page, *lines: str) -> list[str]:
    """As a scanner types, each line with Enter, then its pause; gives what was sent, once the answer is shown."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST":
            sent.append(request.post_data or "")

    page.on("request", note)
    for line in lines:
        await page.keyboard.type(line)
        await page.keyboard.press("Enter")
    assert sent == []
    await page.evaluate("document.documentElement.dataset.before = ''; setTimeout(paused)")
    await expect(page.locator("html[data-before]")).to_have_count(0)
    await page.wait_for_load_state("load")
    page.remove_listener("request", note)
    return sent


@pytest.mark.parametrize("way", ["whole", "cut"])
@pytest.mark.parametrize("start", ["/kiosk", "/kiosk/code?lang=en"])
async def test_six_lines_of_a_contact_card_are_one_wrong_code_and_no_name_is_sent_or_shown(
    machine: Machine, screen: Page, way: Way, start: str
) -> None:
    machine.line.way = way
    await screen.goto(f"http://127.0.0.1:{machine.settings.port}{start}")
    if start != "/kiosk":
        await screen.locator("#code").focus()

    assert await scan(screen, *CARD) == ["code=&why=&scanned=1"]

    await expect(screen.locator("#code")).to_have_value("")
    if start != "/kiosk":
        await expect(screen.locator(".notice")).to_contain_text(FOREIGN if way == "whole" else WRONG)
    assert machine.keeper.store.waiting() == []


async def test_a_word_of_eight_letters_that_was_scanned_is_not_shown_again(machine: Machine, screen: Page) -> None:
    await screen.goto(f"http://127.0.0.1:{machine.settings.port}/kiosk/code?lang=en")
    await screen.locator("#code").focus()
    assert await scan(screen, "NOVAKOVA") == ["code=NOVAKOVA&why=&scanned=1"]
    await expect(screen.locator(".notice")).to_contain_text(WRONG)
    await expect(screen.locator("#code")).to_have_value("")


@pytest.mark.parametrize("form", ["{}", "https://hall.test/t/{}?lang=ar", "{short}"])
async def test_a_code_is_sent_once_as_it_was_read(machine: Machine, screen: Page, form: str) -> None:
    ticket = machine.site.hall.book(machine.site.hall.wish("legal"))
    await screen.goto(f"http://127.0.0.1:{machine.settings.port}/kiosk?lang=en")
    assert len(await scan(screen, form.format(ticket.code, short=ticket.short))) == 1
    assert numbers(machine.site) == [ticket.number]
