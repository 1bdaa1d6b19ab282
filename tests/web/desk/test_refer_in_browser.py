"""Sending somebody on by keys alone: from the desk to the form, through it, and back."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from onestop.db.session import open_database
from tests.answered import settled
from tests.referrals.scene import make_scene
from tests.web.served import chromium, served, somebody
from tests.web.site import running

pytestmark = pytest.mark.browser


async def test_a_referral_is_made_without_a_mouse(sqlite_url: str, tmp_path: Path) -> None:
    database = open_database(sqlite_url)
    async with running(database, tmp_path, doors=("desk",)) as site, served(site) as address, chromium() as browser:
        scene = make_scene(database, site.hall, reacts=False)
        site.set_time(site.hall.day.opens_at)
        _, stop = scene.talk()
        page = await (await somebody(browser, site, address, "officer")).new_page()
        await page.goto(f"{address}/desks/{site.desk.id}")
        await settled(page)

        await page.keyboard.press("g")
        await page.wait_for_url(f"{address}/stops/{stop}/referrals")
        await expect(page.locator("#where")).to_be_focused()
        await page.keyboard.type("Primary School")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.type("For a place at school")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Tab")
        await page.keyboard.press("Space")
        await page.keyboard.press("Enter")

        await expect(page.locator(".notice.success")).to_contain_text("The referral is made.")
        await expect(page.locator(".notice.success #print-steps")).to_be_in_viewport()
        await expect(page.locator("#made-title + .rows")).to_contain_text("Primary School")
        [row] = scene.rows()
        assert (row.place_id, row.reason, row.by_on) == (scene.school, "school", None)
    database.close()
