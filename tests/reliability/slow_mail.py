"""A mail server that lies, hangs, drips and drops: plain asyncio, because no honest library would say such things."""

import asyncio
import contextlib
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

NONSENSE = b"".join(
    b"250-%s\r\n" % word for word in (b"here be dragons", b"SIZE banana", b"AUTH", b"\xff\xfe", b"STARTTLS please")
)
NONSENSE += b"250 PIPELINING=no\r\n"
DRIP_SECONDS = 0.005
LATE_SECONDS = 2.0


@dataclass
class LyingServer:
    """Answers each try for a recipient as the next of `says[address]` tells, and with 250 when nothing is left.

    `421 451 452 550`: that reply to RCPT. `hang`: no reply. `drip`: right replies, byte by byte.
    `late`: the right reply after two seconds. `garbage`: a reply
    that is none. `drop`: the line is cut at RCPT. `lost`: cut when the whole mail was sent, and not taken. `unsaid`:
    taken, but cut before the 250 is said. `said`: taken, and cut right after the 250.
    """

    port: int = 0
    says: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    always: str = ""
    taken: list[tuple[str, bytes]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        try:
            await self._talk(reader, writer)
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address, how = "", "250"
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await _say(writer, b"220 best server\r\n", how)
            while line := await reader.readline():
                verb = line[:4].upper()
                if verb == b"EHLO":
                    await _say(writer, NONSENSE, how)
                elif verb == b"RCPT":
                    address = line.split(b"<")[1].split(b">")[0].decode()
                    how = self._next(address)
                    if not await self._answer_recipient(writer, how):
                        return
                elif verb == b"DATA":
                    await _say(writer, b"354 go on\r\n", how)
                    content = await reader.readuntil(b"\r\n.\r\n")
                    if not await self._take(writer, address, content, how):
                        return
                elif verb == b"QUIT":
                    await _say(writer, b"221 bye\r\n", how)
                    return
                else:
                    await _say(writer, b"250 well\r\n", how)

    def _next(self, address: str) -> str:
        self.asked.append(address)
        if self.always:
            return self.always
        return self.says[address].pop(0) if self.says[address] else "250"

    async def _answer_recipient(self, writer: asyncio.StreamWriter, how: str) -> bool:
        """False when the line is to be cut."""
        if how == "hang":
            await asyncio.sleep(3600)
        if how == "late":
            await asyncio.sleep(LATE_SECONDS)
        if how == "drop":
            writer.transport.abort()
            return False
        if how == "garbage":
            await _say(writer, b"%%% 25O ok ok\r\n", how)
            return True
        await _say(writer, f"{how} hm\r\n".encode() if how.isdigit() else b"250 well\r\n", how)
        return how != "421"

    async def _take(self, writer: asyncio.StreamWriter, address: str, content: bytes, how: str) -> bool:
        if how != "lost":
            self.taken.append((address, content))
        if how in ("lost", "unsaid"):
            writer.transport.abort()
            return False
        await _say(writer, b"250 taken\r\n", how)
        return how != "said"


async def _say(writer: asyncio.StreamWriter, reply: bytes, how: str) -> None:
    if how == "drip":
        for byte in reply:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(DRIP_SECONDS)
    else:
        writer.write(reply)
        await writer.drain()


@contextmanager
def lying_server(port: int = 0) -> Iterator[LyingServer]:
    """The server in a thread of its own while the test runs; it ends with every connection."""
    office = LyingServer()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="lying mail server", daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(office.talk, "127.0.0.1", port), loop).result(10)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    server.close()
    talks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in talks:
        task.cancel()
    await asyncio.gather(*talks, return_exceptions=True)
    await asyncio.sleep(0.05)  # the transports close in the next turns of the loop
