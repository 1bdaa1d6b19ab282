"""Durable bookings: how many a second with 1, 16 and 64 programs at once, and what one costs beside a bare commit."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from itertools import count

from bench import Measured, Options
from bench._acts import Acts, booking, prepare
from bench._databases import Fresh, fresh
from bench._rounds import middle
from bench._servers import Served, onestop
from bench._wire import Wire
from onestop.db.session import open_database
from onestop.keys import load_ticket_key
from onestop.settings import Settings

PROGRAMS = (1, 16, 64)
ROUNDS = 3
SECONDS = 2.5
COMMITS = 60


def run(options: Options) -> list[Measured]:
    """Each database."""
    rounds, seconds = (2, 1.0) if options.quick else (ROUNDS, SECONDS)
    return [row for kind in options.databases for row in _on(kind, rounds, seconds)]


def _on(kind: str, rounds: int, seconds: float) -> Iterator[Measured]:
    with fresh(kind) as database:
        db = open_database(database.url)
        acts = prepare(db, load_ticket_key(Settings(var=database.var)), waiting=0)
        db.close()
        with onestop(database.url, owner_url=database.owner_url, var=database.var) as server:
            yield from asyncio.run(_measure(database, server, acts, rounds, seconds))


async def _measure(database: Fresh, server: Served, acts: Acts, rounds: int, seconds: float) -> list[Measured]:
    numbers = count(1)
    commits: list[float] = []
    rates: dict[int, list[float]] = {programs: [] for programs in PROGRAMS}
    waits: dict[int, list[float]] = {programs: [] for programs in PROGRAMS}
    multiples: dict[int, list[float]] = {programs: [] for programs in PROGRAMS}
    crowded: dict[int, list[float]] = {programs: [] for programs in PROGRAMS[1:]}
    with database.commits() as commit:
        for nth in range(-1, rounds):
            began = time.perf_counter()
            for _ in range(COMMITS):
                commit()
            bare = (time.perf_counter() - began) / COMMITS
            for programs in PROGRAMS:
                took, rate = await _book(server.port, acts, numbers, programs, seconds)
                if nth < 0:
                    continue  # warming up
                rates[programs].append(rate)
                waits[programs] += took
                multiples[programs].append(1 / rate / bare)
                if programs in crowded:
                    crowded[programs].append(rates[PROGRAMS[0]][-1] / rate)
            if nth >= 0:
                commits.append(1 / bare)
    rows = [_row(database.kind, "bare commits", "a second", middle(commits), "")]
    for programs in PROGRAMS:
        what = f"{programs} program{'s' if programs > 1 else ''}"
        ordered = sorted(waits[programs])
        rows += [
            _row(database.kind, what, "a second", middle(rates[programs]), ""),
            _row(database.kind, what, "time / commit", middle(multiples[programs]), "×"),
            _row(database.kind, what, "p50", (statistics.median(ordered) * 1000,), "ms"),
            _row(database.kind, what, "p99", (ordered[int(len(ordered) * 0.99)] * 1000,), "ms"),
        ]
    for programs, ratios in crowded.items():
        rows.append(_row(database.kind, f"{programs} programs", "time / 1 program", middle(ratios), "×", compared=True))
    return rows


async def _book(
    port: int, acts: Acts, numbers: "count[int]", programs: int, seconds: float
) -> tuple[list[float], float]:
    """Each program books one after the other; gives all waits in seconds and bookings a second."""
    wires = [await Wire.open(port) for _ in range(programs)]
    path = f"/days/{acts.door.day.slug}/bookings"
    took: list[float] = []
    began = time.perf_counter()

    async def work(wire: Wire) -> None:
        while time.perf_counter() - began < seconds:
            nth = next(numbers)
            sent = time.perf_counter()
            network = f"10.{nth >> 16 & 255}.{nth >> 8 & 255}.{nth & 255}"
            status = await wire.post(path, booking(acts.arrivals, nth), forwarded=network)
            took.append(time.perf_counter() - sent)
            assert status == 201, status

    await asyncio.gather(*(work(wire) for wire in wires))
    rate = len(took) / (time.perf_counter() - began)
    for wire in wires:
        wire.close()
    return took, rate


def _row(
    kind: str, what: str, measure: str, spread: tuple[float, ...], unit: str, *, compared: bool = False
) -> Measured:
    value, low, high = spread if len(spread) == 3 else (spread[0], None, None)
    return Measured(
        database=kind, what=what, measure=measure, value=value, unit=unit, low=low, high=high, compared=compared
    )
