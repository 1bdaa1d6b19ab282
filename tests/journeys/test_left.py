"""After a visitor nothing is left on a ticket machine: no value, no cookie, no page to go back to."""

import re
from collections.abc import Callable, Generator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from onestop.web.kit.answers import need_mark
from tests.answered import hold_clock
from tests.journeys.conftest import CHROMIUM, SWITCHES, Hall
from tests.journeys.people import code_of, pair_kiosk
from tests.patience import PATIENCE_MS

pytestmark = pytest.mark.browser
Someone = Callable[..., BrowserContext]
HEALTH, RESIDENCE = "health-insurance", "residence-permit"

LEFT = """async () => {
  const cookies = document.cookie, local = {...localStorage}, session = {...sessionStorage};
  const bases = (await indexedDB.databases()).map(each => each.name);
  const caches_ = await caches.keys();
  const typed = [...document.querySelectorAll("input:not([type=hidden])")].map(each => each.value);
  const workers = (await navigator.serviceWorker?.getRegistrations() ?? []).length;
  return {cookies, local, session, bases, caches_, typed, workers, name: window.name, state: history.state};
}"""
NOTHING = {
    "cookies": "",
    "local": {},
    "session": {},
    "bases": [],
    "caches_": [],
    "typed": [],
    "workers": 0,
    "name": "",
    "state": None,
}


@pytest.fixture(scope="module")
def keeping(chromium: Browser) -> Generator[Browser, None, None]:
    """A browser that keeps pages for going back, as the one of a machine does."""
    browser = chromium.browser_type.launch(
        executable_path=CHROMIUM, args=SWITCHES, ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser
    browser.close()


@pytest.fixture
def kept(keeping: Browser, hall: Hall) -> Generator[Page, None, None]:
    """A paired machine in that browser."""
    context = keeping.new_context(base_url=hall.base, viewport={"width": 1080, "height": 1920}, has_touch=True)
    context.set_default_timeout(PATIENCE_MS)
    yield pair_kiosk(context, hall)
    context.close()


def _back_to_the_beginning(page: Page, mine: str) -> None:
    """Go back as far as the browser can; no page on the way shows anything of hers."""
    for _ in range(page.evaluate("history.length")):
        page.go_back(wait_until="load")
        page.wait_for_timeout(100)
        if "/pair" in page.url or page.url == "about:blank":
            return  # before the machine was set up
        assert (page.url.partition("/kiosk")[2], page.locator("body").inner_text().find(mine)) == ("", -1)


def test_after_the_question_and_twenty_seconds_nothing_of_her_is_left(hall: Hall, kept: Page) -> None:
    page = kept
    hold_clock(page)
    page.goto("/kiosk")
    page.locator(".tongues a[href*='lang=ar']").tap()
    page.locator(f".tiles a[href*='{need_mark(RESIDENCE)}']").tap()
    page.locator("main .foot button").first.tap()
    page.wait_for_url("**/tickets/**")
    code = code_of(page)
    page.locator("main a[href='/kiosk']").tap()
    page.locator(".tools .bigger").tap()
    page.locator(".doors a[href*='/kiosk/code']").first.tap()
    page.locator("[data-read]").tap()
    page.locator("[data-volume='1']").tap()
    page.locator("[data-stop]").tap()
    page.locator("#code").fill("HALF1")
    page.keyboard.press("ArrowDown")
    page.clock.run_for(91_000)
    expect(page.locator("[data-idle]")).to_be_visible()
    assert page.evaluate("Object.keys(sessionStorage)") == ["onestop-keys-used"]
    page.clock.run_for(19_000)
    assert "/kiosk/code" in page.url
    with page.expect_navigation(url=re.compile(r"/kiosk$")):
        page.clock.run_for(2_000)
    assert page.evaluate(LEFT) == NOTHING
    assert [cookie.get("name") for cookie in page.context.cookies()] == ["onestop_device"]
    assert page.locator("html").get_attribute("lang") == "sk"
    assert page.locator("html").get_attribute("class") == "kiosk"
    _back_to_the_beginning(page, code[:6])


def test_whoever_is_done_leaves_nothing_to_go_back_to(hall: Hall, kept: Page) -> None:
    page = kept
    page.locator(".tongues a[href*='lang=en']").tap()
    page.locator(f".tiles a[href*='{need_mark(RESIDENCE)}']").tap()
    page.locator("main .foot button").first.tap()
    page.wait_for_url("**/tickets/**")
    page.locator("main a[href='/kiosk']").tap()
    page.wait_for_url("**/kiosk")
    assert page.evaluate(LEFT) == NOTHING
    _back_to_the_beginning(page, "100")


def test_a_result_goes_by_itself_and_a_refresh_of_the_answer_does_not_cut_her_off(hall: Hall, someone: Someone) -> None:
    page = pair_kiosk(someone(width=1080, height=1920, touch=True), hall)
    hold_clock(page)
    page.goto(f"/kiosk/d/{hall.world.slug}/desks?lang=en&needs={need_mark(HEALTH)}")
    page.locator("main .foot button").first.tap()
    page.wait_for_url("**/tickets/**")
    page.clock.run_for(39_000)
    expect(page.locator(".ticket-number")).to_be_visible()
    with page.expect_navigation(url=re.compile(r"/kiosk$")):
        page.clock.run_for(2_000)


def test_what_is_pressed_while_a_screen_still_loads_is_not_lost(hall: Hall, someone: Someone) -> None:
    page = pair_kiosk(someone(width=1080, height=1920, touch=True), hall)
    page.add_init_script(
        'addEventListener("load", () => location.pathname.endsWith("/desks") &&'
        ' document.querySelector("main .back a").click(), {once: true})'
    )
    page.goto(f"/kiosk/d/{hall.world.slug}/desks?lang=en&needs={need_mark(HEALTH)}", wait_until="commit")
    page.wait_for_url("**/needs?*")
    expect(page.locator(f".tiles a[href*='{need_mark(HEALTH)}']")).to_be_visible()
