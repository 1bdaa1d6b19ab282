"""A real server and a real browser over a `Site`, for what only scripts do."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from granian.constants import Interfaces
from granian.server.embed import Server
from litestar.types import ASGIApp
from playwright.async_api import Browser, BrowserContext, async_playwright

from onestop.web.kit.sessions import DEVICE_COOKIE, SESSION_COOKIE
from tests.answered import line_of
from tests.web.site import Site

CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@asynccontextmanager
async def served(site: Site, through: ASGIApp | None = None, *, port: int = 0) -> AsyncGenerator[str, None]:
    """The application of a site, or what stands before it, on a port of this machine; gives its address."""
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the port of a server that just stopped
        free.bind(("127.0.0.1", port))
        port = free.getsockname()[1]
    server = Server(
        through or site.app,
        address="127.0.0.1",
        port=port,
        interface=Interfaces.ASGINL,
        log_enabled=False,
        backlog=1024,  # as many streams at once as `onestop serve` takes and more
    )
    serving = asyncio.create_task(server.serve())
    await _wait_for(port)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        site.app.state.hub.close()
        server.stop()
        await asyncio.wait_for(serving, 10)


@asynccontextmanager
async def chromium(*switches: str) -> AsyncGenerator[Browser, None]:
    """A browser without a face."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGS, *switches])
        yield browser
        await browser.close()


async def somebody(browser: Browser, site: Site, address: str, role: str) -> BrowserContext:
    """A window of somebody with this role, in English."""
    window = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    line_of(window)
    machine = role in ("kiosk", "display")
    name, value = (DEVICE_COOKIE, site.pair(role)) if machine else (SESSION_COOKIE, site.session(role))
    await window.add_cookies(
        [{"name": name, "value": value, "url": address}, {"name": "onestop_language", "value": "en", "url": address}]
    )
    return window


async def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise TimeoutError(port)
