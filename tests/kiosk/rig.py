"""A ticket machine with its agent before the running application, on a line that can be cut either way."""

import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import httpx
from aiohttp import web

from onestop.clock import real_now
from onestop.devices.actions import create_device, pair_device
from onestop.domain.roles import SYSTEM, Role
from onestop_kiosk.clock import Clock
from onestop_kiosk.files import Files
from onestop_kiosk.keeper import Keeper
from onestop_kiosk.printing import printing_of
from onestop_kiosk.server import Answer, Away, Server
from onestop_kiosk.settings import Printer, Settings
from onestop_kiosk.shell import COOKIE, Shell
from onestop_kiosk.store import Store
from tests.web.kiosk.touch import Finger
from tests.web.site import Site

TOKEN = "the-token-of-this-start"
Way = Literal["whole", "cut", "deaf"]


class Line(Server):
    """To the application in this process. `cut`: nothing arrives; `deaf`: it arrives, and the answer is lost."""

    def __init__(self, site: Site, token: str, clock: Clock) -> None:
        self.way: Way = "whole"
        self.sent: list[str] = []
        self._address, self._token, self._clock = "http://hall.test", token, clock
        self._client = site.browser(headers={})

    async def _carry(self, method: str, path: str, *, data: bytes | None = None, **more: Any) -> Answer:
        self.sent.append(f"{method} {path}")
        if self.way == "cut":
            raise Away
        answered = await self._client.request(method, path, content=data, **more)
        if self.way == "deaf":
            raise Away
        return Answer(status=answered.status_code, headers=answered.headers, body=answered.content)

    async def close(self) -> None:
        pass


@dataclass(slots=True)
class Steady:
    """Seconds and a wall clock that the test moves."""

    at: datetime
    seconds: float = 0.0

    def wall(self) -> datetime:
        return self.at + timedelta(seconds=self.seconds)


@dataclass(slots=True)
class Machine:
    """One machine: its agent, its line, and a hand before its screen."""

    site: Site
    device: Any
    line: Line
    keeper: Keeper
    shell: Shell
    hand: Finger
    time: Steady
    settings: Settings
    runner: web.AppRunner = field(repr=False)

    async def reach(self) -> None:
        """A round of the agent."""
        await self.keeper.once()

    async def take(self, need: str = "Health insurance", language: str = "English") -> int | None:
        """Three taps to a ticket; gives the number on the screen, if there is one."""
        await self.hand.go("/kiosk")
        await self.hand.follow(language)
        await self.hand.follow(need)
        await self.hand.press("Yes, give me a ticket")
        text = self.hand.text
        return int(text.partition("Your number ")[2].split()[0]) if "Your number " in text else None


@asynccontextmanager
async def machine_at(
    site: Site,
    data: Path,
    *,
    name: str = "Lobby",
    printer: Printer | None = None,
    pair: Mapping[str, Any] | None = None,
    blocks: int = 1,
) -> AsyncGenerator[Machine, None]:
    """A paired machine that has begun to work; `pair` is a device and token from before its disk was wiped."""
    known = pair or paired(site, name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(
        server="http://hall.test",
        data=data,
        port=port,
        printer=printer or Printer(),
        chromium_flags=("--no-sandbox",),
    )
    time = Steady(site.hall.now)
    clock = Clock(steady=lambda: time.seconds, wall=time.wall)
    line = Line(site, known["token"], clock)
    store = Store(data / "kiosk.sqlite3")
    keeper = Keeper(store, Files(data / "static"), line, printing_of(settings.printer), clock, blocks=blocks)
    shell = Shell(keeper, settings, token=TOKEN)
    runner = web.AppRunner(shell.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    browser = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", cookies={COOKIE: TOKEN}, timeout=30)
    try:
        await keeper.once()
        yield Machine(
            site=site,
            device=known["device"],
            line=line,
            keeper=keeper,
            shell=shell,
            hand=Finger(browser=browser),
            time=time,
            settings=settings,
            runner=runner,
        )
        await shell.papers()
    finally:
        await browser.aclose()
        await runner.cleanup()
        store.close()


def paired(site: Site, name: str) -> dict[str, Any]:
    """A kiosk of the day and its token."""
    real = real_now()
    made = site.database.write_now(
        create_device, kind=Role.KIOSK, name=name, day_id=site.hall.id, actor=SYSTEM, real=real
    )
    token = site.database.write_now(pair_device, made.code, real=real).token
    return {"device": made.device, "token": token}


def later(site: Site, *machines: Machine, minutes: float) -> None:
    """Time goes on for the server and for the machines; what really went by meanwhile is not taken back."""
    site.set_time(site.database.now() + timedelta(minutes=minutes))
    for machine in machines:
        machine.time.seconds += minutes * 60
