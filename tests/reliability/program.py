"""A program that sends an act again, with the same key, until it is answered; also one whose line is cut."""

import asyncio
import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

import httpx

AGAIN_SECONDS = 0.05
PATIENCE_SECONDS = 60.0
MOST_CUTS = 2
CUT_SECONDS = 0.03
"""A line that is cut lasts at most this long: the request is then on its way, worked on, or just answered."""


@dataclass(slots=True)
class Asked:
    """One act: its request, what became of it, and between which moments (monotonic seconds)."""

    method: str
    path: str
    body: dict[str, Any]
    token: str
    key: str
    invoked: float = 0.0
    returned: float = 0.0
    tries: int = 0
    status: int | None = None
    content: bytes = b""
    json: Any = None

    @property
    def code(self) -> str:
        """Why it was refused; empty when it was not."""
        return self.json["code"] if self.status is not None and self.status >= 400 else ""


class Wrong(AssertionError):
    """An answer that no fault excuses."""


@dataclass(slots=True)
class Line:
    """The way to the server of everybody in one history; cut with the probability `cut`, then sometimes given up."""

    client: httpx.AsyncClient
    chance: Random
    cut: float = 0.0
    give_up: float = 0.0
    asked: list[Asked] = field(default_factory=list)
    told_to_wait: int = 0

    async def post(self, path: str, body: dict[str, Any] | None = None, *, token: str = "") -> Asked:
        """An act with a fresh key."""
        return await self.send("POST", path, body, token=token)

    async def send(self, method: str, path: str, body: dict[str, Any] | None = None, *, token: str = "") -> Asked:
        """Ask until there is an answer. Raises `Wrong` for an answer 500, and when nobody answers at all."""
        key = UUID(int=self.chance.getrandbits(128), version=4).hex
        one = Asked(method, path, body or {}, token, key, invoked=time.monotonic())
        self.asked.append(one)
        while True:
            one.tries += 1
            cut = one.tries <= MOST_CUTS and self.chance.random() < self.cut
            try:
                async with asyncio.timeout(self.chance.uniform(0, CUT_SECONDS) if cut else PATIENCE_SECONDS):
                    answer = await self._once(one)
            except (TimeoutError, httpx.TransportError):
                answer = None
            self.told_to_wait += answer is not None and answer.status_code == 503
            if answer is not None and _is_answer(answer):
                one.returned = time.monotonic()
                one.status, one.content = answer.status_code, answer.content
                one.json = answer.json() if answer.content else None
                return one
            if cut and self.chance.random() < self.give_up:
                one.returned = time.monotonic()
                return one
            if time.monotonic() - one.invoked > PATIENCE_SECONDS:
                raise Wrong(f"nobody answers {method} {path}")
            await asyncio.sleep(AGAIN_SECONDS)

    async def repeat(self, one: Asked) -> httpx.Response:
        """The same request once more, on a line that holds, until somebody answers. Raises `Wrong` like `send`."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                answer = await self._once(one)
                if _is_answer(answer):
                    return answer
            await asyncio.sleep(AGAIN_SECONDS)
        raise Wrong(f"nobody answers {one.method} {one.path} again")

    async def _once(self, one: Asked) -> httpx.Response:
        headers = {"Authorization": f"Bearer {one.token}"} if one.token else {}
        if one.method == "POST":
            headers["Idempotency-Key"] = one.key
        if one.method == "DELETE":
            return await self.client.delete(one.path, headers=headers)
        return await self.client.request(one.method, one.path, json=one.body, headers=headers)


def _is_answer(answer: httpx.Response) -> bool:
    """Whether it says what became of the act. 502 is the proxy's word for a server that is not there."""
    impolite = answer.status_code == 503 and "retry-after" not in answer.headers
    if answer.status_code in (429, 500) or impolite:
        raise Wrong(f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text}")
    if answer.status_code >= 500:
        return False
    return not (answer.status_code == 409 and answer.json()["code"] == "key_in_flight")


def addresses() -> Iterator[str]:
    """Loopback addresses, one for each history, because strangers are counted by their network."""
    for number in range(1, 250 * 250):
        yield f"127.{64 + number // 62500}.{number // 250 % 250 + 1}.{number % 250 + 1}"
