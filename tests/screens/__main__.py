"""Take the pictures: a fresh server in the middle of a morning, Chromium at each door, one PNG a page and language.

`python -m tests.screens [part of a name …]` makes all of them, or only those whose name contains one of the parts.
Ends with 1 when a page answered an error, its console logged one, or a file became too heavy.
"""

import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from onestop.demo.world import DeskLink
from tests.journeys.conftest import CHROMIUM, SWITCHES
from tests.reliability.server import serving
from tests.screens.morning import WATCHED, Morning, play_morning

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
HEAVIEST = 150_000
TALLEST = 1900


@dataclass(slots=True)
class Camera:
    """Opens private windows, photographs, and remembers what went wrong."""

    browser: Browser
    base: str
    wanted: list[str]
    wrong: list[str] = field(default_factory=list[str])

    @contextmanager
    def window(self, width: int, height: int, scale: float = 1) -> Generator[Page]:
        """A page in a window of its own."""
        context = self.browser.new_context(
            base_url=self.base,
            viewport={"width": width, "height": height},
            device_scale_factor=scale,
            locale="en-GB",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        try:
            yield self._watched(context)
        finally:
            context.close()

    def take(self, page: Page, name: str, *, whole: bool = True, tallest: int = TALLEST) -> None:
        """One file: the whole page up to a height that is still nice to look at, or what the screen shows."""
        if self.wanted and not any(part in name for part in self.wanted):
            return
        size = page.viewport_size
        assert size is not None
        height = min(int(page.evaluate("document.documentElement.scrollHeight")), tallest) if whole else size["height"]
        page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
        page.evaluate("window.scrollTo(0, 0)")
        page.wait_for_timeout(300)
        wide = int(page.evaluate("document.documentElement.scrollWidth"))
        if wide > size["width"]:
            self.wrong.append(f"{name}: {wide} pixels wide, the window has {size['width']}")
        file = FOLDER / f"{name}.png"
        page.screenshot(path=file, caret="initial")  # hiding it would write style="" into the page
        page.set_viewport_size(size)
        weight = file.stat().st_size
        if weight > HEAVIEST:
            self.wrong.append(f"{name}: {weight} bytes")
        print(f"{file.name:40} {weight / 1000:5.0f} kB", flush=True)

    def _watched(self, context: BrowserContext) -> Page:
        page = context.new_page()

        def heard(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.wrong.append(f"{page.url}: {message.text}")

        def answered(response: Response) -> None:
            if response.status >= 400:
                self.wrong.append(f"{response.url} answered {response.status}")

        page.on("console", heard)
        page.on("pageerror", lambda error: self.wrong.append(f"{page.url}: {error}"))
        page.on("response", answered)
        return page


def _enter(page: Page, path: str) -> None:
    """Through a link that asks for one press: a sign-in, a day pass, a machine to pair."""
    page.goto(path)
    page.locator("main form button").click()
    page.wait_for_load_state("load")
    page.wait_for_url(lambda address: path not in address)


def _public(camera: Camera, morning: Morning, language: str) -> None:
    world = morning.world
    with camera.window(360, 740) as page:
        page.goto(f"/d/{world.slug}?invitation={world.invitation}&lang={language}")
        page.locator("label[for=need-residence-permit]").click()
        camera.take(page, f"public-day-{language}-360")
        page.locator("#needs-form button").click()
        page.locator("input[name=interpreter][value=none] ~ label").click()
        camera.take(page, f"public-plan-{language}-360")
        page.locator("#plan-form .actions button").click()
        page.locator("button[name=arrival]").first.wait_for()
        camera.take(page, f"public-times-{language}-360")
        page.locator("button[name=arrival]").first.click()
        page.locator("#name").fill("نور" if language == "ar" else "Noor")
        camera.take(page, f"public-hold-{language}-360")
        for name, ticket in (("booked", morning.at_home), ("waiting", morning.waiting), ("called", morning.called)):
            page.goto(f"/t/{ticket.code}?lang={language}")
            camera.take(page, f"ticket-{name}-{language}-360", whole=name != "called")


def _kiosk(camera: Camera, morning: Morning) -> None:
    slug = morning.world.slug
    with camera.window(1080, 1920, 0.5) as page:
        page.add_init_script("window.print = () => {}")
        _enter(page, f"/pair?code={morning.world.kiosk_code}")
        for language in ("en", "ar"):
            page.goto(f"/kiosk?lang={language}")
            camera.take(page, f"kiosk-home-{language}-1080", whole=False)
            page.goto(f"/kiosk/d/{slug}/needs?lang={language}")
            camera.take(page, f"kiosk-needs-{language}-1080", whole=False)
            page.locator(".tiles a").first.click()
            page.wait_for_load_state("load")
            camera.take(page, f"kiosk-desks-{language}-1080", whole=False)
            page.goto(f"/kiosk/tickets/{morning.waiting.code}?new=1&lang={language}")
            camera.take(page, f"kiosk-ticket-{language}-1080", whole=False)


def _board(camera: Camera, morning: Morning) -> None:
    with camera.window(1920, 1080, 0.5) as page:
        _enter(page, f"/pair?code={morning.world.display_code}")
        for language in ("en", "ar"):
            page.goto(f"/display/{morning.world.slug}?lang={language}")
            camera.take(page, f"board-{language}-1920", whole=False)


def _reception(camera: Camera, morning: Morning) -> None:
    slug = morning.world.slug
    with camera.window(768, 1024, 0.85) as page:
        _enter(page, morning.world.reception)
        for language in ("en", "ar"):
            page.goto(f"/reception/{slug}?lang={language}")
            camera.take(page, f"reception-{language}-768")
            page.goto(f"/reception/{slug}/parties/{morning.waiting.party}?lang={language}")
            camera.take(page, f"reception-visitor-{language}-768")
            page.goto(f"/floor/{slug}?lang={language}")
            camera.take(page, f"floor-{language}-768")


def _desk(camera: Camera, link: DeskLink) -> None:
    with camera.window(1280, 800) as page:
        _enter(page, link.path)
        desk = page.url.partition("?")[0]
        for act in ("called", "serving"):
            for language in ("en", "ar"):
                page.goto(f"{desk}?lang={language}")
                camera.take(page, f"desk-{act}-{language}-1280")
            if act == "called" and page.locator("#zones button[data-key='s']").count():
                page.locator("#zones button[data-key='s']").click()
                page.locator("form#finish button").first.wait_for()


def _organise(camera: Camera, morning: Morning) -> None:
    with camera.window(1280, 800, 0.75) as page:
        _enter(page, morning.world.organiser)
        for language in ("en", "ar"):
            for name, path in (("day", ""), ("overview", "/overview")):
                page.goto(f"/organise/{morning.world.slug}{path}?lang={language}")
                camera.take(page, f"organise-{name}-{language}-1280", tallest=1160)


def main() -> int:
    """Make them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        morning = play_morning(Path(folder))
        url = f"sqlite:///{morning.file.absolute()}"
        with serving(url, var=Path(folder)) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
            try:
                camera = Camera(browser, server.url, sys.argv[1:])
                _public(camera, morning, "en")
                _public(camera, morning, "ar")
                _kiosk(camera, morning)
                _board(camera, morning)
                _reception(camera, morning)
                _organise(camera, morning)
                _desk(camera, morning.world.desks[WATCHED - 1])
            finally:
                browser.close()
    for line in camera.wrong:
        print(line, file=sys.stderr)
    return 1 if camera.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
