"""Who runs the jobs: on PostgreSQL whoever holds one advisory lock, on SQLite the only process there is."""

import asyncio
import logging

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from onestop.db.lease import JOBS_LOCK
from onestop.db.session import LINE, Database

log = logging.getLogger(__name__)


class Leader:
    """The lock on a connection of its own, asked for each second; it ends with the connection, however that ends.

    It keeps two schedulers from doing the same work at once as a rule. It is no exactly-once: jobs claim their rows.
    """

    def __init__(self, database: Database) -> None:
        self._engine: sa.Engine | None = None
        self._conn: sa.Connection | None = None
        self._leads = False
        self._resigned = False
        self._asking = asyncio.Lock()
        if not database.is_sqlite:
            self._engine = sa.create_engine(
                database.url,
                poolclass=NullPool,
                isolation_level="AUTOCOMMIT",
                connect_args=LINE,
            )

    async def leads(self) -> bool:
        """Whether this process runs the jobs now; tries to become the one that does."""
        if self._engine is None:
            return True
        async with self._asking:
            # A question that waited while the process stopped would take the lock again, and nobody gave it back.
            leads = not self._resigned and await asyncio.to_thread(self._ask, self._engine)
        if leads != self._leads:
            log.info("this process %s the jobs", "runs" if leads else "no longer runs")
        self._leads = leads
        return leads

    async def resign(self) -> None:
        """Let another process run the jobs, for good: on PostgreSQL this one does not lead again."""
        async with self._asking:
            self._leads, self._resigned = False, True
            if self._conn is not None:
                await asyncio.to_thread(self._give_back, self._conn)
                self._conn = None

    def _give_back(self, conn: sa.Connection) -> None:
        """Said, not left to the end of the connection, which the database may notice later than who asks next."""
        try:
            conn.execute(sa.select(sa.func.pg_advisory_unlock_all()))
        except SQLAlchemyError as error:
            log.warning("the database of the jobs does not answer: %s", type(error).__name__)
            conn.invalidate()
        conn.close()

    def _ask(self, engine: sa.Engine) -> bool:
        try:
            if self._conn is None:
                self._conn = engine.connect()
            # A session may hold the lock several times; one that has it only shows that it is still connected.
            question = (
                sa.select(sa.literal(True)) if self._leads else sa.select(sa.func.pg_try_advisory_lock(JOBS_LOCK))
            )
            return bool(self._conn.execute(question).scalar())
        except SQLAlchemyError as error:
            log.warning("the database of the jobs does not answer: %s", type(error).__name__)
            self._drop()
            return False

    def _drop(self) -> None:
        conn, self._conn = self._conn, None
        if conn is not None:
            conn.invalidate()
            conn.close()
