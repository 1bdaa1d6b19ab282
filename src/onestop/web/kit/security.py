"""Round every answer, errors and static files included: headers, hosts, origin check, body limits, proxies, the log.

Plain ASGI, outside the framework, because the framework does not run its middleware for unknown addresses.
"""

import asyncio
import ipaddress
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit

from onestop.clock import monotonic
from onestop.db.session import Database
from onestop.domain.errors import Refusal
from onestop.domain.logo import MOST_UPLOADED
from onestop.logs import fields
from onestop.settings import Settings
from onestop.web.kit.errors import CrossSite, HostWrong, RequestWrong, TooBig, TooSlow
from onestop.web.kit.forms import MOST_FIELDS
from onestop.web.kit.headers import HEADERS
from onestop.web.kit.masks import masked
from onestop.web.kit.metrics import Metrics
from onestop.web.kit.requests import is_api
from onestop.web.kit.sessions import SIGNED_IN_COOKIES

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Refuse = Callable[[Scope, Receive, Send, Refusal], Awaitable[None]]

TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_BYTES = 256 * 1024
BODY_SECONDS = 10.0
UPLOADS = re.compile(r"/organise/(series/[0-9a-f-]{36}/logos|venues/[0-9a-f-]{36}/plan)")
"""Where pictures are sent to, which people have in any size."""
MOST_UPLOAD_BYTES = MOST_UPLOADED + 1024 * 1024
"""More than a logo may have, so that the page itself can say what to do about a bigger one."""
UPLOAD_SECONDS = 40.0
MOST_HEADERS = 16 * 1024
MOST_PATH = 2048
ALWAYS_OPEN = ("/health/live", "/health/ready", "/metrics")
"""Asked by supervisors under whatever address they use."""

ONE_CLICK = "/reminders/"
"""Mail programs and their servers send a form here without ever having seen the page (RFC 8058). The secret in the
address alone decides: no cookie counts behind it, and whoever could forge the form would have to know the secret."""

access = logging.getLogger("onestop.access")


class Shell:
    """The outermost layer. `refuse` answers what is stopped here with the same pages as everything else."""

    def __init__(self, app: App, *, settings: Settings, database: Database, refuse: Refuse, metrics: Metrics) -> None:
        self._app = app
        self._database = database
        self._refuse = refuse
        self._metrics = metrics
        self._proxies = _networks(settings.trusted_proxies)
        self._base = urlsplit(settings.base_url)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = monotonic()
        self._believe_proxies(scope)
        method, path = scope["method"], scope["path"]
        status = 0
        streamed = False

        async def send_on(message: Message) -> None:
            nonlocal status, streamed
            if message["type"] == "http.response.start":
                status = message["status"]
                streamed = any(value.startswith(b"text/event-stream") for _, value in message["headers"])
                message = {**message, "headers": self._headers(scope, message["headers"])}
            if message["type"] == "http.response.body" and head:
                message = {**message, "body": b""}
            await send(message)

        head = scope["method"] == "HEAD"
        if head:
            scope["method"] = "GET"
        try:
            try:
                receive = await self._checked(scope, receive)
            except Refusal as refusal:
                await self._refuse(scope, receive, send_on, refusal)
            else:
                await self._app(scope, receive, send_on)
        finally:
            seconds = monotonic() - began
            if not streamed:
                self._metrics.answered(status, seconds)
            shown, ms = masked(path), round(seconds * 1000)
            told = fields(method=method, path=shown, status=status, ms=ms)
            access.info("%s %s %s %sms", method, shown, status, ms, extra=told)

    async def _checked(self, scope: Scope, receive: Receive) -> Receive:
        """Refuse what no handler should see; gives the `receive` that replays the body read here."""
        headers = _first_values(scope)
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADERS:
            raise TooBig
        if len(scope["path"]) > MOST_PATH or len(scope.get("query_string", b"")) > 2 * MOST_PATH:
            raise TooBig
        if "\x00" in scope["path"] or scope.get("query_string", b"").count(b"&") > MOST_FIELDS:
            raise RequestWrong
        self._check_host(scope, headers)
        if scope["method"] in SAFE:
            return receive
        self._check_origin(scope, headers)
        return await _read_body(headers, receive, upload=_is_upload(scope["path"], headers))

    def _check_host(self, scope: Scope, headers: dict[bytes, str]) -> None:
        if not self._base.netloc or scope["path"] in ALWAYS_OPEN:
            return
        if _with_port(headers.get(b"host", ""), scope["scheme"]) != _with_port(self._base.netloc, self._base.scheme):
            raise HostWrong

    def _check_origin(self, scope: Scope, headers: dict[bytes, str]) -> None:
        """A form of another site is refused; see the decision "origin check instead of CSRF tokens"."""
        if is_api(scope["path"]):
            return  # cookies do not count there
        if scope["path"].startswith(ONE_CLICK):
            return
        site = headers.get(b"sec-fetch-site")
        origin = headers.get(b"origin")
        if site is not None:
            allowed = site in ("same-origin", "none")
        elif origin is not None:
            netloc = urlsplit(origin).netloc
            allowed = bool(netloc) and netloc.lower() == headers.get(b"host", "").lower()
        else:
            cookies = headers.get(b"cookie", "")
            allowed = not any(f"{name}=" in cookies for name in SIGNED_IN_COOKIES)
        if not allowed:
            raise CrossSite

    def _believe_proxies(self, scope: Scope) -> None:
        """Take client and scheme from forwarded headers, as far as each named proxy vouches for the one before it."""
        client = scope.get("client")
        if not self._proxies or not client or not _inside(client[0], self._proxies):
            return
        headers = _first_values(scope)
        hops = [hop.strip() for hop in headers.get(b"x-forwarded-for", "").split(",") if hop.strip()]
        address = client[0]
        for hop in reversed(hops):
            if not _is_address(hop):
                break
            address = hop
            if not _inside(hop, self._proxies):
                break
        scope["client"] = (address, client[1])
        scheme = headers.get(b"x-forwarded-proto", "").split(",")[-1].strip().lower()
        if scheme in ("http", "https"):
            scope["scheme"] = scheme

    def _headers(self, scope: Scope, answered: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        kept = [(name.lower(), value) for name, value in answered]
        names = {name for name, _ in kept}
        kept += [(name, value) for name, value in HEADERS.items() if name not in names]
        if scope["path"].startswith("/static/"):
            kept = [(name, value) for name, value in kept if name != b"cache-control"]
            versioned = scope.get("query_string", b"").startswith(b"v=")
            kept.append((b"cache-control", b"public, max-age=31536000, immutable" if versioned else b"no-cache"))
        elif b"cache-control" not in names:
            kept.append((b"cache-control", b"no-store"))
        if scope["scheme"] == "https":
            kept.append(TRANSPORT)
        now = self._database.now().astimezone(UTC)
        kept.append((b"x-onestop-time", now.isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()))
        return kept


def _is_upload(path: str, headers: dict[bytes, str]) -> bool:
    """Whether more than a form may come: a picture, from somebody who says that she is signed in."""
    cookies = headers.get(b"cookie", "")
    return UPLOADS.fullmatch(path) is not None and any(f"{name}=" in cookies for name in SIGNED_IN_COOKIES)


async def _read_body(headers: dict[bytes, str], receive: Receive, *, upload: bool) -> Receive:
    """Read the whole body within limits of bytes, fields and time, before anything parses it."""
    most, seconds = (MOST_UPLOAD_BYTES, UPLOAD_SECONDS) if upload else (MOST_BYTES, BODY_SECONDS)
    announced = headers.get(b"content-length", "0")
    if not announced.isdecimal() or len(announced) > 12:
        raise RequestWrong
    if int(announced) > most:
        raise TooBig
    chunks: list[bytes] = []
    size = 0
    more = True
    try:
        async with asyncio.timeout(seconds):
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise RequestWrong
                chunks.append(message.get("body", b""))
                size += len(chunks[-1])
                if size > most:
                    raise TooBig
                more = message.get("more_body", False)
    except TimeoutError as error:
        raise TooSlow from error
    body = b"".join(chunks)
    if headers.get(b"content-type", "").startswith("application/x-www-form-urlencoded") and (
        body.count(b"&") >= MOST_FIELDS
    ):
        raise TooBig
    given = False

    async def replay() -> Message:
        nonlocal given
        if not given:
            given = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive()

    return replay


def _first_values(scope: Scope) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.lower(), value.decode("latin-1"))
    return found


def _with_port(netloc: str, scheme: str) -> str:
    """Host and port; the scheme's own port when none is written."""
    host = netloc.lower().rpartition("@")[2]
    if host.rpartition(":")[2].isdecimal() and not host.endswith("]"):
        return host
    return f"{host}:{443 if scheme == 'https' else 80}"


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _networks(addresses: Iterable[str]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(address, strict=False) for address in addresses)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _inside(address: str, networks: tuple[Network, ...]) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in networks)
