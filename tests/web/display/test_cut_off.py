"""A board cut off, restarted, without streams, with a wrong clock: marked in time, well again, never wrong."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page

from onestop.booking.actions.aloud import choose_aloud
from onestop.booking.tables import parties
from onestop.days.board_lines import write_board_line
from onestop.days.tables import days
from onestop.db.session import open_database
from onestop.domain.board import SMALLEST
from onestop.visits.actions.undo import undo
from tests.answered import cut_line, let_pass, stop_clock
from tests.web.display.test_in_browser import LISTEN, _call
from tests.web.served import chromium, served, somebody
from tests.web.site import Site, running

pytestmark = pytest.mark.browser
MARKS = {
    "live": (False, False, False),
    "amber": (True, False, False),
    "grey": (True, True, False),
    "gone": (True, True, True),
}


@asynccontextmanager
async def opened(
    browser: Browser, site: Site, address: str, *, time: datetime | None = None
) -> AsyncGenerator[Page, None]:
    """The board of the day with a clock of its own, and ears."""
    window = await somebody(browser, site, address, "display")
    page = await window.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await stop_clock(page, time)
    await page.goto(f"{address}/display/{site.hall.day.slug}")
    await page.evaluate(LISTEN)
    yield page
    await window.close()
    assert faults == []


@pytest.fixture
async def hall(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[tuple[Site, str, Browser], None]:
    """The day on SQLite with open desks, its address, and a browser."""
    database = open_database(sqlite_url)
    async with running(database, tmp_path, doors=("display",)) as site, served(site) as address, chromium() as browser:
        site.hall.open_desks()
        yield site, address, browser
    database.close()


async def marks(page: Page) -> str:
    """How old the board says that it is."""
    classes = set((await page.locator("html").get_attribute("class") or "").split())
    seen = (await page.locator("#stale").is_visible(), "stale" in classes, await page.locator("#gone").is_visible())
    return next(name for name, told in MARKS.items() if told == seen)


async def numbers(page: Page) -> list[str]:
    """The numbers that can be read now, from the top."""
    found = page.locator(".calls > li .number")
    return [await found.nth(at).inner_text() for at in range(await found.count()) if await found.nth(at).is_visible()]


@pytest.mark.parametrize(
    ("seconds", "mark", "heard"), [(5, "live", ["101"]), (30, "amber", ["101"]), (90, "grey", []), (600, "gone", [])]
)
async def test_a_cut_is_marked_in_time_and_over_within_five_seconds(
    hall: tuple[Site, str, Browser], seconds: int, mark: str, heard: list[str]
) -> None:
    site, address, browser = hall
    first = _call(site, 1, "legal")
    async with opened(browser, site, address) as page:
        await cut_line(page)
        _call(site, 2, "social")
        site.hall.write(undo, first)
        site.set_time(site.hall.now + timedelta(seconds=seconds))
        await page.clock.run_for(seconds * 1000)
        away = await marks(page), await numbers(page)
        await page.context.set_offline(False)
        await let_pass(page, 5)
        back = await marks(page), await numbers(page)
        await let_pass(page, 6)
        played = await page.evaluate("window.played")

    # What it knew stands there while it is away, until it hides it; a call that was taken back is never said.
    assert away == (mark, [] if mark == "gone" else ["100"])
    assert (back, played) == (("live", ["101"]), heard)


async def test_a_server_that_starts_again_is_noticed_within_five_seconds(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    async with chromium() as browser:
        async with running(database, tmp_path, doors=("display",)) as site, served(site) as address:
            site.hall.open_desks()
            _call(site, 1, "legal")
            window = await somebody(browser, site, address, "display")
            page = await window.new_page()
            await stop_clock(page)
            await page.goto(f"{address}/display/{site.hall.day.slug}")
            await page.evaluate(LISTEN)
        database.close()
        await page.clock.run_for(20_000)
        down = await marks(page), await numbers(page)
        database = open_database(sqlite_url)
        async with (
            running(database, tmp_path, hall=site.hall, doors=("display",)) as again,
            served(again, port=urlsplit(address).port or 0),
        ):
            again.hall.db = database
            _call(again, 2, "social")
            await let_pass(page, 5)
            up = await marks(page), await numbers(page)
            await let_pass(page, 4)
            played = await page.evaluate("window.played")
            await window.close()
        database.close()

    assert (down, up, played) == (("amber", ["100"]), ("live", ["101", "100"]), ["101"])


async def test_without_streams_a_call_is_there_within_twelve_seconds(hall: tuple[Site, str, Browser]) -> None:
    site, address, browser = hall
    async with opened(browser, site, address) as page:
        await page.context.route("**/live", lambda route: route.abort())
        await page.reload()
        await page.evaluate(LISTEN)
        _call(site, 1, "legal")
        await let_pass(page, 12)
        seen = await marks(page), await numbers(page), await page.evaluate("window.played")

    assert seen == ("live", ["100"], ["100"])


async def test_three_calls_at_once_are_all_shown_at_once_and_spoken_one_after_the_other(
    hall: tuple[Site, str, Browser],
) -> None:
    site, address, browser = hall
    async with opened(browser, site, address) as page:
        hers = site.hall.walk_in(site.hall.wish("legal"))[0].party
        site.database.write_now(lambda conn: conn.execute(parties.update().values(display_language="ar")))
        site.hall.write(choose_aloud, hers, aloud=True)
        site.hall.walk_in(site.hall.wish("social"))
        site.hall.walk_in(site.hall.wish("labour"))
        for desk in (1, 2, 3):
            site.hall.next(desk)
        await let_pass(page, 3)
        at_once = await numbers(page)
        await let_pass(page, 30)
        sounds, most = await page.evaluate("window.sounds"), await page.evaluate("window.most")
        after = await numbers(page)

    assert at_once == ["100", "101", "102"]
    assert sounds == ["chime", "1/say/0", "1/say/1", "chime", "2/say/0", "chime", "3/say/0"]
    assert (most, after) == (1, ["102", "101", "100"])


async def test_a_call_that_is_taken_back_while_another_is_heard_is_not_said(hall: tuple[Site, str, Browser]) -> None:
    site, address, browser = hall
    async with opened(browser, site, address) as page:
        _call(site, 1, "legal")
        second = _call(site, 2, "social")
        _call(site, 3, "labour")
        await let_pass(page, 2)
        heard = await page.evaluate("[...window.played]")
        site.hall.write(undo, second)
        await let_pass(page, 20)
        seen = await page.evaluate("window.played"), await numbers(page)

    assert (heard, seen) == (["100"], (["100", "102"], ["102", "100"]))


@pytest.mark.parametrize("hours", [-9, 9])
async def test_a_board_whose_clock_is_hours_wrong_marks_and_says_the_same(
    hall: tuple[Site, str, Browser], hours: int
) -> None:
    site, address, browser = hall
    wrong = site.hall.now + timedelta(hours=hours)
    async with opened(browser, site, address, time=wrong) as page:
        _call(site, 1, "legal")
        await let_pass(page, 8)
        live = await marks(page), await numbers(page), await page.evaluate("window.played")
        await cut_line(page)
        await page.clock.set_system_time(wrong + timedelta(hours=hours))
        await page.clock.run_for(2000)
        jumped = await marks(page)
        await page.clock.run_for(16_000)
        cut = await marks(page)

    assert (live, jumped, cut) == (("live", ["100"], ["100"]), "live", "amber")


async def test_the_sign_of_a_desk_follows_its_desk_and_is_marked_like_a_board(hall: tuple[Site, str, Browser]) -> None:
    site, address, browser = hall
    async with opened(browser, site, address) as page:
        await page.goto(f"{page.url}/desk/1")
        number = page.locator("#sign .call-number")
        before = await number.count()
        _call(site, 1, "legal")
        await let_pass(page, 5)
        called = await number.inner_text()
        await cut_line(page)
        seen = []
        for seconds in (20, 50, 240):
            await page.clock.run_for(seconds * 1000)
            seen.append((await marks(page), await number.is_visible()))
        await page.context.set_offline(False)
        await let_pass(page, 5)
        seen.append((await marks(page), await number.is_visible()))

    assert (before, called) == (0, "100")
    assert seen == [("amber", True), ("grey", True), ("gone", False), ("live", True)]


@pytest.mark.parametrize(("query", "sounds"), [("?sound=chime", ["chime"]), ("?sound=none", [])])
async def test_a_board_chimes_only_or_is_silent_as_it_is_set_up(
    hall: tuple[Site, str, Browser], query: str, sounds: list[str]
) -> None:
    site, address, browser = hall
    async with opened(browser, site, address) as page:
        await page.goto(f"{page.url}{query}")
        await page.evaluate(LISTEN)
        _call(site, 1, "legal")
        await let_pass(page, 9)
        heard, shown = await page.evaluate("window.sounds"), await numbers(page)

    assert (heard, shown) == (sounds, ["100"])


SIZES = ("", "?inches=55&metres=6", "?inches=55&metres=9", "?inches=55&metres=12", "?inches=55&metres=16")


@pytest.mark.parametrize(
    ("language", "longest", "line"), [("en", True, True), ("ar", False, False), ("ar", True, False)]
)
async def test_the_type_is_as_big_as_the_rule_counts_with_and_nothing_runs_over(
    hall: tuple[Site, str, Browser], language: str, longest: bool, line: bool
) -> None:
    site, address, browser = hall
    for desk, key in ((1, "legal"), (3, "labour"), (4, "residence"), (5, "employment-office")):
        _call(site, desk, key)
    if not longest:
        _call(site, 2, "social")
    if longest:  # one member of a family, when there were more than a thousand tickets before
        site.database.write_now(lambda conn: conn.execute(days.update().values(next_number=1234)))
        site.hall.walk_in(site.hall.wish("legal", "social", adults=2, together={"legal": [1], "social": [2]}))
        site.hall.next(2)
    if line:
        site.hall.write(write_board_line, site.hall.id, {"en": "The corridor beside desk 6 has coffee. " * 3})
    found: dict[str, Any] = {}
    async with opened(browser, site, address) as page:
        await page.set_viewport_size({"width": 1920, "height": 1080})
        board = page.url
        for size in SIZES:
            await page.goto(f"{board}{size or '?'}&lang={language}".replace("?&", "?"))
            found[size] = await page.evaluate(MEASURE)

    assert [each["type"] for each in found.values()] == [5, 4, 3, 2, 1]
    assert [size for size, each in found.items() if each["smallest"] < SMALLEST[each["type"]] / 100 * 1080 - 0.5] == []
    assert {size: each["over"] for size, each in found.items() if each["over"]} == {}
    assert [each["lines"] for each in found.values()] == ([3, 2, 2, 1, 1] if line else [5, 4, 3, 2, 1])


MEASURE = """
    (() => {
        const rows = [...document.querySelectorAll(".calls > li:not([hidden])")];
        const parts = rows.flatMap((row) => [...row.querySelectorAll(".number, .desk-shape")]);
        const size = (part) => parseFloat(getComputedStyle(part).fontSize);
        const over = parts.filter((part) => {
            const box = part.getBoundingClientRect();
            /* What is drawn of a line of digits, not the room that the font keeps above and below. */
            const half = part.matches(".desk-shape") ? box.height / 2 : size(part) * 0.4;
            const middle = (box.top + box.bottom) / 2;
            const inner = { left: box.left, right: box.right, top: middle - half, bottom: middle + half };
            const outer = part.closest("li").getBoundingClientRect();
            return inner.left < outer.left || inner.right > outer.right ||
                inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1 || outer.bottom > innerHeight;
        });
        return {
            smallest: Math.min(...parts.map(size)),
            type: Number(/type-(\\d)/.exec(document.getElementById("lines").className)[1]),
            lines: rows.length,
            over: over.map((part) => part.className + " " + part.textContent),
        };
    })()
"""
