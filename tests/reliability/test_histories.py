"""Many histories on one server: nobody is called twice or lost, no place is given twice, no promise is forgotten.

Broken once on purpose, each turned these tests red and was put back: the day's lock left out on PostgreSQL (23
violations in 15 histories), answers that are stored and never found again (80).
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from onestop.db.session import Database, open_database
from tests.postgres import Urls
from tests.reliability.history import History, Place
from tests.reliability.judgement import judge
from tests.reliability.places import make_place
from tests.reliability.program import Line, addresses
from tests.reliability.proxy import serving_behind_proxy
from tests.reliability.server import Running, serving

PARTIES = 2
AT_ONCE = 3
CUT, GIVE_UP = 0.15, 0.03
KILL_EVERY = 8
"""Batches of histories from one killing to the next."""
CRASH_LOOP_SECONDS = 6.5
"""A server whose worker dies again within 5.5 s takes it for hopeless and ends; other faults come this far apart."""
UNKNOWN_SHARE = 0.01


@dataclass(slots=True)
class Tally:
    """What many histories came to."""

    seed: int
    histories: int = 0
    operations: int = 0
    longest: int = 0
    acts: int = 0
    unknown: int = 0
    retried: int = 0
    kills: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, history: History, wrong: list[str]) -> None:
        """Count one that has been judged."""
        self.histories += 1
        self.operations += len(history.operations)
        self.longest = max(self.longest, len(history.operations))
        self.acts += len(history.line.asked)
        self.unknown += sum(one.status is None for one in history.line.asked)
        self.retried += sum(one.tries > 1 for one in history.line.asked)
        self.wrong += wrong

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.histories} histories, {self.acts} acts, {self.operations} of them judged in order"
            f" (longest history {self.longest}), {self.retried} asked again, {self.kills} kills,"
            f" {self.unknown / max(1, self.acts):.2%} unknown, {len(self.wrong)} violations"
        )


SIZES = [pytest.param(15, id="15"), pytest.param(1000, id="1000", marks=pytest.mark.full)]
PROXIED_SIZES = [pytest.param(15, id="15"), pytest.param(300, id="300", marks=pytest.mark.full)]


# The client's library forgets a half-made connection when its line is cut while it connects.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("count", SIZES)
async def test_histories_on_sqlite_with_cut_lines_and_a_killed_server(
    count: int, sqlite_url: str, tmp_path: Path
) -> None:
    with serving(sqlite_url, var=tmp_path / "var") as server:

        def kill_server() -> None:
            server.kill()
            server.start()

        tally = await play(server, sqlite_url, count, kill_server)
    check(tally)


# The same, in the middle of the handshake.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("count", PROXIED_SIZES)
async def test_histories_behind_the_proxy_with_cut_lines_and_killed_workers(
    count: int, postgres_urls: Urls, tmp_path: Path
) -> None:
    with serving_behind_proxy(postgres_urls.app, owner_url=postgres_urls.owner, var=tmp_path / "var") as server:
        last = -CRASH_LOOP_SECONDS

        def kill_worker() -> None:
            nonlocal last
            time.sleep(max(0.0, last + CRASH_LOOP_SECONDS - time.monotonic()))
            os.kill(server.workers()[0], signal.SIGKILL)
            last = time.monotonic()

        tally = await play(server, postgres_urls.app, count, kill_worker)
    check(tally)


def check(tally: Tally) -> None:
    """Print what was counted; nothing may be wrong, and hardly anything without an answer."""
    print(tally)
    assert tally.wrong == [], f"{tally}\n" + "\n".join(tally.wrong[:5])
    assert tally.kills > 0
    assert tally.retried > 0
    assert tally.unknown < UNKNOWN_SHARE * tally.acts


async def play(server: Running, database_url: str, count: int, fault: Callable[[], None]) -> Tally:
    """So many histories, some at once, every third with cut lines; `fault` strikes in the middle of some."""
    tally = Tally(seed=int(os.environ.get("ONESTOP_SEED") or random.randrange(10**6)))
    database = open_database(database_url)
    chance, network = Random(tally.seed), addresses()
    for batch in range(-(-count // AT_ONCE)):
        size = min(AT_ONCE, count - batch * AT_ONCE)
        places = [make_place(database, parties=PARTIES) for _ in range(size)]
        under_way = asyncio.gather(
            *(
                one_history(server, database, *made, Random(chance.random()), next(network), cut=nth == 0)
                for nth, made in enumerate(places)
            )
        )
        if batch % KILL_EVERY == 1:
            await asyncio.sleep(chance.uniform(0.02, 0.4))
            tally.kills += not under_way.done()
            await asyncio.to_thread(fault)
        for history, wrong in await under_way:
            tally.add(history, wrong)
    database.close()
    return tally


async def one_history(
    server: Running, database: Database, day: UUID, place: Place, chance: Random, address: str, *, cut: bool
) -> tuple[History, list[str]]:
    """Play a day that was made and judge it; its people come from a loopback address of their own."""
    async with server.client(address=address) as client:
        line = Line(client, chance, cut=CUT if cut else 0.0, give_up=GIVE_UP)
        history = History(place, line, chance)
        await history.play()
        line.cut = 0.0
        return history, await judge(history, database, day, parties_at_once=PARTIES)
