"""Start: from the command to the first good answer, also after a crash; memory of a worker and of a stream."""

import statistics
import time
from collections.abc import Iterator
from contextlib import closing

from bench import Measured, Options
from bench._acts import Acts, prepare, turns
from bench._databases import Fresh, empty
from bench._http import Program
from bench._listeners import listening
from bench._processes import memory_bytes
from bench._servers import bare_hello, onestop
from onestop.db.session import open_database
from onestop.keys import load_ticket_key
from onestop.settings import Settings
from onestop.web.kit.sessions import DEVICE_COOKIE

STARTS = 3
STREAMS = 1_000
MEGABYTE = 1e6
SETTLE_SECONDS = 1.0


def run(options: Options) -> list[Measured]:
    """Each database."""
    return [row for kind in options.databases for row in _on(kind, starts=1 if options.quick else STARTS)]


def _on(kind: str, *, starts: int) -> Iterator[Measured]:
    with empty(kind) as database:
        hellos: list[float] = []
        for _ in range(starts):
            with bare_hello(database.var) as hello:
                hellos.append(hello.started_in)
                time.sleep(SETTLE_SECONDS)
                bare_memory = memory_bytes(hello.worker())
        with onestop(database.url, owner_url=database.owner_url, var=database.var) as server:
            first = server.started_in
        again, after_kill = _starts(database, starts)
        hello_time = statistics.median(hellos)
        yield _seconds(kind, "hello", hello_time)
        for what, seconds in (("new database", first), ("again", again), ("after kill -9", after_kill)):
            yield _seconds(kind, what, seconds)
            ratio = {"measure": "start / hello", "value": seconds / hello_time, "unit": "×"}
            yield Measured(database=kind, what=what, **ratio, compared=True)
        yield from _memory(database, bare_memory)


def _starts(database: Fresh, starts: int) -> tuple[float, float]:
    """The medians of starts on a database that is there, and of starts after the server was killed at work."""
    db = open_database(database.url)
    acts = prepare(db, load_ticket_key(Settings(var=database.var)), waiting=20)
    db.close()
    again: list[float] = []
    after_kill: list[float] = []
    for _ in range(starts):
        with onestop(database.url, owner_url=database.owner_url, var=database.var) as server:
            again.append(server.started_in)
            with closing(Program(server.port)) as acts.program:
                for _ in range(10):
                    acts.book()
            server.kill()
        with onestop(database.url, owner_url=database.owner_url, var=database.var) as server:
            after_kill.append(server.started_in)
    return statistics.median(again), statistics.median(after_kill)


def _memory(database: Fresh, bare: tuple[int, int]) -> Iterator[Measured]:
    db = open_database(database.url)
    acts = prepare(db, load_ticket_key(Settings(var=database.var)), waiting=20)
    db.close()
    with onestop(database.url, owner_url=database.owner_url, var=database.var) as server:
        time.sleep(SETTLE_SECONDS)
        worker = server.worker()
        idle = memory_bytes(worker)
        with closing(Program(server.port)) as acts.program:
            _work(acts)
        time.sleep(SETTLE_SECONDS)
        worked = memory_bytes(worker)
        asked = [(f"/display/{acts.hall.day.slug}/live", {"Cookie": f"{DEVICE_COOKIE}={acts.hall.display}"})] * STREAMS
        with listening(server.port, asked):
            time.sleep(SETTLE_SECONDS)
            streaming = memory_bytes(worker)
    for what, (rss, pss) in (
        ("hello, idle", bare),
        ("idle worker", idle),
        ("after all acts", worked),
        (f"with {STREAMS:,} streams", streaming),
    ):
        yield Measured(database=database.kind, what=what, measure="RSS", value=rss / MEGABYTE, unit="MB")
        yield Measured(database=database.kind, what=what, measure="PSS", value=pss / MEGABYTE, unit="MB")
    yield Measured(
        database=database.kind,
        what="idle worker",
        measure="PSS / hello",
        value=idle[1] / bare[1],
        unit="×",
        compared=True,
    )
    per_stream = (streaming[1] - worked[1]) / STREAMS / 1e3
    yield Measured(
        database=database.kind, what="one stream", measure="PSS, kB", value=per_stream, unit="", compared=True
    )


def _work(acts: Acts) -> None:
    """Everything once, so that templates and statements are in memory as on a day."""
    for _, act, times in turns(acts):
        for _ in range(times):
            act()


def _seconds(kind: str, what: str, value: float) -> Measured:
    return Measured(database=kind, what=what, measure="start", value=value, unit="s")
