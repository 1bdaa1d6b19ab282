"""A real server process over a database that can be killed and started again, and programs that use its interface."""

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

STARTS_WITHIN = 60.0
LOOK_SECONDS = 0.02
ESTABLISHED = "01"
"""A connection that is open, as the kernel lists it."""


@dataclass(slots=True)
class Running:
    """Where the server listens, its process of this moment, and `public`: the address through its proxy, if any."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path
    environment: Mapping[str, str]
    public: str = ""
    trust: ssl.SSLContext | bool = False

    @property
    def database(self) -> str:
        """The application's address of its database."""
        return self.environment["ONESTOP_DATABASE_URL"]

    def client(self, token: str = "", *, address: str | None = None, timeout: float = 60) -> httpx.AsyncClient:
        """One program with its bearer token and connections of its own, sent from a loopback `address`."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        transport = httpx.AsyncHTTPTransport(verify=self.trust, local_address=address)
        return httpx.AsyncClient(
            base_url=f"{self.public or self.url}/api/v1", headers=headers, timeout=timeout, transport=transport
        )

    def workers(self) -> list[int]:
        """The ids of the processes that answer, the oldest first."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return sorted((int(child) for child in children.split()), key=_started)

    def lines_of(self, process: int) -> int:
        """How many open connections to the server's port this process has taken."""
        port = f":{int(self.environment['ONESTOP_PORT']):04X}"
        rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        open_here = {f"socket:[{row[9]}]" for row in rows if row[1].endswith(port) and row[3] == ESTABLISHED}
        with contextlib.suppress(FileNotFoundError):
            return sum(os.readlink(file) in open_here for file in Path(f"/proc/{process}/fd").iterdir())
        return 0

    def kill(self) -> float:
        """End the server and all its processes at once, as the kernel would; gives the moment (monotonic seconds)."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        return time.monotonic()

    def start(self) -> None:
        """Start over the same files, and wait until it answers."""
        self.process = _start(self.environment, self.log)
        self.wait()

    def wait(self) -> None:
        """Return when the server is ready. Raises `AssertionError` with the end of its log when it is not in time."""
        until = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/health/ready", timeout=5, trust_env=False).status_code == 200:
                    return
            if self.process.poll() is not None:
                break
            time.sleep(LOOK_SECONDS)
        raise AssertionError(f"the server did not start:\n{self.log.read_text()[-4000:]}")

    def stop(self) -> None:
        """End it as a supervisor would, and whatever is left of it after 15 seconds."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


async def send(client: httpx.AsyncClient, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
    """POST with a fresh key."""
    return await client.post(path, json=body or {}, headers={"Idempotency-Key": uuid4().hex})


@contextmanager
def serving(
    url: str,
    *,
    owner_url: str = "",
    var: Path,
    workers: int = 1,
    port: int = 0,
    more: Mapping[str, str] | None = None,
) -> Iterator[Running]:
    """`onestop serve` over this database on a port (0: a free one), ended by its process id; `more` settings."""
    port = port or free_port()
    environment = {
        **os.environ,
        "ONESTOP_VAR": str(var),
        "ONESTOP_DATABASE_URL": url,
        "ONESTOP_DATABASE_OWNER_URL": owner_url,
        "ONESTOP_PORT": str(port),
        "ONESTOP_WORKERS": str(workers),
        **(more or {}),
    }
    var.mkdir(parents=True, exist_ok=True)
    log = var / "server.log"
    running = Running(f"http://127.0.0.1:{port}", _start(environment, log), log, environment)
    try:
        running.wait()
        yield running
    finally:
        running.stop()


def free_port() -> int:
    """A port of loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _start(environment: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        # A group of its own, so that all its processes can be killed in one call.
        return subprocess.Popen(
            [sys.executable, "-m", "onestop", "serve"],
            env=dict(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _started(pid: int) -> int:
    """When a process began, in ticks since the machine did."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
