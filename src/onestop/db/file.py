"""An SQLite file that was removed or replaced under a running server: its open connections would write into nothing."""

import os
import sqlite3

from onestop.db.trouble import DatabaseBroken


class DatabaseFile:
    """Which file the first connection opened; later ones, and every command, must find the same."""

    def __init__(self) -> None:
        self._path = ""
        self._known: tuple[int, int] | None = None

    def note(self, raw: sqlite3.Connection) -> None:
        """A connection was opened; the first one says which file it is. A database in memory has none."""
        if self._known is None:
            self._path = raw.execute("PRAGMA database_list").fetchone()[2]
            self._known = self._found() if self._path else None

    def check(self) -> None:
        """Raises `DatabaseBroken` when the file is gone, or another one stands in its place."""
        if self._known is not None and self._found() != self._known:
            raise DatabaseBroken

    def _found(self) -> tuple[int, int] | None:
        """Device and number of the file under the path now."""
        try:
            found = os.stat(self._path)
        except OSError:
            return None
        return found.st_dev, found.st_ino
