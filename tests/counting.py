"""How many statements something costs. What the process keeps in memory was read before: that is the ordinary case."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from onestop.db.session import Database

_ROUND_IT = ("BEGIN", "PRAGMA", "SELECT pg_advisory", "SELECT stamp FROM configuration")


@contextmanager
def counted() -> Generator[Callable[[], int]]:
    """Statements since the block began, without those round each transaction: its beginning, lock and stamp."""
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(_ROUND_IT):
            seen.append(statement)

    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield lambda: len(seen)
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)


def cost(database: Database, query: Callable[..., Any], *args: Any, **kwargs: Any) -> int:
    """The statements of a query that was asked before."""
    assert database.read_now(query, *args, **kwargs) is not None
    with counted() as count:
        database.read_now(query, *args, **kwargs)
    return count()
