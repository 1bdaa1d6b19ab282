"""Migrations run from code: up to the newest, and a check that code and database agree."""

from importlib import resources
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from onestop.db.base import metadata
from onestop.db.session import migration_engine
from onestop.db.trouble import told_as

LOCK = 0x6D6967726174
"""The advisory lock of who migrates: the word in bytes; days and jobs lock by other numbers."""


class DatabaseNewer(Exception):
    """A newer program has migrated the database; the message is a sentence for the operator."""


def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest migration, all of it or nothing.

    Raises `DatabaseNewer`, and `StoreTrouble` when the database is away, full or not usable.
    """
    engine = migration_engine(url)
    try:
        with engine.begin() as conn:
            if conn.dialect.name == "postgresql":
                conn.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))  # several processes start at once
            if (revision := current_revision(conn)) is not None:
                check_not_newer(revision)
            config = _config()
            config.attributes["connection"] = conn
            command.upgrade(config, "head")
    except DBAPIError as error:
        if refusal := told_as(error):
            raise refusal from error
        raise
    finally:
        engine.dispose()


def check_not_newer(revision: str) -> None:
    """Raises `DatabaseNewer` for a revision this program does not know."""
    if not is_known(revision):
        raise DatabaseNewer(
            f"The database is at {revision}, which this program does not know; it goes up to {newest_revision()}."
            " A newer onestop has used this database: please start that one, or put a backup back."
        )


def newest_revision() -> str:
    """The revision this code expects."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def is_known(revision: str) -> bool:
    """Whether this code has the migration; it has not where a newer program made the database."""
    return any(script.revision == revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def current_revision(conn: sa.Connection) -> str | None:
    """The revision the database is at, `None` for an empty one."""
    return MigrationContext.configure(conn).get_current_revision()


def differences(conn: sa.Connection) -> list[Any]:
    """What the database has otherwise than the tables in the code; empty when they agree. Import all tables first."""
    return compare_metadata(MigrationContext.configure(conn, opts={"compare_type": False}), metadata)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("onestop.db") / "migrations"))
    return config
