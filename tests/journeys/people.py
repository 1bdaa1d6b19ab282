"""What people do at the doors, by ids and roles that are the same in every language."""

import re
import time
from collections.abc import Callable

import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from onestop.clock import monotonic
from onestop.demo.world import DeskLink
from tests.journeys.conftest import Hall
from tests.notify.post import opened
from tests.patience import PATIENCE_MS

HAND_MS = 500
"""A hand needs that long from one press to the next; a page takes no second press much sooner."""


def book(context: BrowserContext, hall: Hall, *needs: str, language: str, without_police: bool = False) -> Page:
    """From the link to the ticket, on a phone; gives the ticket's page."""
    page = context.new_page()
    page.goto(f"/d/{hall.world.slug}?invitation={hall.world.invitation}&lang={language}")
    for need in needs:
        page.locator(f"label[for=need-{need}]").click()
    page.locator("#needs-form button").click()
    if without_police:
        page.locator(".stop-choice.marked", has=page.locator(".tag")).first.locator("label").first.click()
    page.locator("label:has(input[name=interpreter][value=none]), input[name=interpreter][value=none] ~ label").click()
    page.locator("#plan-form .actions button").click()
    page.locator("button[name=arrival]").first.click()
    page.locator("#name").fill("اسم مخترع" if language == "ar" else "Invented Guest")
    page.locator("#booking-form .actions.reach button").click()
    page.wait_for_url(re.compile(r"/t/[a-z2-7]{26}"))
    return page


def link_in_mail(hall: Hall, address: str, *, part: str) -> str:
    """The path behind the link with this part in the last message to an address, as soon as the mail is there."""
    end = monotonic() + PATIENCE_MS / 1000
    while monotonic() < end:
        for to, content in reversed(hall.office.taken):
            text = opened(content).get_body(("plain",))
            assert text is not None
            if to == address and (found := re.search(rf"{re.escape(hall.base)}(/{part}/\S+)", text.get_content())):
                return found[1]
        time.sleep(0.1)
    raise AssertionError(f"no mail with such a link for {address}")


def wait_until(hall: Hall, query: Callable[[sa.Connection], object]) -> None:
    """Wait until a query of the database gives something true."""
    end = monotonic() + PATIENCE_MS / 1000
    while monotonic() < end:
        if hall.database.read_now(query):
            return
        time.sleep(0.1)
    raise AssertionError("it never becomes so")


def code_of(page: Page) -> str:
    """The long code in a ticket's address."""
    found = re.search(r"/(?:t|tickets)/([a-z2-7]{26})", page.url)
    assert found is not None, page.url
    return found[1]


def pair_kiosk(context: BrowserContext, hall: Hall) -> Page:
    """The machine, paired."""
    page = context.new_page()
    page.goto(f"/pair?code={hall.world.kiosk_code}")
    page.locator("main form button").click()
    page.wait_for_url("**/kiosk")
    return page


def check_in(page: Page, code: str, language: str) -> None:
    """Say at the machine that she is here, by the code a scanner would type."""
    page.goto(f"/kiosk/code?lang={language}")
    page.locator("#code").fill(code)
    page.locator("[data-code-form] .actions button").click()
    page.locator(".huge .ticket-number").wait_for()


def sit_down(context: BrowserContext, desk: DeskLink) -> Page:
    """An officer with the day pass of a desk: two taps to an open desk."""
    page = context.new_page()
    page.goto(desk.path)
    page.locator("main form button").click()
    page.wait_for_url(re.compile("/desk"))
    return page


def press(page: Page, key: str) -> None:
    """Press the button of the desk that has this key, as a finger or a mouse does, and wait for what comes of it."""
    button = page.locator(f"#zones button[data-key='{key}']:not([disabled])").first
    if page.evaluate("typeof htmx === 'undefined'"):
        with page.expect_navigation(wait_until="load"):
            button.click()
        return
    for _ in range(5):
        page.wait_for_timeout(HAND_MS)
        page.locator("#zones").evaluate("zones => zones.dataset.old = 'yes'")
        button.click()
        try:
            page.locator("#zones:not([data-old])").wait_for(timeout=PATIENCE_MS / 5)
        except PlaywrightTimeout:
            continue  # the page drops a press in the moment in which somebody else changed it
        return
    raise AssertionError(f"the key {key} has no effect")


def type_key(page: Page, key: str, then: str) -> None:
    """Press a key of the keyboard; the desk is then in this state."""
    page.wait_for_timeout(HAND_MS)
    page.keyboard.press(key)
    expect(page.locator(f"#now.{then}")).to_be_visible()


def tab_to(page: Page, target: str) -> None:
    """Press Tab until this has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("target => document.activeElement.matches(target)", target):
            return
    raise AssertionError(f"Tab never reaches {target}")


def open_desk(page: Page) -> None:
    """From the closed desk to the open one."""
    press(page, "n")
    page.locator("#zones .zone-now.open").wait_for()


def choose_outcome(page: Page) -> None:
    """Say how it ends; the page drops a press in the moment in which somebody else changed it."""
    for _ in range(10):
        page.wait_for_timeout(HAND_MS)
        page.locator("[name=outcome]").first.click()
        if page.locator("[name=outcome]").first.is_checked():
            return


def serve_next(page: Page, shows: int) -> None:
    """Next, until this number is called (she is free a moment after her last desk); start; finish."""
    number = page.locator("#now .now-number").get_by_text(str(shows), exact=True).first
    for _ in range(40):
        if number.is_visible():
            break
        if page.locator("#zones button[data-key='n']:not([disabled])").count():
            press(page, "n")
        else:
            page.wait_for_timeout(300)
            page.reload()
    number.wait_for()
    press(page, "s")
    page.locator("form#finish button").wait_for()
    choose_outcome(page)
    press(page, "f")
    page.locator("#zones button[data-key='n']:not([disabled])").wait_for()


def tap(page: Page, button: Locator) -> None:
    """Tap a button of floor control and wait until its card is a new one."""
    if page.evaluate("typeof htmx === 'undefined'"):
        with page.expect_navigation(wait_until="load"):
            button.tap()
        return
    page.wait_for_timeout(HAND_MS)
    card = button.locator("xpath=ancestor::article")
    name = card.get_attribute("id")
    card.evaluate("card => card.dataset.old = 'yes'")
    button.tap()
    page.locator(f"[id='{name}']:not([data-old])").wait_for()
