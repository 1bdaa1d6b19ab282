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

    def hear(self, text: str) -> None:
        """Take the time from an answer of the server (`x-onestop-time`)."""
        try:
            told = datetime.fromisoformat(text)
        except ValueError:
            return
        if told.tzinfo is not None:
            self._told = (told, self._steady())

    def now(self) -> datetime:
        """The time of the day, aware."""
        if self._told is None:
            return self._wall()
        told, then = self._told
        return told + timedelta(seconds=self._steady() - then)
