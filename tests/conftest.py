"""Databases for every test: `database` runs a test twice, on SQLite and on PostgreSQL, each time migrated and empty."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.postgres import LocalServer, Server, Urls

if TYPE_CHECKING:
    from onestop.db.session import Database

pytest_plugins = ["tests.patience"]


@pytest.fixture(scope="session", autouse=True)
def patient_postgres() -> Iterator[None]:
    """PostgreSQL bears with an idle transaction of this process for a minute: a machine of tests that stands still for
    seconds is no process that hangs. Servers that tests start keep the product's limits; `test_outages` hangs one."""
    from onestop.db import session

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "HANGING", session.HANGING.replace("timeout=5000", "timeout=60000"))
        assert "session_timeout=60000" in session.HANGING
        yield


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One PostgreSQL server for this worker."""
    from onestop.db.migrate import upgrade

    outside = os.environ.get("ONESTOP_TEST_PG")
    local = None if outside else LocalServer()
    try:
        server = Server(outside or (local.admin_url if local else ""), upgrade)
        yield server
        server.close()
    finally:
        if local:
            local.stop()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that is only ever copied."""
    from onestop.db.migrate import upgrade

    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a migrated, empty SQLite database of this test alone."""
    path = tmp_path / "onestop.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_urls(postgres_server: Server) -> Iterator[Urls]:
    """The addresses (owner, app) of a migrated, empty PostgreSQL database of this test alone."""
    urls = postgres_server.fresh_database()
    yield urls
    postgres_server.give_back(urls)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The application's address of a migrated, empty database; the test runs once for each kind."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    return request.getfixturevalue("postgres_urls").app


@pytest.fixture
def database(database_url: str) -> "Iterator[Database]":
    """An open, migrated, empty `Database`; the test runs once for each kind."""
    from onestop.db.session import open_database

    opened = open_database(database_url)
    yield opened
    opened.close()
