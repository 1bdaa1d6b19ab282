"""Programs that use a server in trouble: they send again with the same key until it is done, and note every answer."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx


@dataclass(slots=True)
class Log:
    """Every answer: when it came, its status, how long it took in seconds; each kind of 503; and what was done."""

    answers: list[tuple[float, int, float]] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    refused: set[tuple[str, str]] = field(default_factory=set)
    given: list[int] = field(default_factory=list)
    called: list[int] = field(default_factory=list)
    stop: bool = False

    async def ask(self, client: httpx.AsyncClient, method: str, path: str, **how: Any) -> httpx.Response:
        """One request, noted."""
        began = time.monotonic()
        answer = await client.request(method, path, **how)
        self.answers.append((time.monotonic(), answer.status_code, time.monotonic() - began))
        polite = answer.status_code == 503 and "retry-after" in answer.headers and "Traceback" not in answer.text
        if polite and "json" in answer.headers["content-type"]:
            self.refused.add((answer.json()["code"], answer.headers["retry-after"]))
        if answer.status_code >= 500 and not polite and not path.endswith("/health/ready"):
            self.bad.append(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer

    async def until_done(self, client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> httpx.Response:
        """A POST that is sent again with its key until the database takes it."""
        key = {"Idempotency-Key": uuid4().hex}
        while True:
            answer = await self.ask(client, "POST", path, json=body, headers=key)
            if answer.status_code not in (409, 503):
                return answer
            await asyncio.sleep(0.3)

    async def kiosk(self, client: httpx.AsyncClient, day: str) -> None:
        """Gives out tickets."""
        while not self.stop:
            answer = await self.until_done(client, f"/days/{day}/visits", {"services": ["legal"]})
            assert answer.status_code == 201, answer.text
            self.given.append(answer.json()["number"])
            await asyncio.sleep(0.2)

    async def officer(self, client: httpx.AsyncClient, desk: Any) -> None:
        """Calls and finishes."""
        while not self.stop:
            answer = await self.until_done(client, f"/desks/{desk}/calls", {})
            if answer.status_code == 204:
                await asyncio.sleep(0.2)
                continue
            assert answer.status_code in (200, 201), answer.text
            self.called.append(answer.json()["number"])
            finished = await self.until_done(client, f"/stops/{answer.json()['stop']}/finish", {"outcome": "settled"})
            assert finished.status_code == 200, finished.text

    async def reader(self, client: httpx.AsyncClient, path: str) -> None:
        """Looks at something again and again."""
        while not self.stop:
            await self.ask(client, "GET", path)
            await asyncio.sleep(0.2)
