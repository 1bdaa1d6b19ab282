"""The application with every statement written down, and the plan the database has for it; for counting, not timing."""

import json
import os
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy import event

from bench._databases import Fresh
from bench._servers import Served, onestop
from onestop import asgi
from onestop.app import App, create_app
from onestop.domain.facts import Fact
from onestop.serve import server
from onestop.settings import read_settings

FILE = "statements.jsonl"
COMMITTED = "committed.txt"


@contextmanager
def watched_statements(database: Fresh, *, plans: bool = False) -> Iterator[tuple[Served, Callable[[], list[Any]]]]:
    """A server, and a call that gives what it sent to its database since the call before."""
    place = database.var / FILE
    place.unlink(missing_ok=True)
    factory = "explained" if plans else "listed"
    with onestop(database.url, owner_url=database.owner_url, var=database.var, factory=factory) as served:
        read = 0

        def seen() -> list[Any]:
            nonlocal read
            with place.open("rb") as file:
                file.seek(read)
                text = file.read()
            read += len(text)
            return [json.loads(line) for line in text.splitlines()]

        yield served, seen


def listed() -> App:
    """The application without its jobs, whose statements belong to no request; each statement is a line of a file."""
    return _watched(plans=False)


def explained() -> App:
    """The same with the plan of each statement, asked just before it runs."""
    return _watched(plans=True)


def timed() -> App:
    """The application as it is, which also writes down when each transaction with facts was committed."""
    file = os.open(read_settings().var / COMMITTED, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def committed(facts: Sequence[Fact]) -> None:
        os.write(file, f"{time.monotonic()!r} {','.join(fact.kind for fact in facts)}\n".encode())

    def with_observer(*args: Any, **options: Any) -> App:
        return create_app(*args, **options, observers=[committed])

    asgi.create_app = with_observer
    return asgi.create()


def _watched(*, plans: bool) -> App:
    settings = read_settings()
    planner = _Planner(sa.make_url(settings.database)) if plans else None
    _write_down(settings.var / FILE, planner)

    def without_jobs(*args: Any, **options: Any) -> App:
        return create_app(*args, **{**options, "with_jobs": False})

    asgi.create_app = without_jobs
    return asgi.create()


def _write_down(place: Path, planner: "_Planner | None") -> None:
    file = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    mutex = threading.Lock()

    def line(**content: Any) -> None:
        with mutex:
            os.write(file, json.dumps(content).encode() + b"\n")

    def begin(_: sa.Connection) -> None:
        line(sql="BEGIN", plan=[])

    def statement(_conn: sa.Connection, _cursor: Any, sql: str, parameters: Any, _context: Any, many: bool) -> None:
        if sql.startswith("BEGIN"):
            return
        one = parameters[0] if many and isinstance(parameters, list) else parameters
        with mutex:
            plan = planner.plan(sql, one) if planner else []
        line(sql=sql, plan=plan)

    event.listen(sa.Engine, "begin", begin)
    event.listen(sa.Engine, "before_cursor_execute", statement)


class _Planner:
    """Asks for plans on a connection of its own, which leaves the counts of changed rows of the others alone."""

    def __init__(self, url: sa.URL) -> None:
        self._conn: Any
        if url.get_backend_name() == "sqlite":
            self._conn = sqlite3.connect(url.database or "", check_same_thread=False)
        else:
            address = url.set(drivername="postgresql").render_as_string(hide_password=False)
            self._conn = psycopg.connect(address, autocommit=True, cursor_factory=psycopg.ClientCursor)

    def plan(self, sql: str, parameters: Any) -> list[str]:
        """SQLite's `detail` lines or PostgreSQL's lines without figures; empty for what has no plan."""
        if sql.split(None, 1)[0] not in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            return []
        if isinstance(self._conn, sqlite3.Connection):
            return [row[3] for row in self._conn.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]
        return [row[0] for row in self._conn.execute(f"EXPLAIN (COSTS OFF) {sql}", parameters)]


if __name__ == "__main__":
    watched = server(read_settings(), port=int(sys.argv[2]))
    watched.target = f"bench._watched:{sys.argv[1]}"
    watched.serve()


def committed_after(place: Path, since: float) -> float:
    """When the call after `since` was committed."""
    for line in reversed(place.read_text().splitlines()):
        moment, _, kinds = line.partition(" ")
        if "StopCalled" in kinds and float(moment) >= since:
            return float(moment)
    raise RuntimeError("no call was committed")
