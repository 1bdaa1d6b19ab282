"""A real server over a fresh demo world, and Chromium in front of it."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from onestop.clock import monotonic
from onestop.db.clock_row import start_demo_clock
from onestop.db.session import Database, open_database
from onestop.demo.world import PILOT, World, make_world
from tests.journeys.hand import TOLD
from tests.notify.post import PostOffice, free_port, post_office
from tests.patience import PATIENCE_MS

CHROMIUM = "/usr/bin/chromium"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
RATE = 20.0


@dataclass(slots=True)
class Server:
    """`onestop serve` in a process of its own."""

    base: str
    environment: dict[str, str]
    log: Path
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        with self.log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "onestop", "serve"],
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        _wait_until_ready(self.base, self._process)

    def kill(self) -> None:
        """End it and all its processes at once, as a power cut would."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        """End that process, by itself."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=20)
            self._process = None


@dataclass(frozen=True, slots=True)
class Hall:
    """The address of the server, what its world printed, its database to look at afterwards, and its mail."""

    base: str
    world: World
    database: Database
    office: PostOffice
    server: Server

    def skip_to(self, moment: datetime) -> None:
        """Make it this moment: the server starts again with the clock of the demo set to it."""
        self.server.stop()
        self._be(moment)

    def come_back(self, moment: datetime) -> None:
        """Start the server that was killed over the same files; while it lay dead, time went on to this moment."""
        with suppress(httpx.TransportError):
            answer = httpx.get(f"{self.base}/health/ready", timeout=5)
            raise AssertionError(f"somebody answers: {answer.status_code}")
        self._be(moment)

    def _be(self, moment: datetime) -> None:
        self.database.write_now(start_demo_clock, start=moment, rate=self.database.clock.rate)
        self.database.reload_clock()
        self.server.start()


@contextmanager
def served(folder: Path, rate: float = RATE, template: str = PILOT) -> Iterator[Hall]:
    """Start `onestop serve` on a fresh demo world; end it by its own process."""
    file, world = make_world(folder, rate=rate, template=template)
    base = f"http://127.0.0.1:{(port := free_port())}"
    url = f"sqlite:///{file.absolute()}"
    with post_office() as office:
        environment = os.environ | {
            "ONESTOP_VAR": str(folder),
            "ONESTOP_DATABASE_URL": url,
            "ONESTOP_BASE_URL": base,
            "ONESTOP_HOST": "127.0.0.1",
            "ONESTOP_PORT": str(port),
            "ONESTOP_SMTP_HOST": "127.0.0.1",
            "ONESTOP_SMTP_PORT": str(office.port),
            "ONESTOP_SMTP_TLS": "none",
            "ONESTOP_MAIL_FROM": "day@centre.example",
        }
        server = Server(base, environment, folder / "server.log")
        database = open_database(url)
        try:
            server.start()
            yield Hall(base, world, database, office, server)
        finally:
            database.close()
            server.stop()


def _wait_until_ready(base: str, server: subprocess.Popen[bytes], seconds: float = 60) -> None:
    end = monotonic() + seconds
    while monotonic() < end:
        assert server.poll() is None, "the server ended at once"
        try:
            if httpx.get(f"{base}/health/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
    raise AssertionError("the server was not ready in time")


@pytest.fixture
def hall(tmp_path: Path) -> Generator[Hall, None, None]:
    """A server of this test alone."""
    with served(tmp_path) as started:
        yield started


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Generator[Hall, None, None]:
    """A server whose time runs as time does, for the journeys of a module; each of them makes a day of its own."""
    with served(tmp_path_factory.mktemp("calm"), rate=1.0) as started:
        yield started


@pytest.fixture(scope="module")
def chromium() -> Generator[Browser, None, None]:
    """One browser program for the journeys of a module: while it lives, no test with a loop of its own can run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session", autouse=True)
def table() -> Generator[None, None, None]:
    """Prints at the end what each journey took (`-s` shows it)."""
    yield
    if TOLD:
        print(f"\n\n{'journey':<44}{'pages':>6}{'taps':>6}{'typed':>6}  in")
        for (journey, pages, taps, typed), ways in sorted(TOLD.items()):
            print(f"{journey:<44}{pages:>6}{taps:>6}{typed:>6}  {' '.join(sorted(ways))}")


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def script(request: pytest.FixtureRequest) -> bool:
    """With and without JavaScript."""
    return bool(request.param)


@pytest.fixture
def someone(chromium: Browser, hall: Hall) -> Generator[Callable[..., BrowserContext], None, None]:
    """Gives the private window of another person: phone, kiosk, tablet, laptop."""
    yield from _windows(chromium, hall)


@pytest.fixture
def anyone(chromium: Browser, calm: Hall) -> Generator[Callable[..., BrowserContext], None, None]:
    """The same in front of the `calm` server."""
    yield from _windows(chromium, calm)


def _windows(chromium: Browser, hall: Hall) -> Generator[Callable[..., BrowserContext], None, None]:
    opened: list[BrowserContext] = []

    def window(*, width: int = 360, height: int = 740, script: bool = True, touch: bool = False) -> BrowserContext:
        context = chromium.new_context(
            base_url=hall.base,
            viewport={"width": width, "height": height},
            java_script_enabled=script,
            has_touch=touch,
            locale="en-GB",
        )
        context.set_default_timeout(PATIENCE_MS)
        opened.append(context)
        return context

    yield window
    for context in opened:
        context.close()
