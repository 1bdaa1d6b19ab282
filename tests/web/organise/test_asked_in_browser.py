"""What only one choice asks for is seen once it is chosen, without a script."""

import pytest
from playwright.async_api import expect

from onestop.web.kit.sessions import SESSION_COOKIE
from tests.web.served import chromium, served
from tests.web.site import Site


@pytest.fixture
def doors() -> tuple[str, ...]:
    return ("organise",)


async def test_dates_of_a_draw_and_fields_of_a_role_are_seen_only_when_they_count(site: Site) -> None:
    async with served(site) as address, chromium() as browser:
        window = await browser.new_context(java_script_enabled=False, locale="en-GB")
        await window.add_cookies([{"name": SESSION_COOKIE, "value": site.session("organiser"), "url": address}])
        page = await window.new_page()
        await page.goto(f"{address}/organise/{site.hall.day.slug}/settings")
        await expect(page.locator("#draw_closes")).to_be_hidden()
        await page.locator("label[for=release-draw]").click()
        await expect(page.locator("#draw_closes")).to_be_visible()

        await page.goto(f"{address}/organise/staff")
        role, institution, cap = (page.locator(f"#{each}") for each in ("role", "institution", "cap"))
        await role.select_option("organiser")
        await expect(institution).to_be_hidden()
        await expect(cap).to_be_hidden()
        await role.select_option("officer")
        await expect(institution).to_be_visible()
        await expect(cap).to_be_hidden()
        await role.select_option("helper")
        await expect(institution).to_be_hidden()
        await expect(cap).to_be_visible()
