"""The phones of mediators and floor guides in a real browser: sound after one tap, shaking, presses without a line."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route, expect

from onestop.db.session import open_database
from onestop.domain.booking import Interpreter
from onestop.visits.actions.alarms import ask_at_desk, say_coming
from tests.answered import cut_line
from tests.web.mediator.test_place import home_of, mediator_of
from tests.web.served import chromium, served, somebody
from tests.web.site import Site, running

pytestmark = pytest.mark.browser

STUBS = """
    window.shaken = [];
    window.tones = 0;
    window.locks = 0;
    navigator.vibrate = (pattern) => window.shaken.push(JSON.stringify(pattern));
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) { window.tones += 1; start.apply(this, at); };
    const lock = { released: false, release: async () => {} };
    Object.defineProperty(navigator, "wakeLock", { value: { request: async () => ((window.locks += 1), lock) } });
"""
"""A phone with ears: what it did is counted."""


@pytest.fixture
async def day(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[tuple[Site, str, Browser], None]:
    """The day on SQLite, its address, and a browser."""
    database = open_database(sqlite_url)
    async with (
        running(database, tmp_path, doors=("mediator", "floor", "reception")) as site,
        served(site) as address,
        chromium() as browser,
    ):
        site.hall.open_desks()
        site.set_time(site.hall.day.opens_at)
        yield site, address, browser
    database.close()


async def _phone(day: tuple[Site, str, Browser], role: str, path: str) -> Page:
    """The page on a phone of somebody with this role, whose first tap switches the sound on."""
    site, address, browser = day
    window = await somebody(browser, site, address, role)
    await window.add_init_script(STUBS)
    page = await window.new_page()
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(f"{address}{path}")
    if role == "mediator":
        await page.locator(f"#me-{mediator_of(site, 'ar')}").click()
    await page.locator("[data-sound] button").click()
    await expect(page.locator("[data-sounds]")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    assert await page.evaluate("[window.tones, window.shaken, window.locks > 0]") == [4, ["200"], True]
    return page


def _call(site: Site) -> None:
    site.hall.walk_in(site.hall.wish("residence", languages=["ar"], interpreter=Interpreter.NEEDED))
    assert site.hall.next(4).stop is not None


async def test_a_mediator_who_is_needed_hears_and_feels_it(day: tuple[Site, str, Browser]) -> None:
    site = day[0]
    page = await _phone(day, "mediator", home_of(site))
    _call(site)
    await expect(page.locator(".place-number")).to_have_text("100")
    await page.wait_for_function("window.tones === 8")
    assert await page.evaluate("window.shaken") == ["200", "[400,150,400,150,800]"]


async def test_a_press_without_a_line_says_so_and_the_page_stays(day: tuple[Site, str, Browser]) -> None:
    page = await _phone(day, "mediator", home_of(day[0]))
    await cut_line(page)
    await page.locator("#break").click()
    await expect(page.locator("[data-trouble]")).to_be_visible()
    await expect(page.locator("#place")).to_be_visible()
    await page.context.set_offline(False)
    await page.locator("#break").click()
    await expect(page.locator("#free")).to_be_visible()
    await expect(page.locator("[data-trouble]")).to_be_hidden()


async def test_a_floor_guide_hears_and_feels_each_new_number_once(day: tuple[Site, str, Browser]) -> None:
    site = day[0]
    page = await _phone(day, "floor_guide", f"/floor/{site.hall.day.slug}/called")
    site.hall.walk_in(site.hall.wish("legal"))
    assert site.hall.next(1).stop is not None
    await expect(page.locator("#called .now-number")).to_have_text("100")
    await page.wait_for_function("window.tones === 8")
    assert await page.evaluate("window.shaken") == ["200", "[300,100,300]"]


async def test_a_guides_sound_goes_on_at_the_next_page_without_a_tap_and_tells_new_calls_there(
    day: tuple[Site, str, Browser],
) -> None:
    site = day[0]
    page = await _phone(day, "floor_guide", f"/floor/{site.hall.day.slug}/called")
    await page.locator(".unwell a").click()
    await expect(page.locator("#unwell")).to_be_visible()
    await expect(page.locator("[data-sounds]")).to_be_visible()
    assert await page.evaluate("window.tones") == 0
    site.hall.walk_in(site.hall.wish("legal"))
    assert site.hall.next(1).stop is not None
    await expect(page.locator(".news")).to_contain_text("100")
    await page.wait_for_function("window.tones === 4")
    # The same call is no news on the list itself.
    await page.locator(".news a").click()
    await expect(page.locator("#called .call")).to_have_count(1)
    await expect(page.locator("[data-sounds]")).to_be_visible()
    assert await page.evaluate("window.tones") == 0


async def test_an_answer_from_before_a_press_never_takes_its_place(day: tuple[Site, str, Browser]) -> None:
    site = day[0]
    page = await _phone(day, "floor_guide", f"/floor/{site.hall.day.slug}/called")
    site.hall.walk_in(site.hall.wish("legal"))
    assert site.hall.next(1).stop is not None
    await expect(page.locator("#called .call")).to_have_count(1)
    held, go = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        answer = await route.fetch()
        held.set()
        await go.wait()
        await route.fulfill(response=answer)

    await page.route("**/called/now", hold, times=1)
    await page.evaluate("dispatchEvent(new Event('live:again'))")
    await held.wait()
    await page.locator("[id$='-found']:not([id$='-not-found'])").click()
    await expect(page.locator(".call.found")).to_be_visible()
    await page.evaluate(
        "window.older = 0; const count = () => (window.older += document.querySelectorAll('.call:not(.found)').length);"
        "new MutationObserver(count).observe(document.body, { childList: true, subtree: true })"
    )
    async with page.expect_response("**/called/now") as again:
        go.set()
        await again.value
    await page.wait_for_timeout(500)
    assert await page.evaluate("window.older") == 0
    await expect(page.locator(".call.found")).to_be_visible()


async def test_a_silent_alarm_shakes_a_guides_phone_once_counts_in_its_title_and_makes_no_sound(
    day: tuple[Site, str, Browser],
) -> None:
    site = day[0]
    page = await _phone(day, "floor_guide", f"/floor/{site.hall.day.slug}/called")
    title = await page.title()
    alarm = site.hall.write(ask_at_desk, site.hall.desks[3].id)
    await expect(page.locator("[data-alarm]")).to_be_visible()
    await expect(page).to_have_title(f"(!) {title}")
    await expect(page.locator(".unanswered")).to_be_hidden()
    assert await page.evaluate("[window.tones, window.shaken]") == [4, ["200", "200"]]

    # Nothing happens, and two minutes later the same page says so.
    site.set_time(site.hall.now + timedelta(minutes=2, seconds=1))
    await page.evaluate("dispatchEvent(new Event('live:again'))")
    await expect(page.locator(".unanswered")).to_be_visible()
    assert await page.evaluate("[window.tones, window.shaken]") == [4, ["200", "200"]]
    site.hall.write(say_coming, site.hall.id, alarm)
    await expect(page).to_have_title(title)


async def test_calls_for_help_cover_nothing_on_a_guides_phone(day: tuple[Site, str, Browser]) -> None:
    site = day[0]
    page = await _phone(day, "floor_guide", f"/floor/{site.hall.day.slug}/called")
    site.hall.write(ask_at_desk, site.hall.desks[3].id)
    await expect(page.locator(".alarm-line")).to_have_count(1)
    await page.wait_for_function(
        "parseFloat(getComputedStyle(document.body).paddingBlockEnd) >= document.querySelector('.alarms').offsetHeight"
    )
    assert await page.evaluate("getComputedStyle(document.querySelector('.alarms')).position") == "fixed"

    site.hall.write(ask_at_desk, site.hall.desks[4].id)
    await expect(page.locator(".alarm-line")).to_have_count(2)
    assert await page.evaluate("getComputedStyle(document.querySelector('.alarms')).position") == "static"
    labels = [await each.inner_text() for each in await page.locator(".alarm-line button").all()]
    assert labels == ["I go to desk 3", "I go to desk 4"]
