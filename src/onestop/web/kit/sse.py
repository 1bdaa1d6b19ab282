"""A live stream as an answer: `return live_stream(request, ["desk:…"])`. It holds no database connection."""

import asyncio
import random
from collections.abc import Iterable, Sequence
from typing import Any

from litestar import Response

from onestop.domain.errors import SignInNeeded
from onestop.live.hub import Hub, Message, Subscription
from onestop.live.queries import newest_changes
from onestop.web.kit.requests import WebRequest, db_of, hub_of
from onestop.web.kit.sessions import actor, actor_again

PING_SECONDS = 5.0
"""A page that hears nothing for 11 s asks, so that it says within 15 s that it is not live."""
STUCK_SECONDS = 30.0
"""A client that takes no byte for this long is cut off; it reconnects."""
MOST_KEYS = 20


class EventStream(Response[None]):
    """A server-sent event stream over a subscription, ended by the client, by the hub, or when the client is stuck."""

    def __init__(self, hub: Hub, subscription: Subscription, first: Sequence[Message]) -> None:
        super().__init__(None, status_code=200)
        self._hub = hub
        self._subscription = subscription
        self._first = first

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return self._answer

    async def _answer(self, _scope: Any, receive: Any, send: Any) -> None:
        try:
            speaker = asyncio.ensure_future(self._speak(send))
            listener = asyncio.ensure_future(_gone(receive))
            _, running = await asyncio.wait({speaker, listener}, return_when=asyncio.FIRST_COMPLETED)
            for task in running:
                task.cancel()
            await asyncio.gather(speaker, listener, return_exceptions=True)
            if not speaker.cancelled() and (error := speaker.exception()) and not isinstance(error, TimeoutError):
                raise error
        finally:
            self._hub.unsubscribe(self._subscription)

    async def _speak(self, send: Any) -> None:
        headers = [
            (b"content-type", b"text/event-stream; charset=utf-8"),
            (b"cache-control", b"no-cache, no-store"),
            (b"x-accel-buffering", b"no"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        retry = random.randint(1000, 5000)  # noqa: S311 (spreads the return after a restart)
        hello = f"retry: {retry}\n\n" + "".join(encode(message) for message in self._first)
        await _send(send, hello.encode())
        while not self._subscription.closed:
            message = await self._subscription.next_message(PING_SECONDS)
            if message is None and self._subscription.ended:
                break
            if not self._subscription.closed:
                await _send(send, (encode(message) if message else PING).encode())
        await send({"type": "http.response.body", "body": b"", "more_body": False})


PING = "event: ping\ndata: ping\n\n"


def encode(message: Message) -> str:
    """One message on the wire."""
    return f"id: {message.id}\nevent: topic\ndata: {message.topic}\n\n"


async def live_stream(request: WebRequest, keys: Iterable[str]) -> Response[Any]:
    """Stream "this topic changed" for the keys the asker may hear; the caller has checked that.

    What changed after the client's `Last-Event-ID` is told first; a client without one is told every topic once,
    because something may have happened between its page and its stream. Raises `Busy`.
    """
    wanted = tuple(dict.fromkeys(keys))[:MOST_KEYS]
    after = last_event_id(request)
    hub = hub_of(request)
    someone = await actor(request)
    subscription = hub.subscribe(wanted, ref=someone.ref if someone.grants else "")
    try:
        if someone.grants and await actor_again(request) != someone:
            raise SignInNeeded
        first = await db_of(request).read(newest_changes, wanted, after=after)
    except BaseException:
        hub.unsubscribe(subscription)
        raise
    subscription.heard(first)
    if after is not None:
        told = {message.topic for message in first}
        topics = {key.partition(":")[0] for key in wanted}
        subscription.heard(Message(after, topic) for topic in topics - told)
    return EventStream(hub, subscription, first)


def last_event_id(request: WebRequest) -> int | None:
    """What the client heard last, from the header a browser sends or the query of a first connection."""
    text = request.headers.get("last-event-id") or request.query_params.get("after") or ""
    return int(text) if text.isdecimal() and len(text) < 19 else None


async def _send(send: Any, body: bytes) -> None:
    async with asyncio.timeout(STUCK_SECONDS):
        await send({"type": "http.response.body", "body": body, "more_body": True})


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
