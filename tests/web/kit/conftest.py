"""`probed` is the running application with the probe routes beside the doors."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from onestop.db.session import Database
from tests.web.kit.probes import PROBES
from tests.web.site import Site, running


@pytest.fixture
async def probed(database: Database, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """On SQLite and on PostgreSQL."""
    async with running(database, tmp_path / "var", handlers=PROBES, doors=()) as started:
        yield started
