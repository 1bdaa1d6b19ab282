"""People of the floor half an hour before the pilot day opens."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from onestop.db.session import Database
from tests.web.hall_desk import Staff
from tests.web.site import Site, running


@pytest.fixture
async def site(database: Database, tmp_path: Path) -> AsyncGenerator[Site, None]:
    """The application with the doors of the hall's staff."""
    async with running(database, tmp_path / "var", doors=("reception", "floor")) as started:
        yield started


@pytest.fixture
def control(site: Site) -> Staff:
    """A receptionist who calls for the desks."""
    return Staff(site=site, browser=site.sign_in("receptionist"))


@pytest.fixture
def guide(site: Site) -> Staff:
    """A floor guide."""
    return Staff(site=site, browser=site.sign_in("floor_guide"))
