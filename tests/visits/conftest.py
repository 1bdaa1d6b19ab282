"""Days at their opening, every desk open."""

import pytest

from onestop.db.session import Database
from tests.halls import TestDay, make_test_day
from tests.visits.small_day import FILE


@pytest.fixture
def hall(database: Database) -> TestDay:
    """The pilot day at its opening, every desk open."""
    made = make_test_day(database)
    made.open_desks()
    made.now = made.day.opens_at
    return made


@pytest.fixture
def small(database: Database) -> TestDay:
    """Two desks for legal advice and one at the police, open."""
    made = make_test_day(database, file=FILE)
    made.open_desks()
    made.now = made.day.opens_at
    return made
