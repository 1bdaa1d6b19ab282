"""The clockwork: APScheduler in memory, a tick each real second, work found by asking the tables."""

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.schedulers.base import BaseScheduler

from onestop.clock import real_now
from onestop.db.session import Database
from onestop.jobs.leader import Leader
from onestop.jobs.work import Job, all_jobs, report
from onestop.keys import load_ticket_key
from onestop.notify.sender import Sender
from onestop.settings import Settings

EVERY_SECONDS = 1.0
PATIENCE_SECONDS = 4.0
"""A stopping process lets what runs end for so long, less than its server gives it: a mail between 250 and COMMIT."""


class Jobs:
    """The jobs of one process: `start` inside a running loop, `await stop()` before the database closes."""

    def __init__(self, database: Database, settings: Settings, *, every: float = EVERY_SECONDS) -> None:
        self._db = database
        self._leader = Leader(database)
        self._every = every
        self._jobs = all_jobs(database, settings, Sender(database, settings, load_ticket_key(settings)))
        self._hours: dict[str, datetime] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._leads = False
        self._scheduler: BaseScheduler = AsyncIOScheduler(timezone="UTC")

    @property
    def leads(self) -> bool:
        """Whether this process ran the jobs when it last asked."""
        return self._leads

    def start(self) -> None:
        """Begin to tick. A job that takes longer than a second is not started again meanwhile."""
        # The library says at every second that the last one still runs; that is how we mean it.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._each_second(self._ask, "leader")
        for job in self._jobs:
            self._each_second(functools.partial(self._tick, job), job.name)
        self._scheduler.start()

    async def stop(self) -> None:
        """Start nothing more, let what runs end, and let another process lead; harmless when stopped."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=PATIENCE_SECONDS)
        await self._leader.resign()
        self._scheduler.shutdown(wait=False)

    def _each_second(self, run: Callable[[], Awaitable[None]], name: str) -> None:
        self._scheduler.add_job(
            run,
            "interval",
            seconds=self._every,
            id=name,
            next_run_time=real_now(),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )

    async def _ask(self) -> None:
        self._leads = await self._leader.leads()

    async def _tick(self, job: Job) -> None:
        if not self._leads or not self._is_time(job):
            return
        task = asyncio.create_task(self._run(job))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        # The scheduler cancels what it started when it ends; the work itself is let alone.
        await asyncio.shield(task)

    async def _run(self, job: Job) -> None:
        try:
            await job.run()
        except Exception as error:
            report(f"job {job.name}", error)

    def _is_time(self, job: Job) -> bool:
        """Hourly jobs run when an hour of the day's time begins, so that midnight is midnight, and once at first."""
        if not job.hourly:
            return True
        hour = self._db.now().replace(minute=0, second=0, microsecond=0)
        if self._hours.get(job.name) == hour:
            return False
        self._hours[job.name] = hour
        return True
