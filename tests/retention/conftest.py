"""`nest` is a day on which a canary can be booked."""

from pathlib import Path

import pytest

from onestop.db.session import Database
from tests.retention.canary import Nest, make_nest


@pytest.fixture
def nest(database: Database, tmp_path: Path) -> Nest:
    return make_nest(database, tmp_path / "var")
