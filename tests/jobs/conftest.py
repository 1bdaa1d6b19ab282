"""`hall` is the pilot day with its clock in the test's hand; `working` runs the jobs over it, twenty ticks a second."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from onestop.clock import Clock, real_now
from onestop.db.session import Database
from onestop.jobs.scheduler import Jobs
from onestop.settings import Settings
from tests.halls import TestDay, make_test_day

Working = Callable[..., AbstractAsyncContextManager[Jobs]]
TICK = 0.05


def set_time(hall: TestDay, now: datetime) -> None:
    """Make it this moment for the jobs and for the day."""
    hall.db.clock = Clock(start=now, real_start=real_now())
    hall.now = now


async def until(done: Callable[[], object], seconds: float = 10.0) -> bool:
    """Wait for what a job does; gives whether it came."""
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        if done():
            return True
        await asyncio.sleep(TICK)
    return False


@pytest.fixture
def hall(database: Database) -> TestDay:
    made = make_test_day(database)
    set_time(made, made.now)
    return made


@pytest.fixture
def working(tmp_path: Path) -> Working:
    @asynccontextmanager
    async def run(database: Database, settings: Settings | None = None) -> AsyncGenerator[Jobs, None]:
        jobs = Jobs(database, settings or Settings(var=tmp_path), every=TICK)
        jobs.start()
        try:
            yield jobs
        finally:
            await jobs.stop()

    return run
