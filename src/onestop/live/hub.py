"""The hub: live screens subscribe to topics, and hear the number of the newest fact of a topic that changed.

A key is a topic and what it is about: `board:<day>`, `overview:<day>`, `desk:<desk>`, `visit:<visit>`. A subscription
keeps one line for each of its keys, the newest: a slow listener hears less often and never has to be dropped.
The key `end:<who>` ends the streams of somebody whose rights have changed: who may still listen comes again.
"""

import asyncio
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from onestop.domain.errors import Busy

Topic = Literal["board", "desk", "overview", "visit"]
LISTENERS = 5000
"""Open streams of one process; past it a new one hears `Busy` and polls."""
SPREAD_SECONDS = 3.0
"""Visitors' phones hear of a change spread over this time, so that 300 do not fetch at once; a call is told at once."""


@dataclass(frozen=True, slots=True)
class Message:
    """All that goes over a stream: which topic changed, as of which fact."""

    id: int
    topic: str


@dataclass(frozen=True, slots=True)
class Change:
    """A key that changed as of a fact; `urgent` is a call, which is never spread over time."""

    key: str
    id: int
    urgent: bool = False


EVERYBODY = "end:"
"""Ends the streams of everybody who is signed in."""


def key_of(topic: Topic, about: UUID) -> str:
    """The key of a topic: `key_of("desk", desk)`."""
    return f"{topic}:{about}"


def end_key(ref: str) -> str:
    """The key that ends the streams of an actor, by the `ref` the ledger knows: `end:account:…`, `end:pass:…`."""
    return f"{EVERYBODY}{ref}"


@dataclass(eq=False, slots=True)
class Subscription:
    """One listener. Iterate with `await next_message(timeout)`; `None` means silence, the time for a heartbeat."""

    keys: frozenset[str]
    ends: frozenset[str] = frozenset()
    """The keys that end it, none for whoever listens without a sign-in."""
    _waiting: dict[str, int] = field(default_factory=dict[str, int])
    _delayed: dict[str, int] = field(default_factory=dict[str, int])
    _heard: dict[str, int] = field(default_factory=dict[str, int])
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    closed: bool = False
    ended: bool = False
    """The listener's rights have changed: it is told to look once more, then its stream ends."""

    def heard(self, messages: Iterable[Message]) -> None:
        """What was told otherwise: an announcement of it that comes late is not told again.

        The changes of a day are committed in the order of their numbers: who heard one knows all before it.
        """
        for message in messages:
            self._heard[message.topic] = message.id
            if self._waiting.get(message.topic, message.id + 1) <= message.id:
                del self._waiting[message.topic]

    def look_again(self, number: int) -> None:
        """Tell every topic, because something may have been missed."""
        number = max(number, *self._heard.values(), *self._waiting.values(), 0)
        self._heard.clear()
        for key in self.keys:
            self.tell(Change(key, number), _at_once)

    async def next_message(self, timeout: float) -> Message | None:  # noqa: ASYNC109 (silence is an answer here)
        """The next change, or `None` after `timeout` seconds of silence or when the hub closed.

        The oldest of several topics goes first: a client that is cut off and says what it heard last missed nothing
        before it.
        """
        if not self._waiting and not self.closed and not self.ended:
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), timeout)
            except TimeoutError:
                return None
        if not self._waiting:
            return None
        topic = min(self._waiting, key=self._waiting.__getitem__)
        number = self._heard[topic] = self._waiting.pop(topic)
        return Message(number, topic)

    def tell(self, change: Change, later: Callable[[Callable[[], None]], object]) -> None:
        """Note a change; one for a phone waits a random moment unless it is a call."""
        topic = change.key.partition(":")[0]
        if topic != "visit" or change.urgent:
            self._note(topic, change.id)
        elif topic in self._delayed:
            self._delayed[topic] = max(change.id, self._delayed[topic])
        else:
            self._delayed[topic] = change.id
            later(lambda: self._note(topic, self._delayed.pop(topic)))

    def end(self, number: int) -> None:
        """End the stream after one more line for each topic: its page asks at once, and is told what it may see now."""
        self.look_again(number)
        self.ended = True
        self._wake.set()

    def close(self) -> None:
        """End the stream."""
        self.closed = True
        self._wake.set()

    def _note(self, topic: str, number: int) -> None:
        if number <= self._heard.get(topic, -1):
            return
        self._waiting[topic] = max(number, self._waiting.get(topic, 0))
        self._wake.set()


def _at_once(then: Callable[[], None]) -> None:
    then()


class Hub:
    """The listeners of one process. Only `publish_from_thread` may be called outside the event loop."""

    def __init__(self, *, spread: float = SPREAD_SECONDS) -> None:
        self._by_key: dict[str, set[Subscription]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._spread = spread
        self._listeners = 0
        self._newest = 0
        self._closed = False

    def __len__(self) -> int:
        return self._listeners

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Bind the hub to the server's event loop."""
        self._loop = loop
        self._closed = False

    def close(self) -> None:
        """End every stream, so that the server can stop."""
        self._closed = True
        for subscription in list(self._all()):
            subscription.close()

    def close_from_signal(self) -> None:
        """The same from a signal handler."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.close)

    def subscribe(self, keys: Iterable[str], *, ref: str = "") -> Subscription:
        """Begin to listen, as the actor with this `ref`. Raises `Busy` when there are too many listeners."""
        if self._listeners >= LISTENERS:
            raise Busy
        ends = frozenset((end_key(ref), EVERYBODY) if ref else ())
        subscription = Subscription(frozenset(keys), ends, closed=self._closed)
        for key in subscription.keys | subscription.ends:
            self._by_key.setdefault(key, set()).add(subscription)
        self._listeners += 1
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop listening."""
        for key in subscription.keys | subscription.ends:
            listeners = self._by_key.get(key, set())
            listeners.discard(subscription)
            if not listeners:
                self._by_key.pop(key, None)
        self._listeners -= 1

    def publish(self, changes: Iterable[Change]) -> None:
        """Tell everyone who listens; inside the event loop."""
        for change in changes:
            self._newest = max(self._newest, change.id)
            for subscription in self._by_key.get(change.key, ()):
                if change.key in subscription.ends:
                    subscription.end(self._newest)
                else:
                    subscription.tell(change, self._later)

    def publish_from_thread(self, changes: Iterable[Change]) -> None:
        """Tell everyone who listens; from the thread that wrote. Nobody listens before the server runs."""
        loop = self._loop
        if loop is None or loop.is_closed():
            return
        told = tuple(changes)
        if told:
            loop.call_soon_threadsafe(self.publish, told)

    def publish_everything_from_thread(self) -> None:
        """Tell every listener to look again, because something may have been missed; the numbers stay as they are."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._all_look_again)

    def _all_look_again(self) -> None:
        for subscription in set(self._all()):
            if subscription.ends:
                # Her rights may have been taken meanwhile: who may still listen comes again.
                subscription.end(self._newest)
            else:
                subscription.look_again(self._newest)

    def _later(self, then: Callable[[], None]) -> None:
        asyncio.get_running_loop().call_later(random.uniform(0, self._spread), then)  # noqa: S311 (no secret)

    def _all(self) -> Iterator[Subscription]:
        for listeners in list(self._by_key.values()):
            yield from listeners
