"""The door of machines: six digits make this browser a kiosk or a display."""

import pytest

from onestop.clock import real_now
from onestop.devices.actions import create_device
from onestop.domain.roles import SYSTEM, Role
from onestop.web.kit.sessions import DEVICE_COOKIE
from tests.web.site import Site


@pytest.mark.parametrize("kind", [Role.KIOSK, Role.DISPLAY])
async def test_a_code_makes_the_machine_known_and_leads_to_its_screen(site: Site, kind: Role) -> None:
    code = site.database.write_now(
        create_device, kind=kind, name="Hall", day_id=site.hall.id, actor=SYSTEM, real=real_now()
    )
    browser = site.browser()

    paired = await browser.post("/pair", data={"code": f" {code.code[:3]} {code.code[3:]} "})

    screens = {Role.KIOSK: "/kiosk", Role.DISPLAY: f"/display/{site.hall.day.slug}"}
    assert (paired.status_code, paired.headers["location"]) == (303, screens[kind])
    assert browser.cookies[DEVICE_COOKIE].startswith("osd_")


async def test_a_wrong_code_shows_the_form_again(site: Site) -> None:
    browser = site.browser()

    answer = await browser.post("/pair", data={"code": "000000"})

    assert (answer.status_code, browser.cookies.get(DEVICE_COOKIE)) == (401, None)
    assert "This pairing code is not right or too old." in answer.text
    assert 'name="code"' in answer.text


async def test_codes_cannot_be_tried_without_end(site: Site) -> None:
    site.app.state.limits = type(site.app.state.limits)()
    browser = site.browser()

    met = [(await browser.post("/pair", data={"code": f"{number:06d}"})).status_code for number in range(31)]

    assert met == [401] * 30 + [429]
