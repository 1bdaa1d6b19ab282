"""`office` is a mail server, `mailing` a day whose messages go to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from onestop.db.session import Database
from tests.notify.post import Mailing, PostOffice, make_mailing, post_office


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as running:
        yield running


@pytest.fixture
def mailing(database: Database, tmp_path: Path, office: PostOffice) -> Mailing:
    return make_mailing(database, tmp_path, office.port)
