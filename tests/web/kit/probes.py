"""Small routes that use the kit as doors do, and a way to talk to the application below the HTTP client."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from onestop.db.ledger import record
from onestop.domain.errors import ArrivalTaken
from onestop.domain.facts import Fact
from onestop.domain.roles import Role
from onestop.live.hub import key_of
from onestop.web.kit.forms import read_form
from onestop.web.kit.guards import require
from onestop.web.kit.limits import check_limit, network_of
from onestop.web.kit.once import answer_api_once, submit_once
from onestop.web.kit.requests import Db, WebRequest, is_https
from onestop.web.kit.responses import see_other
from onestop.web.kit.sse import live_stream


def note(conn: Any, kind: str, now: Any) -> int:
    """Something that happens once: a fact; refuses `taken`."""
    if kind == "taken":
        raise ArrivalTaken
    return record(conn, Fact(kind=kind, at=now))


@post("/probe/once")
async def once(request: WebRequest, db: Db) -> Response[Any]:
    form = await read_form(request)
    path = await submit_once(
        request, "probe.once", note, form.text("kind"), db.now(), to=lambda number: f"/probe/{number}"
    )
    return see_other(path)


@post(["/api/v1/probe/once", "/api/v1/probe/{thing:str}/once"])
async def api_once(request: WebRequest, db: Db) -> Response[Any]:
    kind = (await request.body()).decode()
    return await answer_api_once(
        request, "probe.once", note, kind, db.now(), encode=lambda number: (201, str(number).encode())
    )


@post("/probe/form")
async def form(request: WebRequest) -> Response[Any]:
    typed = await read_form(request)
    told = (typed.text("name", 5), typed.number("n"), typed.all("need"), typed.ticked("child"), typed.text("none"))
    return Response(repr(told), status_code=200, media_type="text/plain")


@get("/desk/probe/{desk_id:uuid}")
async def desk(request: WebRequest, desk_id: FromPath[UUID]) -> Response[Any]:
    someone = await require(request, Role.OFFICER, desk=desk_id)
    return Response(someone.name, status_code=200, media_type="text/plain")


@get("/probe/crash")
async def crash() -> Response[Any]:
    raise ZeroDivisionError("a secret of the trace")


@get("/api/v1/probe/crash")
async def api_crash() -> Response[Any]:
    raise ZeroDivisionError("a secret of the trace")


@get("/probe/network")
async def network(request: WebRequest) -> Response[Any]:
    return Response(f"{network_of(request)} {is_https(request)}", status_code=200, media_type="text/plain")


@get("/probe/limited")
async def limited(request: WebRequest) -> Response[Any]:
    await check_limit(request, "pair", contact=request.query_params.get("contact", ""))
    return Response("ok", status_code=200, media_type="text/plain")


@get("/probe/live/{day:uuid}")
async def live(request: WebRequest, day: FromPath[UUID]) -> Response[Any]:
    return await live_stream(request, [key_of("overview", day), key_of("board", day)])


PROBES: list[Any] = [once, api_once, form, desk, crash, api_crash, network, limited, live]


@dataclass(slots=True)
class Wire:
    """One request to an ASGI application, message by message; `chunks` bodies are sent with pauses left to the test."""

    status: int
    headers: dict[str, str]
    body: bytes


async def talk(
    app: Any,
    method: str,
    path: str,
    *,
    headers: dict[str, str] | None = None,
    chunks: tuple[bytes, ...] = (b"",),
    client: str = "127.0.0.1",
    scheme: str = "http",
    endless: bool = False,
) -> Wire:
    """Send a raw request; `endless` never ends its body."""
    sent = list(chunks)
    answer = Wire(0, {}, b"")
    done = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if sent:
            body = sent.pop(0)
            return {"type": "http.request", "body": body, "more_body": bool(sent) or endless}
        await done.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answer.body += message.get("body", b"")
            if not message.get("more_body"):
                done.set()

    raw_path, _, query = path.partition("?")
    pairs = {"host": "hall.test", **(headers or {})}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": raw_path,
        "raw_path": raw_path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in pairs.items()],
        "client": (client, 5000),
        "server": ("hall.test", 80),
    }
    await app(scope, receive, send)
    return answer
