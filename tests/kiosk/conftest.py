"""`site` is the application on SQLite; `machine` a ticket machine with its agent before it."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from onestop.db.session import open_database
from tests.kiosk.rig import Machine, machine_at
from tests.web.site import Site, running


@pytest.fixture
async def site(sqlite_url: str, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """The running application half an hour before the day opens."""
    database = open_database(sqlite_url)
    async with running(database, tmp_path / "var") as started:
        yield started
    database.close()


@pytest.fixture
async def machine(site: Site, tmp_path: Path) -> AsyncGenerator[Machine, None]:
    """A paired machine with fifty numbers and the day."""
    async with machine_at(site, tmp_path / "kiosk") as made:
        yield made
