"""The time of the day: the server's, as it was last told, and a steady count since; else this machine's own."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """`steady` gives seconds that never jump; `wall` the machine's own idea of the time."""

    def __init__(
        self, *, steady: Callable[[], float] = time.monotonic, wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._steady = steady
        self._wall = wall
        self._told: tuple[datetime, float] | None = None
        self._is_now = False
        """Whether it was told since this start."""

    def hear(self, text: str) -> None:
        """Take the time from an answer of the server (`x-onestop-time`)."""
        if (told := _read(text)) is not None:
            self._told, self._is_now = (told, self._steady()), True

    def remember(self, text: str) -> None:
        """Take what was known before this start: it is at least so late. An empty text says nothing."""
        if self._told is None and (told := _read(text)) is not None:
            self._told = (told, self._steady())

    def at_least(self) -> datetime | None:
        """What the server said and what has gone by since; `None` if it never said anything."""
        if self._told is None:
            return None
        told, then = self._told
        return told + timedelta(seconds=self._steady() - then)

    def now(self) -> datetime:
        """The time of the day, aware. Not told since this start, it is never before what was known then."""
        least = self.at_least()
        if least is not None and self._is_now:
            return least
        return self._wall() if least is None else max(least, self._wall())


def _read(text: str) -> datetime | None:
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        return None
    return told if told.tzinfo is not None else None
