"""The ticket machine: what leads on and what helps is seen at every size of the text, in every language."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from onestop.web.kit.answers import need_mark
from tests.answered import hold_clock
from tests.journeys.conftest import Hall
from tests.journeys.people import pair_kiosk

pytestmark = pytest.mark.browser

_COVERED = """() => [...document.querySelectorAll(".foot .button, .languages :is(a, button), .tools .button")]
  .filter(place => place.checkVisibility())
  .filter(place => {
    const { left, right, top, bottom } = place.getBoundingClientRect();
    const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return top < 0 || left < 0 || right > innerWidth || bottom > innerHeight || !place.contains(at);
  })
  .map(place => place.textContent.trim())"""
"""Buttons that are beyond the screen, or under something."""


def _seen(page: Page) -> None:
    assert page.locator(".foot .button").first.is_visible()
    assert page.evaluate(_COVERED) == [], page.url
    height, whole = page.locator("main").evaluate("main => [main.clientHeight, innerHeight]")
    assert height > whole / 2, page.url


@pytest.mark.parametrize("language", ["en", "sk", "uk", "ar"])
def test_main_button_languages_and_sizes_are_on_the_screen_at_every_size(
    hall: Hall, someone: Callable[..., BrowserContext], language: str
) -> None:
    page = pair_kiosk(someone(width=1080, height=1920, touch=True), hall)
    day = hall.world.slug
    for size in ("", "&size=1", "&size=2"):
        page.goto(f"/kiosk/code?lang={language}{size}")
        if page.locator("[data-read]").is_visible():
            page.locator("[data-read]").tap()  # with its buttons more; it goes on from screen to screen
        _seen(page)
        page.goto(f"/kiosk/d/{day}/desks?lang={language}{size}&needs={need_mark('residence-permit')}")
        _seen(page)
        page.locator("main details.more").first.locator("summary").tap()
        _seen(page)
        page.locator(".foot button").tap()
        page.locator(".ticket-number").wait_for()
        _seen(page)


_NEEDS = "&".join(f"needs={need_mark(need)}" for need in ("residence-permit", "health-insurance"))


def _top(page: Page) -> float:
    return page.locator("main").evaluate("main => main.scrollTop")


def _below(hall: Hall, someone: Callable[..., BrowserContext], *, script: bool = True) -> Page:
    """Three desks: the questions do not fit with them."""
    context = someone(width=1080, height=1920, script=script, touch=True)
    page = pair_kiosk(context, hall)
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"/kiosk/d/{hall.world.slug}/desks?lang=en&{_NEEDS}")
    expect(page.locator(".line")).to_have_count(3)
    return page


def test_a_strip_says_that_more_questions_stand_below_until_all_were_seen(
    hall: Hall, someone: Callable[..., BrowserContext]
) -> None:
    page = _below(hall, someone)
    strip = page.locator(".foot .below")
    expect(page.locator("main .below:visible, footer .below:visible")).to_have_text(["More questions below"])
    for _ in range(5):
        if not strip.is_visible():
            break
        strip.tap()
        page.wait_for_timeout(100)
    assert _top(page) > 0
    expect(strip).to_be_hidden()
    assert "#" not in page.url
    page.locator("main").evaluate("main => main.scrollTo(0, 0)")
    expect(strip).to_be_visible()
    strip.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.matches('.talk input, .more summary')")


def test_without_script_the_strip_leads_to_the_questions(hall: Hall, someone: Callable[..., BrowserContext]) -> None:
    page = _below(hall, someone, script=False)
    page.locator(".foot .below").tap()
    page.wait_for_timeout(300)
    expect(page.locator("#people summary")).to_be_in_viewport()
    page.locator(".foot button").tap()
    expect(page.locator(".ticket-number")).to_have_text("100")


def test_a_wheel_a_key_and_a_finger_move_a_screen(hall: Hall, someone: Callable[..., BrowserContext]) -> None:
    page = _below(hall, someone)
    page.keyboard.press("PageDown")
    page.wait_for_timeout(100)
    once = _top(page)
    assert once > 300
    page.keyboard.press("PageUp")
    page.wait_for_timeout(100)
    assert _top(page) == 0
    for y in (100, 900):  # over the head, over what scrolls
        page.mouse.move(540, y)
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(300)
        assert _top(page) > 0
        page.locator("main").evaluate("main => main.scrollTo(0, 0)")
    touches = page.context.new_cdp_session(page)
    points = [[{"x": 540, "y": y}] for y in range(900, 500, -40)]
    touches.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[0]})
    for point in points[1:]:
        touches.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": point})
    touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_timeout(300)
    assert _top(page) > 100


def test_the_clock_of_a_screen_goes_on(hall: Hall, someone: Callable[..., BrowserContext]) -> None:
    page = pair_kiosk(someone(width=1080, height=1920, touch=True), hall)
    hold_clock(page)
    page.goto("/kiosk")
    shown = page.locator(".clock").inner_text()
    page.clock.run_for(65_000)
    expect(page.locator(".clock")).not_to_have_text(shown)
