"""`site` is the running application over the pilot day, on SQLite and on PostgreSQL; `browser` is a stranger's."""

from collections.abc import AsyncGenerator
from pathlib import Path

import httpx
import pytest

from onestop.app import DOORS
from onestop.db.session import Database
from tests.web.site import Site, running


@pytest.fixture
def doors(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The doors that are open: that of the test's folder, else all. A folder that needs more overrides this."""
    folder = request.path.parent.name
    if folder in ("account", "kit"):
        return ()
    return (folder,) if folder in DOORS else DOORS


@pytest.fixture
async def site(database: Database, tmp_path: Path, doors: tuple[str, ...]) -> AsyncGenerator[Site, None]:
    """The running application half an hour before the day opens."""
    async with running(database, tmp_path / "var", doors=doors) as started:
        yield started


@pytest.fixture
def browser(site: Site) -> httpx.AsyncClient:
    """A browser nobody signed in with."""
    return site.browser()
