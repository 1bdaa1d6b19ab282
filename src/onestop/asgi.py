"""The factory the server calls in each of its processes."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from litestar import Litestar

from onestop.app import App, create_app
from onestop.db.session import open_database
from onestop.settings import read_settings


def create() -> App:
    """The application of this process, with a database that closes with it."""
    _log_to_stderr()
    settings = read_settings()
    database = open_database(settings.database)

    @asynccontextmanager
    async def close_database(_: Litestar) -> AsyncGenerator[None, None]:
        yield
        database.close()

    return create_app(settings, database, lifespan=[close_database])


def _log_to_stderr() -> None:
    logger = logging.getLogger("onestop")
    if not logger.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
