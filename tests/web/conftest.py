"""`site` is the running application over the pilot day, on SQLite and on PostgreSQL; `browser` is a stranger's."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from onestop.db.session import Database
from tests.web.site import Site, running


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """The running application half an hour before the day opens."""
    async with running(database, tmp_path / "var") as started:
        yield started


@pytest.fixture
def browser(site: Site) -> httpx.AsyncClient:
    """A browser nobody signed in with."""
    return site.browser()
