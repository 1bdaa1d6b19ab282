"""The ticket machine in a real browser, 1080 by 1920: by touch, by five keys, by scanner, read aloud, and wiped.

A machine is taken to have a panel of 27 inches (or more): there a pixel is 0.311 mm, 20 mm are 64.3 pixels, and text of
0.7 degrees at 600 mm is 7.33 mm or 23.6 pixels high. On a bigger panel everything is bigger.
"""

from collections.abc import Callable
from urllib.parse import parse_qs

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, Response, expect

from onestop.booking.tables import bookings, parties
from onestop.domain.day import Release
from onestop.visits.tables import visits
from onestop.web.kit.answers import need_mark
from tests.answered import hold_clock
from tests.journeys.conftest import Hall
from tests.journeys.days import another_day
from tests.journeys.hand import Hand, ways
from tests.journeys.people import book, code_of, pair_kiosk
from tests.patience import PATIENCE_MS

pytestmark = pytest.mark.browser
Someone = Callable[..., BrowserContext]
MM = 27 * 25.4 / (16**2 + 9**2) ** 0.5 * 9 / 1080
"""Millimetres of a pixel on the smallest panel."""
TARGET, LETTER = 20 / MM, 7.33 / MM
HEALTH, RESIDENCE = "health-insurance", "residence-permit"

_SMALL_TARGETS = """least => [...document.querySelectorAll("a[href]:not(.skip), button, summary, .choice, input.input")]
  .filter(place => place.checkVisibility())
  .map(place => [place, place.getBoundingClientRect()])
  .filter(([, box]) => box.height < least || box.width < least)
  .map(([place, box]) => `${place.textContent.trim()} ${box.width} x ${box.height}`)"""
_SMALL_LETTERS = """least => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walk.nextNode()) {
    const at = walk.currentNode.parentElement;
    if (walk.currentNode.data.trim() && at.checkVisibility() && !at.closest(".skip, .demo"))
      if (parseFloat(getComputedStyle(at).fontSize) < least) found.push(walk.currentNode.data.trim());
  }
  return found;
}"""


def _machine(someone: Someone, hall: Hall, *, script: bool = True) -> Page:
    return pair_kiosk(someone(width=1080, height=1920, script=script, touch=True), hall)


def _measured(page: Page) -> None:
    assert page.evaluate(_SMALL_TARGETS, TARGET) == []
    assert page.evaluate(_SMALL_LETTERS, LETTER) == []


def _came(hall: Hall) -> int:
    return hall.database.read_now(lambda conn: conn.execute(sa.select(sa.func.count(visits.c.id))).scalar_one())


QUICK = """let at = 0;
const stamps = new WeakMap();
Object.defineProperty(Event.prototype, "timeStamp", {
  get() {
    if (!stamps.has(this)) stamps.set(this, (at += 5));
    return stamps.get(this);
  },
});"""
"""Keys come every five milliseconds, however slow the computer is that runs the test."""


def _scan(page: Page, text: str) -> None:
    """As a scanner types: every key at once, then Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


@ways(2)
def test_three_taps_to_a_ticket_for_today_and_four_with_an_interpreter_or_a_state_desk(
    hall: Hall, someone: Someone, language: str, script: bool
) -> None:
    hand = Hand(_machine(someone, hall, script=script))
    page = hand.page
    for taps, need, extra in (
        (3, HEALTH, ""),
        (4, HEALTH, "label[for=interpreter-needed]"),
        (4, RESIDENCE, ".line.police label"),
    ):
        hand.language = ""
        hand.open("/kiosk")
        _measured(page)
        hand.language = language
        hand.turn(page.locator(f".tongues a[href*='lang={language}']"))
        _measured(page)
        hand.turn(page.locator(f".tiles a[href*='{need_mark(need)}']"))
        _measured(page)
        if extra:
            hand.tap(page.locator(extra))
        hand.turn(page.locator("main .foot button").first)
        _measured(page)
        expect(page.locator(".ticket-number")).to_be_visible()
        assert hand.cost == (4, taps, 0)
    hand.tell("the machine gives a ticket for today")
    assert _came(hall) == 3


@ways(3)
def test_another_day_in_six_taps_with_nothing_typed(hall: Hall, someone: Someone, language: str, script: bool) -> None:
    day = another_day(hall, Release.OPEN)
    hand = Hand(_machine(someone, hall, script=script))
    page = hand.page
    hand.open("/kiosk")
    hand.turn(page.locator(".doors a[href*='/kiosk/days']"))
    hand.turn(page.locator(f"nav a[hreflang={language}]"))
    hand.language = language
    for step in (
        f".doors a[href*='{day.day.slug}']",
        f".tiles a[href*='{need_mark(HEALTH)}']",
        "main .foot button",
        "button[name=arrival]",
    ):
        hand.turn(page.locator(step).first)
        _measured(page)
    expect(page.locator(".ticket-number")).to_have_text("100")
    assert (hand.taps <= 6, hand.typed) == (True, 0)


def test_a_scanned_paper_checks_in_without_a_tap_from_any_screen_and_presses_nothing(
    hall: Hall, someone: Someone
) -> None:
    code = code_of(book(someone(), hall, HEALTH, language="en"))
    page = _machine(someone, hall)
    page.add_init_script(QUICK)
    for screen in ("/kiosk", "/kiosk/days", f"/kiosk/d/{hall.world.slug}/needs?lang=en&size=2"):
        page.goto(screen)
        page.keyboard.press("ArrowDown")  # something has the focus: Enter would press it
        _scan(page, code)
        page.wait_for_url("**/here?*")
        expect(page.locator(".huge .ticket-number")).to_have_text("100")
    assert "size-2" in (page.locator("html").get_attribute("class") or "")
    assert _came(hall) == 1


def test_a_short_quick_scan_of_something_else_presses_nothing_either(hall: Hall, someone: Someone) -> None:
    page = _machine(someone, hall)
    page.add_init_script(QUICK)
    page.goto("/kiosk")
    page.keyboard.press("ArrowDown")
    _scan(page, "4006")
    page.wait_for_timeout(300)
    assert page.url.endswith("/kiosk")


# -- five keys ----------------------------------------------------------------------------------------


def _to(page: Page, target: str, key: str = "ArrowDown") -> None:
    """Press one key until this has the focus; everything on the way can be seen and is marked."""
    for _ in range(80):
        if page.evaluate("target => document.activeElement.matches(target)", target):
            return
        page.keyboard.press(key)
        ring = page.evaluate("""() => {
          const place = document.activeElement, card = place.closest(".choice, .door") ?? place;
          const box = place.getBoundingClientRect(), style = getComputedStyle(card);
          return [parseFloat(style.outlineWidth) >= 4, box.bottom > 0 && box.top < innerHeight];
        }""")
        assert ring == [True, True], page.evaluate("document.activeElement.outerHTML")
    raise AssertionError(f"{key} never reaches {target}")


def _select(page: Page) -> None:
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_five_keys_take_a_ticket_without_the_police_and_with_an_interpreter(
    hall: Hall, someone: Someone, language: str
) -> None:
    page = _machine(someone, hall)
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.matches('.tongues li:first-child a')")
    _to(page, f".tongues a[href*='lang={language}']")
    _select(page)
    assert page.evaluate("document.activeElement.matches('.tiles li:first-child a')")
    _to(page, f".tiles a[href*='{need_mark(RESIDENCE)}']")
    _select(page)
    assert page.evaluate("document.activeElement.matches('.line.police input')")
    page.keyboard.press("Enter")
    expect(page.locator(".line.police input")).not_to_be_checked()
    _to(page, "#interpreter-needed")
    page.keyboard.press("Enter")
    expect(page.locator("#interpreter-needed")).to_be_checked()
    _to(page, "main .foot button", "ArrowUp")
    _select(page)
    expect(page.locator(".ticket-number")).to_have_text("100")
    page.keyboard.press("Escape")
    page.wait_for_url("**/kiosk")
    wanted = hall.database.read_now(lambda conn: conn.execute(sa.select(parties.c.interpreter)).scalar_one())
    assert (wanted, _came(hall)) == ("needed", 1)


def test_five_keys_book_another_day_type_a_code_and_go_back(hall: Hall, someone: Someone) -> None:
    day = another_day(hall, Release.OPEN)
    page = _machine(someone, hall)
    _to(page, ".doors a[href*='/kiosk/days']")
    _select(page)
    _to(page, f".doors a[href*='{day.day.slug}']")
    _select(page)
    _to(page, f".tiles a[href*='{need_mark(HEALTH)}']")
    _select(page)
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Backspace")
    _to(page, f".tiles a[href*='{need_mark(HEALTH)}']")
    _select(page)
    _to(page, "main .foot button")
    _select(page)
    _to(page, "button[name=arrival]")
    _select(page)
    code = page.locator(".short-code .code").inner_text().replace(" ", "")
    assert hall.database.read_now(lambda conn: conn.execute(sa.select(sa.func.count(bookings.c.id))).scalar_one()) == 1
    page.keyboard.press("Escape")
    page.wait_for_url("**/kiosk")
    _to(page, ".doors a[href*='why=change']")
    _select(page)
    expect(page.locator("#code")).to_be_focused()
    for letter in code:
        _to(page, f"[data-type='{letter}']")
        page.wait_for_timeout(60)  # a finger is slower than a scanner
        page.keyboard.press("Enter")
    page.wait_for_url("**/change?*")
    expect(page.locator("h1")).to_contain_text("100")


# -- bigger text, and read aloud ----------------------------------------------------------------------


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("language", ["en", "ar", "sk"])
def test_the_biggest_text_is_on_every_screen_and_wider_than_none(
    hall: Hall, someone: Someone, language: str, script: bool
) -> None:
    another_day(hall, Release.OPEN)
    hand = Hand(_machine(someone, hall, script=script))
    page = hand.page
    hand.open("/kiosk")
    hand.turn(page.locator(".doors a[href*='/kiosk/days']"))
    hand.turn(page.locator(f"nav a[hreflang={language}]"))
    hand.language = language
    for _ in range(2):
        hand.turn(page.locator(".tools .bigger"))
    big = page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
    assert round(big / 32, 1) == 1.5
    expect(page.locator(".tools .bigger")).to_be_hidden()
    for step in (
        ".doors a.button",
        f".tiles a[href*='{need_mark(RESIDENCE)}']",
        "main .foot button",
        "button[name=arrival]",
        "main a[href='/kiosk']",
    ):
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == big
        assert page.locator("body").evaluate("body => body.scrollWidth - innerWidth") <= 0
        if step == "main a[href='/kiosk']":
            hand.language = ""
        hand.turn(page.locator(step).first)
    assert round(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")) == 32


def _heard(page: Page) -> list[str]:
    """Fills with every text whose sound has come."""
    found: list[str] = []

    def answered(response: Response) -> None:
        if response.url.endswith("/kiosk/say") and response.status == 200:
            assert response.headers["content-type"] == "audio/ogg"
            found.append(parse_qs(response.request.post_data or "")["text"][0])

    page.on("response", answered)
    return found


def _until(page: Page, told: Callable[[], bool]) -> None:
    for _ in range(PATIENCE_MS // 100):
        if told():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it never becomes so")


def test_a_screen_is_read_aloud_then_what_has_the_focus_until_the_visitor_has_gone(
    hall: Hall, someone: Someone
) -> None:
    page = _machine(someone, hall)
    page.goto("/kiosk?lang=en")
    heard = _heard(page)
    page.wait_for_timeout(300)  # a hand comes later than what the page would say by itself
    page.keyboard.press("F1")
    _until(page, lambda: len(heard) >= 2)
    assert heard[:2] == ["Welcome. What do you want to do?", "I want help today"]
    expect(page.locator("[data-stop]")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    _until(page, lambda: "slovenčina Chcem pomoc dnes" in heard)
    heard.clear()
    _to(page, ".tongues a[href*='lang=en']", "ArrowUp")
    _select(page)
    _until(page, lambda: "What do you need?" in heard)
    _to(page, f".tiles a[href*='{need_mark(HEALTH)}']")
    _select(page)
    _until(page, lambda: "These desks help you" in heard)
    heard.clear()
    page.keyboard.press("Enter")
    _until(page, lambda: "Not chosen" in heard)
    page.locator("[data-volume='1']").tap()
    assert page.evaluate("sessionStorage['onestop-aloud']") == "4"
    page.locator("[data-stop]").tap()
    page.wait_for_timeout(300)
    heard.clear()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(300)
    assert heard == []
    expect(page.locator("[data-read]")).to_be_visible()


def test_the_question_waits_for_the_end_of_what_is_read(hall: Hall, someone: Someone) -> None:
    page = _machine(someone, hall)
    hold_clock(page)
    page.goto(f"/kiosk/d/{hall.world.slug}/needs?lang=en")
    heard = _heard(page)
    page.locator("[data-read]").tap()
    _until(page, lambda: len(heard) >= 2)
    page.clock.run_for(100_000)
    expect(page.locator("[data-idle]")).to_be_hidden()
    page.locator("[data-stop]").tap()
    page.clock.run_for(91_000)
    expect(page.locator("[data-idle]")).to_be_visible()
    page.locator("[data-idle] button").tap()
    expect(page.locator("[data-idle]")).to_be_hidden()


def test_help_today_and_back_to_the_start_without_script(hall: Hall, someone: Someone) -> None:
    page = _machine(someone, hall, script=False)
    page.locator(".tongues a[href*='lang=sk']").tap()
    page.locator(f".tiles a[href*='{need_mark(HEALTH)}']").tap()
    page.locator("main .foot button").first.tap()
    expect(page.locator(".ticket-number")).to_have_text("100")
    expect(page.locator("[data-read]")).to_be_hidden()
    page.locator("main a[href='/kiosk']").tap()
    page.wait_for_url("**/kiosk")
    assert [cookie.get("name") for cookie in page.context.cookies()] == ["onestop_device"]


def test_the_first_screen_fits_in_every_language(hall: Hall, someone: Someone) -> None:
    page = _machine(someone, hall)
    for language in ("en", "sk", "uk", "ar"):
        page.goto(f"/kiosk?lang={language}")
        expect(page.locator(".door")).to_have_count(3)
        assert page.locator("main").evaluate("main => main.scrollHeight <= main.clientHeight")


def test_enter_on_the_list_of_desks_leads_on_without_script(hall: Hall, someone: Someone) -> None:
    page = _machine(someone, hall, script=False)
    page.goto(f"/kiosk/d/{hall.world.slug}/desks?lang=en&needs={need_mark(RESIDENCE)}")
    expect(page.locator("#answers button[formaction$='/who']")).to_have_count(1)
    page.locator("input[name=interpreter]").first.press("Enter")
    expect(page.locator(".ticket-number")).to_have_text("100")
