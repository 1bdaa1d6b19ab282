"""A whole visit with a phone in the hand, with script and without: a line that is cut, calls, help, a refused step."""

import re
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, expect

from onestop.booking.tables import parties
from onestop.clock import monotonic
from onestop.reports.verify import verify
from onestop.visits.tables import visits
from tests.journeys.conftest import Hall, served
from tests.journeys.hand import english_left
from tests.journeys.people import (
    HAND_MS,
    book,
    check_in,
    choose_outcome,
    code_of,
    open_desk,
    pair_kiosk,
    press,
    serve_next,
    sit_down,
)

pytestmark = pytest.mark.browser
Someone = Callable[..., BrowserContext]

STUBS = """
    window.shaken = [];
    window.tones = 0;
    navigator.vibrate = (pattern) => window.shaken.push(JSON.stringify(pattern));
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) { window.tones += 1; start.apply(this, at); };
"""
RING = "[400,150,400,150,800]"
CUT_MS = 30_000


@pytest.fixture
def hall(tmp_path: Path) -> Generator[Hall, None, None]:
    """A server whose time runs as time does: half a minute without a line is half a minute of the day."""
    with served(tmp_path, rate=1.0) as started:
        yield started


def seen(page: Page, language: str) -> None:
    """What is shown now is in her language, and nothing is wider than her phone."""
    root = page.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == (language, "rtl" if language == "ar" else "ltr")
    assert english_left(page, language) == []
    assert root.evaluate("root => root.scrollWidth - root.clientWidth") == 0


def tap(page: Page, target: str, *, script: bool) -> None:
    """Tap a button of the ticket; without script that is a page."""
    if script:
        page.locator(target).tap()
        return
    with page.expect_navigation(wait_until="load"):
        page.locator(target).tap()


def look_again(page: Page, *, script: bool) -> None:
    """Without script she presses Refresh; with script the page is fresh by itself."""
    if not script:
        with page.expect_navigation(wait_until="load"):
            page.locator("#refresh").tap()


def lose_the_line(page: Page, language: str) -> None:
    """The line is cut for half a minute, and she loads the page again meanwhile."""
    sign = page.locator("[data-live-state]")
    expect(page.locator("[data-kept]")).to_be_visible()
    plan = page.locator(".plan-line").all_inner_texts()
    page.context.set_offline(True)
    began = monotonic()
    expect(sign).to_be_visible(timeout=15_000)
    page.wait_for_timeout(CUT_MS / 2)
    page.reload()
    expect(sign).to_be_visible()
    expect(page.locator(".ticket-number")).to_have_text("100")
    expect(page.locator(".ticket-foot svg")).to_be_visible()
    assert re.search(r"\d\d:\d\d", sign.inner_text())
    assert page.locator(".plan-line").all_inner_texts() == plan
    seen(page, language)
    page.locator("#step-out-form button").tap()
    expect(page.locator("[data-not-sent]")).to_be_visible()
    seen(page, language)
    page.wait_for_timeout(max(0.0, CUT_MS - (monotonic() - began) * 1000))
    page.context.set_offline(False)
    expect(sign).to_be_hidden(timeout=12_000)


def propose(officer: Page, *, script: bool) -> None:
    """The officer proposes one more step; her yes is asked on the phone."""
    form = officer.locator("#more-add form")
    form.evaluate("at => { for (; at; at = at.parentElement) if (at.matches('details')) at.open = true; }")
    choice = form.locator("option:not([value=''])").last.get_attribute("value")
    form.locator("select").select_option(choice)
    officer.wait_for_timeout(HAND_MS)
    if script:
        with officer.expect_response(re.compile(r"/visits/.*/stops")) as answer:
            form.locator("button").click()
        assert answer.value.ok
    else:
        with officer.expect_navigation(wait_until="load"):
            form.locator("button").click()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_whole_visit_on_the_phone(hall: Hall, someone: Someone, script: bool, language: str) -> None:
    phone = someone(script=script, touch=True)
    phone.add_init_script(STUBS)
    ticket = book(phone, hall, "residence-permit", language=language)
    seen(ticket, language)
    address = ticket.url.partition("?")[0]
    check_in(pair_kiosk(someone(width=1080, height=1920), hall), code_of(ticket), language)
    ticket.goto(address)
    seen(ticket, language)
    officers = {n: sit_down(someone(width=1280, height=800, script=script), hall.world.desks[n - 1]) for n in (1, 4)}
    for page in officers.values():
        open_desk(page)
    ticket.goto(address)
    expect(ticket.locator(".ticket-next")).to_have_text(re.compile(r"\d\d:\d\d.*\d\d:\d\d", re.DOTALL))

    # Out, back, help: with script without leaving the page; and the line is cut in between.
    if script:
        lose_the_line(ticket, language)
    tap(ticket, "#step-out-form button", script=script)
    expect(ticket.locator("#come-back-form")).to_be_visible()
    seen(ticket, language)
    tap(ticket, "#come-back-form button", script=script)
    tap(ticket, "#help-form button", script=script)
    expect(ticket.locator("#no-help-form")).to_be_visible()
    seen(ticket, language)
    tap(ticket, "#no-help-form button", script=script)
    if script:
        ticket.locator("[data-sound] button").tap()
        expect(ticket.locator("[data-sounds]")).to_be_visible()
        assert (ticket.evaluate("window.tones"), ticket.evaluate("window.shaken")) == (4, ["200"])
        seen(ticket, language)

    # Called, with a ring; served, and a step is proposed that she does not want.
    press(officers[1], "n")
    look_again(ticket, script=script)
    expect(ticket.locator("[data-turn='1']")).to_be_visible()
    seen(ticket, language)
    if script:
        ticket.wait_for_timeout(500)
        assert (ticket.evaluate("window.tones"), ticket.evaluate("window.shaken")) == (8, ["200", RING])
        assert ticket.title().startswith("● ")
        assert ticket.title().endswith("1 – 100")
        ticket.locator(".turn").tap()
    press(officers[1], "s")
    propose(officers[1], script=script)
    choose_outcome(officers[1])
    press(officers[1], "f")
    look_again(ticket, script=script)
    decline = ticket.locator("[id^=decline-] button")
    expect(decline).to_be_visible()
    seen(ticket, language)
    tap(ticket, "[id^=decline-] button", script=script)
    expect(decline).to_have_count(0)

    serve_next(officers[4], 100)
    expect(ticket.locator("[data-kept]")).to_be_hidden() if script else ticket.goto(address)
    expect(ticket.locator(".plan-line.done")).to_have_count(2)
    ticket.goto(f"{address}/steps")
    seen(ticket, language)
    ticket.goto(f"{address}/erase")
    tap(ticket, "#erase-form button", script=False)
    ticket.wait_for_url("**/erased*")
    if script:
        left = "async () => [await caches.keys(), (await navigator.serviceWorker.getRegistrations()).length]"
        ticket.wait_for_timeout(1500)
        assert ticket.evaluate(left) == [[], 0]
    ticket.goto(address)
    expect(ticket.locator(".ticket-number")).to_have_count(0)

    rows = hall.database.read_now(
        lambda conn: (
            list(conn.execute(sa.select(parties.c.name)).scalars()),
            list(conn.execute(sa.select(visits.c.state)).scalars()),
        )
    )
    assert rows == ([""], ["completed"])
    assert hall.database.read_now(verify, now=hall.database.now()) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_called_visitor_who_is_not_ready(hall: Hall, someone: Someone, script: bool, language: str) -> None:
    phone = someone(script=script, touch=True)
    phone.add_init_script(STUBS)
    ticket = book(phone, hall, "residence-permit", language=language)
    address = ticket.url.partition("?")[0]
    check_in(pair_kiosk(someone(width=1080, height=1920), hall), code_of(ticket), language)
    officer = sit_down(someone(width=1280, height=800), hall.world.desks[0])
    open_desk(officer)
    ticket.goto(address)
    press(officer, "n")
    look_again(ticket, script=script)
    expect(ticket.locator(".turn")).to_be_visible()
    expect(ticket.locator("#not-ready-form button")).to_be_in_viewport()
    seen(ticket, language)

    tap(ticket, "#not-ready-form button", script=script)
    expect(ticket.locator("#step-out-form")).to_be_visible()
    assert ticket.locator(".turn").count() == 0
    expect(ticket.locator(".ticket-next")).to_be_in_viewport()
    seen(ticket, language)
    expect(officer.locator("#now .zone-say")).to_contain_text("100 is not ready. Please call the next.")
    assert officer.locator("#now").get_attribute("data-call") == ""
    if script:
        shaken = ticket.evaluate("window.shaken.length")
        ticket.wait_for_timeout(6_000)
        assert ticket.evaluate("window.shaken.length") == shaken
    assert hall.database.read_now(verify, now=hall.database.now()) == []
