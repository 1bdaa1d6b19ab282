"""Debian's Caddy with the project's own configuration, before a server, with HTTPS on a free port of loopback."""

import contextlib
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.reliability.server import Running, free_port, serving

CADDYFILE = Path(__file__).parents[2] / "deploy" / "Caddyfile"
STARTS_WITHIN = 30.0
# Nothing outside the test's folder: no port for its administration, no root in the machine's store, no port 80.
_GLOBAL = """{{
	admin off
	skip_install_trust
	auto_https disable_redirects
}}
import {caddyfile}
"""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where it listens, and what its certificate is verified with."""

    url: str
    trust: ssl.SSLContext


@contextmanager
def proxying(port: int, *, upstream: str, folder: Path) -> Iterator[Proxy]:
    """Caddy on `https://localhost:port` before `upstream` (host:port), its files in `folder`, ended by its id."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "Caddyfile"
    config.write_text(_GLOBAL.format(caddyfile=CADDYFILE))
    environment = {
        **os.environ,
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder / "data"),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "ONESTOP_SITE": f"localhost:{port}",
        "ONESTOP_UPSTREAM": upstream,
    }
    log = folder / "proxy.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["caddy", "run", "--config", str(config), "--adapter", "caddyfile"],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        root = folder / "data" / "caddy" / "pki" / "authorities" / "local" / "root.crt"
        yield Proxy(f"https://localhost:{port}", _wait(process, port, root, log))
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def serving_behind_proxy(
    url: str, *, owner_url: str, var: Path, workers: int = 2, more: dict[str, str] | None = None
) -> Iterator[Running]:
    """A server that is reached through Caddy alone: `public` is its address for visitors."""
    inside, outside = free_port(), free_port()
    settings = {
        "ONESTOP_BASE_URL": f"https://localhost:{outside}",
        "ONESTOP_TRUSTED_PROXIES": "127.0.0.1",
        **(more or {}),
    }
    with (
        proxying(outside, upstream=f"127.0.0.1:{inside}", folder=var / "caddy") as proxy,
        serving(url, owner_url=owner_url, var=var, workers=workers, port=inside, more=settings) as running,
    ):
        running.public, running.trust = proxy.url, proxy.trust
        yield running


def _wait(process: subprocess.Popen[bytes], port: int, root: Path, log: Path) -> ssl.SSLContext:
    """Return once a handshake verifies with Caddy's own root."""
    until = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            trust = ssl.create_default_context(cafile=str(root))
            with (
                socket.create_connection(("127.0.0.1", port), timeout=5) as line,
                trust.wrap_socket(line, server_hostname="localhost"),
            ):
                return trust
        time.sleep(0.05)
    raise AssertionError(f"the proxy did not start:\n{log.read_text()[-4000:]}")
