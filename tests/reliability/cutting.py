"""A line between a client and a server that cuts, stalls, trickles or swallows, on loopback, in a thread of its own."""

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

READ = 65536


@dataclass(frozen=True, slots=True)
class Harm:
    """What happens to one connection once so many bytes went up (to the server) or down; `None`: never.

    `reset` sends RST to both sides, `close` ends both politely, `stall` keeps everything back for `seconds` and goes
    on. `piece` above 0 hands the bytes down in pieces of that size with `pause` seconds between them.
    """

    up: int | None = None
    down: int | None = None
    how: Literal["reset", "close", "stall"] = "reset"
    seconds: float = 0.0
    piece: int = 0
    pause: float = 0.0


WHOLE = Harm()


class Line:
    """Forwards a port of its own to `target`; `harm` is asked for each connection, by its number from 0."""

    def __init__(self, target: int, harm: Callable[[int], Harm] = lambda _: WHOLE) -> None:
        self.harm = harm
        self.accepted = 0
        self.cut = 0
        self._target = target
        self._open: set[tuple[asyncio.StreamWriter, asyncio.StreamWriter]] = set()
        self._loop = asyncio.new_event_loop()
        self._listening: asyncio.Server | None = None
        self._flows = asyncio.Event()
        self._flows.set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="line", daemon=True)
        self._thread.start()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._do(self._listen())

    def refuse(self) -> None:
        """The server is gone: every connection is reset, new ones are refused."""
        self._do(self._refuse())

    def swallow(self) -> None:
        """The network is gone: connections stay, and new ones come about, but no byte arrives."""
        self._loop.call_soon_threadsafe(self._flows.clear)

    def restore(self) -> None:
        """All is well again; what was swallowed arrives late, as TCP repeats it."""
        self._loop.call_soon_threadsafe(self._flows.set)
        self._do(self._listen())

    def close(self) -> None:
        """End everything."""
        self._do(self._refuse())
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)  # type: ignore[arg-type]

    async def _listen(self) -> None:
        if self._listening is None:
            self._listening = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _refuse(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        for pair in list(self._open):
            _reset(*pair)

    async def _end(self) -> None:
        mine = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)
        await asyncio.sleep(0.05)  # the transports close in the next turns of the loop

    async def _serve(self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        harm = self.harm(self.accepted)
        self.accepted += 1
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            _reset(to_client)
            return
        pair = (to_client, to_server)
        self._open.add(pair)
        up = self._pass_on(from_client, to_server, harm.up, harm, pair, pieces=False)
        down = self._pass_on(from_server, to_client, harm.down, harm, pair, pieces=True)
        try:
            # A connection reset while it is read or written is what this line is for.
            await asyncio.gather(up, down, return_exceptions=True)
        finally:
            self._open.discard(pair)
            for writer in pair:
                writer.close()

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        limit: int | None,
        harm: Harm,
        pair: tuple[asyncio.StreamWriter, asyncio.StreamWriter],
        *,
        pieces: bool,
    ) -> None:
        passed = 0
        while data := await reader.read(READ):
            await self._flows.wait()
            if limit is not None and passed + len(data) >= limit:
                data, rest = data[: limit - passed], data[limit - passed :]
                await self._hand_over(writer, data, harm, pieces=pieces)
                self.cut += 1
                if harm.how != "stall":
                    _reset(*pair) if harm.how == "reset" else [each.close() for each in pair]
                    return
                await asyncio.sleep(harm.seconds)
                limit, data = None, rest
            await self._hand_over(writer, data, harm, pieces=pieces)
            passed += len(data)
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()

    async def _hand_over(self, writer: asyncio.StreamWriter, data: bytes, harm: Harm, *, pieces: bool) -> None:
        size = harm.piece if pieces and harm.piece else max(len(data), 1)
        for start in range(0, len(data), size):
            writer.write(data[start : start + size])
            await writer.drain()
            if size < len(data):
                await asyncio.sleep(harm.pause)


def _reset(*writers: asyncio.StreamWriter) -> None:
    """End with RST instead of FIN, as a router that lost its table does."""
    for writer in writers:
        wire = writer.get_extra_info("socket")
        with contextlib.suppress(OSError, AttributeError):
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


@contextlib.contextmanager
def line_to(target: int, harm: Callable[[int], Harm] = lambda _: WHOLE) -> Iterator[Line]:
    """A line to a port of loopback while the test runs."""
    line = Line(target, harm)
    try:
        yield line
    finally:
        line.close()
