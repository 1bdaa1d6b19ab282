"""A PostgreSQL server for the tests: `ONESTOP_TEST_PG`, else Debian's binaries, else a failure; never a silent skip.

The suite connects as `onestop_app`, which neither owns the tables nor bypasses row-level security, as in production.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, LiteralString, NamedTuple

import psycopg
import sqlalchemy as sa
from psycopg import sql

OWNER = "onestop_owner"
APP = "onestop_app"
PASSWORD = "onestop-test"
SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=200", "timezone=UTC", "listen_addresses=127.0.0.1")


class Urls(NamedTuple):
    """How migrations and how the application reach one database."""

    owner: str
    app: str


class Server:
    """A running server; `migrate(owner_url)` is called once, every database is a copy of that one."""

    def __init__(self, admin_url: str, migrate: Callable[[str], Any]) -> None:
        self._admin = sa.make_url(admin_url)
        self._migrate = migrate
        self._template: str | None = None
        self._made: list[str] = []
        self._free: list[str] = []
        for role in (OWNER, APP):
            self._make_role(role)

    def fresh_database(self) -> Urls:
        """A migrated, empty database: one that a test gave back, else a new one."""
        if self._free:
            return self._urls(self._free.pop())
        if self._template is None:
            self._template = self._make_template()
        name = f"onestop_{uuid.uuid4().hex}"
        self._run("CREATE DATABASE {} OWNER {} TEMPLATE {}", name, OWNER, self._template)
        self._made.append(name)
        return self._urls(name)

    def empty_database(self) -> Urls:
        """A new database without any table, for the tests of migrations."""
        name = f"onestop_{uuid.uuid4().hex}"
        self._run("CREATE DATABASE {} OWNER {}", name, OWNER)
        self._made.append(name)
        # What the owner makes from now on, the application may use; the copy of a template keeps this.
        grants = (
            "GRANT USAGE ON SCHEMA public TO {1}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {0} IN SCHEMA public"
            " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {1}",
            "ALTER DEFAULT PRIVILEGES FOR ROLE {0} IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {1}",
        )
        for grant in grants:
            self._run(grant, OWNER, APP, database=name)
        return self._urls(name)

    def give_back(self, urls: Urls) -> None:
        """Empty a database for the next test, which is quicker than making one; drop one that is still in use."""
        name = sa.make_url(urls.owner).database or ""
        url = self._admin.set(drivername="postgresql", database=name)
        try:
            with psycopg.connect(url.render_as_string(hide_password=False)) as conn:
                alone = _wait_until_alone(conn)
                if alone:
                    _empty(conn)
        except psycopg.Error:
            alone = False
        if alone:
            self._free.append(name)
        else:
            self.drop(urls)

    def drop(self, urls: Urls) -> None:
        """Remove a database, whoever is still connected."""
        name = sa.make_url(urls.owner).database or ""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._made.remove(name)

    def close(self) -> None:
        """Remove every database made here."""
        for name in self._made:
            self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        self._made.clear()

    def _make_template(self) -> str:
        urls = self.empty_database()
        self._migrate(urls.owner)
        return sa.make_url(urls.owner).database or ""

    def _make_role(self, role: str) -> None:
        # Another worker may be making the same role on a shared server.
        self._run(
            "DO $$ BEGIN CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD 'onestop-test';"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
            role,
        )

    def _run(self, statement: LiteralString, *names: str, database: str | None = None) -> None:
        url = self._admin.set(drivername="postgresql")
        if database is not None:
            url = url.set(database=database)
        with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as conn:
            conn.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _urls(self, name: str) -> Urls:
        url = self._admin.set(drivername="postgresql+psycopg", database=name, password=PASSWORD)
        owner, app = (url.set(username=role).render_as_string(hide_password=False) for role in (OWNER, APP))
        return Urls(owner=owner, app=app)


def _wait_until_alone(conn: psycopg.Connection[Any]) -> bool:
    """Whether nobody else is connected: a session that stays behind would hold locks and listen in the next test."""
    others = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    conn.autocommit = True  # within a transaction the server shows what it saw at first
    for _ in range(20):
        if conn.execute(others).fetchone() == (0,):
            conn.autocommit = False
            return True
        time.sleep(0.05)
    return False


def _empty(conn: psycopg.Connection[Any]) -> None:
    """Delete every row and start every counter anew; raises where somebody holds a lock."""
    conn.execute("SET lock_timeout = '2s'")
    conn.execute("SET session_replication_role = replica")  # the order of foreign keys does not matter
    conn.execute(
        """
        DO $$ DECLARE one record; filled boolean; BEGIN
          FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' LOOP
            EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', one.tablename) INTO filled;
            IF filled THEN EXECUTE format('DELETE FROM %I', one.tablename); END IF;
          END LOOP;
          FOR one IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
            EXECUTE format('ALTER SEQUENCE %I RESTART', one.sequencename);
          END LOOP;
        END $$
        """
    )


class LocalServer:
    """A throw-away cluster on a free port of loopback, run as `postgres` when the tests run as root."""

    def __init__(self, *, settings: Sequence[str] = SETTINGS) -> None:
        self._bin = _binaries()
        self._as: dict[str, Any] = (
            {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        )
        self._home = Path(tempfile.mkdtemp(prefix="onestop-pg-"))
        if self._as:
            shutil.chown(self._home, "postgres", "postgres")
        self._run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        port = _free_port()
        options = " ".join(f"-c {setting}" for setting in (*settings, f"port={port}"))
        self._run("pg_ctl", "-D", "data", "-l", "log", "-w", "-o", f"{options} -k {self._home}", "start")
        self.admin_url = f"postgresql://postgres@127.0.0.1:{port}/postgres"

    def stop(self) -> None:
        """End the server and remove its files."""
        self._run("pg_ctl", "-D", "data", "-m", "immediate", "stop")
        shutil.rmtree(self._home)

    def _run(self, program: str, *arguments: str) -> None:
        # The server inherits these files; a pipe would keep us waiting for it.
        subprocess.run(
            [self._bin / program, *arguments],
            check=True,
            cwd=self._home,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            **self._as,
        )


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    raise RuntimeError(
        "The tests need PostgreSQL: install the server, or set ONESTOP_TEST_PG to a superuser's address."
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
