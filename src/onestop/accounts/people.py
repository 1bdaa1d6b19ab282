"""A person who works here, added with her sign-in link in one step."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from onestop.accounts.actions import NewSecret, add_account
from onestop.accounts.links import make_link
from onestop.domain.roles import Actor, Grant


def add_person(
    conn: sa.Connection,
    *,
    login: str,
    name: str,
    grant: Grant,
    lasts: timedelta,
    actor: Actor,
    now: datetime,
    real: datetime,
) -> NewSecret:
    """An account that opens only by its link. Raises `LoginRefused`, `LoginTaken`."""
    account = add_account(conn, login=login, password_hash="", held=(grant,), name=name, actor=actor, now=now)
    return make_link(conn, account, lasts=lasts, actor=actor, now=now, real=real)
