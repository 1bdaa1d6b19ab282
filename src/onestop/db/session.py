"""Doors to the database: `await db.read(query, …)` and `await db.write(action, …, day=…)` over synchronous functions.

SQLite has one writer thread with `BEGIN IMMEDIATE` and four readers; PostgreSQL has a pool and an advisory lock
per day. Reactors run before COMMIT on the same connection, observers after it. An exception rolls its own command back.
"""

import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool, StaticPool

from onestop.clock import Clock, real_clock
from onestop.db.clock_row import load_clock
from onestop.db.daylock import begin_without_days, hold_day
from onestop.db.file import DatabaseFile
from onestop.db.ledger import take_pending
from onestop.db.memo import Memo, stamp_changes
from onestop.db.trouble import TRY_AGAIN, DatabaseAway, PerhapsStored, told_as
from onestop.domain.errors import Busy, Refusal
from onestop.domain.facts import Fact

P = ParamSpec("P")
T = TypeVar("T")
Reactor = Callable[[sa.Connection, Sequence[Fact]], None]
Observer = Callable[[Sequence[Fact]], None]

READERS = 4
POOL = 8
HANGING = "-c lock_timeout=4000 -c idle_in_transaction_session_timeout=5000"
"""What PostgreSQL does about a process that hangs in a transaction, in milliseconds: nobody waits longer for a lock,
and the transaction is ended. Without the first, each of its waiting transactions would hold up the day in turn."""
WAITING_LIMIT = 512
"""Commands that may wait at once; past it the caller hears `Busy` instead of waiting without end."""
ANSWER_SECONDS = 8.0
"""How long one read or write on PostgreSQL may take, its waiting included; a network that swallows everything says
nothing by itself."""
LINE: dict[str, Any] = {
    "connect_timeout": 4,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How soon a dead line to PostgreSQL is noticed: seconds, but `tcp_user_timeout` in milliseconds."""

log = logging.getLogger(__name__)


class Database:
    """One database, its threads, and what listens to it."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.reactors: list[Reactor] = []
        self.observers: list[Observer] = []
        self._file = DatabaseFile()
        if self.is_sqlite:
            self._reader = _sqlite_engine(self.url, self._file, writer=False)
            self._writer = _sqlite_engine(self.url, self._file, writer=True)
            self._read_pool = ThreadPoolExecutor(READERS, "onestop-read")
            self._write_pool = ThreadPoolExecutor(1, "onestop-write")
            self._write_lock = threading.Lock()
        else:
            self._reader = self._writer = sa.create_engine(
                self.url,
                pool_size=POOL,
                max_overflow=0,
                pool_timeout=5,
                pool_pre_ping=True,
                connect_args=LINE if "options" in self.url.query else {**LINE, "options": HANGING},
            )
            self._read_pool = self._write_pool = ThreadPoolExecutor(POOL, "onestop-db")
        memo = Memo()
        for engine in {self._reader, self._writer}:
            memo.serve(engine)
        self._waiting = 0
        self.clock: Clock = self._load_clock()

    @property
    def waiting(self) -> int:
        """Commands that wait or run now; at `WAITING_LIMIT` the next one hears `Busy`."""
        return self._waiting

    def now(self) -> datetime:
        """Domain time."""
        return self.clock.now()

    def reload_clock(self) -> None:
        """Read the shared clock again (a demo was restarted)."""
        self.clock = self._load_clock()

    async def read(self, query: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a query on a reader thread. Raises `Busy`, `StoreTrouble`."""
        return await self._run(self._read_pool, lambda: self.read_now(query, *args, **kwargs), late=DatabaseAway)

    async def write(self, action: Callable[..., T], *args: Any, day: UUID | None = None, **kwargs: Any) -> T:
        """Run an action in one transaction, under the day's lock if a day is given. Raises `Busy`, `StoreTrouble`."""
        call = lambda: self.write_now(action, *args, day=day, **kwargs)  # noqa: E731
        return await self._run(self._write_pool, call, late=PerhapsStored)

    def read_now(self, query: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The synchronous `read`, for the command line, jobs and tests."""
        self._file.check()
        try:
            with self._reader.connect() as conn:
                return query(conn, *args, **kwargs)
        except DBAPIError as error:
            if refusal := told_as(error):
                raise refusal from error
            raise

    def write_now(self, action: Callable[..., T], *args: Any, day: UUID | None = None, **kwargs: Any) -> T:
        """The synchronous `write`. On PostgreSQL a deadlock or a serialisation failure is tried once more."""
        if self.is_sqlite:
            with self._write_lock:
                return self._write_once(action, args, kwargs, day)
        try:
            return self._write_once(action, args, kwargs, day)
        except Busy as busy:
            if getattr(getattr(busy.__cause__, "orig", None), "sqlstate", None) not in TRY_AGAIN:
                raise
            return self._write_once(action, args, kwargs, day)

    def close(self) -> None:
        """Finish what runs, close every connection."""
        self._read_pool.shutdown()
        self._write_pool.shutdown()
        self._reader.dispose()
        self._writer.dispose()

    def _write_once(self, action: Callable[..., T], args: Any, kwargs: Any, day: UUID | None) -> T:
        self._file.check()
        committing = False
        try:
            with self._writer.connect() as conn:
                take_pending(conn)
                begin_without_days(conn)
                with conn.begin():
                    if day is not None:
                        hold_day(conn, day)
                    result = action(conn, *args, **kwargs)
                    facts = take_pending(conn)
                    if facts:
                        for reactor in self.reactors:
                            reactor(conn, facts)
                    stamp_changes(conn)
                    committing = True
        except DBAPIError as error:
            if refusal := told_as(error, committing=committing):
                raise refusal from error
            raise
        if facts:
            for observer in self.observers:
                observer(facts)
        return result

    async def _run(self, pool: ThreadPoolExecutor, call: Callable[[], T], *, late: type[Refusal]) -> T:
        if self._waiting >= WAITING_LIMIT:
            raise Busy
        self._waiting += 1
        try:
            if self.is_sqlite:
                return await asyncio.get_running_loop().run_in_executor(pool, call)
            work = pool.submit(call)
            told = asyncio.wrap_future(work)
            # Whoever asked may have gone by then.
            told.add_done_callback(lambda done: done.cancelled() or done.exception())
            try:
                done, _ = await asyncio.wait({told}, timeout=ANSWER_SECONDS)
            except asyncio.CancelledError:
                work.cancel()
                raise
            if not done:
                raise DatabaseAway if work.cancel() else late  # what had not begun never will
            return told.result()
        except PoolTimeout as error:
            raise Busy from error
        finally:
            self._waiting -= 1

    def _load_clock(self) -> Clock:
        try:
            return self.read_now(load_clock)
        except (OperationalError, ProgrammingError):
            return real_clock()  # the table comes with the first migration


def open_database(url: str) -> Database:
    """Open the database at an SQLAlchemy address (`sqlite:///…` or `postgresql+psycopg://…`)."""
    return Database(url)


def _sqlite_engine(url: sa.URL, file: DatabaseFile, *, writer: bool) -> sa.Engine:
    engine = sa.create_engine(
        url,
        poolclass=StaticPool if writer else None,
        connect_args={"isolation_level": None, "check_same_thread": False},
        **({} if writer else {"pool_size": READERS, "max_overflow": READERS, "pool_timeout": 5}),
    )

    @event.listens_for(engine, "connect")
    def _on_connect(raw: sqlite3.Connection, _record: object) -> None:  # pyright: ignore[reportUnusedFunction]
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("PRAGMA synchronous=FULL")
        raw.execute("PRAGMA busy_timeout=5000")
        raw.execute("PRAGMA foreign_keys=ON")
        raw.execute("PRAGMA secure_delete=ON")  # what is erased leaves the pages, too
        if not writer:
            raw.execute("PRAGMA query_only=ON")
        file.note(raw)

    @event.listens_for(engine, "begin")
    def _on_begin(conn: sa.Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")

    return engine


def migration_engine(url: str) -> sa.Engine:
    """A plain engine for migrations; on SQLite with foreign keys off, as table rebuilds need.

    Python's sqlite3 would commit before each change of a table: here one transaction really is one, on SQLite too.
    """
    if sa.make_url(url).get_backend_name() != "sqlite":
        return sa.create_engine(url, poolclass=NullPool, connect_args=LINE)
    engine = sa.create_engine(url, poolclass=NullPool, connect_args={"isolation_level": None, "timeout": 30})

    @event.listens_for(engine, "begin")
    def _on_begin(conn: sa.Connection) -> None:  # pyright: ignore[reportUnusedFunction]
        conn.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
