"""Reactors write in the transaction of their cause, observers hear what is committed; and how many may wait."""

import asyncio
from collections.abc import Iterator, Sequence
from threading import Event

import pytest
import sqlalchemy as sa

from onestop.db.ledger import facts, record
from onestop.db.session import WAITING_LIMIT, Database, open_database
from onestop.domain.errors import Busy
from onestop.domain.facts import Fact
from tests.halls import ON, TestDay, make_test_day

KIND = "SomethingHappened"
TOLD = sa.select(sa.func.count()).select_from(facts).where(facts.c.kind == KIND)


@pytest.fixture
def hall(database: Database) -> TestDay:
    return make_test_day(database, on=ON)


@pytest.fixture
def other(database: Database, database_url: str) -> Iterator[Database]:
    """Another process on the same database, which reads what is committed."""
    opened = open_database(database_url)
    yield opened
    opened.close()


def happen(conn: sa.Connection, hall: TestDay) -> None:
    record(conn, Fact(kind=KIND, at=hall.now, day=hall.id))


def known(database: Database) -> int:
    return database.read_now(lambda conn: conn.execute(TOLD).scalar_one())


def test_what_a_reactor_cannot_write_did_not_happen(database: Database, other: Database, hall: TestDay) -> None:
    heard: list[int] = []

    def react(conn: sa.Connection, _: Sequence[Fact]) -> None:
        heard.append(conn.execute(TOLD).scalar_one())
        raise ZeroDivisionError

    database.reactors.append(react)
    with pytest.raises(ZeroDivisionError):
        database.write_now(happen, hall, day=hall.id)

    assert (heard, known(other)) == ([1], 0)  # it saw its cause, and took it along


def test_an_observer_hears_of_a_fact_when_everybody_can_read_it(
    database: Database, other: Database, hall: TestDay
) -> None:
    heard: list[tuple[str, int]] = []
    database.observers.append(lambda told: heard.extend((fact.kind, known(other)) for fact in told))

    database.write_now(happen, hall, day=hall.id)

    assert heard == [(KIND, 1)]


async def test_who_would_wait_without_end_is_told_to_come_again(database: Database) -> None:
    go_on = Event()
    waiting = [asyncio.create_task(database.read(lambda _: go_on.wait(30))) for _ in range(WAITING_LIMIT)]
    await asyncio.sleep(0)
    try:
        with pytest.raises(Busy):
            await asyncio.wait_for(database.read(lambda _: None), 3)
    finally:
        go_on.set()
        done = await asyncio.gather(*waiting)
    assert done == [True] * WAITING_LIMIT
    assert await database.read(lambda _: "free again") == "free again"
