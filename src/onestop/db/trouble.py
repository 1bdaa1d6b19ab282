"""What a failing database is told as: away, full, or not usable; a mistake of the program is told as nothing here."""

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError

from onestop.domain.errors import N_, Busy, Refusal


class StoreTrouble(Refusal):
    """The database cannot do it now. Nothing was changed, unless the sentence says otherwise."""

    code = "store_trouble"
    status = 503


class DatabaseAway(StoreTrouble):
    code = "database_away"
    sentence = N_("Our database does not answer now. Nothing was changed. Please try again in a minute.")


class PerhapsStored(StoreTrouble):
    """The answer to COMMIT was lost: the same key and body, sent again, find what was done or do it once."""

    code = "perhaps_stored"
    sentence = N_("We do not know yet if this was stored. Please send the same again. Nothing is done twice.")


class DiskFull(StoreTrouble):
    code = "disk_full"
    sentence = N_("Our disk is full. Nothing was changed. Please tell the staff, or try again in a minute.")


class DatabaseBroken(StoreTrouble):
    code = "database_broken"
    sentence = N_("Our database cannot be used now. Nothing was changed. Please tell the staff.")


BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
FULL = {sqlite3.SQLITE_FULL}
BROKEN = {
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_NOTADB,
    sqlite3.SQLITE_PERM,
}

TRY_AGAIN = {"40001", "40P01"}
"""A serialisation failure and a deadlock: nothing is wrong but the moment."""


def told_as(error: DBAPIError, *, committing: bool = False) -> Refusal | None:
    """The refusal a failure of the database is told as; `None` for what is a mistake in the program.

    `committing`: the failure came while COMMIT was asked for. On PostgreSQL nobody knows then whether it was done, and
    the refusal is `PerhapsStored`; SQLite answers in this process and has taken everything back.
    """
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(error.orig)
    if isinstance(error.orig, psycopg.Error):
        return _of_postgresql(error.orig, gone=error.connection_invalidated, committing=committing)
    return None


def _of_sqlite(error: sqlite3.Error) -> Refusal | None:
    # The low byte is the kind, the rest says more (https://www.sqlite.org/rescode.html).
    kind = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if kind in BUSY:
        return Busy()
    if kind in FULL:
        return DiskFull()
    return DatabaseBroken() if kind in BROKEN else None


def _of_postgresql(error: psycopg.Error, *, gone: bool, committing: bool) -> Refusal | None:
    # Classes of https://www.postgresql.org/docs/current/errcodes-appendix.html; none: the line itself broke.
    state = error.sqlstate or ""
    if state in TRY_AGAIN or state in {"25P03", "53300", "55P03", "57014"}:
        return Busy()
    if state == "53100":
        return DiskFull()
    if state == "25006" or state[:2] in {"58", "XX"}:
        return DatabaseBroken()
    away = gone or state[:2] in {"08", "53", "57"} or (not state and isinstance(error, psycopg.OperationalError))
    if not away:
        return None
    return PerhapsStored() if committing else DatabaseAway()
