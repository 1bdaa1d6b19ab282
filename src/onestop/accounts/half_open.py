"""A sign-in between password and code: kept on the server for ten minutes, so that no page holds anything secret."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.actions import Attempt, accept_password, asks_for_code, open_session
from onestop.accounts.second_steps import try_code
from onestop.accounts.tables import accounts, half_sign_ins
from onestop.db.statements import row_of
from onestop.domain.errors import SignInOver
from onestop.keys import hash_token, new_token

HALF_LIFE = timedelta(minutes=10)
TRIES = 5
"""Codes that may be typed before the password is asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a browser is given: the token of its session, or of its half-open sign-in while a code is needed."""

    account: UUID
    token: str
    half: bool
    next_path: str = ""


def open_for(
    conn: sa.Connection, account: UUID, *, known: bool, next_path: str = "", real: datetime, old_session: str | None
) -> Opened:
    """Let somebody in whose password or link was right; with one-time codes only half."""
    if not asks_for_code(conn, account):
        token = open_session(conn, real=real, old_session=old_session, account_id=account)
        return Opened(account=account, token=token, half=False, next_path=next_path)
    token = new_token()
    conn.execute(
        half_sign_ins.insert().values(
            token_hash=hash_token(token),
            account_id=account,
            known=known,
            next_path=next_path,
            until_at=real + HALF_LIFE,
        )
    )
    return Opened(account=account, token=token, half=True, next_path=next_path)


def open_after_password(
    conn: sa.Connection,
    attempt: Attempt,
    *,
    known_browser: UUID | None,
    next_path: str,
    real: datetime,
    new_hash: str | None = None,
    old_session: str | None = None,
) -> Opened:
    """The same after the password was found right. Raises `Changed`."""
    account = accept_password(conn, attempt, new_hash=new_hash)
    return open_for(
        conn, account, known=account == known_browser, next_path=next_path, real=real, old_session=old_session
    )


def half_lives(conn: sa.Connection, token_hash: str, *, real: datetime) -> bool:
    """Whether a code may still be typed for this half-open sign-in."""
    row = row_of(conn, half_sign_ins.c.token_hash, token_hash)
    return row is not None and real < row.until_at


def finish_sign_in(
    conn: sa.Connection,
    token_hash: str,
    typed: str,
    *,
    key: bytes,
    real: datetime,
    now: datetime,
    old_session: str | None,
) -> Opened | None:
    """Open the session if the code is right, under a new token; `None` for a wrong code, which is counted.

    Raises `SignInOver` (too old, or too often wrong), `TooManyTries`.
    """
    row = row_of(conn, half_sign_ins.c.token_hash, token_hash)
    if row is None or real >= row.until_at or row.tries >= TRIES or not _active(conn, row.account_id):
        raise SignInOver
    here = half_sign_ins.c.token_hash == token_hash
    if not try_code(conn, row.account_id, typed, known=row.known, key=key, now=now, real=real):
        conn.execute(half_sign_ins.update().where(here).values(tries=half_sign_ins.c.tries + 1))
        return None
    # Two presses with two codes: one of them opens.
    if conn.execute(half_sign_ins.delete().where(here)).rowcount != 1:
        raise SignInOver
    token = open_session(conn, real=real, old_session=old_session, account_id=row.account_id)
    return Opened(account=row.account_id, token=token, half=False, next_path=row.next_path)


def _active(conn: sa.Connection, account: UUID) -> bool:
    return bool(conn.execute(sa.select(accounts.c.active).where(accounts.c.id == account)).scalar())
