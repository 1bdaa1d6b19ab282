"""Fresh databases on a real disk, durable as in production, and the smallest commit each of them can do."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import sqlalchemy as sa
from tests.postgres import SETTINGS, LocalServer, Server

from bench._processes import cpu_seconds, parent, tree
from onestop.db.migrate import upgrade

KINDS = ("sqlite", "postgresql")
DURABLE = ("fsync=on", "full_page_writes=on", "synchronous_commit=on")


@dataclass(slots=True, kw_only=True)
class Fresh:
    """A migrated, empty database, and a folder for the server beside it."""

    kind: str
    url: str
    owner_url: str
    var: Path
    server_pid: int | None = None
    """PostgreSQL's first process."""

    def cpu(self) -> float:
        """CPU seconds of PostgreSQL's processes so far; 0 on SQLite, which works inside the application."""
        return cpu_seconds(tree(self.server_pid)) if self.server_pid is not None else 0.0

    @contextmanager
    def commits(self) -> Iterator[Callable[[], None]]:
        """A call that inserts one row and commits it, as durably as the application does."""
        with self._sqlite_commits() if self.kind == "sqlite" else self._postgresql_commits() as commit:
            yield commit

    @contextmanager
    def _sqlite_commits(self) -> Iterator[Callable[[], None]]:
        # A file of its own beside the application's: one disk, and no waiting for its writer.
        conn = sqlite3.connect(self.var / "commits.sqlite3", isolation_level=None)
        conn.execute("PRAGMA journal_mode=WAL")
        conn.execute("PRAGMA synchronous=FULL")
        conn.execute("CREATE TABLE IF NOT EXISTS commits (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")

        def commit() -> None:
            conn.execute("BEGIN IMMEDIATE")
            conn.execute("INSERT INTO commits (text) VALUES ('hello')")
            conn.execute("COMMIT")

        yield commit
        conn.close()

    @contextmanager
    def _postgresql_commits(self) -> Iterator[Callable[[], None]]:
        address = sa.make_url(self.owner_url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as conn:
            conn.execute("CREATE SCHEMA IF NOT EXISTS bench")
            conn.execute("CREATE TABLE IF NOT EXISTS bench.commits (id bigserial PRIMARY KEY, text text NOT NULL)")

            def commit() -> None:
                with conn.transaction():
                    conn.execute("INSERT INTO bench.commits (text) VALUES ('hello')")

            yield commit


@contextmanager
def fresh(kind: str) -> Iterator[Fresh]:
    """A database of this kind, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="onestop-bench-") as folder:
        var = Path(folder)
        if kind == "sqlite":
            url = f"sqlite:///{var / 'onestop.db'}"
            upgrade(url)
            yield Fresh(kind=kind, url=url, owner_url="", var=var)
            return
        local = LocalServer(settings=(*SETTINGS, *DURABLE))
        try:
            server = Server(local.admin_url, upgrade)
            urls = server.fresh_database()
            yield Fresh(kind=kind, url=urls.app, owner_url=urls.owner, var=var, server_pid=_first(local.admin_url))
        finally:
            local.stop()


def _first(admin_url: str) -> int:
    with psycopg.connect(admin_url) as conn:
        row = conn.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        return parent(row[0])
