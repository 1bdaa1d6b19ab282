"""A gateway for text messages: a real HTTP server in a thread that says what the test wants."""

import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import sleep
from typing import Any


@dataclass
class Gateway:
    """`says` lists what happens to the next requests: a status, `drop` (the line is cut) or `hang`; then 204."""

    port: int = 0
    says: list[str] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    taken: dict[str, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/texts"


@contextmanager
def gateway() -> Iterator[Gateway]:
    """The server while the test runs."""
    office = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            office.asked.append((self.path, dict(self.headers), body))
            said = office.says.pop(0) if office.says else "204"
            if said == "hang":
                sleep(2)
            if said in ("drop", "hang"):
                self.connection.close()
                return
            if said.startswith("2"):
                office.taken[self.headers["Idempotency-Key"]].append(body)
            self.send_response(int(said))
            self.send_header("Content-Length", "0")
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    office.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield office
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
