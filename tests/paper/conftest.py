"""A day whose papers are drawn."""

from collections.abc import Iterator

import pytest

from onestop.db.session import open_database
from tests.halls import TestDay, make_test_day


@pytest.fixture
def hall(sqlite_url: str) -> Iterator[TestDay]:
    """What is drawn does not depend on the database."""
    database = open_database(sqlite_url)
    yield make_test_day(database)
    database.close()
