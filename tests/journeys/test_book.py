"""Booking in real browsers: for oneself, by a helper, by a caller; another time; cancelling. All of it is counted."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Page, expect

from onestop.booking.tables import bookings, contacts
from onestop.clock import monotonic
from onestop.domain.day import Release
from onestop.locale.catalogue import read_catalogue
from onestop.reports.verify import verify
from tests.halls import TestDay
from tests.journeys.conftest import Hall
from tests.journeys.days import another_day, invitation
from tests.journeys.hand import NAMES, Hand, english_left, ways

pytestmark = pytest.mark.browser
Anyone = Callable[..., BrowserContext]


def states(day: TestDay) -> list[str]:
    """The state of every booking of the day."""
    query = sa.select(bookings.c.state).where(bookings.c.day_id == day.id).order_by(bookings.c.created_at)
    return list(day.db.read_now(lambda conn: conn.execute(query).scalars()))


def arrival(day: TestDay) -> str:
    """The time of the only booking of the day."""
    query = sa.select(bookings.c.arrival_at).where(bookings.c.day_id == day.id)
    at = day.db.read_now(lambda conn: conn.execute(query).scalar_one())
    return at.isoformat()


def booked(hand: Hand, day: TestDay, path: str = "") -> str:
    """From the link of the day to the ticket, one person with one need; gives the path of the ticket."""
    page = hand.page
    hand.open(path or f"/d/{day.day.slug}?lang={hand.language}")
    hand.tap(page.locator("label[for=need-my-rights]"))
    hand.turn(page.locator("#needs-form button"))
    hand.tap(page.locator("label[for=interpreter-none]"))
    hand.turn(page.locator("#plan-form .actions button"))
    hand.turn(page.locator("button[name=arrival]").first)
    hand.write("#name", NAMES[hand.language])
    hand.turn(page.locator("#booking-form .actions.reach button"))
    found = re.search(r"/t/[a-z2-7]{26}", page.url)
    assert found is not None, page.url
    return found[0]


def short_code(page: Page) -> str:
    """The code that stands on the ticket, as she copies it."""
    return page.locator(".short-code .code").inner_text()


def by_short_code(hand: Hand, day: TestDay, code: str) -> None:
    """From the first page to the ticket, by the day and the code written down."""
    hand.open(f"/?lang={hand.language}")
    hand.write("#code", code)
    hand.choose("#day", day.day.slug)
    opens = hand.page.locator("#find-form button")
    expect(opens).to_have_text(read_catalogue(hand.language).one("Open", "button"))
    hand.turn(opens)


@ways(0)
def test_one_person_from_the_link_to_the_ticket(calm: Hall, anyone: Anyone, language: str, script: bool) -> None:
    day = another_day(calm, Release.INVITED)
    hand = Hand(anyone(script=script).new_page(), language)
    booked(hand, day, f"/d/{day.day.slug}?invitation={invitation(day)}&lang={language}")
    expect(hand.page.locator(".ticket-number")).to_have_text("100")
    assert hand.tell("one person, from the link to the ticket") == (5, 6, 1)
    assert states(day) == ["confirmed"]


def test_english_that_was_left_on_a_page_would_be_found(calm: Hall, anyone: Anyone) -> None:
    page = anyone().new_page()
    page.goto(f"/d/{calm.world.later_slug}?lang=en")
    for language in ("sk", "uk", "ar"):
        assert {"Continue", "Who is there", "Advice and booking are free of charge."} <= set(
            english_left(page, language)
        )


@ways(1)
def test_a_helper_books_for_somebody_without_a_contact_and_she_opens_her_ticket(
    calm: Hall, anyone: Anyone, language: str, script: bool
) -> None:
    day = another_day(calm)
    window = anyone(script=script)
    hand = Hand(window.new_page())
    page = hand.page
    page.goto(calm.world.helper)
    page.locator("main form button").click()
    hand.language = language
    hand.open(f"/helper?lang={language}")
    hand.turn(page.locator(f"main a[href='/helper/{day.day.slug}/book']"))
    hand.tap(page.locator("label[for$='my-rights']"))
    hand.turn(page.locator("main form button[type=submit]"))
    expect(page.locator(".goers label:visible")).to_have_count(0)
    hand.tap(page.locator(f"label[for=language-{language}]"))
    expect(page.locator(f"#language-{language}")).to_be_checked()
    hand.write("input[name=name]", NAMES[language])
    hand.turn(page.locator("form.wish .actions.reach button"))
    hand.turn(page.locator("button[name=arrival]").first)
    number, code = page.locator(".now-number").inner_text(), page.locator(".read-out .code").last.inner_text()
    hand.turn(page.locator("main a[href$='/print']"))
    expect(page.locator(".paper svg.qr")).to_be_visible()
    expect(page.locator(".paper .code")).to_have_text(code)
    assert hand.tell("a helper books for somebody") == (6, 7, 1)
    assert day.db.read_now(lambda conn: conn.execute(sa.select(sa.func.count(contacts.c.id))).scalar_one()) == 0

    visitor = Hand(anyone(script=script).new_page(), language)
    by_short_code(visitor, day, code)
    expect(visitor.page.locator(".ticket-number")).to_have_text(number)
    assert visitor.tell("she opens the helper's ticket by its code") == (2, 2, 1)


K, P, B, H, M = 0.28, 1.1, 0.1, 0.4, 1.35
"""Seconds for a key, a pointing, a press or release, a hand to the mouse, a thought (Card, Moran, Newell 1980)."""


def seconds_of(hand: Hand) -> float:
    """What the acts take by the keystroke-level model: before every tap a thought, to and from every field the hand."""
    points = hand.taps + hand.typed
    return points * (M + P + 2 * B) + hand.typed * 2 * H + hand.keys * K


@ways(2)
def test_reception_books_a_caller_in_less_than_45_seconds_of_hands(
    calm: Hall, anyone: Anyone, language: str, script: bool
) -> None:
    day = another_day(calm)
    hand = Hand(anyone(width=1280, height=800, script=script).new_page())
    page = hand.page
    page.goto(calm.world.reception)
    page.locator("main form button").click()
    hand.language = language
    hand.open(f"/reception/{day.day.slug}?lang={language}")
    began = monotonic()
    hand.turn(page.locator(f"#results a[href='/reception/{day.day.slug}/book']"))
    hand.tap(page.locator("label[for$='my-rights']"))
    hand.turn(page.locator("main form button[type=submit]"))
    hand.tap(page.locator(f"label[for=language-{language}]"))
    expect(page.locator(f"#language-{language}")).to_be_checked()
    hand.write("input[name=name]", NAMES[language])
    hand.write("input[name=phone]", "0903 123 456")
    hand.turn(page.locator("form.wish .actions.reach button"))
    hand.turn(page.locator("button[name=arrival]").first)
    took = monotonic() - began
    expect(page.locator(".read-out .code").first).to_have_text("100")
    expect(page.locator("main .notice.success")).to_be_visible()
    expect(page.locator("main .notice.stop, main .actions .primary")).to_have_count(0)

    assert hand.tell("reception books a caller") == (5, 6, 2)
    modelled = seconds_of(hand)
    print(
        f"  {hand.taps} taps, {hand.typed} fields, {hand.keys} keys: {modelled:.1f} s by the model; script {took:.1f} s"
    )
    assert modelled <= 45
    assert took < modelled


@ways(3)
def test_another_time_in_two_taps_from_the_link_and_from_the_short_code(
    calm: Hall, anyone: Anyone, language: str, script: bool
) -> None:
    day = another_day(calm)
    hand = Hand(anyone(script=script).new_page(), language)
    page = hand.page
    ticket = booked(hand, day)
    code, before = short_code(page), arrival(day)
    hand.open(f"{ticket}?lang={language}")
    move(hand)
    assert hand.tell("another time, from the link of the ticket") == (3, 2, 0)
    moved = arrival(day)
    assert page.url.startswith(f"{calm.base}{ticket}")

    by_short_code(hand, day, code)
    move(hand)
    assert hand.tell("another time, from the short code") == (4, 4, 1)
    assert len({before, moved, arrival(day)}) == 3
    assert states(day) == ["confirmed"]


def move(hand: Hand) -> None:
    """From the ticket to another time: what can be done, then the time."""
    hand.turn(hand.page.locator("main .acts > li > a[href*='/change']"))
    hand.turn(hand.page.locator("#change-form button[name=arrival]:visible").nth(1))
    expect(hand.page.locator("main .notice.success")).to_be_visible()


@ways(4)
def test_cancelling_in_two_taps_from_the_link_and_from_the_short_code(
    calm: Hall, anyone: Anyone, language: str, script: bool
) -> None:
    day = another_day(calm)
    hand = Hand(anyone(script=script).new_page(), language)
    page = hand.page
    ticket = booked(hand, day)
    hand.open(f"{ticket}?lang={language}")
    cancel(hand)
    assert hand.tell("cancelling, from the link of the ticket") == (3, 2, 0)
    booked(hand, day)
    by_short_code(hand, day, short_code(page))
    cancel(hand)
    assert hand.tell("cancelling, from the short code") == (4, 4, 1)
    assert states(day) == ["cancelled", "cancelled"]
    assert calm.database.read_now(verify, now=calm.database.now()) == []


def cancel(hand: Hand) -> None:
    """From the ticket to its end."""
    hand.turn(hand.page.locator("main .acts a[href*='/cancel']"))
    hand.turn(hand.page.locator("#cancel-form button"))
