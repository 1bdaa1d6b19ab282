"""The real server: it stops at once with open streams, and SQLite allows one server of one process."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from onestop.clock import real_now
from onestop.db.session import open_database
from onestop.devices.actions import create_device, pair_device
from onestop.domain.errors import Refusal
from onestop.domain.roles import SYSTEM, Role
from onestop.serve import OneWorkerOnly, ServerRunning, run_server, server_lock
from onestop.settings import Settings
from onestop.web.kit.sessions import DEVICE_COOKIE
from tests.halls import make_test_day
from tests.postgres import Urls

_START = "from onestop.settings import read_settings; from onestop.serve import run_server; run_server(read_settings())"


@contextmanager
def _server(
    var: Path, *, code: str = _START, **settings: str
) -> Generator[tuple[subprocess.Popen[bytes], str], None, None]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**os.environ, "ONESTOP_VAR": str(var), "ONESTOP_PORT": str(port)}
    environ |= {f"ONESTOP_{name.upper()}": value for name, value in settings.items()}
    with (var / "server.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-c", code], env=environ, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(process, address, var / "server.log")
        yield process, address
    finally:
        process.kill()
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{address}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def _display(var: Path) -> tuple[str, dict[str, str]]:
    """The address of a board's stream and the cookie of its machine."""
    database = open_database(Settings(var=var).database)
    hall = make_test_day(database)
    code = database.write_now(
        create_device, kind=Role.DISPLAY, name="Hall", day_id=hall.id, actor=SYSTEM, real=real_now()
    )
    token = database.write_now(pair_device, code.code, real=real_now()).token
    database.close()
    return f"/display/{hall.day.slug}/live", {DEVICE_COOKIE: token}


def test_it_stops_at_once_though_a_stream_is_open(tmp_path: Path) -> None:
    with _server(tmp_path) as (process, address):
        path, cookies = _display(tmp_path)
        with httpx.stream("GET", f"{address}{path}", cookies=cookies, timeout=10) as stream:
            heard = next(stream.iter_text())
            assert heard.startswith("retry: ")
            process.send_signal(signal.SIGTERM)
            began = time.monotonic()
            process.wait(10)
            took = time.monotonic() - began

    assert (process.returncode, took < 3) == (0, True)


def test_more_streams_than_the_server_itself_would_take_at_once_hold_up_nobody(tmp_path: Path) -> None:
    """Granian alone stops at 1 024 requests under way, and shells allow 1 024 open files."""
    few = "import resource as r; r.setrlimit(r.RLIMIT_NOFILE, (1024, r.getrlimit(r.RLIMIT_NOFILE)[1]));"
    with _server(tmp_path, code=few + _START) as (_, address):
        path, cookies = _display(tmp_path)
        host, _, port = address.removeprefix("http://").partition(":")
        request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nCookie: {DEVICE_COOKIE}={cookies[DEVICE_COOKIE]}\r\n\r\n"
        opened: list[socket.socket] = []
        for _ in range(1100):
            opened.append(socket.create_connection((host, int(port)), timeout=30))
            opened[-1].sendall(request.encode())
            assert opened[-1].recv(12) == b"HTTP/1.1 200"
        assert httpx.get(f"{address}/health/live", timeout=5).status_code == 200
        for line in opened:
            line.close()


def test_a_second_server_on_the_same_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    settings = Settings(var=tmp_path)
    with server_lock(settings), pytest.raises(ServerRunning) as refused:
        run_server(settings, port=1)

    assert str(refused.value) == (
        "Another onestop server uses this database. SQLite allows one server. Please stop the other one first."
    )
    with server_lock(settings):
        pass  # free again when the first has ended


def test_a_killed_server_takes_its_processes_along_and_leaves_no_lock(tmp_path: Path) -> None:
    with _server(tmp_path) as (process, address):
        with pytest.raises(ServerRunning), server_lock(Settings(var=tmp_path)):
            pass
        process.kill()
        process.wait()
        for _ in range(100):
            time.sleep(0.1)
            try:
                with server_lock(Settings(var=tmp_path)):
                    break
            except ServerRunning:
                continue
        else:
            raise AssertionError("the lock is still held")

        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{address}/health/live")


def test_sqlite_refuses_several_workers(tmp_path: Path) -> None:
    refusals: list[type[Refusal]] = []
    for settings in (Settings(var=tmp_path, workers=2), Settings(var=tmp_path)):
        try:
            run_server(settings, workers=None if settings.workers == 2 else 4)
        except Refusal as refusal:
            refusals.append(type(refusal))

    assert refusals == [OneWorkerOnly, OneWorkerOnly]


def test_postgresql_serves_with_two_processes(tmp_path: Path, postgres_urls: Urls) -> None:
    urls = {"database_url": postgres_urls.app, "database_owner_url": postgres_urls.owner}
    with _server(tmp_path, workers="2", **urls) as (process, address):
        answers = [httpx.get(f"{address}/sign-in").status_code for _ in range(20)]
        process.send_signal(signal.SIGTERM)
        process.wait(10)

    assert (answers, process.returncode) == ([200] * 20, 0)
