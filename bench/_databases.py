"""Fresh databases on a real disk, durable as in production, and the smallest commit each of them can do."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import psycopg
import sqlalchemy as sa
from psycopg import sql
from tests.postgres import OWNER, SETTINGS, LocalServer, Server

from bench._processes import cpu_seconds, parent, tree
from onestop.db.migrate import upgrade

KINDS = ("sqlite", "postgresql")
DURABLE = ("fsync=on", "full_page_writes=on", "synchronous_commit=on")


@dataclass(slots=True, kw_only=True)
class Fresh:
    """A database, and a folder for the server beside it."""

    kind: str
    url: str
    owner_url: str
    var: Path
    admin_url: str = ""
    """The same PostgreSQL database as its superuser."""
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
def duplicate(database: Fresh) -> Iterator[Fresh]:
    """The same database again, with the same keys; nobody may be connected to the first meanwhile."""
    with tempfile.TemporaryDirectory(prefix="onestop-bench-") as folder:
        var = Path(folder)
        for key in database.var.glob("*.key"):
            shutil.copyfile(key, var / key.name)
        if database.kind == "sqlite":
            place = Path(sa.make_url(database.url).database or "")
            for part in place.parent.glob(f"{place.name}*"):
                shutil.copyfile(part, var / part.name)
            yield replace(database, url=f"sqlite:///{var / place.name}", var=var)
            return
        name = f"onestop_{uuid4().hex}"
        old = sa.make_url(database.admin_url)
        admin = old.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
        make = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        with psycopg.connect(admin, autocommit=True) as conn:
            conn.execute(make.format(*map(sql.Identifier, (name, OWNER, old.database or ""))))
        urls = {
            field: sa.make_url(getattr(database, field)).set(database=name).render_as_string(hide_password=False)
            for field in ("url", "owner_url", "admin_url")
        }
        yield replace(database, var=var, **urls)
        # The whole cluster goes with the first one.


@contextmanager
def fresh(kind: str) -> Iterator[Fresh]:
    """A migrated, empty database of this kind, gone afterwards."""
    with empty(kind) as database:
        upgrade(database.owner_url or database.url)
        yield database


@contextmanager
def empty(kind: str) -> Iterator[Fresh]:
    """A database without tables, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="onestop-bench-") as folder:
        var = Path(folder)
        if kind == "sqlite":
            yield Fresh(kind=kind, url=f"sqlite:///{var / 'onestop.db'}", owner_url="", var=var)
            return
        local = LocalServer(settings=(*SETTINGS, *DURABLE))
        try:
            urls = Server(local.admin_url, upgrade).empty_database()
            admin = sa.make_url(local.admin_url).set(
                drivername="postgresql+psycopg", database=sa.make_url(urls.app).database
            )
            yield Fresh(
                kind=kind,
                url=urls.app,
                owner_url=urls.owner,
                var=var,
                admin_url=admin.render_as_string(hide_password=False),
                server_pid=_first(local.admin_url),
            )
        finally:
            local.stop()


def _first(admin_url: str) -> int:
    with psycopg.connect(admin_url) as conn:
        row = conn.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        return parent(row[0])
