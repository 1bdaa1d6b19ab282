"""The board on the real clock: how long after the press at a desk its first sound begins; three calls at one moment."""

import os
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from onestop.db.session import open_database
from onestop.visits.actions.calls import call_next, finish, serve
from tests.answered import cut_line
from tests.halls import STAFF
from tests.web.display.test_cut_off import marks, numbers, opened
from tests.web.served import chromium, served, somebody
from tests.web.site import Site, running

pytestmark = pytest.mark.browser

FIRST_SOUND_MS = 300
CALLS = 10
EARS = """
    window.sounds = [];
    const now = () => performance.timeOrigin + performance.now();
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () {
        const name = this.id === "chime" ? "chime" : this.src.replace(/.*calls./, "");
        this.addEventListener("playing", () => window.sounds.push([name, "begins", now()]), { once: true });
        this.addEventListener("ended", () => window.sounds.push([name, "ends", now()]), { once: true });
        return play.call(this);
    };
    0
"""
PRESSED = """
    addEventListener("pointerdown", () => (window.pressedAt = performance.timeOrigin + performance.now()), true);
    0
"""


@pytest.fixture
async def hall(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[tuple[Site, str, Browser], None]:
    """The day on SQLite with open desks, its address, and a browser that needs no hand before it plays."""
    database = open_database(sqlite_url)
    async with (
        running(database, tmp_path, doors=("display", "desk")) as site,
        served(site) as address,
        chromium("--autoplay-policy=no-user-gesture-required") as browser,
    ):
        site.hall.open_desks()
        yield site, address, browser
    database.close()


async def board_of(site: Site, address: str, browser: Browser, query: str = "") -> Page:
    window = await somebody(browser, site, address, "display")
    page = await window.new_page()
    await page.goto(f"{address}/display/{site.hall.day.slug}{query}")
    await page.evaluate(EARS)
    await page.wait_for_timeout(1000)
    return page


async def heard(page: Page, sounds: int, seconds: int) -> list[list[Any]]:
    """What the loudspeaker did, once so many sounds have ended."""
    for _ in range(seconds * 10):
        told = await page.evaluate("window.sounds")
        if sum(what == "ends" for _, what, _ in told) >= sounds:
            return told
        await page.wait_for_timeout(100)
    raise AssertionError(await page.evaluate("window.sounds"))


async def test_the_first_sound_begins_within_300_ms_of_the_press_at_the_desk(hall: tuple[Site, str, Browser]) -> None:
    """From the finger on *Next* in the officer's browser to the first sound of a board with chime and speech.

    Nine of ten calls must hold; what a machine measured that had more work than cores counts from the second time on.
    """
    site, address, browser = hall
    board = await board_of(site, address, browser)
    desk = await (await somebody(browser, site, address, "officer")).new_page()
    took = await first_sounds(site, address, board, desk)
    if (slow := nine_of_ten(took) > FIRST_SOUND_MS) and os.getloadavg()[0] > (os.cpu_count() or 1):
        took = await first_sounds(site, address, board, desk)

    print(f"\nfirst sound after the press: {sorted(round(ms) for ms in took)} ms{', measured again' if slow else ''}")
    assert nine_of_ten(took) <= FIRST_SOUND_MS, took


async def first_sounds(site: Site, address: str, board: Page, desk: Page) -> list[float]:
    """Milliseconds from the press to the first sound, of so many calls; each is heard to its end."""
    took: list[float] = []
    for _ in range(CALLS):
        site.hall.walk_in(site.hall.wish("legal"))
        await desk.goto(f"{address}/desk")
        await desk.evaluate(PRESSED)
        await desk.wait_for_timeout(700)
        await board.evaluate("window.sounds = []")
        await desk.locator("#zones button[data-key='n']").first.click()
        await expect(desk.locator("#now.called")).to_be_visible()
        pressed = await desk.evaluate("window.pressedAt")
        told = await heard(board, 2, 30)
        assert [name.partition("/")[2] or name for name, what, _ in told if what == "begins"] == ["chime", "say/0"]
        took.append(told[0][2] - pressed)
        stop = site.hall.next(site.desk.number).stop
        site.hall.write(serve, stop)
        site.hall.write(finish, stop)
        site.hall.later(minutes=1)
        await board.wait_for_timeout(500)
    return took


def nine_of_ten(took: list[float]) -> float:
    """What nine of ten do not exceed."""
    return sorted(took)[len(took) * 9 // 10 - 1]


async def test_three_calls_at_one_moment_are_all_shown_and_spoken_one_after_the_other(
    hall: tuple[Site, str, Browser],
) -> None:
    site, address, browser = hall
    for key in ("legal", "social", "labour"):
        site.hall.walk_in(site.hall.wish(key))
    board = await board_of(site, address, browser)
    desks = [site.hall.desks[number].id for number in (1, 2, 3)]
    site.database.write_now(
        lambda conn: [call_next(conn, desk, actor=STAFF, now=site.hall.now) for desk in desks], day=site.hall.id
    )
    await expect(board.locator(".calls > li:not([hidden])")).to_have_count(3, timeout=2000)
    shown = await numbers(board)
    told = await heard(board, 6, 40)

    assert shown == ["100", "101", "102"]
    assert [name for name, what, _ in told if what == "begins"] == [
        *("chime", "1/say/0"), *("chime", "2/say/0"), *("chime", "3/say/0"),
    ]  # fmt: skip
    assert [what for _, what, _ in told] == ["begins", "ends"] * 6


async def test_each_mark_comes_at_its_second(hall: tuple[Site, str, Browser]) -> None:
    site, address, browser = hall
    since: dict[str, int] = {}
    async with opened(browser, site, address) as page:
        await page.clock.run_for(6000)
        await cut_line(page)
        for second in range(1, 304):
            await page.clock.run_for(1000)
            since.setdefault(await marks(page), second)

    # The last answer may be five seconds older than the cut, or a second younger: what was on its way still came.
    assert list(since) == ["live", "amber", "grey", "gone"]
    assert 10 <= since["amber"] <= 17
    assert 55 <= since["grey"] <= 62
    assert 295 <= since["gone"] <= 302
