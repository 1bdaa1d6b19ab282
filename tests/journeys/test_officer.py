"""A guest officer at a desk by keys alone, from the pass to handing the desk over; and the desk without script."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, expect

from onestop.booking.wish import make_wish
from onestop.days.queries.days import day_by_slug
from onestop.days.queries.offer import day_offer
from onestop.domain.booking import Interpreter
from onestop.domain.party import party_of
from onestop.domain.roles import VISITOR
from onestop.referrals.tables import referrals
from onestop.reports.verify import verify
from onestop.visits.actions.arrivals import issue_walk_in
from onestop.visits.tables import calls, notes
from tests.halls import KEY
from tests.journeys.conftest import Hall
from tests.journeys.people import HAND_MS, tab_to
from tests.journeys.test_book import H, K, M

pytestmark = pytest.mark.browser
Anyone = Callable[..., BrowserContext]
LEGAL = 0


def walk_in(hall: Hall, *keys: str, adults: int = 1) -> int:
    """Somebody comes without an appointment; gives the number."""
    read = hall.database.read_now
    day = read(day_by_slug, hall.world.slug)
    offer = read(day_offer, day.id)
    wish = make_wish(
        offer,
        services=[each.id for each in offer.services if each.key in keys],
        members=party_of(adults=adults),
        languages=("en",),
        interpreter=Interpreter.NONE,
        display_language="en",
    )
    how = {"key": KEY, "how": "reception", "actor": VISITOR, "now": hall.database.now()}
    ticket, _ = hall.database.write_now(issue_walk_in, day.id, wish, day=day.id, **how)
    return ticket.number


def count(hall: Hall, table: sa.Table) -> int:
    return hall.database.read_now(lambda conn: conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


class Keys:
    """Hands on a keyboard, counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0
        self.typed = 0

    def press(self, key: str) -> None:
        self.page.wait_for_timeout(HAND_MS)
        self.page.keyboard.press(key)
        self.pressed += 1

    def to(self, key: str, then: str) -> None:
        """Press a key; the desk is then in this state."""
        self.press(key)
        expect(self.page.locator(f"#now.{then}")).to_be_visible()

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)
        self.typed += len(text)

    @property
    def seconds(self) -> float:
        """By the keystroke-level model: a thought before every press, hands that lie on the keys once."""
        return H + self.pressed * (M + K) + self.typed * K


def sit_down(page: Page, path: str, language: str) -> Keys:
    """Scan the pass and press its button."""
    keys = Keys(page)
    page.goto(f"{path}?lang={language}")
    tab_to(page, "main form button")
    with page.expect_navigation(url=re.compile("/desks/")):
        keys.press("Enter")
    return keys


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_whole_sitting_by_keys_alone(calm: Hall, anyone: Anyone, language: str) -> None:
    desk = calm.world.desks[LEGAL if language == "en" else LEGAL + 1]
    service = "legal" if language == "en" else "social"
    first, second = walk_in(calm, service, adults=2), walk_in(calm, service)
    noted, sent, called = (count(calm, table) for table in (notes, referrals, calls))
    page = anyone(width=1280, height=800).new_page()
    keys = sit_down(page, desk.path, language)
    at_desk = keys.pressed
    keys.to("n", "open")
    keys.to("n", "called")
    first_call = keys.seconds
    expect(page.locator(".now-number")).to_contain_text(str(first))
    keys.to("r", "called")
    keys.to("s", "serving")

    keys.press("o")
    expect(page.locator("textarea")).to_be_focused()
    keys.write("Bring the contract.")
    tab_to(page, "main form.panel button")
    keys.press("Enter")
    expect(page.locator("#now.serving")).to_be_visible()

    keys.press("g")
    expect(page.locator("#where")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    tab_to(page, "#reason")
    keys.press("ArrowDown")
    tab_to(page, "#said_yes")
    keys.press("Space")
    keys.press("Enter")
    page.wait_for_url("**/referrals?done=made")
    tab_to(page, "main a[href^='/desks/']")
    keys.press("Enter")
    expect(page.locator("#now.serving")).to_be_visible()

    keys.press("w")
    tab_to(page, "[name=who]")
    tab_to(page, "#own-next")
    keys.press("Enter")
    expect(page.locator(".paper .ticket-number")).to_have_text(str(second + 1))
    keys.press("Escape")
    expect(page.locator("#now.serving")).to_be_visible()

    keys.press("3")
    keys.to("f", "open")
    keys.to("u", "serving")
    keys.press("3")
    keys.to("f", "open")
    keys.to("n", "called")
    expect(page.locator(".now-number")).to_have_text(str(second + 1))
    keys.to("s", "serving")
    keys.press("1")
    keys.to("f", "open")
    keys.to("n", "called")
    expect(page.locator(".now-number")).to_have_text(str(second))
    keys.to("p", "open")
    keys.to("b", "paused")
    keys.to("n", "open")

    before = keys.pressed
    keys.press("x")
    expect(page.locator("main form button")).to_be_focused()
    keys.press("Enter")
    page.wait_for_url("**/desk/handed-over")
    handed = keys.pressed - before
    other = anyone(width=1280, height=800).new_page()
    sit_down(other, desk.path, language)
    expect(other.locator("#now.open")).to_be_visible()
    third = anyone(width=1280, height=800).new_page()
    third.goto(desk.path)
    third.locator("main form button").click()
    expect(third.locator("#now")).to_have_count(0)

    print(f"\nofficer ({language}): first call {first_call:.1f} s by the model, {keys.pressed} presses in all")
    assert (at_desk <= 3, first_call <= 60, handed) == (True, True, 2)
    assert (count(calm, notes) - noted, count(calm, referrals) - sent, count(calm, calls) - called) == (1, 1, 3)
    assert calm.database.read_now(verify, now=calm.database.now()) == []


def test_without_script_tab_and_enter_do_what_a_desk_needs(calm: Hall, anyone: Anyone) -> None:
    walk_in(calm, "labour")
    walk_in(calm, "labour")
    page = anyone(width=1280, height=800, script=False).new_page()
    sit_down(page, calm.world.desks[2].path, "en")
    for key, then in (("n", "open"), ("n", "called"), ("h", "open"), ("n", "called"), ("s", "serving"), ("f", "open")):
        if key == "f":
            tab_to(page, "[name=outcome]")
            page.keyboard.press("Space")
        tab_to(page, f"[data-key='{key}']")
        with page.expect_navigation(wait_until="load"):
            page.keyboard.press("Enter")
        expect(page.locator(f"#now.{then}")).to_be_visible()
    assert calm.database.read_now(verify, now=calm.database.now()) == []
