"""One visit in real browsers: book on a phone, check in at the machine, be called from desk to desk until done."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, expect

from onestop.booking.tables import parties, stops
from onestop.directory.tables import services
from onestop.reports.verify import verify
from onestop.visits.tables import visits
from onestop.web.kit.answers import need_mark
from tests.journeys.conftest import Hall
from tests.journeys.hand import Hand, ways
from tests.journeys.people import (
    book,
    check_in,
    code_of,
    open_desk,
    pair_kiosk,
    press,
    serve_next,
    sit_down,
    tab_to,
    tap,
    type_key,
)

pytestmark = pytest.mark.browser
Someone = Callable[..., BrowserContext]


def _stops(hall: Hall) -> list[tuple[str, str]]:
    """Service and state of every stop."""
    return hall.database.read_now(
        lambda conn: [
            (row.key, row.state)
            for row in conn.execute(
                sa.select(services.c.key, stops.c.state)
                .join_from(stops, services, services.c.id == stops.c.service_id)
                .order_by(services.c.key)
            )
        ]
    )


def _visit_states(hall: Hall) -> list[str]:
    return hall.database.read_now(lambda conn: list(conn.execute(sa.select(visits.c.state)).scalars()))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_from_the_link_to_the_last_desk(hall: Hall, someone: Someone, script: bool, language: str) -> None:
    phone = someone(script=script)
    ticket = book(phone, hall, "residence-permit", language=language)
    assert ticket.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    expect(ticket.locator(".ticket-number")).to_have_text("100")
    kiosk = pair_kiosk(someone(width=1080, height=1920, script=script), hall)
    check_in(kiosk, code_of(ticket), language)
    ticket.reload()
    board = someone(width=1920, height=1080, script=script).new_page()
    board.goto(f"/pair?code={hall.world.display_code}")
    board.locator("main form button").click()
    officers = {n: sit_down(someone(width=1280, height=800, script=script), hall.world.desks[n - 1]) for n in (1, 4)}
    for page in officers.values():
        open_desk(page)
    press(officers[1], "n")
    if script:
        expect(board.get_by_text("100").first).to_be_visible()
        expect(ticket.locator("[data-turn='1']")).to_be_visible()
    else:
        board.reload()
        expect(board.get_by_text("100").first).to_be_visible()
        ticket.reload()
        expect(ticket.locator("[data-turn='1']")).to_be_visible()
    serve_next(officers[1], 100)
    serve_next(officers[4], 100)
    assert _stops(hall) == [("legal", "finished"), ("residence", "finished")]
    assert _visit_states(hall) == ["completed"]
    ticket.reload()
    expect(ticket.locator(".plan-line.done")).to_have_count(2)
    assert hall.database.read_now(verify, now=hall.database.now()) == []


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_party_that_took_the_police_line_off_is_never_called_there(
    hall: Hall, someone: Someone, script: bool, language: str
) -> None:
    ticket = book(someone(script=script), hall, "residence-permit", language=language, without_police=True)
    kiosk = pair_kiosk(someone(width=1080, height=1920, script=script), hall)
    check_in(kiosk, code_of(ticket), language)
    police = sit_down(someone(width=1280, height=800, script=script), hall.world.desks[3])
    open_desk(police)
    press(police, "n")
    legal = sit_down(someone(width=1280, height=800, script=script), hall.world.desks[0])
    open_desk(legal)
    serve_next(legal, 100)
    police.reload()
    expect(police.locator("#now")).not_to_contain_text("100")
    assert _stops(hall) == [("legal", "finished")]
    assert _visit_states(hall) == ["completed"]


@ways(1)
def test_the_machine_books_another_day_in_six_taps(hall: Hall, someone: Someone, script: bool, language: str) -> None:
    hand = Hand(pair_kiosk(someone(width=1080, height=1920, script=script), hall))
    page = hand.page
    hand.open("/kiosk")
    hand.turn(page.locator(".doors a[href*='/kiosk/days']"))
    hand.turn(page.locator(f"nav a[hreflang={language}]").first)
    hand.language = language
    for step in (
        page.locator(".doors a.button").first,
        page.locator(f".tiles a[href*='{need_mark('health-insurance')}']"),
        page.locator("main .foot button").first,
        page.locator("button[name=arrival]").nth(3),
    ):
        hand.turn(step)
    expect(page.locator(".ticket-number")).to_have_text("100")
    assert hand.tell("the machine books another day") == (7, 6, 0)
    named = hall.database.read_now(lambda conn: list(conn.execute(sa.select(parties.c.name)).scalars()))
    assert named == [""]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_officer_works_by_keyboard_alone(hall: Hall, someone: Someone, script: bool, language: str) -> None:
    ticket = book(someone(), hall, "health-insurance", language="en")
    check_in(pair_kiosk(someone(width=1080, height=1920), hall), code_of(ticket), "en")
    page = someone(width=1280, height=800, script=script).new_page()
    page.goto(f"{hall.world.desks[5].path}?lang={language}")
    tab_to(page, "main form button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/desks?"))
    assert page.locator("html").get_attribute("lang") == language
    steps = [("n", "open"), ("n", "called"), ("s", "serving"), ("f", "open"), ("u", "serving"), ("f", "open")]
    for key, then in steps:  # opens, calls, starts, finishes, takes that back: she still sits here
        if key == "f" and script:
            type_key(page, "1", "serving")
        elif key == "f":
            tab_to(page, "[name=outcome]")
            page.keyboard.press("Space")
        if script:
            type_key(page, key, then)
        else:
            tab_to(page, f"[data-key='{key}']")
            with page.expect_navigation(wait_until="load"):
                page.keyboard.press("Enter")
            expect(page.locator(f"#now.{then}")).to_be_visible()
    assert _visit_states(hall) == ["completed"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_one_person_runs_all_six_desks_from_a_tablet(hall: Hall, someone: Someone, script: bool, language: str) -> None:
    for needs in (("residence-permit",), ("find-work", "family-money-home"), ("health-insurance",)):
        ticket = book(someone(script=script), hall, *needs, language=language)
        if needs == ("residence-permit",):
            kiosk = pair_kiosk(someone(width=1080, height=1920, script=script), hall)
        check_in(kiosk, code_of(ticket), language)
    tablet = someone(width=768, height=1024, script=script, touch=True).new_page()
    tablet.goto(hall.world.reception)
    tablet.locator("main form button").click()
    tablet.goto(f"/floor/{hall.world.slug}?lang={language}")
    for number in range(1, 7):
        tap(tablet, tablet.locator(f".desk-tile:nth-child({number}) button[id$='-open']"))
    rounds = 0
    while _visit_states(hall) != ["completed"] * 3:
        assert (rounds := rounds + 1) < 40
        for button in ("-finish-advised", "-start", "-next"):
            found = tablet.locator(f".desk-tile button[id$='{button}']")
            if found.count():
                tap(tablet, found.first)
        tablet.reload()
    assert _visit_states(hall) == ["completed"] * 3
    assert {state for _, state in _stops(hall)} == {"finished"}
    assert hall.database.read_now(verify, now=hall.database.now()) == []
