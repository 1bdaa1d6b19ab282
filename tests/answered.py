"""Waiting for what a page asked instead of for a time: a slow machine keeps no times.

A test that cuts a line, or lets the page's own clock run, first lets every answer arrive: otherwise it depends on the
machine whether an answer came before the cut.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from playwright import async_api, sync_api

HANGS_S = 8.0
"""Seconds after which a question is one that somebody left hanging on purpose."""
LOOK_MS = 20
LOOKS = 3
GUARD_MS = 400
"""A window is at rest when so many looks in a row see nothing under way."""


class Line:
    """What the pages of one window asked and was not answered yet; of a stream, until its answer begins."""

    def __init__(self, window: Any) -> None:
        """Listen to a window from now on."""
        self._asked: dict[Any, float] = {}
        window.on("request", lambda asked: self._asked.setdefault(asked, monotonic()))
        window.on("response", self._begins)
        window.on("requestfinished", self._over)
        window.on("requestfailed", self._over)

    def at_rest(self) -> bool:
        """Whether nothing is under way but what hangs."""
        return all(monotonic() - since > HANGS_S for since in self._asked.values())

    def _begins(self, answer: Any) -> None:
        if answer.request.resource_type == "eventsource":
            self._over(answer.request)

    def _over(self, asked: Any) -> None:
        self._asked.pop(asked, None)


_lines: WeakKeyDictionary[Any, Line] = WeakKeyDictionary()


def line_of(window: async_api.BrowserContext | sync_api.BrowserContext) -> Line:
    """The line of a window, listened to since somebody asked for it first."""
    if window not in _lines:
        _lines[window] = Line(window)
    return _lines[window]


async def answered(page: async_api.Page) -> None:
    """Wait until the window of a page has all that it asked for, and its scripts had a moment with it."""
    line, looks = line_of(page.context), 0
    while looks < LOOKS:
        await page.wait_for_timeout(LOOK_MS)
        with suppress(async_api.Error):  # it goes to another page just now
            await page.evaluate("0")
        looks = looks + 1 if line.at_rest() else 0


async def settled(page: async_api.Page) -> None:
    """Wait until a press is taken again: one this soon after a change by others is not."""
    await answered(page)
    await page.wait_for_timeout(GUARD_MS)


async def cut_line(page: async_api.Page) -> None:
    """Take the line away when nothing is on its way that would still come through."""
    await answered(page)
    await page.context.set_offline(True)


async def let_pass(page: async_api.Page, seconds: int) -> None:
    """Let so many seconds pass for the scripts of a page; what they ask is answered within each."""
    for _ in range(seconds):
        await page.clock.run_for(1000)
        await answered(page)


async def stop_clock(page: async_api.Page, at: datetime | None = None) -> None:
    """From here on time passes for the scripts of a page only when the test says so."""
    at = at or datetime.now(UTC)
    await page.clock.install(time=at)
    await page.clock.pause_at(at + timedelta(seconds=1))


def hold_clock(page: sync_api.Page) -> None:
    """The same for a test that is written without `await`."""
    at = datetime.now(UTC)
    page.clock.install(time=at)
    page.clock.pause_at(at + timedelta(seconds=1))
