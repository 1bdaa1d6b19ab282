"""A PostgreSQL database: out with `pg_dump`, in with `psql`; the password travels by environment only."""

import os
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa
from psycopg.conninfo import make_conninfo
from sqlalchemy.pool import NullPool

from onestop.backup.file import open_new
from onestop.backup.wrong import BackupWrong

# All in one statement, so that their references to each other do not matter; what others hang on them stops it.
_DROP = (
    "DO $$ BEGIN EXECUTE (SELECT coalesce('DROP TABLE ' || string_agg('public.' || quote_ident(tablename), ', '),"
    " 'SELECT 1') FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user); END $$"
)
DEBIAN = Path("/usr/lib/postgresql")


def copy_out(url: sa.URL, copy: Path) -> None:
    """Dump one snapshot into the empty file `copy` and read its list back. Raises `BackupWrong`."""
    _run(
        "pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={copy}", f"--dbname={_where(url)}"
    )
    _run("pg_restore", url, "--list", str(copy))


def copy_in(url: sa.URL, copy: Path) -> None:
    """Replace every table by the dump's, in one transaction: a failure leaves all as it was. Raises `BackupWrong`.

    Not `pg_restore --clean`: it leaves tables that the dump does not know, which a newer migration makes again.
    """
    script = copy.with_name(f"{copy.name}.sql")
    script.unlink(missing_ok=True)
    open_new(script).close()
    try:
        _run("pg_restore", url, "--no-owner", "--no-privileges", f"--file={script}", str(copy))
        _run(
            "psql", url, "--no-password", "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
            f"--dbname={_where(url)}", f"--command={_DROP}", f"--file={script}",
        )  # fmt: skip
    finally:
        script.unlink(missing_ok=True)


def let_in(owner: sa.URL, user: str) -> None:
    """Give the application's role what `deploy/postgres/roles.sh` gives it: rows of every table, every counter."""
    if user == owner.username:
        return
    with _engine(owner).connect() as conn:
        name = conn.dialect.identifier_preparer.quote_identifier(user)
        conn.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name}")
        conn.exec_driver_sql(f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {name}")


def tidy(owner: sa.URL) -> None:
    """Give back the space of replaced rows, which hold what was erased, and count the tables anew for the planner."""
    with _engine(owner).connect() as conn:
        conn.exec_driver_sql("VACUUM (ANALYZE)")


def check_alone(owner: sa.URL, user: str) -> None:
    """Raise `BackupWrong` while a server, its jobs or a command is connected as one of the two roles."""
    with _engine(owner).connect() as conn:
        others = conn.execute(
            sa.text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND usename IN (:owner, :app)"
            ),
            {"owner": owner.username, "app": user},
        ).scalar_one()
    if others:
        raise BackupWrong(
            f"The database is in use ({others} connections). Stop `onestop serve` and `onestop jobs` everywhere first."
        )


def has_tables(owner: sa.URL) -> bool:
    """Whether onestop has ever made its tables in this database."""
    with _engine(owner).connect() as conn:
        return sa.inspect(conn).has_table("alembic_version")


def _engine(url: sa.URL) -> sa.Engine:
    return sa.create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")


def _where(url: sa.URL) -> str:
    """The address as libpq reads it, without the password: other users of the machine see a command line."""
    parts = {"host": url.host, "port": url.port, "user": url.username, "dbname": url.database, **url.query}
    parts.pop("password", None)
    return make_conninfo("", **{name: str(value) for name, value in parts.items() if value})


def _run(program: str, url: sa.URL, *arguments: str) -> None:
    environment = {**os.environ, "PGPASSWORD": url.password} if url.password else {**os.environ}
    done = subprocess.run(  # noqa: S603 (a fixed program, and a path as one argument)
        [_find(program), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        raise BackupWrong(f"{program} failed: {_first_error(done.stderr, done.returncode)}")


def _find(program: str) -> str:
    """The program on the path, else Debian's newest. Raises `BackupWrong`."""
    if on_path := shutil.which(program):
        return on_path
    found = sorted(DEBIAN.glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    if found:
        return str(found[-1])
    raise BackupWrong(f"The program {program} is missing. On Debian: apt-get install postgresql-client")


def _first_error(said: bytes, code: int) -> str:
    """The first line that says what is wrong; never the lines after it, which may quote rows."""
    for line in said.decode(errors="replace").splitlines():
        for mark in ("error:", "ERROR:"):
            if mark in line:
                return line.partition(mark)[2].strip()
    return f"it ended with {code}"
