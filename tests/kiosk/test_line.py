"""The real line: an agent as it is installed, before a real server that goes away and comes back."""

import asyncio
import sqlite3
from pathlib import Path

import httpx
import pytest

from onestop.clock import real_now
from onestop.devices.actions import create_device
from onestop.domain.roles import SYSTEM, Role
from onestop_kiosk.__main__ import keep_token, serve
from onestop_kiosk.clock import Clock
from onestop_kiosk.server import Away, Server, ShutOut, pair
from onestop_kiosk.settings import Settings, SettingsWrong
from tests.kiosk.test_shell import numbers
from tests.web.kiosk.touch import Finger
from tests.web.served import served
from tests.web.site import Site


def code_of(site: Site, kind: Role = Role.KIOSK) -> str:
    """Six digits for a new machine."""
    made = site.database.write_now(
        create_device, kind=kind, name="Lobby", day_id=site.hall.id, actor=SYSTEM, real=real_now()
    )
    return made.code


async def settled(data: Path, asked: str, *, least: int) -> None:
    """Until the agent's file counts this."""
    for _ in range(600):
        if (data / "kiosk.sqlite3").exists():
            db = sqlite3.connect(data / "kiosk.sqlite3")
            try:
                if db.execute(asked).fetchone()[0] >= least:
                    return
            except sqlite3.OperationalError:
                pass
            finally:
                db.close()
        await asyncio.sleep(0.1)
    raise TimeoutError(asked)


async def own_address(data: Path) -> str:
    """Where the machine's browser is sent."""
    file = data / "address"
    for _ in range(100):
        if file.exists() and file.read_text():
            return file.read_text().strip()
        await asyncio.sleep(0.05)
    raise TimeoutError(file)


async def test_it_is_paired_works_goes_on_without_the_server_and_hands_in(
    site: Site, tmp_path: Path, unused_tcp_port: int
) -> None:
    data = tmp_path / "kiosk"
    async with served(site) as address:
        settings = Settings(server=address, data=data, port=unused_tcp_port, blocks=1, patience_seconds=5)
        await keep_token(settings, code_of(site))
        assert (data / "token").stat().st_mode & 0o777 == 0o600
        working = asyncio.create_task(serve(settings))
        start = await own_address(data)
        browser = httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}", timeout=30)
        hand = Finger(browser=browser)
        await hand.go(start)
        await settled(data, "SELECT count(*) FROM numbers", least=50)
        await _take(hand)
        assert "Your number 100" in hand.text
        assert numbers(site) == [100]
    await _take(hand)
    assert "Your number 101" in hand.text
    assert numbers(site) == [100]
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    await browser.aclose()


async def _take(hand: Finger) -> None:
    for _ in range(50):
        await hand.go("/kiosk")
        if "English" in hand.text:
            break
        await asyncio.sleep(0.1)
    await hand.follow("English")
    await hand.follow("Health insurance")
    await hand.press("Yes, give me a ticket")


async def test_a_code_that_is_wrong_or_for_a_display_is_told(site: Site) -> None:
    async with served(site) as address:
        with pytest.raises(ValueError, match="not right or too old"):
            await pair(address, "000000")
        with pytest.raises(ValueError, match="for a display"):
            await pair(address, code_of(site, Role.DISPLAY))
        token = await pair(address, code_of(site))
        line = Server(address, token, clock=(clock := Clock()), patience=5)
        assert (await line.page("GET", "/kiosk")).status == 200
        assert abs((clock.now() - site.database.now()).total_seconds()) < 2
        stranger = Server(address, "osd_nobody", clock=Clock(), patience=5)
        with pytest.raises(ShutOut):
            await stranger.page("GET", "/kiosk")
        with pytest.raises(ShutOut):
            await stranger.post("/devices/heartbeat", {"printer": "ok"}, key="k" * 20)
        await stranger.close()
    with pytest.raises(Away):
        await line.page("GET", "/kiosk")
    await line.close()
    with pytest.raises(ValueError, match="does not answer"):
        await pair(address, "000000")


async def test_what_answers_in_the_place_of_the_server_is_no_server(unused_tcp_port: int) -> None:
    async def portal(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nsign in")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(portal, "127.0.0.1", unused_tcp_port):
        line = Server(f"http://127.0.0.1:{unused_tcp_port}", "t", clock=Clock(), patience=2)
        with pytest.raises(Away):
            await line.page("GET", "/kiosk")
        await line.close()


async def test_a_machine_that_is_not_paired_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match="not paired yet"):
        await serve(Settings(server="http://127.0.0.1:1", data=tmp_path))
