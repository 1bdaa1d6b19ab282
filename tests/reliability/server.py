"""A real server process over a database, and programs that use its JSON interface."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

STARTS_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Running:
    """Where the server listens."""

    url: str
    process: subprocess.Popen[bytes]

    def client(self, token: str = "") -> httpx.AsyncClient:
        """One program with its bearer token and connections of its own."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(base_url=f"{self.url}/api/v1", headers=headers, timeout=60)


async def send(client: httpx.AsyncClient, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
    """POST with a fresh key."""
    return await client.post(path, json=body or {}, headers={"Idempotency-Key": uuid4().hex})


@contextmanager
def serving(url: str, *, owner_url: str = "", var: Path, workers: int = 1) -> Iterator[Running]:
    """`onestop serve` on a free port over this database, ended by its process id."""
    port = _free_port()
    environment = {
        **os.environ,
        "ONESTOP_VAR": str(var),
        "ONESTOP_DATABASE_URL": url,
        "ONESTOP_DATABASE_OWNER_URL": owner_url,
        "ONESTOP_PORT": str(port),
        "ONESTOP_WORKERS": str(workers),
    }
    var.mkdir(parents=True, exist_ok=True)
    with (var / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "onestop", "serve"], env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            running = Running(f"http://127.0.0.1:{port}", process)
            _wait(running, var / "server.log")
            yield running
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(running: Running, log: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until:
        try:
            if httpx.get(f"{running.url}/health/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        if running.process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"the server did not start:\n{log.read_text()[-4000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
