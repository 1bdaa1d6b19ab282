"""On PostgreSQL a change made by one process reaches the live screens of another, and only if it was committed."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.db.ledger import record
from onestop.db.session import Database, open_database
from onestop.domain.facts import Fact
from onestop.live.hub import Hub, Message, Subscription, key_of
from onestop.live.relay import Relay, announce
from tests.postgres import Urls

DAY, VISIT = UUID(int=7), UUID(int=5)
NOW = datetime(2026, 12, 3, 8, 0, tzinfo=UTC)
ARRIVED = Fact(kind="VisitArrived", at=NOW, day=DAY)


@pytest.fixture
async def other_process(postgres_urls: Urls) -> AsyncGenerator[Database, None]:
    """A process that writes and announces, and has no live screens."""
    database = open_database(postgres_urls.app)
    database.reactors.append(announce)
    yield database
    database.close()


@pytest.fixture
async def listener(postgres_urls: Urls) -> AsyncGenerator[Subscription, None]:
    """A live screen of a server process that listens."""
    hub = Hub()
    hub.open(asyncio.get_running_loop())
    relay = Relay(sa.make_url(postgres_urls.app), hub)
    await asyncio.to_thread(relay.start)
    assert relay.listening.is_set()
    yield hub.subscribe([key_of("overview", DAY), key_of("visit", VISIT)])
    await asyncio.to_thread(relay.stop)


async def test_a_change_of_another_process_is_heard(other_process: Database, listener: Subscription) -> None:
    number = await other_process.write(record, ARRIVED)

    assert await listener.next_message(3) == Message(number, "overview")


async def test_a_call_is_heard_as_one(other_process: Database, listener: Subscription) -> None:
    call = Fact(kind="StopCalled", at=NOW, visit=VISIT)
    number = await other_process.write(record, call)

    assert await listener.next_message(1) == Message(number, "visit")


async def test_what_was_rolled_back_is_not_heard(other_process: Database, listener: Subscription) -> None:
    def fail(conn: sa.Connection) -> None:
        record(conn, ARRIVED)
        raise LookupError

    with pytest.raises(LookupError):
        await other_process.write(fail)

    assert await listener.next_message(0.3) is None


async def test_hundreds_of_changes_in_one_transaction_are_heard(
    other_process: Database, listener: Subscription
) -> None:
    def many(conn: sa.Connection) -> int:
        for number in range(500):
            record(conn, Fact(kind="VisitLeft", at=NOW, day=UUID(int=1000 + number)))
        return record(conn, ARRIVED)

    number = await other_process.write(many)

    assert await listener.next_message(3) == Message(number, "overview")


async def test_after_a_lost_connection_everybody_looks_again_and_hears_the_next_change(
    other_process: Database, listener: Subscription
) -> None:
    def cut(conn: sa.Connection) -> int:
        ears = sa.text(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()"
        )
        return conn.execute(ears).scalar_one()

    assert await other_process.write(cut) == 1

    looked_again = [await listener.next_message(8) for _ in range(2)]
    assert {message.topic for message in looked_again if message} == {"overview", "visit"}
    number = await other_process.write(record, ARRIVED)
    assert await listener.next_message(3) == Message(number, "overview")
