"""Files that hold persons longer than the tables do: the database that a restore replaced, and SQLite's log."""

from datetime import datetime, timedelta
from pathlib import Path

from onestop.backup.making import sqlite_file
from onestop.backup.sqlite import shorten_log
from onestop.settings import Settings

_MIDDLE = ".before-restore-"


def aside_path(path: Path, at: datetime) -> Path:
    """Where the database is kept that was replaced at this moment."""
    return path.with_name(f"{path.name}{_MIDDLE}{at:%Y%m%dT%H%M%SZ}")


def clean_files(settings: Settings, *, real: datetime) -> None:
    """What retention does to files: old copies go, and the log beside a live SQLite file, which keeps old pages."""
    forget_aside(settings, real=real)
    file = sqlite_file(settings)
    if file is not None and file.exists():
        shorten_log(file)


def forget_aside(settings: Settings, *, real: datetime) -> int:
    """Remove what was kept aside longer than contact data may be kept (`contact_days`); gives how many files."""
    file = sqlite_file(settings)
    folder = settings.var if file is None else file.parent
    before = (real - timedelta(days=settings.contact_days)).timestamp()
    old = [path for path in folder.glob(f"*{_MIDDLE}*") if path.stat().st_mtime < before]
    for path in old:
        path.unlink()
    return len(old)
