"""`onestop jobs`: a process that does nothing else, for installations with several web processes."""

import asyncio
import signal

from onestop.db.session import open_database
from onestop.jobs.scheduler import Jobs
from onestop.live.relay import announce
from onestop.logs import log_to_stderr
from onestop.notify.reactor import OutboxReactor
from onestop.settings import Settings


def run_jobs(settings: Settings) -> None:
    """Run the jobs until a signal; the database must be migrated."""
    log_to_stderr(settings.log)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    database = open_database(settings.database)
    database.reactors.append(OutboxReactor(settings))
    if not database.is_sqlite:
        database.reactors.append(announce)  # calls made here reach the screens of the web processes
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    jobs = Jobs(database, settings)
    try:
        jobs.start()
        await stopped.wait()
        await jobs.stop()
    finally:
        database.close()
