"""The camera of a machine with an agent: with a line and without, allowed on the screens that scan and nowhere else."""

import json
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from onestop_kiosk.shell import POLICY
from tests.film import camera, film
from tests.kiosk.rig import TOKEN, Machine

POLICIES = Path(__file__).parents[2] / "kiosk" / "device" / "chromium-policy.json"
CODE = "abcdefghijklmnopqrstuvwxyz"
OFF, ON = "camera=(), microphone=(), geolocation=()", "camera=(self), microphone=(), geolocation=()"


@pytest.fixture
async def screen(machine: Machine, tmp_path: Path) -> AsyncGenerator[Page, None]:
    """The machine's own browser; somebody holds a code of no ticket before its camera."""
    film(CODE, tmp_path / "film.y4m")
    address = f"http://127.0.0.1:{machine.settings.port}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", *camera(tmp_path / "film.y4m")],
        )
        window = await browser.new_context(viewport={"width": 1080, "height": 1920})
        await window.grant_permissions(["camera"], origin=address)
        page = await window.new_page()
        await page.goto(f"{address}/?token={TOKEN}")
        yield page
        await browser.close()


@pytest.mark.browser
@pytest.mark.parametrize(("path", "says"), [("/kiosk", "Váš kód máme."), ("/kiosk/code?lang=en", "We have your code.")])
async def test_without_a_line_a_code_held_to_the_camera_is_kept(
    machine: Machine, screen: Page, path: str, says: str
) -> None:
    machine.line.way = "cut"
    await screen.goto(f"http://127.0.0.1:{machine.settings.port}{path}")
    assert [act.body for act in machine.keeper.store.waiting()] == []
    await screen.locator("[data-camera-start]").click()
    await expect(screen.locator("h1")).to_have_text(says)

    assert [act.body["code"] for act in machine.keeper.store.waiting()] == [CODE]


@pytest.mark.browser
async def test_with_a_line_the_server_answers(machine: Machine, screen: Page) -> None:
    await screen.goto(f"http://127.0.0.1:{machine.settings.port}/kiosk/code?lang=en")
    await screen.locator("[data-camera-start]").click()

    await expect(screen.locator(".notice.stop")).to_contain_text("We do not know this code.")


@pytest.mark.parametrize("way", ["whole", "cut"])
async def test_the_screens_that_scan_may_use_the_camera_and_no_other_may(machine: Machine, way: str) -> None:
    machine.line.way = "cut" if way == "cut" else "whole"
    slug = machine.site.hall.day.slug
    seen: dict[str, tuple[str, str]] = {}
    for path in ("/kiosk", "/kiosk/code", f"/kiosk/d/{slug}/needs", "/kiosk/offline"):
        answer = await machine.hand.browser.get(path)
        seen[path] = (answer.headers["content-security-policy"], answer.headers["permissions-policy"])

    scans, other = (f"{POLICY}; worker-src blob:", ON), (POLICY, OFF)
    assert list(seen.values()) == [scans, scans, other, other]


def test_the_browser_of_a_machine_gives_the_camera_to_the_agent_without_a_question() -> None:
    policy = json.loads(POLICIES.read_text(encoding="utf-8"))

    assert policy["VideoCaptureAllowed"] is False
    assert policy["VideoCaptureAllowedUrls"] == policy["URLAllowlist"][:1]
