"""A tap on the floor plan in a real browser: with a script on a picture that fits, without one in its own size."""

import pytest
from playwright.async_api import expect

from onestop.directory.floor_entries import keep_plan
from onestop.directory.floor_plans import Spot, floor_of
from onestop.directory.logos import clean_plan
from onestop.domain.roles import SYSTEM
from onestop.web.kit.sessions import SESSION_COOKIE
from tests.directory.uploads import svg
from tests.web.served import chromium, served
from tests.web.site import Site


@pytest.fixture
def doors() -> tuple[str, ...]:
    """The picture comes from the public door."""
    return ("organise", "public")


@pytest.mark.parametrize("script", [True, False])
async def test_a_tap_puts_the_desk_where_it_was_tapped(site: Site, script: bool) -> None:
    venue, number = site.hall.day.venue_id, min(site.hall.desks)
    site.database.write_now(keep_plan, venue, clean_plan(svg()), actor=SYSTEM, now=site.database.now())
    async with served(site) as address, chromium() as browser:
        window = await browser.new_context(
            viewport={"width": 390, "height": 800}, java_script_enabled=script, locale="en-GB"
        )
        token = site.session("organiser")
        await window.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": address}])
        page = await window.new_page()
        await page.goto(f"{address}/organise/{site.hall.day.slug}/floor?desk={number}")
        picture = page.locator("input[type=image]")
        box = await picture.bounding_box()
        assert box is not None
        await picture.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.5})
        await expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
        wide = box["width"]

    assert (wide < 390) is script
    spot = site.database.read_now(floor_of, venue).spots[number]
    assert (abs(spot.across - 250) <= 8, abs(spot.down - 500) <= 8) == (True, True), spot
    assert isinstance(spot, Spot)
