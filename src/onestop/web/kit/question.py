"""A question to the database that is asked once at a time and never waited for long."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

PATIENCE_SECONDS = 0.7
"""Supervisors ask again soon; a database that takes longer does not answer."""


class Question(Generic[T]):
    """Whoever asks while an answer is under way joins it: a hanging database holds one thread of ours, not all."""

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._asked: asyncio.Task[T] | None = None

    async def answer(self) -> T:
        """The answer; raises `TimeoutError` after `PATIENCE_SECONDS`, or what the question raised."""
        if self._asked is None or self._asked.done():
            self._asked = asyncio.create_task(self._run())
            self._asked.add_done_callback(_hear)
        return await asyncio.wait_for(asyncio.shield(self._asked), PATIENCE_SECONDS)

    async def _run(self) -> T:
        return await self._ask()


def _hear(asked: "asyncio.Task[T]") -> None:
    """Nobody may wait any more for a question that fails late."""
    if not asked.cancelled():
        asked.exception()
