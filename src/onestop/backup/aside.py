"""The database that a restore replaced: kept for a while beside the new one, then removed, as it holds persons."""

from datetime import datetime, timedelta
from pathlib import Path

from onestop.backup.making import sqlite_file
from onestop.settings import Settings

_MIDDLE = ".before-restore-"


def aside_path(path: Path, at: datetime) -> Path:
    """Where the database is kept that was replaced at this moment."""
    return path.with_name(f"{path.name}{_MIDDLE}{at:%Y%m%dT%H%M%SZ}")


def forget_aside(settings: Settings, *, real: datetime) -> int:
    """Remove what was kept aside longer than contact data may be kept (`contact_days`); gives how many files."""
    file = sqlite_file(settings)
    folder = settings.var if file is None else file.parent
    before = (real - timedelta(days=settings.contact_days)).timestamp()
    old = [path for path in folder.glob(f"*{_MIDDLE}*") if path.stat().st_mtime < before]
    for path in old:
        path.unlink()
    return len(old)
