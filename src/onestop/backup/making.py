"""`onestop backup`: one snapshot of the database in one file, whole or not there at all."""

import os
from pathlib import Path

import sqlalchemy as sa

from onestop import __version__
from onestop.backup import postgres, sqlite
from onestop.backup.file import About, draft_beside, open_new, sync_folder, write_archive
from onestop.backup.wrong import BackupWrong
from onestop.clock import real_now
from onestop.db.migrate import current_revision
from onestop.db.session import open_database
from onestop.db.trouble import DatabaseAway
from onestop.settings import Settings


def make_backup(settings: Settings, path: Path, *, force: bool = False) -> About:
    """Write a backup of the live database to `path`. Raises `BackupWrong`; then there is no new file.

    Every act that was answered before this began is in it.
    """
    if path.exists() and not force:
        raise BackupWrong(f"{path} exists. Choose another name, or use --force.")
    if not path.parent.is_dir():
        raise BackupWrong(f"There is no folder {path.parent}.")
    copy, draft = draft_beside(path), draft_beside(path)
    try:
        open_new(copy).close()
        about = _copy(settings, copy)
        write_archive(draft, about, copy)
        os.replace(draft, path)
        sync_folder(path.parent)
    except OSError as error:
        raise BackupWrong(f"The backup cannot be written: {error.strerror}.") from error
    finally:
        sqlite.remove_file(copy)
        draft.unlink(missing_ok=True)
    return about


def sqlite_file(settings: Settings) -> Path | None:
    """The database's file, `None` on PostgreSQL. Raises `BackupWrong` where it is in memory."""
    url = sa.make_url(settings.database)
    if url.get_backend_name() != "sqlite":
        return None
    if not url.database or url.database == ":memory:":
        raise BackupWrong("A database in memory has no backup.")
    return Path(url.database)


def owner_url(settings: Settings) -> sa.URL:
    """The address with the role that owns the tables, for PostgreSQL."""
    return sa.make_url(settings.database_owner_url or settings.database)


def _copy(settings: Settings, copy: Path) -> About:
    taken_at = real_now().isoformat(timespec="seconds")
    file = sqlite_file(settings)
    if file is not None:
        if not file.exists():
            raise BackupWrong(f"There is no database at {file}.")
        migration = sqlite.copy_out(file, copy)
        return About(database="sqlite", program=__version__, migration=migration, taken_at=taken_at)
    migration = _postgres_migration(settings)
    postgres.copy_out(owner_url(settings), copy)
    return About(database="postgresql", program=__version__, migration=migration, taken_at=taken_at)


def _postgres_migration(settings: Settings) -> str:
    database = open_database(settings.database)
    try:
        found = database.read_now(current_revision)
    except DatabaseAway as error:
        raise BackupWrong("The database does not answer.") from error
    finally:
        database.close()
    if found is None:
        raise BackupWrong("The database has no tables yet.")
    return found
