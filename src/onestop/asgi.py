"""The factory the server calls in each of its processes."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from litestar import Litestar

from onestop.app import App, create_app
from onestop.db.session import open_database
from onestop.logs import log_to_stderr
from onestop.settings import read_settings

PARENT_SECONDS = 0.5


def create() -> App:
    """The application of this process, with a database that closes with it."""
    settings = read_settings()
    log_to_stderr(settings.log)
    database = open_database(settings.database)

    @asynccontextmanager
    async def close_database(_: Litestar) -> AsyncGenerator[None, None]:
        yield
        database.close()

    # With several processes `onestop jobs` does it, so that a busy web process delays no call.
    alone = database.is_sqlite or settings.workers == 1
    return create_app(settings, database, lifespan=[close_database, _end_with_parent, _set_apart], with_jobs=alone)


@asynccontextmanager
async def _end_with_parent(_: Litestar) -> AsyncGenerator[None, None]:
    """A process whose server was killed would go on writing beside the next one: it stops itself."""
    parent = os.getppid()

    async def watch() -> None:
        while os.getppid() == parent:  # noqa: ASYNC110 (the kernel has no event for it)
            await asyncio.sleep(PARENT_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    watching = asyncio.create_task(watch())
    yield
    watching.cancel()


@asynccontextmanager
async def _set_apart(_: Litestar) -> AsyncGenerator[None, None]:
    """What was made at the start stays: looking through it for garbage again and again held requests up for 40 ms."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
