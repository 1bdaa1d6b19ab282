"""The line to the server: what is fetched, what is handed in, and whether it answers. Nothing here waits long."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from onestop_kiosk.clock import Clock

log = logging.getLogger(__name__)
DEVICE_COOKIE = "onestop_device"
TRY_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})


class Away(Exception):
    """The server did not answer in time, or said that it cannot now. What was sent may have arrived."""


class ShutOut(Exception):
    """The server does not know this machine any more: it was revoked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Server:
    """One server and this machine's token."""

    def __init__(self, address: str, token: str, *, clock: Clock, patience: float) -> None:
        self._address = address
        self._token = token
        self._clock = clock
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=patience, connect=min(patience, 1.5)),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=True,
        )

    async def close(self) -> None:
        """End the line."""
        await self._session.close()

    async def page(
        self, method: str, path: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """A page of the machine's door, as the machine. Raises `Away`, `ShutOut`."""
        sent = {
            "Cookie": f"{DEVICE_COOKIE}={self._token}",
            "Sec-Fetch-Site": "same-origin",
            "Origin": self._address,
            **(headers or {}),
        }
        answer = await self._ask(method, path, data=body, headers=sent)
        if answer.status == 303 and answer.headers.get("Location", "").startswith(("/pair", "/sign-in")):
            raise ShutOut
        return answer

    async def post(self, path: str, body: Mapping[str, Any], *, key: str) -> Answer:
        """An act of the JSON interface; the same key does it once. Raises `Away`, `ShutOut`."""
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key}
        answer = await self._ask("POST", f"/api/v1{path}", json=body, headers=headers)
        if answer.status == 409 and b'"key_in_flight"' in answer.body:
            raise Away
        return answer

    async def _ask(self, method: str, path: str, **more: Any) -> Answer:
        answer = await self._carry(method, path, **more)
        if "x-onestop-time" not in answer.headers or answer.status in TRY_LATER:
            raise Away  # something in between answered, or the server cannot now
        self._clock.hear(answer.headers["x-onestop-time"])
        if answer.status == 401:
            raise ShutOut
        return answer

    async def _carry(self, method: str, path: str, **more: Any) -> Answer:
        """Over the line and back. Raises `Away`."""
        try:
            async with self._session.request(
                method, f"{self._address}{path}", allow_redirects=False, **more
            ) as response:
                return Answer(status=response.status, headers=response.headers, body=await response.read())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.info("The server does not answer: %s", type(error).__name__)
            raise Away from error


async def pair(address: str, code: str) -> str:
    """Turn the six digits of the organiser into this machine's token. Raises `ValueError` with a sentence."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        sent = {"Sec-Fetch-Site": "same-origin", "Origin": address}
        try:
            async with session.post(
                f"{address}/pair", data={"code": code}, headers=sent, allow_redirects=False
            ) as response:
                token = response.cookies.get(DEVICE_COOKIE)
                where = response.headers.get("Location", "")
        except aiohttp.ClientError as error:
            raise ValueError(f"{address} does not answer: {error}") from error
    if token is None:
        raise ValueError("The code is not right or too old. Ask the organiser for a new one.")
    if not where.startswith("/kiosk"):
        raise ValueError("This code is for a display. Ask the organiser for one of a ticket machine.")
    return token.value
