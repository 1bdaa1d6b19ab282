"""The small scripts in a real browser: live parts, keys, busy forms. The server beside them is a plain one."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from onestop.paths import resource_dir
from tests.answered import hold_clock

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("scripts")]

ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SCRIPTS = "".join(f'<script type="module" src="/static/js/{name}.js"></script>' for name in ("live", "keys", "busy"))
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; form-action 'self'"
TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


class Hall:
    """One live part with a version, a stream that tests feed, and a count of what was asked and sent."""

    def __init__(self) -> None:
        self.version = 1
        self.fetched = 0
        self.posted = 0
        self.streams: list[Queue[str]] = []
        self.stream_open = True
        hall = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/static/"):
                    path = resource_dir("static") / self.path.removeprefix("/static/")
                    self.give(path.read_bytes(), TYPES[path.suffix[1:]])
                elif self.path == "/live":
                    self.stream()
                elif self.path == "/part":
                    hall.fetched += 1
                    self.give(hall.part().encode())
                else:
                    self.give(hall.page().encode())

            def do_POST(self) -> None:
                hall.posted += 1
                # No new page: so the test sees how the old one waits for it.
                self.send_response(204)
                self.end_headers()

            def give(self, body: bytes, kind: str = "text/html; charset=utf-8") -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Security-Policy", POLICY)
                self.end_headers()
                self.wfile.write(body)

            def stream(self) -> None:
                if not hall.stream_open:
                    self.send_error(503)
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                told: Queue[str] = Queue()
                hall.streams.append(told)
                self.wfile.write(b": here\n\n")
                while (words := told.get()) != "end":
                    self.wfile.write(words.encode())
                    self.wfile.flush()

            def log_message(self, format: str, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def part(self) -> str:
        return (
            f'<section id="now" data-live="desk" data-live-src="/part"><p id="version">{self.version}</p>'
            '<input id="typed" name="typed"><button id="next" type="button" data-key="n">Next</button></section>'
        )

    def page(self) -> str:
        return (
            f"<!doctype html><html lang='en'><title>hall</title>{SCRIPTS}<body>"
            f"<div data-live-stream='/live'>{self.part()}</div>"
            "<p data-live-state hidden>Not live</p><button id='keys' data-keys-switch hidden>Keys</button>"
            "<form method='post' action='/act'><button id='send'>Send</button></form></body></html>"
        )

    def tell(self, words: str) -> None:
        for stream in self.streams:
            stream.put(words)

    def close(self) -> None:
        self.tell("end")
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def hall() -> Iterator[Hall]:
    hall = Hall()
    yield hall
    hall.close()


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser) -> Iterator[Page]:  # pyright: ignore
    context = browser.new_context()
    yield context.new_page()
    context.close()


def opened(page: Page, hall: Hall) -> None:
    page.goto(hall.address)
    deadline = time.monotonic() + 5
    while not hall.streams and hall.stream_open and time.monotonic() < deadline:
        page.wait_for_timeout(20)


def test_a_part_is_fetched_again_when_its_topic_changes(page: Page, hall: Hall):
    opened(page, hall)
    hall.version = 2

    hall.tell("event: topic\ndata: desk\n\n")

    expect(page.locator("#version")).to_have_text("2")
    assert hall.fetched == 1


def test_another_topic_fetches_nothing(page: Page, hall: Hall):
    opened(page, hall)

    hall.tell("event: topic\ndata: overview\n\nevent: ping\ndata:\n\n")
    hall.tell("event: topic\ndata: desk now\n\n")

    page.wait_for_timeout(400)
    assert hall.fetched == 1


def test_a_part_waits_until_nobody_types_in_it(page: Page, hall: Hall):
    opened(page, hall)
    page.fill("#typed", "half a na")
    hall.version = 2

    hall.tell("event: topic\ndata: desk\n\n")
    page.wait_for_timeout(300)

    assert (page.input_value("#typed"), page.inner_text("#version"), hall.fetched) == ("half a na", "1", 1)
    page.locator("#send").focus()
    expect(page.locator("#version")).to_have_text("2")


def test_the_focus_stays_on_the_button_of_a_part_that_changed(page: Page, hall: Hall):
    opened(page, hall)
    page.focus("#next")
    hall.version = 2

    hall.tell("event: topic\ndata: desk\n\n")

    expect(page.locator("#version")).to_have_text("2")
    assert page.evaluate("document.activeElement.id") == "next"


def test_a_part_waits_until_the_button_that_is_held_down_is_let_go_and_the_press_counts(page: Page, hall: Hall):
    opened(page, hall)
    page.locator("#next").evaluate("button => button.addEventListener('click', () => (window.pressed = true))")
    page.hover("#next")
    page.mouse.down()
    hall.version = 2

    with page.expect_response("**/part"):
        hall.tell("event: topic\ndata: desk\n\n")
    page.wait_for_timeout(100)
    assert page.inner_text("#version") == "1"
    page.mouse.up()

    expect(page.locator("#version")).to_have_text("2")
    assert page.evaluate("window.pressed") is True


def test_a_mouse_that_nobody_heard_being_let_go_holds_a_part_for_five_seconds_only(page: Page, hall: Hall):
    hold_clock(page)
    opened(page, hall)
    page.hover("#next")
    page.mouse.down()
    hall.version = 2
    with page.expect_response("**/part"):
        hall.tell("event: topic\ndata: desk\n\n")
        page.wait_for_timeout(100)
        page.clock.run_for(1_000)
    page.wait_for_timeout(100)
    assert page.inner_text("#version") == "1"

    page.clock.run_for(5_000)

    expect(page.locator("#version")).to_have_text("2")


def test_without_a_stream_the_part_is_polled_and_the_page_says_so(page: Page, hall: Hall):
    hall.stream_open = False
    hold_clock(page)
    opened(page, hall)
    hall.version = 2

    for _ in range(4):
        page.clock.run_for(10_000)
        page.wait_for_timeout(50)

    expect(page.locator("#version")).to_have_text("2")
    assert 1 <= hall.fetched <= 4


def test_a_page_whose_stream_never_came_says_so_when_the_polls_fail_too(page: Page, hall: Hall):
    hall.stream_open = False
    hold_clock(page)
    opened(page, hall)
    expect(page.locator("[data-live-state]")).to_be_hidden()
    page.context.set_offline(True)
    page.clock.run_for(11_000)
    expect(page.locator("[data-live-state]")).to_be_visible()

    page.context.set_offline(False)
    page.clock.run_for(11_000)
    expect(page.locator("[data-live-state]")).to_be_hidden()


def test_a_stream_that_falls_silent_is_told_and_one_that_is_back_too(page: Page, hall: Hall):
    hold_clock(page)
    opened(page, hall)
    expect(page.locator("[data-live-state]")).to_be_hidden()

    page.clock.run_for(31_000)

    expect(page.locator("[data-live-state]")).to_be_visible()
    hall.version = 3
    hall.tell("event: ping\ndata:\n\n")
    expect(page.locator("[data-live-state]")).to_be_hidden()
    expect(page.locator("#version")).to_have_text("3")


def test_a_key_presses_its_button_but_not_while_somebody_types(page: Page, hall: Hall):
    opened(page, hall)
    page.evaluate(
        "window.pressed = 0; document.getElementById('next').addEventListener('click', () => window.pressed++)"
    )

    page.keyboard.press("n")
    page.focus("#typed")
    page.keyboard.press("n")

    assert (page.evaluate("window.pressed"), page.input_value("#typed")) == (1, "n")


def test_the_keys_can_be_turned_off_and_stay_off(page: Page, hall: Hall):
    opened(page, hall)
    page.click("#keys")
    page.reload()
    page.evaluate(
        "window.pressed = 0; document.getElementById('next').addEventListener('click', () => window.pressed++)"
    )

    page.keyboard.press("n")

    assert (page.evaluate("window.pressed"), page.get_attribute("#keys", "aria-pressed")) == (0, "false")


def test_a_double_tap_sends_a_form_once_and_says_that_it_works(page: Page, hall: Hall):
    opened(page, hall)

    page.dblclick("#send")

    expect(page.locator("#send[aria-busy=true]")).to_have_count(1)
    assert hall.posted == 1
