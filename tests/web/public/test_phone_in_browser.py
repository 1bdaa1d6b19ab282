"""The ticket on a phone in the hall: the line is cut, the page is loaded again, she is called, the phone forgets."""

from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from litestar.types import Receive, Scope, Send
from playwright.async_api import BrowserContext, Page, expect

from onestop.clock import monotonic
from onestop.db.ledger import facts
from onestop.db.session import open_database
from onestop.visits.actions.calls import finish, recall, serve
from tests.answered import cut_line, let_pass, stop_clock
from tests.reliability.cutting import Line
from tests.web.public.test_ticket import arrive, booked, code_of, make_private, party_of
from tests.web.public.visitor import Visitor, count
from tests.web.served import chromium, served
from tests.web.site import Site, running

pytestmark = pytest.mark.browser

NOT_LIVE = "[data-live-state]"
KEPT = """async () => {
    const urls = [];
    for (const name of await caches.keys())
        for (const request of await (await caches.open(name)).keys()) urls.push(new URL(request.url).pathname);
    return [urls.sort(), (await navigator.serviceWorker.getRegistrations()).length];
}"""
STUBS = """
    window.shaken = [];
    window.tones = 0;
    navigator.vibrate = (pattern) => window.shaken.push(JSON.stringify(pattern));
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) { window.tones += 1; start.apply(this, at); };
"""
RING = "[400,150,400,150,800]"


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """The day on SQLite."""
    database = open_database(sqlite_url)
    async with running(database, tmp_path, doors=("public",)) as started:
        yield started
    database.close()


@pytest.fixture
def lines() -> Generator[list[Line], None, None]:
    """Lines to close at the end."""
    made: list[Line] = []
    yield made
    for line in made:
        line.close()


@asynccontextmanager
async def phone(address: str, **options: object) -> AsyncGenerator[tuple[BrowserContext, Page], None]:
    """Her phone, with ears."""
    async with chromium() as browser:
        window = await browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, **options)  # type: ignore[arg-type]
        await window.add_init_script(STUBS)
        page = await window.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        yield window, page
        assert faults == []


def through(address: str, lines: list[Line]) -> tuple[Line, str]:
    """A line to the server, and the address at its end."""
    line = Line(urlsplit(address).port or 0)
    lines.append(line)
    return line, f"http://127.0.0.1:{line.port}"


async def kept(page: Page) -> None:
    """Wait until the phone has kept the ticket."""
    await expect(page.locator("[data-kept]")).to_be_visible()


async def heard(page: Page, tones: int) -> None:
    """Wait until the phone has begun so many tones."""
    for _ in range(80):
        if await page.evaluate("window.tones") >= tones:
            return
        await page.wait_for_timeout(100)
    raise AssertionError(f"fewer than {tones} tones")


def happened(site: Site, party: UUID, kind: str) -> int:
    """How often a fact stands in her ledger."""
    return count(site, facts, facts.c.kind == kind, facts.c.party_id == party)


@pytest.mark.parametrize(("language", "how"), [("en", "refuse"), ("ar", "swallow")])
async def test_a_page_loaded_again_without_a_network_is_her_ticket_with_its_time_and_recovers(
    site: Site, lines: list[Line], language: str, how: str
) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    async with served(site) as address:
        line, at = through(address, lines)
        async with phone(at) as (_, page):
            await page.goto(f"{at}/t/{code_of(visitor)}?lang={language}")
            await kept(page)
            plan = await page.locator(".plan-line").all_inner_texts()
            hour = site.database.now().astimezone(site.hall.day.zone).strftime("%H:")
            await expect(page.locator(NOT_LIVE)).to_be_hidden()

            getattr(line, how)()
            await page.goto(f"{at}/t/{code_of(visitor)}", wait_until="domcontentloaded")
            await expect(page.locator(NOT_LIVE)).to_be_visible()
            said = await page.locator("[data-as-of]").inner_text()
            assert await page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
            assert await page.locator(".plan-line").all_inner_texts() == plan
            await expect(page.locator(".ticket-number")).to_have_text("100")
            await expect(page.locator(".ticket-foot svg")).to_be_visible()
            await page.wait_for_timeout(6000)
            await expect(page.locator(NOT_LIVE)).to_be_visible()
            assert await page.locator("[data-as-of]").inner_text() == said

            site.hall.next(1)
            line.restore()
            began = monotonic()
            await expect(page.locator("[data-turn='1']")).to_be_visible(timeout=12_000)
            await expect(page.locator(NOT_LIVE)).to_be_hidden(timeout=12_000)
            took = monotonic() - began

    assert ("Not live. As of " in said if language == "en" else "غير مباشر" in said, hour in said) == (True, True)
    assert took <= 12


async def test_an_open_page_says_within_fifteen_seconds_that_it_is_not_live_and_of_when_it_is(
    site: Site, lines: list[Line]
) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    async with served(site) as address:
        line, at = through(address, lines)
        async with phone(at) as (_, page):
            await page.goto(f"{at}/t/{code_of(visitor)}")
            await kept(page)
            await page.wait_for_timeout(6000)
            line.swallow()
            began = monotonic()
            await expect(page.locator(NOT_LIVE)).to_be_visible(timeout=20_000)
            silent = monotonic() - began
            said = await page.locator("[data-as-of]").inner_text()
            await page.wait_for_timeout(15_000)
            still = await page.locator("[data-as-of]").inner_text()
            line.restore()
            began = monotonic()
            await expect(page.locator(NOT_LIVE)).to_be_hidden(timeout=20_000)
            back = monotonic() - began

    assert said.startswith("Not live. As of ")
    assert (silent <= 15, back <= 12, still) == (True, True, said), (silent, back)


async def test_a_press_that_was_not_sent_says_so_and_is_pressed_again(site: Site, lines: list[Line]) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    party = party_of(site, visitor)
    async with served(site) as address:
        line, at = through(address, lines)
        async with phone(at) as (_, page):
            await page.goto(f"{at}/t/{code_of(visitor)}")
            await kept(page)
            line.refuse()
            await page.tap("#step-out-form button")
            await expect(page.locator("[data-not-sent]")).to_be_visible()
            await page.tap("#help-form button")
            await expect(page.locator("[data-not-sent]")).to_be_visible()
            unsent = happened(site, party, "VisitorSteppedOut"), happened(site, party, "HelpAsked")
            line.restore()
            await page.tap("#help-form button")
            await expect(page.locator("#no-help-form")).to_be_visible()
            await expect(page.locator("[data-not-sent]")).to_be_hidden()
            await page.tap("#step-out-form button")
            await expect(page.locator("#come-back-form")).to_be_visible()
            await expect(page.locator(NOT_LIVE)).to_be_hidden(timeout=12_000)

    assert (unsent, happened(site, party, "VisitorSteppedOut"), happened(site, party, "HelpAsked")) == ((0, 0), 1, 1)


async def test_a_press_whose_answer_was_lost_counts_once_however_often_she_presses(site: Site) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    party = party_of(site, visitor)
    lost: list[str] = []

    async def lossy(scope: Scope, receive: Receive, send: Send) -> None:
        """What is pressed is done, and the first answer to each never comes."""
        if scope.get("method") != "POST" or scope["path"] in lost:
            await site.app(scope, receive, send)
            return
        lost.append(scope["path"])

        async def swallow(_: object) -> None:
            """The answer is gone."""

        await site.app(scope, receive, swallow)  # type: ignore[arg-type]

    async with served(site, lossy) as address, phone(address) as (_, page):
        await page.goto(f"{address}/t/{code_of(visitor)}")
        await page.route("**/t/*", lambda route: route.abort())  # nothing tells her what became of it
        await page.tap("#help-form button")
        await expect(page.locator("[data-not-sent]")).to_be_visible(timeout=15_000)
        first = happened(site, party, "HelpAsked")
        await page.unroute("**/t/*")
        await page.evaluate("document.querySelector('#help-form')?.requestSubmit()")
        await expect(page.locator("#no-help-form")).to_be_visible()

    assert (len(lost), first, happened(site, party, "HelpAsked")) == (1, 1, 1)


async def test_a_call_shakes_and_sounds_after_one_tap_until_she_touches_the_phone(site: Site) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    async with served(site) as address, phone(address) as (_, page):
        await page.goto(f"{address}/t/{code_of(visitor)}")
        await page.tap("[data-sound] button")
        await expect(page.locator("[data-sounds]")).to_be_visible()
        tested = await page.evaluate("window.tones")
        stop = site.hall.next(1).stop
        await expect(page.locator("[data-turn='1']")).to_be_visible()
        called = await page.title()
        await heard(page, 12)  # a second time, without a touch
        await page.tap("h2")
        await page.evaluate("window.shaken = []; window.tones = 0")
        await page.wait_for_timeout(6000)
        quiet = await page.evaluate("[window.shaken, window.tones]")

        site.hall.write(recall, stop)
        await heard(page, 4)
        again = await page.evaluate("window.shaken[0]")
        site.hall.write(serve, stop)
        await expect(page.locator("[data-turn]")).to_have_count(0)
        at_desk = await page.title()

    assert (tested, called, at_desk.partition(" · ")[0]) == (4, "● Desk 1 – 100", "Your ticket 100")
    assert (quiet, again) == ([[], 0], RING)


async def test_a_call_rings_for_a_minute_at_most(site: Site) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    async with served(site) as address, phone(address) as (_, page):
        await stop_clock(page)
        await page.goto(f"{address}/t/{code_of(visitor)}")
        site.hall.next(1)
        for _ in range(20):
            await let_pass(page, 1)
            if await page.locator("[data-turn='1']").count():
                break
        await page.clock.run_for(58_000)
        before = await page.evaluate("window.shaken.length")
        await page.clock.run_for(60_000)
        after = await page.evaluate("window.shaken.slice(-1)[0]"), await page.evaluate("window.shaken.length")

    assert 10 <= before <= 13
    assert after[0] == "0"
    assert after[1] <= 15


async def test_a_private_call_shakes_without_a_sound_and_names_no_desk_where_neighbours_look(site: Site) -> None:
    visitor = await booked(site)
    make_private(site, "legal")
    visitor = await booked(site)
    arrive(site, visitor)
    async with served(site) as address, phone(address) as (_, page):
        await page.goto(f"{address}/t/{code_of(visitor)}")
        await page.tap("[data-sound] button")
        await expect(page.locator("[data-sounds]")).to_be_visible()
        tested = await page.evaluate("window.tones")
        site.hall.next(1)
        await expect(page.locator("[data-turn='1']")).to_be_visible()
        await page.wait_for_timeout(6000)
        shaken = await page.evaluate("window.shaken")
        tones, title = await page.evaluate("window.tones"), await page.title()
        await expect(page.locator(".turn-number")).to_have_count(0)
        await expect(page.locator(".ticket-next")).to_contain_text("desk 1")

    assert (tested, tones, title, shaken) == (4, 4, "● 101", ["200", RING, RING])


async def test_a_phone_that_was_locked_asks_at_once_when_she_looks_at_it(site: Site) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    async with served(site) as address, phone(address) as (_, page):
        await page.route("**/live", lambda route: route.abort())
        await page.goto(f"{address}/t/{code_of(visitor)}")
        site.hall.next(1)
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await expect(page.locator("[data-turn='1']")).to_be_visible(timeout=3000)


async def test_without_streams_a_call_reaches_the_phone_within_twelve_seconds(site: Site) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    async with served(site) as address, phone(address) as (_, page):
        await page.route("**/live", lambda route: route.abort())
        await page.goto(f"{address}/t/{code_of(visitor)}")
        await kept(page)
        site.hall.next(1)
        began = monotonic()
        await expect(page.locator("[data-turn='1']")).to_be_visible(timeout=15_000)
        took = monotonic() - began
        await expect(page.locator(NOT_LIVE)).to_be_hidden()

    assert took <= 12


async def test_the_phone_keeps_one_page_on_the_day_alone_and_forgets_when_she_says_so(site: Site) -> None:
    visitor = await booked(site)
    opens = site.hall.day.opens_at
    async with served(site) as address, phone(address) as (_, page):
        site.set_time(opens.replace(day=opens.day - 1))
        await page.goto(f"{address}/t/{code_of(visitor)}")
        await page.wait_for_timeout(1000)
        day_before = await page.evaluate(KEPT)
        site.set_time(opens)
        await page.goto(f"{address}/t/{code_of(visitor)}")
        await kept(page)
        await page.goto(f"{address}/t/{code_of(visitor)}/print")
        await page.goto(f"{address}/t/{code_of(visitor)}")
        await kept(page)
        urls, workers = await page.evaluate(KEPT)
        await page.tap("[data-kept] button")
        await expect(page.locator("h1")).to_have_text("This phone has forgotten your ticket")
        forgotten = await page.evaluate(KEPT), page.url.removeprefix(address)

    assert day_before == [[], 0]
    assert ([url for url in urls if not url.startswith("/static/")], workers) == ([f"/t/{code_of(visitor)}"], 1)
    assert forgotten == ([[], 0], "/")


@pytest.mark.parametrize("how", ["she erases", "somebody else erases", "the day ends", "she is done"])
async def test_what_the_phone_keeps_ends_with_the_ticket(site: Site, how: str) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    other = Visitor(site.browser())
    async with served(site) as address, phone(address) as (_, page):
        await page.goto(f"{address}/t/{code_of(visitor)}")
        await kept(page)
        await page.reload()
        await kept(page)
        if how == "she erases":
            await page.goto(f"{address}/t/{code_of(visitor)}/erase")
            await page.tap("#erase-form button")
            await page.wait_for_url("**/erased*")
        elif how == "somebody else erases":
            await other.open(f"/t/{code_of(visitor)}/erase")
            await other.press("erase-form")
            await page.goto(f"{address}/t/{code_of(visitor)}")
        elif how == "the day ends":
            await page.evaluate(
                """async (path) => {
                    const cache = await caches.open(`ticket ${path}`);
                    const page = await cache.match(path);
                    const headers = new Headers(page.headers);
                    headers.set("x-kept-until", String(Date.now() - 1));
                    await cache.put(path, new Response(await page.text(), { headers }));
                }""",
                f"/t/{code_of(visitor)}",
            )
            await cut_line(page)
            with pytest.raises(Exception, match="ERR_"):
                await page.goto(f"{address}/t/{code_of(visitor)}")
            await page.context.set_offline(False)
        else:
            for desk in (1, 4):
                stop = site.hall.next(desk).stop
                site.hall.write(serve, stop)
                site.hall.write(finish, stop)
                site.hall.later(minutes=1)
            await expect(page.locator("[data-kept]")).to_be_hidden(timeout=12_000)
        await page.goto(f"{address}/erased")
        for _ in range(50):
            if (left := await page.evaluate(KEPT)) == [[], 0]:
                break
            await page.wait_for_timeout(100)

    assert left == [[], 0]


async def test_without_a_secure_context_nothing_is_kept_and_the_open_page_says_that_it_is_not_live(
    site: Site, lines: list[Line]
) -> None:
    visitor = await booked(site)
    arrive(site, visitor)
    async with served(site) as address:
        line, _ = through(address, lines)
        # A name that is not this machine's, over plain http.
        async with chromium("--host-resolver-rules=MAP hall.test 127.0.0.1") as browser:
            page = await browser.new_page(viewport={"width": 360, "height": 740})
            await page.goto(f"http://hall.test:{line.port}/t/{code_of(visitor)}")
            await expect(page.locator("[data-sound]")).to_be_visible()
            assert await page.evaluate("isSecureContext") is False
            line.refuse()
            await expect(page.locator(NOT_LIVE)).to_be_visible(timeout=15_000)
            await expect(page.locator(".ticket-number")).to_have_text("100")
            await expect(page.locator("[data-kept]")).to_be_hidden()
