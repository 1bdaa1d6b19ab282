"""The jobs themselves: each finds its due work by a query and calls an action."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.actions import forget_old_sessions
from onestop.backup.aside import clean_files
from onestop.booking.actions.draws import days_to_draw
from onestop.booking.actions.offers import (
    Round,
    days_to_offer,
    days_with_lapsed_offers,
    days_with_waiting,
    lapse_offers,
    make_offers,
)
from onestop.booking.capacity import days_with_expired_holds, expire_holds
from onestop.booking.drawing import run_draw
from onestop.clock import real_now
from onestop.days.queries.broadcasts import days_with_ended_broadcasts
from onestop.db.idempotency import forget_old_answers
from onestop.db.memo import stamp_now
from onestop.db.session import Database
from onestop.keys import load_ticket_key
from onestop.notify.actions import bury_late
from onestop.notify.sender import Sender
from onestop.paper.kept import due_days, forget_packs, keep_pack
from onestop.retention.actions import forget_secrets, retain_day
from onestop.retention.queries import kept_days
from onestop.settings import Settings
from onestop.speech.ahead import Ahead
from onestop.speech.clips import Clips
from onestop.visits.actions.broadcasting import end_due_broadcasts
from onestop.visits.actions.closing import close_forgotten, days_left_open
from onestop.visits.actions.lapse import days_with_lapsed_desks, lapse_ready
from onestop.visits.actions.matching import days_with_ready_desks, match
from onestop.visits.actions.setup import cancel_next_bookings, days_called_off
from onestop.visits.actions.touching import days_with_touched, tell_next_touched

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A name for the log, and what runs. `hourly` jobs run once an hour of the day's time, the others each second."""

    name: str
    run: Callable[[], Awaitable[Any]]
    hourly: bool = False


def all_jobs(database: Database, settings: Settings, sender: Sender) -> tuple[Job, ...]:
    """Everything an installation does by itself."""
    db = database
    return (
        Job(name="match", run=lambda: each_day(db, days_with_ready_desks, match)),
        Job(name="lapse", run=lambda: each_day(db, days_with_lapsed_desks, lapse_ready)),
        Job(name="broadcasts", run=lambda: each_day(db, days_with_ended_broadcasts, end_due_broadcasts)),
        Job(name="holds", run=lambda: each_day(db, days_with_expired_holds, expire_holds)),
        Job(name="lapsed offers", run=lambda: each_day(db, days_with_lapsed_offers, lapse_offers)),
        Job(name="draws", run=lambda: asyncio.to_thread(draw_due, db, settings)),
        Job(name="offers", run=Offers(db).make),
        Job(name="cancelled days", run=lambda: each_day(db, days_called_off, cancel_next_bookings, to_the_end=True)),
        Job(name="touched", run=lambda: each_day(db, days_with_touched, tell_next_touched, to_the_end=True)),
        Job(name="speech", run=Ahead(db, settings).make),
        Job(name="packs", run=Packs(db, settings).keep),
        Job(name="forgotten days", run=lambda: each_day(db, days_left_open, close_forgotten), hourly=True),
        Job(name="mail", run=sender.send_due),
        Job(name="late mail", run=lambda: db.write(bury_late, now=db.now()), hourly=True),
        Job(name="retention", run=lambda: asyncio.to_thread(retain_days, db, settings), hourly=True),
        Job(name="secrets", run=lambda: db.write(forget_secrets, now=db.now()), hourly=True),
        Job(name="answers", run=lambda: db.write(forget_old_answers, now=real_now()), hourly=True),
        Job(name="files", run=lambda: asyncio.to_thread(clean_files, settings, real=real_now()), hourly=True),
        Job(name="clips", run=lambda: asyncio.to_thread(Clips(settings.var).forget, real=real_now()), hourly=True),
        Job(name="sessions", run=lambda: db.write(forget_old_sessions, real=real_now()), hourly=True),
    )


async def each_day(
    db: Database, due: Callable[..., list[UUID]], action: Callable[..., Any], *, to_the_end: bool = False
) -> None:
    """Run an action for every day that has something due, under that day's lock; a failure stops that day only.

    `to_the_end`: again while it says that it did something, each time in a transaction of its own.
    """

    def find(conn: sa.Connection, now: datetime) -> list[UUID]:
        return due(conn, now=now)

    for day in await db.read(find, db.now()):
        try:
            while await db.write(action, day, now=db.now(), day=day) and to_the_end:
                pass
        except Exception as error:
            report(f"{action.__name__} of day {day}", error)


class Offers:
    """Offers to waiting lists, a few people in one transaction: where minutes became free, or the set-up changed."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._stamp: str | None = None

    async def make(self) -> None:
        """One look at every day that may have a place for somebody; a failure stops that day only."""
        db, stamp = self._db, await self._db.read(stamp_now)
        due = set(await db.read(_days_to_offer, db.now()))
        if stamp != self._stamp:
            due.update(await db.read(days_with_waiting))
        for day in sorted(due):
            try:
                done = Round()
                while not done.over:
                    done = await db.write(make_offers, day, done, now=db.now(), day=day)
            except Exception as error:
                report(f"offers of day {day}", error)
        self._stamp = stamp


class Packs:
    """Packs that are kept ready, looked at once a minute and not in the first one, in which a server has other work."""

    EVERY_TICKS = 60

    def __init__(self, database: Database, settings: Settings) -> None:
        self._db = database
        self._settings = settings
        self._ticks = 0

    async def keep(self) -> None:
        """One tick. No transaction is open while pages are drawn, which another process does."""
        self._ticks += 1
        if self._ticks % self.EVERY_TICKS == 0:
            await asyncio.to_thread(keep_packs, self._db, self._settings)


def keep_packs(db: Database, settings: Settings) -> None:
    """Make the packs that are needed, remove those of days that are over; a failure stops that day only."""
    now = db.now()
    due, kept = db.read_now(due_days, now=now)
    forget_packs(settings.var, kept)
    for day in due:
        try:
            keep_pack(db, settings, day, key=load_ticket_key(settings), now=now)
        except Exception as error:
            report(f"pack of day {day.id}", error)


def _days_to_offer(conn: sa.Connection, now: datetime) -> list[UUID]:
    return days_to_offer(conn, now=now)


def draw_due(db: Database, settings: Settings) -> None:
    """Draw every day whose window is over; a failure stops that day only."""
    for day in db.read_now(days_to_draw, now=db.now()):
        try:
            run_draw(db, day, key=load_ticket_key(settings))
        except Exception as error:
            report(f"draw of day {day}", error)


def retain_days(db: Database, settings: Settings) -> None:
    """Retention of every day that has not had all of it; a failure stops that day only."""
    for day in db.read_now(kept_days, contact_days=settings.contact_days):
        try:
            retain_day(db, day, now=db.now())
        except Exception as error:
            report(f"retention of day {day.id}", error)


def report(what: str, error: BaseException) -> None:
    """Log where something failed without the error's text, which may hold what was in the database."""
    lines = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s failed: %s\n%s", what, type(error).__name__, lines)
