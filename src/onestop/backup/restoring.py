"""`onestop restore`: a backup in place of the database, with nobody in it who was erased since (R12).

On SQLite everything happens in a file beside the database, which gets its name last. On PostgreSQL the tables are
replaced in one transaction; a mark in the var folder keeps servers out until the rest is done too.
"""

import fcntl
import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from onestop.backup import postgres, sqlite
from onestop.backup.aside import aside_path
from onestop.backup.file import About, read_about, read_archive
from onestop.backup.making import make_backup, owner_url, sqlite_file
from onestop.backup.present import Present, read_present
from onestop.backup.settling import Settled, key_fits, settle
from onestop.backup.wrong import BackupWrong
from onestop.clock import real_now
from onestop.db.migrate import is_known, upgrade
from onestop.db.session import Database, open_database
from onestop.db.trouble import DatabaseBroken
from onestop.domain.roles import Actor
from onestop.keys import KEY_BYTES
from onestop.reports.verify import verify
from onestop.reports.violations import Violation
from onestop.retention.actions import replay_erasures
from onestop.settings import Settings

MARK = "restore.unfinished"
DUMP = "restore.dump"
_OPERATOR = Actor(ref="cli")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did; `violations` is what `verify` says of the database now."""

    about: About
    aside: Path | None
    erased: int
    settled: Settled
    key_fits: bool
    violations: tuple[Violation, ...]


def restore_backup(settings: Settings, path: Path) -> Restored:
    """Put the backup in the place of the database. Raises `BackupWrong`; then the database is as it was.

    On SQLite the caller holds the server's lock.
    """
    about = _checked(settings, path)
    file = sqlite_file(settings)
    settings.var.mkdir(parents=True, exist_ok=True)
    at = real_now()
    try:
        if file is not None:
            return _restore_sqlite(settings, path, about, file, at=at)
        return _restore_postgres(settings, path, about, at=at)
    except OSError as error:
        raise BackupWrong(f"The backup cannot be put back: {error.strerror}.") from error


def check_restored(settings: Settings) -> None:
    """Raise `BackupWrong` where a restore on PostgreSQL was cut off: somebody erased could be in the tables again."""
    if (settings.var / MARK).exists():
        raise BackupWrong("A restore was not finished. Run `onestop restore` with the same file again.")


def sweep(settings: Settings) -> None:
    """Remove what a restore that was killed left behind; call it while no restore can run."""
    file = sqlite_file(settings)
    if file is not None:
        sqlite.remove_file(_unfinished(file))
    for name in (DUMP, f"{DUMP}.sql"):
        (settings.var / name).unlink(missing_ok=True)


def _checked(settings: Settings, path: Path) -> About:
    if not path.is_file():
        raise BackupWrong(f"There is no file {path}.")
    about = read_about(path)
    ours = "postgresql" if sqlite_file(settings) is None else "sqlite"
    if about.database != ours:
        raise BackupWrong(f"{path} is a backup of {about.database}; this installation uses {ours}.")
    if not is_known(about.migration):
        raise BackupWrong(f"{path} was made by a newer onestop ({about.program}). Install that version first.")
    return about


def _restore_sqlite(settings: Settings, path: Path, about: About, file: Path, *, at: datetime) -> Restored:
    new = _unfinished(file)
    url = f"sqlite:///{new.absolute()}"
    sweep(settings)
    try:
        about = read_archive(path, new)
        sqlite.check_file(new)
        present = _present(settings) if file.exists() else Present()
        upgrade(url)
        database = open_database(url)
        try:
            erased, settled = _make_fit(settings, database, present, about)
        finally:
            database.close()
        sqlite.close_file(new)  # what was erased is not in free pages either
        aside = aside_path(file, at)
        kept = sqlite.swap_in(new, file, aside)
    finally:
        sqlite.remove_file(new)
    return _result(settings, about, erased, settled, aside=aside if kept else None)


def _restore_postgres(settings: Settings, path: Path, about: About, *, at: datetime) -> Restored:
    owner, user = owner_url(settings), sa.make_url(settings.database).username or ""
    mark = settings.var / MARK
    with _alone(mark) as again:
        copy = settings.var / DUMP
        copy.unlink(missing_ok=True)
        changed = again
        try:
            about = read_archive(path, copy)
            postgres.check_alone(owner, user)
            aside, present = None, Present()
            if postgres.has_tables(owner) and not again:
                aside = aside_path(settings.var / "onestop.backup", at)
                make_backup(settings, aside)
                present = _present(settings)
            postgres.copy_in(owner, copy)
            changed = True
            upgrade(owner.render_as_string(hide_password=False))
            postgres.let_in(owner, user)
            database = open_database(settings.database)
            try:
                erased, settled = _make_fit(settings, database, present, about)
            finally:
                database.close()
            postgres.tidy(owner)
            changed = False
        finally:
            copy.unlink(missing_ok=True)
            if not changed:
                mark.unlink()
    return _result(settings, about, erased, settled, aside=aside)


def _make_fit(settings: Settings, database: Database, present: Present, about: About) -> tuple[int, Settled]:
    now = database.now()
    settled = database.write_now(settle, present, about, actor=_OPERATOR, now=now, real=real_now())
    return replay_erasures(database, settings.var, now=now), settled


def _result(settings: Settings, about: About, erased: int, settled: Settled, *, aside: Path | None) -> Restored:
    database = open_database(settings.database)
    try:
        return Restored(
            about=about,
            aside=aside,
            erased=erased,
            settled=settled,
            key_fits=database.read_now(key_fits, _ticket_key(settings)),
            violations=tuple(database.read_now(verify, now=database.now())),
        )
    finally:
        database.close()


def _present(settings: Settings) -> Present:
    try:
        database = open_database(settings.database)
    except DatabaseBroken:
        return Present()  # not a database any more
    try:
        return read_present(database)
    finally:
        database.close()


def _ticket_key(settings: Settings) -> bytes:
    """The key as it lies there; one that is missing must not be made, the right one may still be found."""
    path = settings.ticket_key_file
    return path.read_bytes() if path.exists() else b"\0" * KEY_BYTES


def _unfinished(file: Path) -> Path:
    return file.with_name(f"{file.name}.restoring")


@contextmanager
def _alone(mark: Path) -> Generator[bool]:
    """Hold the mark; gives whether an earlier restore left it. Raises `BackupWrong` while another restore runs."""
    again = mark.exists()
    with os.fdopen(os.open(mark, os.O_RDWR | os.O_CREAT, 0o600), "w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupWrong("Another restore is running.") from error
        yield again
