"""Server processes to measure: onestop over a database, and the bare hello beside it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from bench._processes import cpu_seconds, memory_bytes, tree

STARTS_WITHIN = 120.0
LOOK_SECONDS = 0.01
HOST = "127.0.0.1"


@dataclass(slots=True)
class Served:
    """A running server and how long it took from the command to its first good answer, in seconds."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    started_in: float = 0.0

    def cpu(self) -> float:
        """CPU seconds of the server and its workers so far."""
        return cpu_seconds(tree(self.process.pid))

    def worker(self) -> int:
        """The process that answers: the one below the server with the most memory."""
        below = tree(self.process.pid)[1:]
        return max(below, key=lambda pid: memory_bytes(pid)[0])

    def kill(self) -> None:
        """End server and workers at once, as a crash does."""
        for pid in reversed(tree(self.process.pid)):
            os.kill(pid, signal.SIGKILL)
        self.process.wait()


@contextmanager
def onestop(url: str, *, owner_url: str = "", var: Path, factory: str = "") -> Iterator[Served]:
    """`onestop serve` with one worker over this database; `factory` replaces the application's own."""
    command = ["-m", "onestop", "serve"] if not factory else ["-m", "bench._watched", factory]
    environment = {
        "ONESTOP_VAR": str(var),
        "ONESTOP_DATABASE_URL": url,
        "ONESTOP_DATABASE_OWNER_URL": owner_url,
        "ONESTOP_WORKERS": "1",
        # Each program comes from a network of its own, or the limits per network would answer instead.
        "ONESTOP_TRUSTED_PROXIES": HOST,
    }
    var.mkdir(parents=True, exist_ok=True)
    with _running(command, ready="/health/ready", environment=environment, log=var / "server.log") as served:
        yield served


@contextmanager
def bare_hello(var: Path) -> Iterator[Served]:
    """The hello under the same configuration."""
    var.mkdir(parents=True, exist_ok=True)
    with _running(["-m", "bench._hello"], ready="/", environment={}, log=var / "hello.log") as served:
        yield served


@contextmanager
def _running(command: Sequence[str], *, ready: str, environment: dict[str, str], log: Path) -> Iterator[Served]:
    port = free_port()
    arguments = [sys.executable, *command, *([str(port)] if command[1].startswith("bench.") else [])]
    with log.open("wb") as file:
        began = time.monotonic()
        process = subprocess.Popen(
            arguments,
            env={**os.environ, **environment, "ONESTOP_PORT": str(port)},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
        served = Served(port=port, process=process, log=log)
        try:
            _wait(served, ready)
            served.started_in = time.monotonic() - began
            yield served
        finally:
            _stop(process)


def _wait(served: Served, path: str) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and served.process.poll() is None:
        if answers(served.port, path):
            return
        time.sleep(LOOK_SECONDS)
    raise RuntimeError(f"the server did not start:\n{served.log.read_text()[-4000:]}")


def answers(port: int, path: str) -> bool:
    """Whether this address answers 200 now."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]
