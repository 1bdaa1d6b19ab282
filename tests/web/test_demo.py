"""The practice system: at closing its pages offer to start the day again; a real system knows no such thing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from onestop.db.clock_row import start_demo_clock
from onestop.db.session import Database, open_database
from onestop.web.demo import AGAIN
from tests.halls import make_test_day
from tests.web.site import running

OFFER = 'action="/demo/again"'


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A demo runs on SQLite only."""
    opened = open_database(sqlite_url)
    yield opened
    opened.close()


async def test_an_invented_day_that_is_over_can_be_started_again(sqlite_database: Database, tmp_path: Path) -> None:
    hall = make_test_day(sqlite_database)
    end = hall.day.closes_at
    sqlite_database.write_now(start_demo_clock, start=end - timedelta(minutes=1), rate=1.0)
    sqlite_database.reload_clock()
    async with running(sqlite_database, tmp_path / "var", hall=hall) as site:
        browser = site.browser()
        site.set_time(end - timedelta(minutes=1))
        before = (await browser.get("/")).text
        site.set_time(end)
        after = (await browser.get("/")).text
        assert (OFFER in before, OFFER in after) == (False, True)

        answer = await browser.post("/demo/again")
        assert (answer.status_code, "The day starts again" in answer.text) == (200, True)
        assert (tmp_path / "var" / AGAIN).exists()


async def test_a_real_system_is_never_started_again_by_a_page(sqlite_database: Database, tmp_path: Path) -> None:
    async with running(sqlite_database, tmp_path / "var") as site:
        site.set_time(site.hall.day.closes_at + timedelta(days=1))
        browser = site.browser()
        assert OFFER not in (await browser.get("/")).text
        assert (await browser.post("/demo/again")).status_code == 404
        assert not (tmp_path / "var" / AGAIN).exists()
