"""HTTP over bare asyncio, for programs that must cost little: requests on a kept connection, and event streams."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from bench._servers import HOST

END = b"\r\n\r\n"


class Wire:
    """One kept connection that sends JSON and reads answers with a length."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int) -> "Wire":
        """Connect."""
        return cls(*await asyncio.open_connection(HOST, port))

    async def post(self, path: str, body: Any, *, forwarded: str) -> int:
        """A POST to the JSON interface with a fresh key; gives the status."""
        content = json.dumps(body).encode()
        headers = {"Idempotency-Key": uuid4().hex, "Content-Type": "application/json", "X-Forwarded-For": forwarded}
        self._writer.write(request("POST", f"/api/v1{path}", headers, content))
        head = await self._reader.readuntil(END)
        await self._reader.readexactly(_length(head))
        return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        """End the connection."""
        self._writer.close()


def request(method: str, path: str, headers: Mapping[str, str], content: bytes = b"") -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", *(f"{name}: {value}" for name, value in headers.items())]
    if content:
        lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join(lines).encode() + END + content


class Stream(asyncio.Protocol):
    """An open event stream; tells when bytes with a topic come. Nothing is parsed that need not be."""

    def __init__(self, asked: bytes, heard: Callable[["Stream", float, bytes], None]) -> None:
        self._asked = asked
        self._heard = heard
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(self._asked)

    def data_received(self, data: bytes) -> None:
        """Note the time first."""
        at = time.monotonic()
        if not self.opened.done() and data.startswith(b"HTTP/1.1"):
            if b" 200 " not in data[:20]:
                self.opened.set_exception(RuntimeError(data[:400].decode(errors="replace")))
                return
            self.opened.set_result(None)
        if b"event: topic" in data:
            self._heard(self, at, data)

    def connection_lost(self, exc: Exception | None) -> None:
        """A stream that the server refused or ended before it began."""
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("the server closed the stream"))


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0
