"""A real server over a fresh demo world, and Chromium in front of it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from onestop.clock import monotonic
from onestop.db.session import Database, open_database
from onestop.demo.world import World, make_world

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
PATIENCE_MS = 30_000
"""A busy machine is slow, not wrong: what a journey waits for may take long."""
expect.set_options(timeout=PATIENCE_MS)


@dataclass(frozen=True, slots=True)
class Hall:
    """The address of the server, what its world printed, and its database to look at afterwards."""

    base: str
    world: World
    database: Database


@contextmanager
def served(folder: Path, rate: float = RATE) -> Iterator[Hall]:
    """Start `onestop serve` on a fresh demo world; end it by its own process."""
    file, world = make_world(folder, rate=rate)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    url = f"sqlite:///{file.absolute()}"
    environment = os.environ | {
        "ONESTOP_VAR": str(folder),
        "ONESTOP_DATABASE_URL": url,
        "ONESTOP_BASE_URL": base,
        "ONESTOP_HOST": "127.0.0.1",
        "ONESTOP_PORT": str(port),
    }
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "onestop", "serve"], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    database = open_database(url)
    try:
        _wait_until_ready(base, server)
        yield Hall(base, world, database)
    finally:
        database.close()
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)


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
def chromium() -> Generator[Browser, None, None]:
    """One browser program for the journeys of a module: while it lives, no test with a loop of its own can run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
def script(request: pytest.FixtureRequest) -> bool:
    """With and without JavaScript."""
    return bool(request.param)


@pytest.fixture
def someone(chromium: Browser, hall: Hall) -> Generator[Callable[..., BrowserContext], None, None]:
    """Gives the private window of another person: phone, kiosk, tablet, laptop."""
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
