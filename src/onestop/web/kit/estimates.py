"""Wait estimates of a day for ticket pages: worked out for everybody at once, at most every 15 seconds of the day."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from onestop.clock import monotonic
from onestop.db.session import Database
from onestop.domain.errors import N_
from onestop.domain.estimate import Estimate, estimate_waits
from onestop.domain.visit import AT_DESK, StopState, VisitState
from onestop.visits.queries.ticket import TicketState, TicketStop, outlook_of_day
from onestop.web.kit.locale import Locale

FRESH_SECONDS = 15.0
LEAST_SECONDS = 1.0
"""A demo's day runs faster, its server does not."""
MOST_DAYS = 50
STEP = timedelta(minutes=5)
ABOUT = N_("About %(from)s to %(to)s.")
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

    async def of_day(self, db: Database, day: UUID, *, since: datetime | None = None) -> Outlooks:
        """The estimates of a day, younger than `since`; never called inside a write."""
        keep = max(LEAST_SECONDS, FRESH_SECONDS / max(db.clock.rate, 1.0))
        async with self._locks.setdefault(day, asyncio.Lock()):
            known = self._days.get(day)
            if known is None or monotonic() - known.worked_out > keep or (since is not None and known.at <= since):
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
    """Estimates as times of the clock, rounded outwards to five minutes; none is past once it is rounded."""
    if outlooks is None:
        return {}
    return {stop: window_of(each, outlooks.at, now) for stop, each in outlooks.by_stop.items()}


def next_stop(ticket: TicketState, by_stop: dict[UUID, Window]) -> TicketStop | None:
    """The waiting stop that is expected first."""
    waiting = {stop.id: stop for stop in ticket.stops if stop.state is StopState.WAITING}
    first = soonest(by_stop, waiting)
    return waiting[first] if first is not None else None


def soonest(by_stop: dict[UUID, Window], waiting: Iterable[UUID]) -> UUID | None:
    """Which of these stops is expected first; `None` if nothing is known of any."""
    known = [stop for stop in waiting if stop in by_stop]
    return min(known, key=lambda stop: (by_stop[stop].begins_at, by_stop[stop].ends_at), default=None)


def from_to(locale: Locale, window: Window, zone: str) -> dict[str, str]:
    """From when to when, for a sentence with `from` and `to`."""
    return {"from": locale.time(window.begins_at, zone), "to": locale.time(window.ends_at, zone)}


def about(locale: Locale, window: Window, zone: str) -> str:
    """From when to when, as a sentence."""
    return locale.say(ABOUT, from_to(locale, window, zone))


def about_first_call(locale: Locale, ticket: TicketState, outlooks: Outlooks, now: datetime) -> str:
    """The sentence for somebody who waits for a first call; empty wherever her own page tells no time."""
    visit, stops = ticket.visit, ticket.stops
    waits = visit is not None and visit.state is VisitState.OPEN and not visit.stepped_out and not ticket.day.paused
    if not waits or any(stop.state in AT_DESK or (stop.not_seen_until or now) > now for stop in stops):
        return ""
    by_stop = windows(outlooks, now)
    stop = next_stop(ticket, by_stop)
    return about(locale, by_stop[stop.id], ticket.day.timezone) if stop is not None else ""


def window_of(estimate: Estimate, at: datetime, now: datetime) -> Window:
    """An estimate made at an instant, as times of the clock that are not past."""
    begins = max(now, at + timedelta(minutes=estimate.earliest))
    ends = max(now, at + timedelta(minutes=estimate.latest))
    begins -= (begins - EPOCH) % STEP
    if begins < now:
        begins += STEP
    ends += -(ends - EPOCH) % STEP
    return Window(begins_at=begins, ends_at=max(ends, begins + STEP), before=estimate.before)
