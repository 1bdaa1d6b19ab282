"""Live streams: what changed is told, a client that was away hears what it missed, and stopping ends them all."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from onestop.db.ledger import record
from onestop.domain.facts import Fact
from onestop.live.queries import newest_changes
from onestop.web.kit import sse
from tests.web.site import ADDRESS, Site


class Stream:
    """A client of one stream that reads as far as it is asked."""

    def __init__(self, site: Site, path: str, headers: dict[str, str] | None = None) -> None:
        self._told: asyncio.Queue[bytes] = asyncio.Queue()
        self._leave = asyncio.Event()
        self.status = 0
        self.headers: dict[str, str] = {}
        self.ended = asyncio.create_task(self._run(site.app, path, headers or {}))

    async def next(self) -> dict[str, str]:
        """The next event with its fields."""
        text = (await asyncio.wait_for(self._told.get(), 3)).decode()
        return dict(line.split(": ", 1) for line in text.strip().split("\n"))

    async def leave(self) -> None:
        """Go away as a closed browser does."""
        self._leave.set()
        await asyncio.wait_for(self.ended, 3)

    async def _run(self, app: Any, path: str, headers: dict[str, str]) -> None:
        async def receive() -> dict[str, Any]:
            await self._leave.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                self.status = message["status"]
                self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            for event in message.get("body", b"").split(b"\n\n"):
                if event:
                    self._told.put_nowait(event)

        raw, _, query = path.partition("?")
        pairs = {"host": ADDRESS.removeprefix("http://"), **headers}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": raw,
            "raw_path": raw.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in pairs.items()],
            "client": ("127.0.0.1", 5000),
            "server": ("hall.test", 80),
        }
        await app(scope, receive, send)


async def _happen(site: Site, kind: str, day: UUID | None = None) -> str:
    fact = Fact(kind=kind, at=site.hall.now, day=day or site.hall.id)
    return str(await site.database.write(record, fact))


async def test_a_new_client_hears_every_topic_once_then_what_changes(probed_twice: Site) -> None:
    last = await _happen(probed_twice, "StopCalled")
    stream = Stream(probed_twice, f"/probe/live/{probed_twice.hall.id}")

    assert list(await stream.next()) == ["retry"]
    hello = [await stream.next(), await stream.next()]
    assert hello == [
        {"id": last, "event": "topic", "data": "overview"},
        {"id": last, "event": "topic", "data": "board"},
    ]
    assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert (stream.headers["x-accel-buffering"], stream.headers["cache-control"]) == ("no", "no-cache, no-store")

    arrived = await _happen(probed_twice, "VisitArrived")
    assert await stream.next() == {"id": arrived, "event": "topic", "data": "overview"}
    await _happen(probed_twice, "VisitArrived", day=UUID(int=1))
    called = await _happen(probed_twice, "StopCalled")
    assert [await stream.next(), await stream.next()] == [
        {"id": called, "event": "topic", "data": "overview"},
        {"id": called, "event": "topic", "data": "board"},
    ]
    await stream.leave()
    assert len(probed_twice.app.state.hub) == 0


async def test_what_happens_while_a_client_is_told_what_it_missed_is_told_too(
    probed: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await _happen(probed, "VisitArrived")
    read, between = probed.database.read, list[str]()

    async def read_and_then(query: Any, *args: Any, **kwargs: Any) -> Any:
        result = await read(query, *args, **kwargs)
        if query is newest_changes:
            between.append(await _happen(probed, "VisitArrived"))
            await asyncio.sleep(0.05)  # it has been told to everybody who listens by now
        return result

    monkeypatch.setattr(probed.database, "read", read_and_then)
    stream = Stream(probed, f"/probe/live/{probed.hall.id}", {"last-event-id": before})

    assert list(await stream.next()) == ["retry"]
    assert await stream.next() == {"id": between[0], "event": "topic", "data": "overview"}
    await stream.leave()


async def test_a_client_that_comes_back_hears_what_it_missed_and_nothing_if_it_missed_nothing(
    probed_twice: Site,
) -> None:
    heard = await _happen(probed_twice, "StopCalled")
    behind = Stream(probed_twice, f"/probe/live/{probed_twice.hall.id}", {"last-event-id": "0"})
    same = Stream(probed_twice, f"/probe/live/{probed_twice.hall.id}?after={heard}")
    await behind.next()
    await same.next()

    assert (await behind.next())["id"] == heard
    missed_nothing = await _happen(probed_twice, "VisitArrived")
    assert await same.next() == {"id": missed_nothing, "event": "topic", "data": "overview"}
    await behind.leave()
    await same.leave()


async def test_a_client_that_names_a_change_nobody_knows_is_told_everything_and_what_follows(
    probed_twice: Site,
) -> None:
    """After the restore of a backup the numbers go on from an older one; so may somebody who invents a number."""
    now = await _happen(probed_twice, "StopCalled")
    stream = Stream(probed_twice, f"/probe/live/{probed_twice.hall.id}", {"last-event-id": str(int(now) + 1000)})
    await stream.next()

    assert [await stream.next() for _ in range(2)] == [
        {"id": now, "event": "topic", "data": "overview"},
        {"id": now, "event": "topic", "data": "board"},
    ]
    later = await _happen(probed_twice, "VisitArrived")
    assert await stream.next() == {"id": later, "event": "topic", "data": "overview"}
    await stream.leave()


async def test_a_silent_stream_has_a_heartbeat(probed_twice: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sse.PING_SECONDS < 15
    monkeypatch.setattr(sse, "PING_SECONDS", 0.05)
    stream = Stream(probed_twice, f"/probe/live/{UUID(int=1)}", {"last-event-id": "0"})
    await stream.next()

    assert [await stream.next() for _ in range(3)] == [{"event": "ping", "data": "ping"}] * 3
    await stream.leave()


async def test_closing_the_hub_ends_every_stream_at_once(probed_twice: Site) -> None:
    streams = [Stream(probed_twice, f"/probe/live/{probed_twice.hall.id}") for _ in range(20)]
    for stream in streams:
        await stream.next()
    assert len(probed_twice.app.state.hub) == 20
    probed_twice.app.state.hub.close()

    await asyncio.wait_for(asyncio.gather(*(stream.ended for stream in streams)), 1)
    assert len(probed_twice.app.state.hub) == 0


async def test_a_client_that_takes_nothing_is_cut_off(probed_twice: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "STUCK_SECONDS", 0.05)
    started = asyncio.Event()

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.body":
            started.set()
            await asyncio.sleep(60)

    hub = probed_twice.app.state.hub
    stream = sse.EventStream(hub, hub.subscribe(["board:x"]), ())
    await asyncio.wait_for(stream.to_asgi_response()({}, receive, send), 2)

    assert (started.is_set(), len(hub)) == (True, 0)


async def test_a_nonsense_last_event_id_counts_as_none(probed_twice: Site) -> None:
    for nonsense in ("x", "-1", "9" * 40, "٣"):
        stream = Stream(probed_twice, f"/probe/live/{probed_twice.hall.id}?after={nonsense}")
        await stream.next()
        assert (await stream.next())["data"] == "overview"
        await stream.leave()
