"""One scheduler at a time: another process takes over when the one that works stops, dies or is cut off."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
import sqlalchemy as sa

from onestop.db.lease import JOBS_LOCK
from onestop.db.session import Database, open_database
from onestop.jobs.leader import Leader
from tests.jobs.conftest import Working, until
from tests.postgres import Urls


@pytest.fixture
async def two(postgres_urls: Urls) -> AsyncGenerator[tuple[Database, Database], None]:
    """One PostgreSQL database as two processes have it open."""
    opened = (open_database(postgres_urls.app), open_database(postgres_urls.app))
    yield opened
    for database in opened:
        database.close()


async def test_the_second_takes_over_within_two_seconds_when_the_first_stops(
    two: tuple[Database, Database], working: Working
) -> None:
    async with working(two[0]) as first:
        assert await until(lambda: first.leads)
        async with working(two[1]) as second:
            assert not await until(lambda: second.leads, 0.5)
            await first.stop()
            assert await until(lambda: second.leads, 2)


async def test_a_leader_whose_connection_is_cut_notices_and_leads_again(two: tuple[Database, Database]) -> None:
    first, second = Leader(two[0]), Leader(two[1])
    assert (await first.leads(), await second.leads(), await first.leads()) == (True, False, True)
    holders = sa.text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
    assert two[1].read_now(lambda conn: conn.execute(holders).scalars().all()) == [True]

    assert await eventually(second)
    assert [await first.leads() for _ in range(3)] == [False, False, False]
    await second.resign()
    assert await eventually(first)
    await first.resign()


async def eventually(leader: Leader) -> bool:
    """Whether it leads within two seconds: the server ends a session a moment after it says so."""
    for _ in range(20):
        if await leader.leads():
            return True
        await asyncio.sleep(0.1)
    return False


async def test_the_lock_is_given_back(two: tuple[Database, Database]) -> None:
    leader = Leader(two[0])
    held = sa.text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND (classid::bigint << 32 | objid::bigint) = :k"
    )

    def locks() -> int:
        return two[1].read_now(lambda conn: conn.execute(held, {"k": JOBS_LOCK}).scalar_one())

    assert await leader.leads()
    assert await leader.leads()
    assert locks() == 1
    await leader.resign()
    for _ in range(20):
        if not locks():
            break
        await asyncio.sleep(0.1)
    assert locks() == 0


async def test_who_asks_while_the_process_stops_does_not_lead_again(two: tuple[Database, Database]) -> None:
    leader, other = Leader(two[0]), Leader(two[1])
    assert await leader.leads()

    _, late = await asyncio.gather(leader.resign(), leader.leads())

    assert (late, await eventually(other)) == (False, True)
    await other.resign()


async def test_on_sqlite_the_one_process_always_leads(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    leader = Leader(database)

    assert (await leader.leads(), await leader.resign(), await leader.leads()) == (True, None, True)
    database.close()
