"""A small HTTP client for the crowd: the machine interface of one server, and the server's own clock."""

import asyncio
import secrets
from datetime import datetime, timedelta
from typing import Any

import httpx

from onestop.clock import monotonic


class Refused(Exception):
    """The server said no; `code` is the problem's stable code."""

    def __init__(self, status: int, code: str) -> None:
        self.status = status
        self.code = code
        super().__init__(f"{status} {code}")


class Server:
    """Speaks `/api/v1` and keeps the day's time, which the server tells in a header of every answer."""

    def __init__(self, base: str, rate: float) -> None:
        self._http = httpx.AsyncClient(base_url=base, timeout=30, limits=httpx.Limits(max_connections=20))
        self._rate = rate
        self._told: tuple[datetime, float] | None = None

    async def ready(self, tries: int = 120) -> None:
        """Wait until the server answers. Raises `httpx.HTTPError` when it never does."""
        for left in range(tries, 0, -1):
            try:
                self._hear(await self._http.get("/health/ready"))
                return
            except httpx.TransportError:
                if left == 1:
                    raise
                await asyncio.sleep(0.5)

    async def get(self, path: str, token: str = "", **query: Any) -> Any:
        """A read. Raises `Refused`."""
        return await self._ask("GET", path, token, params=query)

    async def post(self, path: str, token: str = "", **body: Any) -> Any:
        """An act under a fresh key, sent again with the same key when the answer was lost. Raises `Refused`."""
        return await self._ask("POST", path, token, json=body, key=secrets.token_urlsafe(24))

    async def delete(self, path: str) -> Any:
        """A cancellation. Raises `Refused`."""
        return await self._ask("DELETE", path, "", key=secrets.token_urlsafe(24))

    @property
    def now(self) -> datetime:
        """The day's time."""
        assert self._told is not None
        at, counter = self._told
        return at + timedelta(seconds=(monotonic() - counter) * self._rate)

    async def pause(self, **delta: float) -> None:
        """Let a stretch of the day's time pass."""
        await asyncio.sleep(timedelta(**delta).total_seconds() / self._rate)

    async def until(self, at: datetime) -> None:
        """Wait for an instant of the day."""
        while (left := (at - self.now).total_seconds() / self._rate) > 0:  # noqa: ASYNC110 (the server may correct it)
            await asyncio.sleep(min(left, 5))

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _ask(self, method: str, path: str, token: str, *, key: str = "", **kwargs: Any) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        for attempt in range(4):
            try:
                answer = await self._http.request(method, f"/api/v1{path}", headers=headers, **kwargs)
            except httpx.TransportError:
                if attempt == 3:
                    raise
            else:
                self._hear(answer)
                if answer.status_code not in (429, 503) or attempt == 3:
                    return self._read(answer)
            await asyncio.sleep(0.5 * 2**attempt)
        raise AssertionError("unreachable")

    def _read(self, answer: httpx.Response) -> Any:
        if answer.status_code == 204:
            return None
        body = answer.json() if answer.content else None
        if answer.is_success:
            return body
        raise Refused(answer.status_code, (body or {}).get("code", ""))

    def _hear(self, answer: httpx.Response) -> None:
        if told := answer.headers.get("X-Onestop-Time"):
            self._told = (datetime.fromisoformat(told), monotonic())
