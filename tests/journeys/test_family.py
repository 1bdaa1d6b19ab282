"""A family of five from the link to its ticket, its change and its cancellation: in pages, taps and typed fields."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Locator, Page, expect

from onestop.booking.tables import bookings, members, stop_members, stops
from onestop.directory.tables import services
from onestop.reports.verify import verify
from tests.journeys.conftest import Hall
from tests.journeys.hand import NAMES, Hand, ways

pytestmark = pytest.mark.browser
Someone = Callable[..., BrowserContext]


def together(hall: Hall) -> dict[str, list[int]]:
    """Who goes where, by marks."""
    query = (
        sa.select(services.c.key, members.c.mark)
        .join_from(stop_members, members)
        .join(stops, stops.c.id == stop_members.c.stop_id)
        .join(services, services.c.id == stops.c.service_id)
        .where(stops.c.state == "planned")
        .order_by(services.c.key, members.c.mark)
    )
    found: dict[str, list[int]] = {}
    for key, mark in hall.database.read_now(lambda conn: conn.execute(query).all()):
        found.setdefault(key, []).append(mark)
    return found


def line(page: Page, key: str, hall: Hall) -> Locator:
    """The line of a service on the page of the plan."""
    query = sa.select(services.c.id).where(services.c.key == key)
    ids = hall.database.read_now(lambda conn: conn.execute(query).scalars().all())
    marks = [each.hex[-12:] for each in ids]
    return page.locator(".stop-line").filter(
        has=page.locator(", ".join(f"input[name=services][value='{mark}']" for mark in marks))
    )


@ways(0)
def test_a_family_of_five_split_over_desks_books_in_five_pages_eight_taps_and_one_typed_field(
    hall: Hall, someone: Someone, script: bool, language: str
) -> None:
    hand = Hand(someone(script=script).new_page(), language)
    page = hand.page
    hand.open(f"/d/{hall.world.slug}?invitation={hall.world.invitation}&lang={language}")
    hand.tap(page.locator("label[for=need-problem-at-work]"))
    hand.turn(page.locator("#needs-form button"))
    expect(page.locator(".goers label:visible")).to_have_count(0)
    hand.choose("#adults", "2")
    hand.choose("#children", "3")
    expect(line(page, "labour", hall).locator(".goers label:visible")).to_have_count(5)
    hand.tap(page.locator("label[for=interpreter-none]"))
    hand.turn(page.locator("#plan-form .actions button"))
    hand.turn(page.locator("button[name=arrival]").first)
    hand.write("#name", NAMES[language])
    hand.turn(page.locator("#booking-form .actions.reach button"))

    assert re.search(r"/t/[a-z2-7]{26}", page.url)
    assert hand.tell("a family of five, split over desks") == (5, 8, 1)
    assert together(hall) == {"labour": [1], "legal": [1, 2, 3, 4, 5]}
    ticket = page.url.partition("?")[0]

    # The other parent goes to the talk about work, with one child: three pages, no typing.
    hand.open(f"{ticket}?lang={language}")
    hand.turn(page.locator("main a[href*='/plan']"))
    for label in (0, 1, 3):
        hand.tap(line(page, "labour", hall).locator(".goers label:visible").nth(label))
    hand.turn(page.locator("#plan-form .actions button"))
    hand.turn(page.locator("#same-time"))
    assert hand.tell("the family changes who goes where") == (4, 6, 0)
    assert together(hall) == {"labour": [2, 4], "legal": [1, 2, 3, 4, 5]}
    assert page.url.partition("?")[0] == ticket

    hand.open(f"{ticket}?lang={language}")
    hand.turn(page.locator("main a[href*='/cancel']"))
    hand.turn(page.locator("#cancel-form button"))
    assert hand.tell("the family cancels") == (3, 2, 0)
    assert together(hall) == {}
    states = sa.select(bookings.c.state)
    assert hall.database.read_now(lambda conn: conn.execute(states).scalars().all()) == ["cancelled"]
    assert hall.database.read_now(verify, now=hall.database.now()) == []


def test_a_desk_for_a_child_alone_is_told_and_every_answer_stands(hall: Hall, someone: Someone, script: bool) -> None:
    page = someone(script=script).new_page()
    page.goto(f"/d/{hall.world.slug}?invitation={hall.world.invitation}&lang=en")
    page.locator("label[for=need-my-rights]").click()
    page.locator("#needs-form button").click()
    page.locator("#children").select_option("1")
    expect(line(page, "legal", hall).locator(".goers")).to_be_hidden()  # her only adult goes wherever the child goes
    page.locator("#adults").select_option("2")
    line(page, "legal", hall).locator(".goers label:visible").nth(2).click()
    page.locator("label[for=interpreter-none]").click()
    page.locator("#plan-form .actions button").click()

    expect(page.locator("#error-summary")).to_contain_text("A child never goes to a desk alone.")
    expect(page.locator("#children")).to_have_value("1")
    expect(line(page, "legal", hall).locator(".goers input:checked")).to_have_count(1)
    page.locator("#error-summary a").click()
    assert "#with-" in page.url
