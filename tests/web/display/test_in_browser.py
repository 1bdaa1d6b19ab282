"""The board in a real browser: each call is played once, oldest first; what is old says so and recovers."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from onestop.db.session import open_database
from onestop.visits.actions.calls import recall
from tests.answered import cut_line, let_pass, stop_clock
from tests.web.served import chromium, served, somebody
from tests.web.site import Site, running

pytestmark = pytest.mark.browser

LISTEN = """
    window.played = [];
    window.sounds = [];
    window.most = 0;
    let together = 0;
    /* A sound lasts a second and a half of the page's own clock, if the server gives one. */
    HTMLMediaElement.prototype.play = async function () {
        const chime = this.id === "chime";
        if (!chime && this.readyState < 1) {
            await new Promise((ready, failed) => {
                this.addEventListener("loadedmetadata", ready);
                this.addEventListener("error", () => failed(new DOMException("", "NotSupportedError")));
                if (this.error) failed(new DOMException("", "NotSupportedError"));
            });
        }
        if (chime) window.played.push(document.querySelector(".calls > li:not([hidden]) .number").textContent);
        window.sounds.push(chime ? "chime" : this.src.replace(/.*calls./, ""));
        window.most = Math.max(window.most, ++together);
        setTimeout(() => { together -= 1; this.dispatchEvent(new Event("ended")); }, 1500);
    };
    0
"""


@pytest.fixture
async def board(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[tuple[Site, Page], None]:
    """The day on SQLite with open desks, and the board with a clock of its own."""
    database = open_database(sqlite_url)
    async with (
        running(database, tmp_path, doors=("display",)) as site,
        served(site) as address,
        chromium() as browser,
    ):
        site.hall.open_desks()
        window = await somebody(browser, site, address, "display")
        page = await window.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await stop_clock(page)
        await page.goto(f"{address}/display/{site.hall.day.slug}")
        await page.evaluate(LISTEN)
        yield site, page
        await window.close()
        assert faults == []
    database.close()


def _call(site: Site, number: int, key: str) -> object:
    site.hall.walk_in(site.hall.wish(key))
    return site.hall.next(number).stop


async def test_each_call_is_played_once_oldest_first_and_a_recall_again(board: tuple[Site, Page]) -> None:
    site, page = board
    first = _call(site, 1, "legal")
    _call(site, 2, "social")
    _call(site, 3, "labour")
    await let_pass(page, 26)
    after_calls = await page.evaluate("[...window.played]")

    site.set_time(site.hall.now + timedelta(seconds=20))
    site.hall.write(recall, first)
    await let_pass(page, 12)

    shown = await page.locator(".calls > li:not([hidden]) .number").all_inner_texts()
    assert after_calls == ["100", "101", "102"]
    assert await page.evaluate("window.played") == ["100", "101", "102", "100"]
    assert shown == ["100", "102", "101"]


async def test_a_board_that_was_away_plays_what_is_young_and_ends_like_a_fresh_one(board: tuple[Site, Page]) -> None:
    site, page = board
    await cut_line(page)
    _call(site, 1, "legal")
    site.set_time(site.hall.now.replace(minute=site.hall.now.minute + 2))
    _call(site, 2, "social")
    await let_pass(page, 8)

    await page.context.set_offline(False)
    await let_pass(page, 12)

    shown = await page.locator(".calls > li:not([hidden]) .number").all_inner_texts()
    assert await page.evaluate("window.played") == ["101"]
    assert shown == ["101", "100"]


async def test_what_is_old_is_marked_greyed_hidden_and_recovers(board: tuple[Site, Page]) -> None:
    site, page = board
    _call(site, 1, "legal")
    await let_pass(page, 6)
    root, states = page.locator("html"), []

    async def note() -> None:
        classes = set((await root.get_attribute("class") or "").split())
        visible = [await page.locator(which).is_visible() for which in ("#stale", ".calls", "#gone")]
        states.append((*visible, "stale" in classes))

    await note()
    await cut_line(page)
    for seconds in (18, 50, 240):
        await page.clock.run_for(seconds * 1000)
        await note()
    await page.context.set_offline(False)
    await let_pass(page, 7)
    await note()

    live, amber, grey, gone = (
        (False, True, False, False),
        (True, True, False, False),
        (True, True, False, True),
        (
            True,
            False,
            True,
            True,
        ),
    )
    assert states == [live, amber, grey, gone, live]


async def test_a_browser_that_wants_a_hand_first_shows_the_button_for_the_sound(board: tuple[Site, Page]) -> None:
    site, page = board
    await page.evaluate(
        """HTMLMediaElement.prototype.play = () => Promise.reject(new DOMException("no", "NotAllowedError")); 0"""
    )
    _call(site, 1, "legal")
    await let_pass(page, 6)
    await expect(page.locator("#sound-on")).to_be_visible()

    await page.evaluate(LISTEN)
    await page.locator("#sound-on").click()

    await expect(page.locator("#sound-on")).to_be_hidden()
