"""The papers of whoever stands here: printed once, again when she asks, and what became of each."""

import asyncio
import logging
from collections.abc import Awaitable
from urllib.parse import urlencode

from onestop_kiosk import paper
from onestop_kiosk.keeper import Keeper
from onestop_kiosk.printing import PaperMissing
from onestop_kiosk.server import Away, ShutOut
from onestop_kiosk.settings import Settings
from onestop_kiosk.store import Act, Outcome, State

log = logging.getLogger(__name__)
PAPER_SECONDS = 4.0
"""A screen waits so long for its paper; then it is shown, and looks again by itself."""
NUMBER = "x-onestop-number"


class Papers:
    """Every paper by the code that stands on it."""

    def __init__(self, keeper: Keeper, settings: Settings) -> None:
        self._keeper, self._settings = keeper, settings
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._begun: set[str] = set()
        """Codes whose paper was begun for whoever stands here: showing a page anew prints nothing."""

    def next_one(self) -> None:
        """Somebody else stands here."""
        self._begun.clear()

    def was_begun(self, code: str) -> bool:
        """Whether whoever stands here was printed this one."""
        return code in self._begun

    def begin_ticket(self, act: Act) -> None:
        """Print what this machine gave: as the server tells it; without a line as it is kept."""
        snapshot = self._keeper.snapshot
        assert snapshot is not None
        roll = snapshot.papers[snapshot.speaks(act.language)]
        kept = paper.fill(roll, values(act), code=f"{snapshot.ticket_address}{act.code}")
        self._begin(act.code, self._given(act, kept), act.number)

    def begin_page(self, code: str, path: str, language: str) -> None:
        """Print what the server gave."""
        self._begin(code, self._fetched(path, language), None)

    def outcome(self, code: str) -> Outcome | None:
        """What became of a paper; `None` if none was asked for."""
        return Outcome.BEGUN if code in self._under_way else self._keeper.store.outcome_of(code)

    async def soon(self, code: str) -> None:
        """Give the printer some seconds, so that the screen can say if no paper comes."""
        if (task := self._under_way.get(code)) is not None:
            await asyncio.wait([task], timeout=PAPER_SECONDS)

    async def all_out(self) -> None:
        """Until every paper that was begun has come out or failed."""
        while self._under_way:
            await asyncio.wait(list(self._under_way.values()))

    def _begin(self, code: str, roll: Awaitable[tuple[str, int | None]], number: int | None) -> None:
        self._begun.add(code)
        before = self._under_way.get(code)
        self._under_way[code] = asyncio.create_task(self._print(code, roll, number, before))

    async def _print(
        self, code: str, roll: Awaitable[tuple[str, int | None]], number: int | None, before: asyncio.Task[None] | None
    ) -> None:
        store, settings = self._keeper.store, self._settings
        outcome: Outcome | None = Outcome.MISSING
        try:
            if before is not None:
                await asyncio.wait([before])
            page, told = await roll
            number = number if told is None else told
            if not page or settings.printer.kind == "none":
                outcome = None
                return
            store.note_paper(code, number, Outcome.BEGUN, self._keeper.clock.now())
            picture = await paper.draw(
                paper.in_dots(page, self._keeper.files.styles()),
                width=settings.printer.width,
                chromium=settings.chromium,
                flags=settings.chromium_flags,
            )
            outcome = Outcome.CAME if await self._keeper.printing.paper(picture) else Outcome.SENT
        except (PaperMissing, paper.PaperNotDrawn, Away, ShutOut) as error:
            log.error("The paper of number %s did not come: %s", number, error)
        finally:
            if outcome is not None and settings.printer.kind != "none":
                store.note_paper(code, number, outcome, self._keeper.clock.now())
            if self._under_way.get(code) is asyncio.current_task():
                del self._under_way[code]

    async def _given(self, act: Act, kept: str) -> tuple[str, int | None]:
        if act.state is not State.DONE or self._keeper.is_away or self._settings.printer.kind == "none":
            return kept, None
        try:
            told, _ = await self._fetched(f"/kiosk/tickets/{act.code}", act.language)
        except (Away, ShutOut):
            return kept, None
        return told or kept, None

    async def _fetched(self, path: str, language: str) -> tuple[str, int | None]:
        """A paper as the server makes it, and its number; empty where none is due."""
        answer = await self._keeper.server.page("GET", f"{path}/paper?{urlencode({'lang': language})}")
        if answer.status != 200:
            return "", None
        number = answer.headers.get(NUMBER, "")
        return answer.body.decode(), int(number) if number.isdecimal() else None


def values(act: Act) -> dict[str, str]:
    """What stands on a paper of this machine alone."""
    return {"number": str(act.number), "code": act.code, "short": f"{act.short[:4]} {act.short[4:]}"}
