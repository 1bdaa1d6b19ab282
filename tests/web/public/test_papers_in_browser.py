"""In a real browser: papers that hang on who comes appear with the choice, and a tick is kept by itself."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import sqlalchemy as sa
from litestar.types import Receive, Scope, Send
from playwright.async_api import expect

from onestop.booking.tables import parties
from onestop.db.session import open_database
from tests.web.public.visitor import Visitor, book, need, open_day
from tests.web.served import chromium, served
from tests.web.site import Site, running

pytestmark = pytest.mark.browser

_GUARDED = """() => navigator.serviceWorker.controller
    ?? new Promise((done) => navigator.serviceWorker.addEventListener("controllerchange", () => done()))"""
_OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """The day on SQLite."""
    database = open_database(sqlite_url)
    async with running(database, tmp_path, doors=("public",)) as started:
        yield started
    database.close()


def kept(site: Site) -> list[str]:
    return site.database.read_now(lambda conn: conn.execute(sa.select(parties.c.papers_ready)).scalar_one())


async def test_the_childrens_paper_appears_with_the_first_child(site: Site) -> None:
    open_day(site)
    async with served(site) as address, chromium() as browser:
        phone = await browser.new_page(viewport={"width": 360, "height": 740})
        await phone.goto(f"{address}/d/{site.hall.day.slug}/plan?needs={need('residence-permit')}")
        paper = phone.locator(".only-children")
        await expect(paper).to_have_count(1)
        await expect(paper).to_be_hidden()
        await phone.select_option("#children", "2")
        await expect(paper).to_be_visible()
        assert await phone.evaluate(_OVERFLOW) == 0


@pytest.mark.parametrize(("language", "script"), [("en", True), ("ar", True), ("en", False)])
async def test_a_tick_is_kept_with_script_by_itself_and_without_by_the_button(
    site: Site, language: str, script: bool
) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await book(visitor, site, "residence-permit")
    path = visitor.path.split("?")[0]
    async with served(site) as address, chromium() as browser:
        window = await browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=script)
        phone = await window.new_page()
        await phone.goto(f"{address}{path}?lang={language}")
        for value in ("passport", "fee"):
            await phone.check(f"[name=ready][value={value}]")
            if script:
                await expect(phone.locator("[data-saved]")).to_be_visible()
        # The same state as before is a change too: a tick taken back and set again.
        await phone.uncheck("[name=ready][value=fee]")
        await phone.check("[name=ready][value=fee]")
        if script:
            assert await phone.evaluate(_OVERFLOW) == 0
            await expect(phone.locator("[data-saved]")).to_be_visible()
        else:
            await phone.click("#papers-form button")
        await phone.goto(f"{address}{path}?lang={language}")
        await expect(phone.locator("[name=ready][value=fee]")).to_be_checked()

    assert kept(site) == ["fee", "passport"]


async def test_who_leaves_before_her_last_tick_was_sent_loses_none(site: Site) -> None:
    open_day(site)
    visitor = Visitor(site.browser())
    await book(visitor, site, "residence-permit")
    path = visitor.path.split("?")[0]
    under_way: list[asyncio.Event] = []

    async def lossy(scope: Scope, receive: Receive, send: Send) -> None:
        """The first tick is on its way until the phone gives it up, and never arrives."""
        if scope.get("method") == "POST" and not under_way:
            under_way.append(asyncio.Event())
            await under_way[0].wait()
            return
        await site.app(scope, receive, send)

    async with served(site, lossy) as address, chromium() as browser:
        phone = await browser.new_page(viewport={"width": 360, "height": 740})
        await phone.goto(f"{address}{path}")
        # The worker that keeps the page stands between: a press of somebody who leaves must not be lost in it.
        await phone.evaluate(_GUARDED)
        await phone.check("[name=ready][value=passport]")
        await phone.check("[name=ready][value=fee]")
        await expect(phone.locator("[data-saved]")).to_be_hidden()
        assert kept(site) == []

        await phone.goto(f"{address}/")
        for _ in range(100):
            if kept(site):
                break
            await asyncio.sleep(0.1)
        under_way[0].set()

    assert kept(site) == ["fee", "passport"]
