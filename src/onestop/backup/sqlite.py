"""An SQLite file: copied while it is written to, closed and swapped while nobody has it open."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from onestop.backup.file import sync_folder
from onestop.backup.wrong import BackupWrong

BUSY_SECONDS = 5.0
_BESIDE = ("-wal", "-shm", "-journal")


def copy_out(source: Path, copy: Path) -> str:
    """Write one snapshot of the live file to `copy`, an empty file; gives its migration. Raises `BackupWrong`.

    `VACUUM INTO` reads one snapshot beside the writer, and the copy has nothing that was deleted (decision 12).
    """
    try:
        with closing(_open(source)) as conn:
            conn.execute("VACUUM INTO ?", (str(copy),))
        return check_file(copy)
    except sqlite3.Error as error:
        raise BackupWrong(f"The database cannot be copied: {error}.") from error


def check_file(path: Path) -> str:
    """Check every page of a database file that nobody has open; gives its migration. Raises `BackupWrong`."""
    try:
        with closing(_open(path)) as conn:
            found = conn.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise BackupWrong(f"The copy of the database is damaged: {found}.")
            return str(conn.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.Error, TypeError) as error:
        raise BackupWrong(f"The copy of the database cannot be read: {error}.") from error


def close_file(path: Path) -> None:
    """Write the file anew without anything that was deleted, and leave no `-wal` or `-shm`. Raises `BackupWrong`.

    Fails while another program has the file open.
    """
    try:
        with closing(_open(path)) as conn:
            conn.execute("PRAGMA secure_delete=ON")
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            conn.execute("PRAGMA journal_mode=DELETE")
            conn.execute("VACUUM")
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            raise
        raise BackupWrong("Another program has the database open. Please end it first.") from error
    with path.open("rb") as file:
        os.fsync(file.fileno())


def shorten_log(path: Path) -> bool:
    """Empty the `-wal` beside a live file, which keeps what was erased until it is overwritten; gives whether it could.

    While somebody reads for long it cannot; the next time will.
    """
    with closing(_open(path)) as conn:
        busy: int = conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    return not busy


def swap_in(new: Path, path: Path, aside: Path) -> bool:
    """Put the closed file `new` in the place of `path`, kept as `aside`; gives whether there was one.

    The place is never empty: a power cut leaves the old file or the new one. Raises `BackupWrong` where somebody has
    the old file open. An old file that cannot be read is kept as it is.
    """
    kept = path.exists()
    if kept:
        try:
            close_file(path)
        except sqlite3.DatabaseError:
            for end in _BESIDE:
                if (beside := path.with_name(path.name + end)).exists():
                    beside.rename(aside.with_name(aside.name + end))
        try:
            os.link(path, aside)
        except OSError:  # a file system without links
            shutil.copy2(path, aside)
        aside.chmod(0o600)
        os.utime(aside)  # its term begins now
    os.replace(new, path)
    sync_folder(path.parent)
    return kept


def remove_file(path: Path) -> None:
    """Remove a database file with what stands beside it; harmless where there is none."""
    for end in ("", *_BESIDE):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _open(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=rw"
    return sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
