"""A board in the waiting room: it listens to its stream, comes back when that ends, and asks for what is new."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, field

import httpx

AGAIN_SECONDS = 0.2
SILENCE_SECONDS = 20.0


@dataclass(slots=True)
class Screen:
    """`calls` are all it ever showed, in order; `heard` are the moments (monotonic) when it was told to look."""

    client: httpx.AsyncClient
    slug: str
    calls: list[int] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    streams: int = 0
    last: int = 0
    _event: str = ""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            with contextlib.suppress(httpx.HTTPError):
                await self._listen()
            await asyncio.sleep(AGAIN_SECONDS)

    async def look(self) -> None:
        """Ask for the calls after the last one shown."""
        answer = await self.client.get(f"/days/{self.slug}/board", params={"after": self.last})
        if answer.status_code == 200:
            shown = sorted(call["id"] for call in answer.json()["calls"])
            self.calls += [number for number in shown if number > self.last]
            self.last = max(self.last, answer.json()["last"])

    async def _listen(self) -> None:
        headers = {"Last-Event-ID": self._event} if self._event else {}
        timeout = httpx.Timeout(10, read=SILENCE_SECONDS)
        path = f"/days/{self.slug}/live"
        async with self.client.stream("GET", path, headers=headers, timeout=timeout) as stream:
            self.streams += stream.status_code == 200
            async for line in stream.aiter_lines():
                if line.startswith("id: "):
                    self._event = line.removeprefix("id: ")
                if line == "data: board":
                    self.heard.append(time.monotonic())
                    await self.look()
