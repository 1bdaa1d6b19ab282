"""Clips of calls that may come soon are made while nobody waits for them, a few at a time."""

import asyncio
from collections.abc import Sequence

from onestop.clock import real_now
from onestop.db.session import Database
from onestop.settings import Settings
from onestop.speech.clips import Clips
from onestop.speech.queries import SpokenCall, calls_to_come
from onestop.speech.voices import missing_programs

EVERY_TICKS = 5
MOST_AT_ONCE = 6
"""Calls whose clips are made in one go: the machine has visitors to serve."""


class Ahead:
    """Looks at every fifth tick who is called next, where a board listens and the machine can speak."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._db = database
        self._clips = Clips(settings.var)
        self._ticks = -1

    async def make(self) -> None:
        """One tick. Running it twice is harmless: what is made is there."""
        self._ticks += 1
        if self._ticks % EVERY_TICKS or missing_programs():
            return
        await asyncio.to_thread(self._make, await self._db.read(calls_to_come, real=real_now()))

    def _make(self, coming: Sequence[SpokenCall]) -> None:
        made = 0
        for spoken in coming:
            made += self._clips.prepare(spoken.call, spoken.languages)
            if made >= MOST_AT_ONCE:
                return
