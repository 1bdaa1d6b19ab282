"""Wait estimates of a day for ticket pages: worked out for everybody at once, at most every 15 seconds of the day."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from onestop.clock import monotonic
from onestop.db.session import Database
from onestop.domain.estimate import Estimate, estimate_waits
from onestop.visits.queries.ticket import outlook_of_day

FRESH_SECONDS = 15.0
LEAST_SECONDS = 1.0
"""A demo's day runs faster, its server does not."""
MOST_DAYS = 50
STEP = timedelta(minutes=5)
EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlooks:
    """The estimates of one day as of an instant."""

    at: datetime
    worked_out: float
    by_stop: dict[UUID, Estimate]


class EstimateCache:
    """The newest estimates of each day; readers of one day wait for one calculation, not for many."""

    def __init__(self) -> None:
        self._days: dict[UUID, Outlooks] = {}
        self._locks: dict[UUID, asyncio.Lock] = {}

    async def of_day(self, db: Database, day: UUID) -> Outlooks:
        """The estimates of a day; never called inside a write."""
        keep = max(LEAST_SECONDS, FRESH_SECONDS / max(db.clock.rate, 1.0))
        async with self._locks.setdefault(day, asyncio.Lock()):
            known = self._days.get(day)
            if known is None or monotonic() - known.worked_out > keep:
                known = await self._work_out(db, day)
                self._days[day] = known
                if len(self._days) > MOST_DAYS:
                    self._forget_oldest()
        return known

    async def _work_out(self, db: Database, day: UUID) -> Outlooks:
        now = db.now()
        outlook = await db.read(outlook_of_day, day, now=now)
        # Some milliseconds of a core, off the event loop.
        found = await asyncio.to_thread(estimate_waits, outlook, now)
        return Outlooks(at=now, worked_out=monotonic(), by_stop=found)

    def _forget_oldest(self) -> None:
        oldest = min(self._days, key=lambda day: self._days[day].worked_out)
        del self._days[oldest]


def estimates_of(state: Any) -> EstimateCache:
    """The cache that hangs on the application."""
    found: EstimateCache | None = state.get("estimates")
    if found is None:
        found = state["estimates"] = EstimateCache()
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """From when to when a stop is expected to be called, and how many are before her."""

    begins_at: datetime
    ends_at: datetime
    before: int


def windows(outlooks: Outlooks | None, now: datetime) -> dict[UUID, Window]:
    """Estimates as times of the clock, none of them past, rounded outwards to five minutes."""
    if outlooks is None:
        return {}
    return {stop: _window(each, outlooks.at, now) for stop, each in outlooks.by_stop.items()}


def _window(estimate: Estimate, at: datetime, now: datetime) -> Window:
    begins = max(now, at + timedelta(minutes=estimate.earliest))
    ends = max(now, at + timedelta(minutes=estimate.latest))
    begins -= (begins - EPOCH) % STEP
    ends += -(ends - EPOCH) % STEP
    return Window(begins_at=begins, ends_at=max(ends, begins + STEP), before=estimate.before)
