"""Live screens across processes on PostgreSQL: changes travel by NOTIFY inside the transaction that made them.

Every process, also one that only runs jobs, announces; every server process listens on one connection of its own.
SQLite has one process and needs none of this.
"""

import logging
import selectors
import socket
import threading
from collections.abc import Iterable, Sequence

import psycopg
import sqlalchemy as sa

from onestop.db.session import LINE
from onestop.domain.facts import Fact
from onestop.live.hub import Change, Hub
from onestop.live.observer import changes_of

CHANNEL = "onestop_live"
AT_ONCE = 100
"""Keys in one notification; PostgreSQL allows 8000 bytes."""
AGAIN_SECONDS = 1.0
LOOK_SECONDS = 1.0

log = logging.getLogger(__name__)


def announce(conn: sa.Connection, facts: Sequence[Fact]) -> None:
    """The reactor: tell all processes when this transaction commits, and nobody if it does not."""
    changes = changes_of(facts)
    for start in range(0, len(changes), AT_ONCE):
        payload = " ".join(_pack(change) for change in changes[start : start + AT_ONCE])
        conn.execute(sa.select(sa.func.pg_notify(CHANNEL, payload)))


class Relay:
    """The ear of one server process: a thread that listens and tells the hub."""

    def __init__(self, url: sa.URL, hub: Hub) -> None:
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._hub = hub
        self._stop = threading.Event()
        self._wake, self._woken = socket.socketpair()
        self.listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="onestop-listen", daemon=True)

    def start(self) -> None:
        """Begin to listen; returns when it does, or after a moment without the database."""
        self._thread.start()
        self.listening.wait(5)

    def stop(self) -> None:
        """End the thread and its connection, at once."""
        self._stop.set()
        self._wake.close()
        self._thread.join(2 * LOOK_SECONDS + AGAIN_SECONDS)
        self._woken.close()

    def _run(self) -> None:
        again = False
        while not self._stop.is_set():
            try:
                self._listen(again)
            except psycopg.Error as error:
                log.warning("listening for live changes was interrupted: %s", type(error).__name__)
                self.listening.clear()
                again = True
                self._stop.wait(AGAIN_SECONDS)

    def _listen(self, again: bool) -> None:
        with (
            psycopg.connect(self._address, autocommit=True, **LINE) as conn,
            selectors.DefaultSelector() as either,  # select() would end at 1 024 open streams
        ):
            either.register(conn, selectors.EVENT_READ)
            either.register(self._woken, selectors.EVENT_READ)
            conn.execute(f"LISTEN {CHANNEL}")
            self.listening.set()
            if again:
                # What was announced while nobody listened is lost: everybody looks again.
                self._hub.publish_everything_from_thread()
            while not self._stop.is_set():
                for notice in conn.notifies(timeout=0):
                    self._hub.publish_from_thread(_unpack(notice.payload))
                either.select(LOOK_SECONDS)


def _pack(change: Change) -> str:
    return f"{change.id}{'!' if change.urgent else '.'}{change.key}"


def _unpack(payload: str) -> Iterable[Change]:
    for word in payload.split(" "):
        urgent = "!" in word
        number, _, key = word.partition("!" if urgent else ".")
        yield Change(key, int(number), urgent)
