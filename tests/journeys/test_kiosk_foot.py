"""The ticket machine: what leads on and what helps is seen at every size of the text, in every language."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from onestop.web.kit.answers import need_mark
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
