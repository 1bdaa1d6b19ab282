"""What keeps a server or a command from starting is one sentence on stderr and an exit code, never a trace.

Broken once on purpose, each turned these tests red and was put back: the port not tried before (two servers share it),
the lock not beside the database (two servers write one file), the revision not compared with the known ones, refusals
of the database not caught by the command line, migrations on SQLite without a transaction of their own (half a table
stays), on PostgreSQL without the lock (one of two starting processes fails).
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.config import Config

from onestop.db import migrate
from onestop.db.migrate import current_revision, upgrade
from onestop.db.session import open_database
from onestop.serve import server_lock
from onestop.settings import Settings
from tests.postgres import Server, Urls

ENDS_WITHIN = 60
Start = Callable[..., tuple[int, str]]


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Runs `onestop …` with these settings; gives exit code and stderr, and fails when it does not end."""

    def run(*words: str, **settings: Any) -> tuple[int, str]:
        wanted = {"var": tmp_path / "var", "port": free_port(), **settings}
        environment = {**os.environ, **{f"ONESTOP_{name.upper()}": str(value) for name, value in wanted.items()}}
        done = subprocess.run(
            [sys.executable, "-m", "onestop", *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=ENDS_WITHIN,
            cwd=tmp_path,
        )
        assert "Traceback" not in done.stderr
        assert done.stderr.count("\n") == 1, done.stderr
        return done.returncode, done.stderr

    return run


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def at_revision(url: str, revision: str) -> None:
    """Make a database say that it is at another revision."""
    database = open_database(url)
    database.write_now(
        lambda conn: conn.execute(sa.text("UPDATE alembic_version SET version_num = :at"), {"at": revision})
    )
    database.close()


def test_two_servers_on_one_file_also_from_two_folders(start: Start, sqlite_url: str, tmp_path: Path) -> None:
    with server_lock(Settings(var=tmp_path / "first", database_url=sqlite_url)):
        assert start("serve", database_url=sqlite_url) == (
            1,
            "Another onestop server uses this database. SQLite allows one server. Please stop the other one first.\n",
        )


def test_a_port_that_is_taken(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        port = taken.getsockname()[1]
        assert start("serve", port=port) == (
            1,
            f"The server cannot listen at 127.0.0.1, port {port}: Address already in use."
            " Please choose another port.\n",
        )


@pytest.mark.parametrize("command", [("serve",), ("day", "list"), ("db", "upgrade"), ("jobs",)])
def test_a_database_newer_than_the_program(start: Start, sqlite_url: str, command: tuple[str, ...]) -> None:
    at_revision(sqlite_url, "9999")

    code, said = start(*command, database_url=sqlite_url)
    assert (code, said.replace(migrate.newest_revision(), "0001").removeprefix("Error: ")) == (
        1,
        "The database is at 9999, which this program does not know; it goes up to 0001."
        " A newer onestop has used this database: please start that one, or put a backup back.\n",
    )


@pytest.mark.parametrize("command", [("serve",), ("day", "list"), ("db", "upgrade"), ("jobs",), ("verify",)])
def test_a_file_that_is_no_database(start: Start, tmp_path: Path, command: tuple[str, ...]) -> None:
    path = tmp_path / "letter.db"
    path.write_bytes(b"Dear Sir or Madam, " * 1000)

    assert start(*command, database_url=f"sqlite:///{path}") == (
        1,
        "The database cannot be used: file is not a database\n",
    )
    assert path.read_bytes() == b"Dear Sir or Madam, " * 1000


@pytest.mark.parametrize("command", [("serve",), ("day", "list"), ("db", "upgrade")])
def test_a_server_that_does_not_answer(start: Start, command: tuple[str, ...]) -> None:
    port = free_port()

    code, said = start(*command, database_url=f"postgresql+psycopg://somebody:secret@127.0.0.1:{port}/onestop")
    assert (code, said.startswith("The database cannot be used: "), "Connection refused" in said, "secret" in said) == (
        1,
        True,
        True,
        False,
    )


@pytest.mark.parametrize("command", [("serve",), ("day", "list"), ("db", "upgrade")])
def test_a_folder_that_cannot_be_used(start: Start, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "file").touch()
    for folder, why in ((tmp_path / "file", "File exists"), (tmp_path / "file" / "var", "Not a directory")):
        assert start(*command, var=folder) == (1, f"var: the folder {folder} cannot be made: {why}.\n")


def test_a_ticket_key_that_cannot_be_read(start: Start, tmp_path: Path) -> None:
    (tmp_path / "var" / "ticket.key").mkdir(parents=True)

    assert start("serve") == (1, f"{tmp_path / 'var' / 'ticket.key'} cannot be read: Is a directory.\n")


def test_a_database_in_a_folder_that_is_not_there(start: Start, tmp_path: Path) -> None:
    code, said = start("serve", database_url=f"sqlite:///{tmp_path}/nowhere/onestop.db")

    assert (code, said) == (
        1,
        f"database_url: {tmp_path}/nowhere/onestop.lock cannot be written: No such file or directory.\n",
    )


# -- migrations -------------------------------------------------------------------------------------------------------

STEP = '''
"""One more table, and a failure in the middle."""
import os, signal
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9000", "{newest}", None, None

def upgrade() -> None:
    op.create_table("more", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("visits", sa.Column("more", sa.Integer(), nullable=True))
    op.execute("UPDATE days SET slug = 'moved'")
    {ending}
'''
NEWEST = migrate.newest_revision()
ENDINGS = {
    "an error": 'raise RuntimeError("in the middle")',
    "a statement that fails": 'op.execute("INSERT INTO nowhere VALUES (1)")',
    "killed": "os.kill(os.getpid(), signal.SIGKILL)",
}


@pytest.fixture
def next_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Path]]:
    """A program with one more migration than this one; gives its folder of migrations."""
    folder = tmp_path / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", folder, ignore=shutil.ignore_patterns("__pycache__"))

    def config() -> Config:
        made = Config()
        made.set_main_option("script_location", str(folder))
        return made

    def write(ending: str) -> Path:
        (folder / "versions" / "9000_more.py").write_text(STEP.replace("{newest}", NEWEST).replace("{ending}", ending))
        return folder

    monkeypatch.setattr(migrate, "_config", config)
    yield write
    sys.modules.pop("9000_more_py", None)


@pytest.fixture(params=["sqlite", "postgresql"])
def own(request: pytest.FixtureRequest) -> Iterator[Urls]:
    """A migrated database that no other test is given afterwards."""
    if request.param == "sqlite":
        url = request.getfixturevalue("sqlite_url")
        yield Urls(url, url)
    else:
        server: Server = request.getfixturevalue("postgres_server")
        urls = server.fresh_database()
        yield urls
        server.drop(urls)


@pytest.mark.parametrize("how", ENDINGS)
def test_a_migration_that_stops_half_way_leaves_the_database_as_it_was_and_the_next_start_finishes_it(
    own: Urls, next_step: Callable[[str], Path], how: str
) -> None:
    folder = next_step(ENDINGS[how])
    if how == "killed":
        program = (
            "import sys; from alembic.config import Config; from onestop.db import migrate\n"
            "config = Config(); config.set_main_option('script_location', sys.argv[2])\n"
            "migrate._config = lambda: config\n"
            "migrate.upgrade(sys.argv[1])"
        )
        done = subprocess.run([sys.executable, "-c", program, own.owner, str(folder)], timeout=ENDS_WITHIN)
        assert done.returncode == -9
    else:
        with pytest.raises((RuntimeError, sa.exc.DBAPIError)):
            upgrade(own.owner)

    database = open_database(own.app)
    assert database.read_now(current_revision) == NEWEST
    assert shape(database) == (False, False)
    database.write_now(lambda conn: conn.execute(sa.text("DELETE FROM accounts")))
    database.close()

    next_step("pass")
    upgrade(own.owner)
    database = open_database(own.app)
    assert (database.read_now(current_revision), shape(database)) == ("9000", (True, True))
    database.close()


def shape(database: Any) -> tuple[bool, bool]:
    """Whether the new table and the new column are there."""
    inspector = database.read_now(lambda conn: sa.inspect(conn.engine))
    return inspector.has_table("more"), "more" in {column["name"] for column in inspector.get_columns("visits")}


def test_an_old_database_is_migrated_by_serve_and_commands_say_what_to_do(
    sqlite_url: str,
    next_step: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from onestop.cli import main

    next_step("pass")
    monkeypatch.setenv("ONESTOP_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("ONESTOP_VAR", str(Path(sqlite_url.removeprefix("sqlite:///")).parent))
    said: list[tuple[object, str]] = []
    for words in (("day", "list"), ("jobs",), ("db", "upgrade"), ("day", "list")):
        monkeypatch.setattr(sys, "argv", ["onestop", *words])
        code: object = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code
        said.append((code, capsys.readouterr().err))

    assert [code for code, _ in said] == [1, 1, 0, 0]
    assert all("Run `onestop db upgrade` first." in words for _, words in said[:2])


def test_two_processes_that_start_at_once_migrate_once(postgres_server: Server) -> None:
    urls = postgres_server.empty_database()
    program = "import sys; from onestop.db.migrate import upgrade; upgrade(sys.argv[1])"
    both = [subprocess.Popen([sys.executable, "-c", program, urls.owner]) for _ in range(2)]
    try:
        assert [process.wait(ENDS_WITHIN) for process in both] == [0, 0]
    finally:
        for process in both:
            process.kill()
            process.wait()
    database = open_database(urls.app)
    assert database.read_now(current_revision) == migrate.newest_revision()
    database.close()
    postgres_server.drop(urls)
