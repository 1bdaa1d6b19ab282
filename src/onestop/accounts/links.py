"""Sign-in links: how somebody gets in for the first time or after a lost password; shown a button, used once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.actions import NewSecret
from onestop.accounts.half_open import Opened, open_for
from onestop.accounts.tables import accounts, links, sessions
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.domain.errors import N_, Refusal
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.keys import hash_token, new_token


class LinkOver(Refusal):
    code = "link_over"
    status = 403
    sentence = N_("This sign-in link is too old or was used already. Please ask the organiser for a new one.")


WayBack = Literal["pass", "link", "new_link"]
"""How somebody without a password comes in again: `link` is one that may be pressed again, others are used once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Whom a link signs in."""

    login: str
    name: str


def make_link(
    conn: sa.Connection,
    account: UUID,
    *,
    lasts: timedelta = timedelta(hours=24),
    again: bool = False,
    actor: Actor,
    now: datetime,
    real: datetime,
) -> NewSecret:
    """A link for an account; `again` lets it be used more than once (a demo's printed links)."""
    made = NewSecret(id=new_id(), token=new_token())
    conn.execute(
        links.insert().values(
            id=made.id, account_id=account, token_hash=hash_token(made.token), again=again, until_at=real + lasts
        )
    )
    record(conn, Fact(kind="LinkMade", at=now, actor=actor.ref, terms={"account": str(account)}))
    return made


def link_of_token(conn: sa.Connection, token: str, *, real: datetime) -> Link:
    """Whom the link is for. Raises `LinkOver`."""
    row = _living(conn, token, real)
    return Link(login=row.login, name=row.name)


def use_link(
    conn: sa.Connection,
    token: str,
    *,
    real: datetime,
    known_browser: UUID | None = None,
    old_session: str | None = None,
) -> Opened:
    """Sign in by a link, with one-time codes half; the link is used up all the same. Raises `LinkOver`."""
    row = _living(conn, token, real)
    used = conn.execute(
        links.update()
        .where(links.c.id == row.id, sa.or_(links.c.again, links.c.used_at.is_(None)))
        .values(used_at=real)
    )
    if used.rowcount != 1:
        raise LinkOver
    known = row.account_id == known_browser
    return open_for(conn, row.account_id, known=known, real=real, old_session=old_session)


def way_back(conn: sa.Connection, token_hash: str, *, real: datetime) -> WayBack | None:
    """How the holder of a session comes in again, `None` with a password; one statement."""
    again = sa.exists().where(links.c.account_id == sessions.c.account_id, links.c.again, links.c.until_at > real)
    row = conn.execute(
        sa.select(sessions.c.pass_id, accounts.c.password_hash, again.label("again"))
        .outerjoin_from(sessions, accounts, accounts.c.id == sessions.c.account_id)
        .where(sessions.c.token_hash == token_hash)
    ).one_or_none()
    if row is None:
        return None
    if row.pass_id is not None:
        return "pass"
    if row.again:
        return "link"
    return "new_link" if row.password_hash == "" else None


def _living(conn: sa.Connection, token: str, real: datetime) -> sa.Row[tuple[object, ...]]:
    row = conn.execute(
        sa.select(links, accounts.c.login, accounts.c.name)
        .join_from(links, accounts)
        .where(links.c.token_hash == hash_token(token), accounts.c.active)
    ).one_or_none()
    if row is None or row.until_at <= real or (row.used_at is not None and not row.again):
        raise LinkOver
    return row
