"""What an organiser configured is read once and kept in memory, until somebody changes it in any process.

One row holds a stamp. A transaction that wrote to a configured table gives it a new one before COMMIT, without the
action having to know; every transaction compares the stamp once and forgets what it kept under another. Inside the
transaction that changes something nothing is kept: it reads what it has written.
"""

from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy import event

from onestop.db.base import metadata
from onestop.db.types import new_id

P = ParamSpec("P")
T = TypeVar("T")

CONFIGURED: dict[str, bool] = {"configured": True}
"""The `info` of a table that only organisers change."""
LIVE: dict[str, bool] = {"live": True}
"""The execution option of a write that touches nothing of a configured table that is kept here."""
MOST_KEPT = 512

configuration = sa.Table(
    "configuration",
    metadata,
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("stamp", sa.String(36), nullable=False),
    sa.CheckConstraint("id = 1", name="one_row"),
)

_MEMO = "onestop_memo"
_STAMP = "onestop_stamp"
_CHANGED = "onestop_changed"


class Memo:
    """What one process keeps, all of it from under one stamp."""

    def __init__(self) -> None:
        self._kept: tuple[str, dict[Any, Any]] = ("", {})

    def under(self, stamp: str) -> dict[Any, Any]:
        """The values of this stamp; those of another are forgotten."""
        kept = self._kept
        if kept[0] != stamp or len(kept[1]) > MOST_KEPT:
            kept = self._kept = (stamp, {})
        return kept[1]

    def serve(self, engine: sa.Engine) -> None:
        """Work for every connection of this engine."""
        event.listen(engine, "connect", self._meet)
        event.listen(engine, "begin", _begin)
        event.listen(engine, "before_execute", _notice)

    def _meet(self, _raw: object, record: Any) -> None:
        record.info[_MEMO] = self


def remembered(
    conn: sa.Connection, load: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """What `load` gives, from memory if the configuration is still the one it was read from.

    The value is shared between threads: nobody may change it. What `load` raises is not kept.
    """
    memo: Memo | None = conn.info.get(_MEMO)
    stamp = None if memo is None else _stamp(conn)
    if memo is None or stamp is None or _CHANGED in conn.info:
        return load(conn, *args, **kwargs)
    values, key = memo.under(stamp), (load, args, *kwargs.items())
    if key not in values:
        values[key] = load(conn, *args, **kwargs)
    return cast(T, values[key])


def stamp_changes(conn: sa.Connection) -> None:
    """Before COMMIT: a new stamp, if this transaction wrote to a configured table."""
    if _CHANGED not in conn.info:
        return
    stamp = str(new_id())
    if conn.execute(configuration.update().values(stamp=stamp)).rowcount == 0:
        conn.execute(configuration.insert().values(id=1, stamp=stamp))


def stamp_now(conn: sa.Connection) -> str | None:
    """The stamp: another one than before says that an organiser changed something."""
    return _stamp(conn)


def _stamp(conn: sa.Connection) -> str | None:
    """The stamp as of the first look in this transaction, before anything was loaded under it."""
    info = conn.info
    if not conn.in_transaction() or _STAMP not in info:
        # Outside a transaction this begins one, and what stands there is of the last one.
        stamp = conn.exec_driver_sql("SELECT stamp FROM configuration").scalar()
        info[_STAMP] = stamp
    return info[_STAMP]


def _begin(conn: sa.Connection) -> None:
    conn.info.pop(_STAMP, None)
    conn.info.pop(_CHANGED, None)


def _notice(conn: sa.Connection, statement: Any, _many: Any, _one: Any, options: Any) -> None:
    if isinstance(statement, sa.UpdateBase) and "live" not in options:
        table = statement.table
        if isinstance(table, sa.Table) and table.info.get("configured"):
            conn.info[_CHANGED] = True
