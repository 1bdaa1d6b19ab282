"""Requests: CPU, time and statements of each act, as multiples of a bare hello and of a bare commit."""

import time
from collections.abc import Iterator
from contextlib import closing

from bench import Measured, Options
from bench._acts import Acts, prepare, turns
from bench._databases import Fresh, fresh
from bench._http import Program
from bench._rounds import Rounds, middle
from bench._servers import bare_hello, onestop
from bench._watched import watched_statements
from onestop.db.session import open_database
from onestop.keys import load_ticket_key
from onestop.settings import Settings

ROUNDS = 9
WARM = 2
HELLOS = 40
COMMITS = 20


def run(options: Options) -> list[Measured]:
    """All acts on each database."""
    return [row for kind in options.databases for row in _on(kind, rounds=3 if options.quick else ROUNDS)]


def _on(kind: str, *, rounds: int) -> Iterator[Measured]:
    with fresh(kind) as database:
        db = open_database(database.url)
        acts = prepare(db, load_ticket_key(Settings(var=database.var)))
        db.close()
        statements = _count(database, acts)
        yield from _rows(kind, _measure(database, acts, rounds), statements)


def _measure(database: Fresh, acts: Acts, rounds: int) -> Rounds:
    with (
        onestop(database.url, owner_url=database.owner_url, var=database.var) as server,
        bare_hello(database.var) as hello,
        database.commits() as commit,
        closing(Program(server.port)) as acts.program,
        closing(Program(hello.port)) as greeter,
    ):
        measured = Rounds(server, database)
        for nth in range(WARM + rounds):
            if nth == WARM:
                measured.forget()
            measured.rest()
            measured.time("hello", lambda: greeter.get("/"), HELLOS, cpu=hello.cpu)
            measured.time("commit", commit, COMMITS, cpu=time.process_time)
            for what, act, times in turns(acts):
                measured.time(what, act, times)
            measured.time("hello", lambda: greeter.get("/"), HELLOS, cpu=hello.cpu)
            measured.time("commit", commit, COMMITS, cpu=time.process_time)
            measured.close()
        return measured


def _count(database: Fresh, acts: Acts) -> dict[str, tuple[float, float]]:
    """Statements and transactions of each act, from a server that writes them down; nothing is timed meanwhile."""
    found: dict[str, tuple[float, float]] = {}
    with watched_statements(database) as (server, seen), closing(Program(server.port)) as acts.program:
        for nth in range(2):
            for what, act, times in turns(acts):
                seen()
                for _ in range(times):
                    act()
                if nth:
                    lines = seen()
                    transactions = sum(line["sql"] == "BEGIN" for line in lines)
                    found[what] = (len(lines) - transactions) / times, transactions / times
    return found


def _rows(kind: str, measured: Rounds, statements: dict[str, tuple[float, float]]) -> Iterator[Measured]:
    hello, commits = measured.costs["hello"], measured.costs["commit"]
    for what, costs in measured.costs.items():
        cpu = middle([cost.cpu * 1000 for cost in costs])
        yield _row(kind, what, "CPU", cpu, "ms")
        if kind != "sqlite":
            yield _row(kind, what, "database CPU", middle([cost.db_cpu * 1000 for cost in costs]), "ms")
        if what == "idle second":
            continue
        yield _row(kind, what, "time", middle([cost.wall * 1000 for cost in costs]), "ms")
        if what not in statements:
            continue
        pairs = list(zip(costs, hello, commits, strict=True))
        multiples = {
            "CPU / hello": [cost.cpu / bare.cpu for cost, bare, _ in pairs],
            "time / hello": [cost.wall / bare.wall for cost, bare, _ in pairs],
            "CPU / commit": [(cost.cpu + cost.db_cpu) / (bare.cpu + bare.db_cpu) for cost, _, bare in pairs],
            "time / commit": [cost.wall / bare.wall for cost, _, bare in pairs],
        }
        for measure, values in multiples.items():
            # Times wait for a disk and for whoever else works here; only CPU can be held to a baseline.
            yield _row(kind, what, measure, middle(values), "×", compared=measure.startswith("CPU"))
        count, transactions = statements[what]
        yield Measured(database=kind, what=what, measure="statements", value=count, unit="", compared=True)
        yield Measured(database=kind, what=what, measure="transactions", value=transactions, unit="", compared=True)


def _row(
    kind: str, what: str, measure: str, spread: tuple[float, float, float], unit: str, *, compared: bool = False
) -> Measured:
    value, low, high = spread
    return Measured(
        database=kind, what=what, measure=measure, value=value, unit=unit, low=low, high=high, compared=compared
    )
