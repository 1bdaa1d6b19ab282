"""`probed` is the running application with the probe routes beside the doors."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from onestop.db.session import Database, open_database
from tests.web.kit.probes import PROBES
from tests.web.site import Site, running


@pytest.fixture
async def probed(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """On SQLite, for what does not depend on the database."""
    database = open_database(sqlite_url)
    async with running(database, tmp_path / "var", handlers=PROBES, doors=()) as started:
        yield started
    database.close()


@pytest.fixture
async def probed_twice(database: Database, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """On SQLite and on PostgreSQL."""
    async with running(database, tmp_path / "var", handlers=PROBES, doors=()) as started:
        yield started
