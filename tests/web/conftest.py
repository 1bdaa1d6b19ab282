"""`site` is the running application over the pilot day, on SQLite and on PostgreSQL; `browser` is a stranger's."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from limits.storage import memory

from onestop.app import DOORS
from onestop.db.session import Database
from tests.web.site import Site, running


@pytest.fixture(scope="session", autouse=True)
def no_window_ends() -> Iterator[None]:
    """The clock of the counters of tries stands still: whoever counts 300 tries never meets the end of a window."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "time", SimpleNamespace(time=lambda: 1_000_000.0))
        yield


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
