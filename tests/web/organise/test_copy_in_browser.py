"""What is shown once is put on the clipboard by one press; without a script the button is not there."""

import pytest
from playwright.async_api import expect

from onestop.web.kit.sessions import SESSION_COOKIE
from tests.web.served import chromium, served
from tests.web.site import Site


@pytest.fixture
def doors() -> tuple[str, ...]:
    return ("organise",)


@pytest.mark.parametrize("way", ["copied", "marked", "no script"])
async def test_a_sign_in_link_is_copied_by_one_press(site: Site, way: str) -> None:
    async with served(site) as address, chromium() as browser:
        window = await browser.new_context(java_script_enabled=way != "no script", locale="en-GB")
        await window.grant_permissions(["clipboard-read", "clipboard-write"] if way == "copied" else [])
        if way == "marked":
            await window.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        token = site.session("organiser")
        await window.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        page = await window.new_page()
        await page.goto(f"{address}/organise/staff")
        await page.locator("input[name=login]").fill("jana.kral")
        await page.locator("select[name=role]").select_option("receptionist")
        await page.locator("form:has(input[name=login]) button").last.click()
        link = (await page.locator("#link").inner_text()).strip()
        button = page.locator("[data-copy]")
        if way == "no script":
            await expect(button).to_be_hidden()
            return
        await expect(button).to_be_visible()
        await button.click()
        if way == "copied":
            await expect(page.locator("#link-said")).to_have_text("Copied.")
            assert await page.evaluate("navigator.clipboard.readText()") == link
        else:
            await expect(page.locator("#link-said")).to_have_text("It is marked now. Please copy it by hand.")
            assert (await page.evaluate("getSelection().toString()")).strip() == link
