"""Many people at the same moment: one place is given once, one number is given once, one visitor is called once."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC
from pathlib import Path
from typing import TypeAlias
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from onestop.accounts.actions import create_token
from onestop.clock import real_now
from onestop.db.session import Database, open_database
from onestop.devices.actions import create_device, pair_device
from onestop.domain.day import DeskState
from onestop.domain.roles import SYSTEM, Grant, Role
from onestop.domain.visit import VisitState
from onestop.reports.verify import verify
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.tables import calls, visits
from tests.halls import STAFF, TestDay, make_test_day
from tests.reliability.days import eight_desks, one_place
from tests.reliability.proxy import serving_behind_proxy
from tests.reliability.server import Running, send, serving

ROUNDS = 5
CLIENTS = 100
DESKS = 8
PARTIES = 200
Start: TypeAlias = Callable[[], Running]


@pytest.fixture(params=["sqlite", "postgresql", "behind the proxy"])
def way(request: pytest.FixtureRequest) -> str:
    """How the clients reach which database: one process on SQLite, else two on PostgreSQL, the last over HTTPS."""
    return request.param


@pytest.fixture
def database_url(request: pytest.FixtureRequest, way: str) -> str:
    """The application's address of a migrated, empty database."""
    return request.getfixturevalue("sqlite_url") if way == "sqlite" else request.getfixturevalue("postgres_urls").app


@pytest.fixture
def start(request: pytest.FixtureRequest, way: str, database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts the server once the test has made its days."""
    with ExitStack() as stack:

        def begin() -> Running:
            var = tmp_path / "var"
            if way == "sqlite":
                return stack.enter_context(serving(database_url, var=var))
            serve = serving_behind_proxy if way == "behind the proxy" else serving
            owner = request.getfixturevalue("postgres_urls").owner
            return stack.enter_context(serve(database_url, owner_url=owner, var=var, workers=2))

        yield begin


async def test_of_a_hundred_clients_exactly_one_gets_the_one_place(database_url: str, start: Start) -> None:
    database = open_database(database_url)
    file, opens = one_place(real_now())
    days = [make_test_day(database, file=file, on=opens.astimezone(UTC).date()) for _ in range(ROUNDS)]
    database.close()
    server = start()
    async with server.client() as client:
        for day in days:
            wish = {"services": ["legal"], "arrival": opens.isoformat()}
            answers = await asyncio.gather(
                *(send(client, f"/days/{day.day.slug}/bookings", wish) for _ in range(CLIENTS))
            )
            assert Counter(_what(answer) for answer in answers) == {"201": 1, "409 arrival_taken": CLIENTS - 1}
    assert audit(database_url) == []


async def test_two_hundred_walk_ins_get_two_hundred_numbers_and_eight_officers_call_each_of_them_once(
    database_url: str, start: Start
) -> None:
    database = open_database(database_url)
    file, opens = eight_desks(real_now())
    hall = make_test_day(database, file=file, on=opens.astimezone(UTC).date())
    for desk in hall.desks.values():
        database.write_now(set_desk_state, desk.id, DeskState.OPEN, actor=STAFF, now=real_now(), day=hall.id)
    kiosks = [kiosk_token(database, hall.id) for _ in range(DESKS)]
    officers = {number: officer_token(database, hall, number) for number in hall.desks}
    database.close()
    server = start()

    numbers = await gather_each(server, kiosks, lambda client: walk_ins(client, hall.day.slug))
    assert sorted(numbers) == sorted(set(numbers))
    assert len(numbers) == PARTIES

    board = Board()
    clients = [(hall.desks[number].id, server.client(token)) for number, token in officers.items()]
    await asyncio.gather(*(board.work(client, desk) for desk, client in clients))
    for _, client in clients:
        await client.aclose()
    assert Counter(board.called) == Counter(dict.fromkeys(numbers, 1))

    database = open_database(database_url)
    assert database.read_now(states) == {VisitState.COMPLETED: PARTIES}
    assert database.read_now(call_outcomes) == {"served": PARTIES}
    database.close()
    assert audit(database_url) == []


class Board:
    """What was called, and whether a desk was told that nobody waits while somebody did."""

    def __init__(self) -> None:
        self.called: list[int] = []
        self.asked = 0

    async def work(self, client: httpx.AsyncClient, desk: UUID) -> None:
        """Next and finish until nobody is left."""
        while True:
            self.asked += 1
            answer = await send(client, f"/desks/{desk}/calls")
            if answer.status_code == 204:
                # Every visitor has one stop and may be called at any moment: an empty answer is right only if as many
                # calls had begun by then as there are visitors, this one not counted.
                self.asked -= 1
                assert self.asked >= PARTIES
                return
            assert answer.status_code == 201, answer.text
            self.called.append(answer.json()["number"])
            finished = await send(client, f"/stops/{answer.json()['stop']}/finish", {"outcome": "settled"})
            assert finished.status_code == 200, finished.text


async def walk_ins(client: httpx.AsyncClient, day: str) -> list[int]:
    """A kiosk gives out its tickets one after the other."""
    numbers: list[int] = []
    for _ in range(PARTIES // DESKS):
        answer = await send(client, f"/days/{day}/visits", {"services": ["legal"]})
        assert answer.status_code == 201, answer.text
        numbers.append(answer.json()["number"])
    return numbers


async def gather_each(server: Running, tokens: list[str], act: Callable[[httpx.AsyncClient], object]) -> list[int]:
    """The same act by every token at the same time."""
    clients = [server.client(token) for token in tokens]
    done = await asyncio.gather(*(act(client) for client in clients))  # type: ignore[arg-type]
    for client in clients:
        await client.aclose()
    return [number for numbers in done for number in numbers]


def kiosk_token(database: Database, day: UUID) -> str:
    """A freshly paired kiosk."""
    real = real_now()
    made = database.write_now(create_device, kind=Role.KIOSK, name="kiosk", day_id=day, actor=SYSTEM, real=real)
    return database.write_now(pair_device, made.code, real=real).token


def officer_token(database: Database, hall: TestDay, number: int) -> str:
    """A program that drives one desk."""
    desk = hall.desks[number]
    grant = Grant(role=Role.OFFICER, institution=desk.institution.id, day=hall.id, desk=desk.id)
    return database.write_now(create_token, grant, actor=SYSTEM, now=real_now()).token


def states(conn: sa.Connection) -> dict[str, int]:
    """Visits by state."""
    return dict(conn.execute(sa.select(visits.c.state, sa.func.count()).group_by(visits.c.state)).all())  # type: ignore[arg-type]


def call_outcomes(conn: sa.Connection) -> dict[str, int]:
    """Calls by outcome."""
    return dict(conn.execute(sa.select(calls.c.outcome, sa.func.count()).group_by(calls.c.outcome)).all())  # type: ignore[arg-type]


def audit(database_url: str) -> list[object]:
    """What `onestop verify` finds afterwards."""
    database = open_database(database_url)
    found = database.read_now(verify, now=real_now())
    database.close()
    return list(found)


def _what(answer: httpx.Response) -> str:
    return "201" if answer.status_code == 201 else f"{answer.status_code} {answer.json()['code']}"
