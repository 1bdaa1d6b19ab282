"""A ticket held to a camera, at the machine and at reception. What the camera sees is a film of our own."""

import re
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext, Page, expect

from onestop.booking.tickets import Ticket
from onestop.visits.tables import visits
from tests.answered import hold_clock
from tests.film import camera, film
from tests.journeys.conftest import CHROMIUM, SWITCHES, Hall
from tests.journeys.hand import Hand
from tests.journeys.test_left import LEFT, NOTHING
from tests.journeys.test_reception import booked, day_of
from tests.patience import PATIENCE_MS

pytestmark = pytest.mark.browser
Eye = Callable[..., BrowserContext]
CARD = "BEGIN:VCARD\nVERSION:3.0\nN:Invented;Guest\nTEL:+421900000000\nEND:VCARD"
NOT_OURS = "This is not a ticket of ours."
MACHINE, PHONE = (1080, 1920), (360, 740)
_WATCH = """
const media = navigator.mediaDevices, given = media.getUserMedia.bind(media);
window.tracks = [];
media.getUserMedia = async (wanted) => {
  if (window.fails) throw new DOMException("not now", window.fails);
  const stream = await given(wanted);
  window.tracks.push(...stream.getTracks());
  return stream;
};"""
"""Keeps what the camera gave, to see it ended; `fails` names what cannot be done to the camera of a test."""


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film in the camera."""
    return tmp_path_factory.mktemp("film") / "film.y4m"


@pytest.fixture(scope="module")
def seeing(chromium: Browser, reel: Path) -> Generator[Browser, None, None]:
    """A browser with that camera."""
    film("", reel)
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*SWITCHES, *camera(reel)])
    yield browser
    browser.close()


@pytest.fixture
def eye(seeing: Browser, calm: Hall) -> Generator[Callable[..., BrowserContext], None, None]:
    """Gives a window that may use the camera, or may not."""
    opened: list[BrowserContext] = []

    def window(size: tuple[int, int], *, allowed: bool = True) -> BrowserContext:
        context = seeing.new_context(
            base_url=calm.base, viewport={"width": size[0], "height": size[1]}, has_touch=True, locale="en-GB"
        )
        context.set_default_timeout(PATIENCE_MS)
        context.grant_permissions(["camera"] if allowed else ["notifications"], origin=calm.base)
        context.add_init_script(_WATCH)
        opened.append(context)
        return context

    yield window
    for context in opened:
        context.close()


def _signed_in(chromium: Browser, calm: Hall, there: str) -> list[SetCookieParam]:
    """What a browser keeps of a pairing or a link, which count once."""
    context = chromium.new_context(base_url=calm.base)
    page = context.new_page()
    page.goto(there)
    with page.expect_navigation():
        page.locator("main form button").click()
    kept = [
        SetCookieParam(name=one.get("name", ""), value=one.get("value", ""), url=calm.base, httpOnly=True)
        for one in context.cookies()
    ]
    context.close()
    return kept


@pytest.fixture(scope="module")
def paired(chromium: Browser, calm: Hall) -> list[SetCookieParam]:
    """A ticket machine."""
    return _signed_in(chromium, calm, f"/pair?code={calm.world.kiosk_code}")


@pytest.fixture(scope="module")
def received(chromium: Browser, calm: Hall) -> list[SetCookieParam]:
    """A receptionist."""
    return _signed_in(chromium, calm, calm.world.reception)


@pytest.fixture
def machine(eye: Eye, paired: list[SetCookieParam]) -> Page:
    """A machine with a camera."""
    context = eye(MACHINE)
    context.add_cookies(paired)
    return context.new_page()


@pytest.fixture
def door(eye: Eye, received: list[SetCookieParam]) -> Callable[..., Page]:
    """Gives reception on a screen of some size, with a camera that may be used or not."""

    def at(size: tuple[int, int] = PHONE, *, allowed: bool = True) -> Page:
        context = eye(size, allowed=allowed)
        context.add_cookies(received)
        return context.new_page()

    return at


def _scan(page: Page) -> None:
    page.locator("[data-camera-start]").tap()


def _sees(page: Page) -> None:
    """Until a picture of the camera is on the screen."""
    page.locator(".camera-view video").evaluate("video => new Promise(seen => video.requestVideoFrameCallback(seen))")


def _says(page: Page, name: str) -> None:
    """This sentence alone is shown."""
    expect(page.locator("[data-camera-says]:visible")).to_have_attribute("data-camera-says", name)


def _tracks(page: Page) -> list[str]:
    return page.evaluate("window.tracks.map(track => track.readyState)")


def _is_off(page: Page, *, taken: int = 1) -> None:
    """The camera was used so often, and is free again; nothing is on the screen but the page."""
    expect(page.locator(".camera-view")).to_be_hidden()
    assert _tracks(page) == ["ended"] * taken


def _came(calm: Hall, ticket: Ticket) -> int:
    mine = sa.select(sa.func.count(visits.c.id)).where(visits.c.party_id == ticket.party)
    return calm.database.read_now(lambda conn: conn.execute(mine).scalar_one())


@pytest.mark.parametrize("screen", ["/kiosk", "/kiosk/code?lang=ar&size=2"])
def test_a_ticket_held_to_the_camera_of_the_machine_checks_in_with_nothing_typed(
    calm: Hall, machine: Page, reel: Path, screen: str
) -> None:
    ticket = booked(calm, day_of(calm), "legal")
    film(f"{calm.base}/t/{ticket.code}", reel)
    machine.goto(screen)
    Hand(machine, language="ar" if "ar" in screen else "").look()
    assert _came(calm, ticket) == 0
    _scan(machine)
    machine.wait_for_url("**/here*")
    expect(machine.locator(".huge .ticket-number")).to_have_text(str(ticket.number))
    size = machine.locator("html").get_attribute("class") or ""
    assert (_came(calm, ticket), "size-2" in size) == (1, "size=2" in screen)


def test_a_code_that_is_not_ours_gets_the_sentence_a_scanner_gets_and_the_next_one_is_read(
    calm: Hall, machine: Page, reel: Path
) -> None:
    ticket = booked(calm, day_of(calm), "legal")
    machine.goto("/kiosk/code?lang=en")
    for text in (CARD, ticket.code[:13], "https://elsewhere.example/t/"):
        film(text, reel)
        with machine.expect_navigation():
            _scan(machine)
        expect(machine.locator(".notice.stop .notice-title")).to_have_text(NOT_OURS)
        assert machine.locator("#code").input_value() == ""
    film(ticket.code, reel)
    _scan(machine)
    machine.wait_for_url("**/here*")
    assert _came(calm, ticket) == 1


@pytest.mark.parametrize(("language", "size"), [("en", PHONE), ("ar", (768, 1024))])
def test_at_reception_the_camera_opens_the_person_and_the_next_one_from_her_page(
    calm: Hall, door: Callable[..., Page], reel: Path, language: str, size: tuple[int, int]
) -> None:
    day, page = day_of(calm), door(size)
    page.goto(f"/reception/{calm.world.slug}?lang={language}")
    for place in (0, 1):
        ticket = booked(calm, day, "legal", place=place)
        film(f"{calm.base}/t/{ticket.code}", reel)
        Hand(page, language=language).look()
        _scan(page)
        page.wait_for_url(f"**/parties/{ticket.party}")
        expect(page.locator("#person-number")).to_contain_text(str(ticket.number))
    film(CARD, reel)
    page.goto(f"/reception/{calm.world.slug}")
    _scan(page)
    page.locator("#results .empty").wait_for()
    _is_off(page)


def test_while_it_is_open_the_camera_is_seen_whole_and_every_way_out_ends_it(machine: Page, reel: Path) -> None:
    film("", reel)
    machine.goto("/kiosk/code?lang=en")
    away = """Object.defineProperty(document, "hidden", {value: true});
      document.dispatchEvent(new Event("visibilitychange"))"""
    outs: tuple[Callable[[], object], ...] = (
        lambda: machine.locator("[data-camera-stop]").tap(),
        lambda: machine.keyboard.press("Escape"),
        lambda: machine.keyboard.press("A"),
        lambda: machine.evaluate(away),
    )
    for taken, out in enumerate(outs, start=1):
        _scan(machine)
        _sees(machine)
        expect(machine.locator(".camera-view")).to_be_in_viewport(ratio=1)
        assert _tracks(machine)[-1] == "live"
        out()
        _is_off(machine, taken=taken)
        assert machine.url.endswith("/kiosk/code?lang=en")
        expect(machine.locator("[data-camera-says]:visible")).to_have_count(0)


def test_a_scanner_that_types_works_while_the_camera_is_open(calm: Hall, door: Callable[..., Page], reel: Path) -> None:
    film("", reel)
    ticket, page = booked(calm, day_of(calm), "legal"), door()
    page.goto(f"/reception/{calm.world.slug}")
    _scan(page)
    _sees(page)
    expect(page.locator(".camera-view")).to_be_in_viewport(ratio=1)
    page.keyboard.type(ticket.code)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/parties/{ticket.party}")


def test_a_camera_that_is_refused_is_told_and_typing_goes_on(calm: Hall, door: Callable[..., Page]) -> None:
    ticket, page = booked(calm, day_of(calm), "legal"), door(allowed=False)
    page.goto(f"/reception/{calm.world.slug}?lang=ar")
    _scan(page)
    _says(page, "refused")
    Hand(page, language="ar").look()
    page.keyboard.type(ticket.code)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/parties/{ticket.party}")


def test_a_camera_that_is_gone_or_taken_is_told_and_typing_goes_on(calm: Hall, machine: Page) -> None:
    ticket = booked(calm, day_of(calm), "legal")
    machine.goto("/kiosk/code?lang=uk")
    for fails, says in (("NotFoundError", "none"), ("NotReadableError", "busy"), ("TypeError", "trouble")):
        machine.evaluate("fails => (window.fails = fails)", fails)
        _scan(machine)
        _says(machine, says)
        _is_off(machine, taken=0)
        Hand(machine, language="uk").look()
    machine.locator("#code").fill(ticket.short)
    machine.keyboard.press("Enter")
    machine.wait_for_url("**/here*")


def test_a_decoder_that_does_not_come_leaves_no_camera_on(machine: Page, reel: Path) -> None:
    film("", reel)
    machine.route("**/qr-scanner-worker*", lambda route: route.abort())
    machine.goto("/kiosk/code?lang=en")
    _scan(machine)
    _says(machine, "trouble")
    _is_off(machine)


def test_nobody_before_the_camera_it_goes_off_and_the_machine_forgets(machine: Page, reel: Path) -> None:
    film("", reel)
    hold_clock(machine)
    machine.goto("/kiosk/code?lang=ar")
    _scan(machine)
    _sees(machine)
    machine.clock.run_for(45_000)
    assert _tracks(machine) == ["live"]
    machine.clock.run_for(16_000)
    _says(machine, "nothing")
    _is_off(machine)
    machine.clock.run_for(30_000)
    expect(machine.locator("[data-idle]")).to_be_visible()
    with machine.expect_navigation(url=re.compile(r"/kiosk$")):
        machine.clock.run_for(21_000)
    assert machine.evaluate(LEFT) == NOTHING
    expect(machine.locator("[data-camera-says]:visible")).to_have_count(0)


def test_the_decoder_is_loaded_by_the_press_alone(calm: Hall, machine: Page, reel: Path) -> None:
    film("", reel)
    asked: list[str] = []
    machine.on("request", lambda request: asked.append(request.url))
    machine.goto("/kiosk/code")
    machine.locator("[data-camera-start]").wait_for()
    before = [url for url in asked if "/vendor/" in url]
    _scan(machine)
    _sees(machine)
    assert (before, len([url for url in asked if "/vendor/qr-scanner/" in url])) == ([], 2)


def test_without_a_camera_there_is_no_button(
    anyone: Callable[..., BrowserContext], paired: list[SetCookieParam]
) -> None:
    context = anyone(width=1080, height=1920)
    context.add_cookies(paired)
    page = context.new_page()
    page.goto("/kiosk/code")
    assert page.evaluate("navigator.mediaDevices.enumerateDevices()") == []
    expect(page.locator("[data-camera]")).to_be_hidden()
