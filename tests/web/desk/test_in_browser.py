"""The desk in a real browser: keys alone, zones that stay, a ready desk that sounds, and what is said when cut off."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from onestop.db.session import open_database
from onestop.visits.actions.alarms import ask_at_desk
from onestop.visits.actions.calls import serve
from onestop.visits.queries.alarms import open_alarms
from tests.answered import cut_line, settled
from tests.web.served import chromium, served, somebody
from tests.web.site import Site, running

pytestmark = pytest.mark.browser

LISTEN = """
    window.played = 0;
    document.getElementById("ready-sound").play = () => { window.played += 1; return Promise.resolve(); };
    0
"""


@pytest.fixture
async def desk(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[tuple[Site, Page], None]:
    """The day on SQLite, and the officer's window on it."""
    database = open_database(sqlite_url)
    async with (
        running(database, tmp_path, doors=("desk",)) as site,
        served(site) as address,
        chromium() as browser,
    ):
        window = await somebody(browser, site, address, "officer")
        page = await window.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(f"{address}/desk")
        await page.evaluate(LISTEN)
        yield site, page
        await window.close()
        assert faults == []
    database.close()


async def _state(page: Page, words: str) -> None:
    await expect(page.locator("#now-title")).to_contain_text(words)
    await settled(page)


async def _place(page: Page) -> float:
    """How far down the page the keys stand."""
    return await page.evaluate("document.querySelector('.acts').getBoundingClientRect().top + scrollY")


async def test_an_officer_works_by_keyboard_alone(desk: tuple[Site, Page]) -> None:
    site, page = desk
    site.hall.walk_in(site.hall.wish("legal"))
    said: list[str] = []
    for key, words in (
        ("Enter", "Nobody is at this desk."),
        ("n", "Called at"),
        ("r", "Called at"),
        ("Enter", "Here since"),
        ("3", "Here since"),
        ("f", "Nobody is at this desk."),
    ):
        await page.keyboard.press(key)
        await _state(page, words)
    said.append(await page.locator(".done-here li").inner_text())
    await page.keyboard.press("u")
    await _state(page, "Here since")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.method) if request.method == "POST" else None)
    await page.keyboard.press("f")
    await expect(page.locator("[name=outcome]").first).to_be_focused()
    await expect(page.locator("#outcome-missing")).to_have_text("Please choose how it ends: keys 1 to 5.")
    await _state(page, "Here since")
    await page.keyboard.press("2")
    await expect(page.locator("#outcome-missing")).to_be_hidden()
    assert asked == []
    await page.keyboard.press("?")
    await page.keyboard.press("a")

    assert [" ".join(line.split()) for line in said] == ["100 Must come again Notes 08:30"]
    assert await page.locator("#add-service").is_visible()
    assert page.url.endswith(f"/desks/{site.desk.id}")


async def _called(site: Site, page: Page) -> None:
    """The desk is open, and somebody is called to it."""
    site.hall.walk_in(site.hall.wish("legal"))
    for key, words in (("n", "Nobody is"), ("n", "Called at")):
        await page.keyboard.press(key)
        await _state(page, words)


ON_TOP = """() => {
    const { x, y, width, height } = document.querySelector(".undo button").getBoundingClientRect();
    return Boolean(document.elementFromPoint(x + width / 2, y + height / 2)?.closest(".undo button"));
}"""


async def test_more_hides_no_undo_and_scrolls_nothing(desk: tuple[Site, Page]) -> None:
    site, page = desk
    await _called(site, page)
    await page.set_viewport_size({"width": 1280, "height": 800})
    await page.keyboard.press("?")
    await expect(page.locator(".more-panel")).to_be_visible()
    assert await page.evaluate(ON_TOP) is True
    await page.keyboard.press("?")
    await page.set_viewport_size({"width": 1280, "height": 600})
    await page.evaluate("scrollTo(0, 0)")
    await page.keyboard.press("?")
    await expect(page.locator(".more-panel")).to_be_visible()
    await page.wait_for_timeout(200)

    assert await page.evaluate("scrollY") == 0


async def test_escape_leads_back_to_the_desk_unless_something_typed_would_be_lost(desk: tuple[Site, Page]) -> None:
    site, page = desk
    await _called(site, page)
    left: list[str] = []
    for key in ("o", "g", "c", "x"):
        await page.keyboard.press(key)
        await page.wait_for_url("**/desks/*/hand-over" if key == "x" else "**/stops/**")
        if key == "o":
            await expect(page.locator("#text")).to_be_focused()
            await page.keyboard.press("y")
            await page.keyboard.press("Escape")
            await settled(page)
            left.append(page.url.rpartition("/")[2])
            await page.keyboard.press("Backspace")
        await page.keyboard.press("Escape")
        await page.wait_for_url(f"**/desks/{site.desk.id}")
        await settled(page)

    assert left == ["notes"]


async def test_a_ready_desk_hears_of_its_visitor_at_once_and_sounds(desk: tuple[Site, Page]) -> None:
    site, page = desk
    await page.keyboard.press("n")
    await _state(page, "Nobody is at this desk.")
    await page.keyboard.press("n")
    await _state(page, "Ready until")

    site.hall.walk_in(site.hall.wish("legal"))

    await expect(page.locator("#now-title")).to_contain_text("Called at", timeout=2000)
    await expect(page.locator("#said")).to_have_text("Number 100")
    assert await page.evaluate("window.played") == 1


async def test_a_double_press_is_one_press(desk: tuple[Site, Page]) -> None:
    site, page = desk
    site.hall.walk_in(site.hall.wish("legal"))
    await page.keyboard.press("n")
    await _state(page, "Nobody is at this desk.")

    async with page.expect_response("**/calls"):
        await page.keyboard.press("Enter")
    await page.locator("#now.called").wait_for()
    await page.keyboard.press("Enter")
    await page.wait_for_timeout(300)

    await expect(page.locator("#now-title")).to_contain_text("Called at")


async def test_the_keys_stay_in_place_and_an_unchanged_zone_is_not_replaced(desk: tuple[Site, Page]) -> None:
    site, page = desk
    places: list[float] = []
    await page.keyboard.press("n")
    await _state(page, "Nobody is at this desk.")
    for key, words in (("n", "Ready until"), ("Escape", "Nobody is at this desk.")):
        await page.keyboard.press(key)
        await _state(page, words)
        places.append(await _place(page))
    site.hall.walk_in(
        site.hall.wish("legal", "residence", "social", adults=3, children=1, languages=("ar", "fr", "vi"))
    )
    for key, words in (("n", "Called at"), ("s", "Here since")):
        await page.keyboard.press(key)
        await _state(page, words)
        places.append(await _place(page))
    await page.evaluate("document.getElementById('now').kept = true")
    await page.keyboard.press("?")
    places.append(await _place(page))
    async with page.expect_response("**/next"):
        site.hall.walk_in(site.hall.wish("social"))
        site.hall.walk_in(site.hall.wish("legal"))
    await expect(page.locator("#next")).to_contain_text("102")

    assert await page.locator(".zones").count() == 1
    assert len(set(places)) == 1
    assert await page.evaluate("document.getElementById('now').kept && document.getElementById('more').open")


async def test_an_old_page_is_told_what_is_so(desk: tuple[Site, Page]) -> None:
    site, page = desk
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    stop = site.hall.next(1).stop
    await _state(page, "Called at")
    # The stream is deaf, as in a tab that slept.
    await page.route("**/now", lambda route: route.abort())
    site.hall.write(serve, stop)

    await page.keyboard.press("h")

    await expect(page.locator(".zone-say")).to_contain_text("This visitor has moved on in the meantime.")
    await expect(page.locator("#now-title")).to_contain_text("Here since")


async def test_a_desk_that_is_cut_off_says_so_and_recovers(desk: tuple[Site, Page]) -> None:
    _, page = desk
    await expect(page.locator("#cut-off")).to_be_hidden()

    await cut_line(page)
    await expect(page.locator("#cut-off")).to_be_visible(timeout=6000)
    await expect(page.locator("#cut-off")).to_contain_text("Not live. Work from the paper sheet.")
    await page.context.set_offline(False)

    await expect(page.locator("#cut-off")).to_be_hidden(timeout=7000)


async def test_practising_goes_by_the_same_keys_and_the_desk_is_as_it_was(desk: tuple[Site, Page]) -> None:
    site, page = desk
    site.hall.walk_in(site.hall.wish("legal"))
    await page.get_by_role("link", name="Practise with invented visitors").click()
    lesson = page.locator("#lesson")
    await expect(lesson).to_contain_text("Open the desk (N).")
    for key, words in (
        ("Enter", "Press Next (N)."),
        ("Enter", "Press Start (S)."),
        ("Enter", "Then press Finish (F)."),
        ("3", "Then press Finish (F)."),
        ("Enter", "Press Take back (U)."),
        ("u", "Then press Finish (F)."),
        ("p", "Who is parked comes back"),
        ("n", "Press Call again (R)."),
        ("r", "Press Not here (H)."),
        ("h", "This number is called again later"),
    ):
        await page.wait_for_load_state()  # before it the keys are not listened to
        await page.keyboard.press(key)
        await expect(lesson).to_contain_text(words)
    await expect(page.locator(".practice-sign")).to_contain_text("Nobody is called.")

    await page.get_by_role("link", name="Back to the desk").click()

    await expect(page.locator("#now-title")).to_contain_text("This desk is closed.")
    await expect(page.locator("#next")).to_contain_text("100")


async def test_on_a_phone_several_calls_for_help_stand_above_the_number_and_cover_nothing(
    desk: tuple[Site, Page],
) -> None:
    site, page = desk
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    site.hall.next(site.desk.number)
    others = [each.id for each in site.hall.desks.values() if each.id != site.desk.id][:2]
    for other in others:
        site.hall.write(ask_at_desk, other)
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.reload()
    await page.locator("#more > summary").click()
    await expect(page.locator("#help .alarm-line")).to_have_count(2)

    below, now, wide = await page.evaluate(
        """() => [
            document.querySelector("#help").getBoundingClientRect().bottom,
            document.querySelector("#now").getBoundingClientRect().top,
            document.documentElement.scrollWidth,
        ]"""
    )

    assert below <= now
    assert wide <= 360


async def test_cut_off_a_call_for_help_stays_at_the_foot_of_the_screen(desk: tuple[Site, Page]) -> None:
    site, page = desk
    site.hall.open_desks()
    site.hall.write(ask_at_desk, site.other_desk.id)
    await page.set_viewport_size({"width": 768, "height": 1024})
    await page.reload()
    await expect(page.locator("#help .alarm-line")).to_have_count(1)
    await cut_line(page)
    await expect(page.locator("#cut-off")).to_be_visible(timeout=6000)

    foot = await page.locator("#help .alarms").evaluate("each => each.getBoundingClientRect().bottom - innerHeight")
    await page.context.set_offline(False)

    assert foot == 0


async def test_over_a_sentence_that_fills_the_screen_nothing_of_help_is_seen_and_its_key_works(
    desk: tuple[Site, Page],
) -> None:
    site, page = desk
    site.hall.open_desks()
    site.hall.walk_in(site.hall.wish("legal"))
    stop = site.hall.next(site.desk.number).stop
    site.hall.write(ask_at_desk, site.other_desk.id)
    await page.goto(page.url.split("/desk")[0] + f"/stops/{stop}/phrases#say-1")
    await expect(page.locator("#say-1")).to_be_visible()
    seen = """() => [...document.querySelectorAll("#asked, #asked *")].filter((each) => {
        const box = each.getBoundingClientRect();
        const top = box.width > 1 && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        return top && each.contains(top);
    }).length"""
    assert await page.evaluate(seen) == 0
    await page.keyboard.press("l")
    await expect(page.locator("#end-alarm")).to_have_count(1)

    assert await page.evaluate(seen) == 0
    own = [each for each in site.hall.db.read_now(open_alarms, site.hall.id) if each.is_of(site.desk.id)]
    assert (len(own), page.url.endswith("#say-1")) == (1, True)
    await page.keyboard.press("Escape")
    await expect(page.locator(".asked-fold > summary")).to_be_visible()
    assert await page.evaluate(seen) > 0
    await expect(page.locator("#end-alarm")).to_be_hidden()
