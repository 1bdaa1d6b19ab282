"""A process of its own with many open streams: it notes when each hears of a change, and tells when asked.

Lines on its input: the port and requests as JSON (opens the streams; answers "open"), then as often as wanted a line
`SINCE COUNT SECONDS`: wait until so many streams heard something since that moment (monotonic seconds) or the time is
over, then answer with the moments, the first of each stream.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import PIPE, Popen
from typing import Any

from bench._servers import HOST
from bench._wire import Stream, request

OPEN_AT_ONCE = 50
LOOK_SECONDS = 0.02


@dataclass(slots=True)
class Listeners:
    """The parent's hand on the process."""

    process: Popen[str]

    def heard(self, since: float, count: int, within: float = 10.0) -> list[float]:
        """When the streams first heard something after `since`, in monotonic seconds, earliest first."""
        return self._ask(f"{since!r} {count} {within!r}")

    def _ask(self, line: str) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the listening process ended")
        return json.loads(answer)


@contextmanager
def listening(port: int, asked: Sequence[tuple[str, dict[str, str]]]) -> Iterator[Listeners]:
    """Streams open at these paths with these headers."""
    process = Popen([sys.executable, "-m", "bench._listeners"], stdin=PIPE, stdout=PIPE, text=True)
    try:
        listeners = Listeners(process)
        opened = listeners._ask(json.dumps({"port": port, "asked": asked}))
        assert opened == "open", opened
        yield listeners
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


async def _main() -> None:
    first: dict[Stream, list[float]] = {}

    def heard(stream: Stream, at: float, _: bytes) -> None:
        first.setdefault(stream, []).append(at)

    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**26)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    wanted = json.loads(await reader.readline())
    gate = asyncio.Semaphore(OPEN_AT_ONCE)

    async def open_one(path: str, headers: dict[str, str]) -> None:
        async with gate:
            asked = request("GET", path, headers)
            _, stream = await loop.create_connection(lambda: Stream(asked, heard), HOST, wanted["port"])
            await asyncio.wait_for(stream.opened, 60)

    try:
        await asyncio.gather(*(open_one(path, headers) for path, headers in wanted["asked"]))
    except Exception as error:
        print(json.dumps(f"not open: {error!r}"), flush=True)
        return
    print(json.dumps("open"), flush=True)
    while line := await reader.readline():
        since, count, within = (float(word) for word in line.split())
        until = time.monotonic() + within
        while True:
            earliest = sorted(at for at in (_first(told, since) for told in first.values()) if at is not None)
            if len(earliest) >= count or time.monotonic() > until:
                break
            await asyncio.sleep(LOOK_SECONDS)
        first.clear()
        print(json.dumps(earliest), flush=True)


def _first(moments: Sequence[float], since: float) -> float | None:
    return next((at for at in moments if at >= since), None)


if __name__ == "__main__":
    asyncio.run(_main())
