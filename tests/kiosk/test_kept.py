"""What a machine keeps on its disk, and for how long: through a power cut, a wrong clock, the end of a lease."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from onestop.clock import real_now
from onestop.devices.actions import revoke_device
from onestop.domain.roles import SYSTEM
from onestop_kiosk.__main__ import keep_token
from onestop_kiosk.clock import Clock
from onestop_kiosk.files import Files
from onestop_kiosk.server import Away
from onestop_kiosk.settings import read_settings
from onestop_kiosk.store import State
from tests.kiosk.rig import Machine, Steady, later, machine_at
from tests.kiosk.test_line import code_of, settled
from tests.kiosk.test_shell import numbers
from tests.web.served import served
from tests.web.site import Site


def test_a_clock_that_was_not_told_since_its_start_is_never_before_what_was_known() -> None:
    time = Steady(datetime(2000, 1, 1, tzinfo=UTC))
    clock = Clock(steady=lambda: time.seconds, wall=time.wall)
    assert (clock.now(), clock.at_least()) == (time.wall(), None)
    clock.remember("2026-12-03T09:00:00+00:00")
    time.seconds += 60
    assert clock.now() == clock.at_least() == datetime(2026, 12, 3, 9, 1, tzinfo=UTC)
    time.at = datetime(2026, 12, 3, 11, tzinfo=UTC)
    assert clock.now() == datetime(2026, 12, 3, 11, 1, tzinfo=UTC)
    clock.hear("2026-12-03T10:00:00+00:00")
    assert clock.now() == datetime(2026, 12, 3, 10, tzinfo=UTC)
    clock.remember("2027-01-01T00:00:00+00:00")
    assert clock.now() == datetime(2026, 12, 3, 10, tzinfo=UTC)


async def test_after_a_power_cut_without_a_line_a_wrong_clock_does_not_end_the_day(
    machine: Machine, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.line.way = "cut"
    later(site, machine, minutes=90)
    await machine.reach()
    known = {"device": machine.device, "token": machine.line._token}
    monkeypatch.setattr(Steady, "wall", lambda _: datetime(2000, 1, 1, tzinfo=UTC))
    monkeypatch.setattr("tests.kiosk.rig.Line._carry", _away)
    async with machine_at(site, machine.settings.data, pair=known) as again:
        assert again.keeper.gives()
        assert again.keeper.clock.now() >= machine.keeper.clock.now() - timedelta(seconds=1)
        assert await again.take() == 100


async def _away(*_: object, **__: object) -> None:
    raise Away


@pytest.mark.parametrize("spoilt", [b"", b"half of it"])
def test_a_file_that_a_power_cut_spoilt_counts_as_missing(tmp_path: Path, spoilt: bytes) -> None:
    files, address = Files(tmp_path), "/static/css/kiosk.css?v=0123456789"
    files.keep(address, b"body {}")
    page = f'<link href="{address}">'
    assert (files.read(address), files.missing([page]), files.styles()) == (b"body {}", [], {address: "body {}"})
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(spoilt)
    assert (files.read(address), files.missing([page]), files.styles()) == (None, [address], {})


async def test_a_spoilt_file_is_fetched_again_though_the_day_has_not_changed(machine: Machine) -> None:
    folder = machine.settings.data / "static"
    for file in folder.iterdir():
        file.write_bytes(b"")
    await machine.reach()
    snapshot = machine.keeper.snapshot
    assert snapshot is not None
    assert machine.keeper.files.missing(snapshot.pages.values()) == []


async def test_numbers_that_end_before_the_day_does_are_leased_anew_in_time(machine: Machine) -> None:
    store, day = machine.keeper.store, machine.site.hall.day
    ends = machine.site.database.now() + timedelta(minutes=5)
    store._db.execute("UPDATE numbers SET until = ?", (ends.isoformat(),))
    await machine.reach()
    machine.line.way = "cut"
    later(machine.site, machine, minutes=6)

    assert machine.keeper.numbers_left() == 50
    assert await machine.take() == 150
    assert store.numbers_left(day.slug, day.closes_at) == 49


async def test_numbers_of_a_day_that_is_far_off_are_not_leased_again_and_again(machine: Machine) -> None:
    machine.site.set_time(machine.site.database.now() - timedelta(days=60))
    machine.time.seconds -= 60 * 86400
    machine.keeper.store._db.execute("DELETE FROM numbers")
    machine.line.sent.clear()
    for _ in range(3):
        await machine.reach()
    assert machine.line.sent.count("POST /api/v1/devices/leases") == 1
    machine.site.set_time(machine.site.database.now() + timedelta(days=20))
    machine.time.seconds += 20 * 86400
    await machine.reach()
    assert machine.line.sent.count("POST /api/v1/devices/leases") == 2


async def test_what_was_not_taken_leaves_the_machine_two_days_later(machine: Machine) -> None:
    store = machine.keeper.store
    machine.line.way = "cut"
    await machine.take()
    (act,) = store.waiting()
    store.move(act, State.REFUSED, "other")
    machine.line.way = "whole"
    for hours, left in ((47, 1), (2, 0)):
        later(machine.site, machine, minutes=60 * hours)
        await machine.reach()
        assert store.count(State.REFUSED) == left
    kept = (machine.settings.data / "kiosk.sqlite3").read_bytes()
    assert (act.code.encode() in kept, b"display_language" in kept) == (False, False)


@pytest.mark.parametrize("shut", [True, False])
async def test_what_waits_is_kept_for_its_term_on_a_machine_that_was_shut_out(machine: Machine, shut: bool) -> None:
    machine.line.way = "cut"
    await machine.take()
    if shut:
        machine.site.database.write_now(revoke_device, machine.device, actor=SYSTEM, real=real_now())
        machine.line.way = "whole"
    for hours, left in ((47, 1), (2, 0 if shut else 1)):
        later(machine.site, machine, minutes=60 * hours)
        await machine.reach()
        assert len(machine.keeper.store.waiting()) == left


@asynccontextmanager
async def agent(config: Path, data: Path) -> AsyncGenerator[tuple[asyncio.subprocess.Process, httpx.AsyncClient], None]:
    """The agent as its unit starts it, once it listens, and its browser; killed without a word at the end."""
    (data / "address").unlink(missing_ok=True)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "onestop_kiosk", "run", str(config), env={**os.environ, "PYTHONPATH": "kiosk/agent"}
    )
    try:
        for _ in range(600):
            if (data / "address").exists() and (start := (data / "address").read_text().strip()):
                break
            await asyncio.sleep(0.1)
        else:
            raise TimeoutError(data)
        async with httpx.AsyncClient(base_url=start.partition("/?")[0], timeout=60) as browser:
            await browser.get(start)
            yield process, browser
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
            await process.wait()


@pytest.mark.parametrize("arrives", [True, False], ids=["arrived", "on the way"])
async def test_an_agent_that_is_killed_while_a_ticket_is_under_way_hands_it_in_once(
    site: Site, tmp_path: Path, unused_tcp_port: int, arrives: bool
) -> None:
    data, config = tmp_path / "kiosk", tmp_path / "kiosk.toml"
    reached, held = asyncio.Event(), asyncio.Event()
    holds = False

    async def through(scope: dict[str, object], receive: object, send: object) -> None:
        """Holds tickets back, before or after they arrive."""
        ticket = scope.get("method") == "POST" and "/tickets" in str(scope.get("path"))
        if not (holds and ticket):
            await site.app(scope, receive, send)  # type: ignore[arg-type]
            return
        if arrives:

            async def nowhere(_: object) -> None: ...

            await site.app(scope, receive, nowhere)  # type: ignore[arg-type]
        reached.set()
        await held.wait()

    async with served(site, through) as address:  # type: ignore[arg-type]
        config.write_text(
            f'server = "{address}"\ndata = "{data}"\nport = {unused_tcp_port}\nblocks = 1\npatience_seconds = 60\n'
        )

        await keep_token(read_settings(config), code_of(site))
        service = site.hall.service("legal").hex[-12:]
        form = {"_key": uuid4().hex, "services": service, "asked": "1", "interpreter": "none", "languages": "en"}
        path = f"/kiosk/d/{site.hall.day.slug}/tickets?lang=en"
        async with agent(config, data) as (process, browser):
            await settled(data, "SELECT count(*) FROM numbers", least=50)
            holds = True
            pressed = asyncio.create_task(browser.post(path, data=form))
            await asyncio.wait_for(reached.wait(), 60)
            process.send_signal(signal.SIGKILL)
            await process.wait()
            with pytest.raises(httpx.TransportError):
                await pressed
        assert numbers(site) == ([100] if arrives else [])
        holds = False
        held.set()
        async with agent(config, data) as (_, browser):
            await settled(data, "SELECT count(*) FROM acts WHERE state = 'done'", least=1)
            assert numbers(site) == [100]
            again = await browser.post(path, data={**form, "_key": uuid4().hex})
            assert again.status_code == 303
        assert numbers(site) == [100, 101]
