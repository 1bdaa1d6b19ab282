"""`scene` is a running day from which people are sent on."""

import pytest

from onestop.db.session import Database
from tests.referrals.scene import Scene, make_scene


@pytest.fixture
def scene(database: Database) -> Scene:
    return make_scene(database)
