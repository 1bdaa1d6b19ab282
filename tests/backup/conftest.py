"""`house` is an installation on its own database, on SQLite and on PostgreSQL, whose commands a test can run."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from onestop.cli import main
from onestop.db.session import Database, open_database
from onestop.settings import Settings, read_settings
from tests.halls import KEY, TestDay, make_test_day
from tests.retention.canary import Nest, make_nest


@dataclass
class House:
    """An installation; `open` gives its database, which must be closed before a restore."""

    settings: Settings
    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    opened: list[Database] = field(default_factory=list)

    @property
    def backup(self) -> Path:
        return self.folder / "thursday.backup"

    @property
    def is_sqlite(self) -> bool:
        return self.settings.database.startswith("sqlite")

    def open(self) -> Database:
        database = open_database(self.settings.database)
        self.opened.append(database)
        return database

    def close(self) -> None:
        while self.opened:
            self.opened.pop().close()

    def hall(self) -> TestDay:
        """The pilot day; from now on the whole installation has its time."""
        return self._at(make_test_day(self.open()))

    def nest(self) -> Nest:
        """The pilot day, on which the canary can book, and its time."""
        nest = make_nest(self.open(), self.settings.var)
        self._at(nest.hall)
        return nest

    def _at(self, hall: TestDay) -> TestDay:
        # The day lies ahead of the machine's clock; every command opens the database anew.
        self.monkeypatch.setattr("onestop.db.session.Database.now", lambda _: hall.now)
        return hall

    def run(self, *words: object) -> tuple[int, str, str]:
        """`onestop …`: exit code, stdout, stderr."""
        self.monkeypatch.setattr(sys, "argv", ["onestop", *map(str, words)])
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = self.capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture(params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[House]:
    """An installation with a ticket key and an empty database."""
    var = tmp_path / "var"
    var.mkdir()
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        (var / "onestop.db").write_bytes(template.read_bytes())
        url = owner = f"sqlite:///{var / 'onestop.db'}"
        server = urls = None
    else:
        server = request.getfixturevalue("postgres_server")
        urls = server.fresh_database()
        url, owner = urls.app, urls.owner
    for name, value in {"DATABASE_URL": url, "DATABASE_OWNER_URL": owner, "VAR": str(var)}.items():
        monkeypatch.setenv(f"ONESTOP_{name}", value)
    monkeypatch.setenv("COLUMNS", "200")
    settings = read_settings()
    settings.ticket_key_file.write_bytes(KEY)
    made = House(settings, tmp_path, monkeypatch, capsys)
    yield made
    made.close()
    if server:
        server.drop(urls)
