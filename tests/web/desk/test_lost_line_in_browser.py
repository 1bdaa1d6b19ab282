"""The line or the sign-in is gone: the numbers stay on the screen, what was typed stays in its field."""

from collections.abc import AsyncGenerator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import BrowserContext, Dialog, Page, expect

from onestop.db.session import open_database
from onestop.visits.queries.notes import notes_at
from onestop.web.kit.sessions import SESSION_COOKIE
from tests.answered import cut_line, settled
from tests.web.served import chromium, served, somebody
from tests.web.site import Site, running

pytestmark = pytest.mark.browser

STAYS = "No connection. This page stays."
TEXT = "She asks about a school for two children."
Desk = tuple[Site, Page, str]


@pytest.fixture
async def desk(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Desk, None]:
    """The officer's desk with a visitor who was called."""
    database = open_database(sqlite_url)
    async with (
        running(database, tmp_path, doors=("desk", "floor")) as site,
        served(site) as address,
        chromium() as browser,
    ):
        site.hall.open_desks()
        site.hall.walk_in(site.hall.wish("legal"))
        site.hall.next(site.desk.number)
        window = await somebody(browser, site, address, "officer")
        page = await window.new_page()
        await page.goto(f"{address}/desks/{site.desk.id}")
        await settled(page)
        yield site, page, address
        await window.close()
    database.close()


@pytest.mark.parametrize("key", ["c", "o", "g", "x"])
async def test_cut_off_a_key_that_leaves_the_desk_keeps_it_until_the_line_is_back(desk: Desk, key: str) -> None:
    site, page, address = desk
    here = f"{address}/desks/{site.desk.id}"
    await cut_line(page)
    await expect(page.locator("#cut-off")).to_be_visible(timeout=6000)

    await page.keyboard.press(key)
    await expect(page.locator("[data-stays]")).to_contain_text(STAYS)
    assert page.url == here
    await expect(page.locator(".now-number")).to_contain_text("100")

    await page.context.set_offline(False)
    await expect(page.locator("#cut-off")).to_be_hidden(timeout=7000)
    await expect(page.locator("[data-stays]")).to_be_hidden()
    await page.keyboard.press(key)
    await page.wait_for_url(lambda url: url != here)


async def test_cut_off_reload_and_back_ask_first(desk: Desk) -> None:
    _, page, address = desk
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.dismiss()

    page.on("dialog", stay)
    await page.keyboard.press("?")
    await cut_line(page)
    await expect(page.locator("#cut-off")).to_be_visible(timeout=6000)

    await page.evaluate("setTimeout(() => location.reload(), 0)")
    await page.wait_for_timeout(500)

    assert asked == ["beforeunload"]
    await expect(page.locator(".now-number")).to_contain_text("100")
    assert page.url.startswith(address)


async def test_where_only_the_stream_is_blocked_the_key_leads_on(desk: Desk) -> None:
    _, page, address = desk
    await page.route("**/live", lambda route: route.abort())
    await page.route("**/now", lambda route: route.abort())
    await page.reload()
    await page.evaluate("document.querySelector('.live-state').hidden = false")
    await page.unroute("**/live")

    await page.keyboard.press("c")

    await page.wait_for_url("**/phrases")
    assert page.url.startswith(address)


async def test_leave_all_the_same_leaves(desk: Desk) -> None:
    _, page, _ = desk
    await page.route("**/health/live", lambda route: route.abort())
    await page.evaluate("document.querySelector('.live-state').hidden = false")
    await page.keyboard.press("c")
    await expect(page.locator("[data-stays]")).to_contain_text(STAYS)

    await page.get_by_role("button", name="Leave all the same").click()

    await page.wait_for_url("**/phrases")


async def test_the_floor_stays_as_well(desk: Desk) -> None:
    site, page, address = desk
    browser = page.context.browser
    assert browser is not None
    window = await somebody(browser, site, address, "receptionist")
    floor = await window.new_page()
    await floor.goto(f"{address}/floor/{site.hall.day.slug}")
    here = floor.url
    await floor.wait_for_timeout(300)
    await cut_line(floor)

    await floor.locator("header a.brand").click()

    await expect(floor.locator("[data-stays]")).to_contain_text(STAYS)
    assert floor.url == here
    await window.close()


async def _sign_in_elsewhere(site: Site, window: BrowserContext, address: str) -> None:
    await window.add_cookies([{"name": SESSION_COOKIE, "value": site.session("officer"), "url": address}])


@pytest.mark.parametrize("polled", [False, True])
async def test_signed_out_a_note_stays_in_its_field_and_the_same_press_saves_it(desk: Desk, polled: bool) -> None:
    site, page, address = desk
    await page.keyboard.press("o")
    await page.wait_for_url("**/notes")
    await page.locator("#text").fill(TEXT)
    stop = UUID(page.url.split("/")[-2])
    await page.context.clear_cookies(name=SESSION_COOKIE)

    if polled:
        await page.evaluate("dispatchEvent(new Event('live:again'))")
    else:
        await page.get_by_role("button", name="Save the note").click()
    await expect(page.locator("[data-signed-out]")).to_contain_text("What you typed is still here.")
    await expect(page.locator("#text")).to_have_value(TEXT)

    await _sign_in_elsewhere(site, page.context, address)
    await page.get_by_role("button", name="Save the note").click()
    await page.wait_for_url(f"{address}/desks/{site.desk.id}")
    assert [one.text for one in site.database.read_now(notes_at, stop)] == [TEXT]


async def test_another_refusal_without_the_form_keeps_the_text_and_says_so(desk: Desk) -> None:
    _, page, _ = desk
    await page.keyboard.press("o")
    await page.wait_for_url("**/notes")
    await page.locator("#text").fill(TEXT)
    gone = "<html><body><main><h1>Not found</h1></main></body></html>"
    await page.route("**/notes", lambda route: route.fulfill(status=404, content_type="text/html", body=gone))

    await page.get_by_role("button", name="Save the note").click()

    await expect(page.locator("[data-not-kept]")).to_have_text(
        "This was not saved. What you typed is still here. Not found"
    )
    await expect(page.locator("#text")).to_have_value(TEXT)
