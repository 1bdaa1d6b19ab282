"""Reads of who is who: who a session, a pass or a token stands for, and lists for the organiser."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.tables import accounts, grants, passes, second_steps, sessions, tokens
from onestop.days.tables import days, desks
from onestop.db.statements import row_of
from onestop.directory.tables import centres, institutions
from onestop.domain.day import DayState
from onestop.domain.pass_code import read_pass_code
from onestop.domain.roles import Actor, Grant, Role
from onestop.keys import hash_token

IDLE = timedelta(hours=12)
PASS_OVERTIME = timedelta(hours=6)
"""A pass dies when its day is closed, and this long after closing time if nobody closed it."""
CODES_ASKED_OF = (Role.ORGANISER, Role.ADMINISTRATOR)
"""Whom the centre may ask for one-time codes."""
_OVER = (DayState.CLOSED, DayState.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A live session: whom it stands for, and when it was last used (machine time)."""

    actor: Actor
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A day pass as the organiser and its own page see it; never with its token."""

    id: UUID
    day: UUID
    desk: UUID
    desk_number: int
    institution: UUID
    institution_name: str
    day_name: str
    created_at: datetime
    bound_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who works here, with what she may do."""

    id: UUID
    login: str
    name: str
    active: bool
    grants: tuple[Grant, ...]
    codes: bool
    """Whether she signs in with one-time codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer token of the machine interface, without its secret."""

    id: UUID
    label: str
    grant: Grant
    created_at: datetime
    until_at: datetime | None
    revoked_at: datetime | None


def session_of(conn: sa.Connection, token_hash: str, *, real: datetime, now: datetime) -> Session | None:
    """The session with this hash if it is alive. `real` is machine time, `now` domain time (grants, days)."""
    row = row_of(conn, sessions.c.token_hash, token_hash)
    if row is None or real >= row.until_at or real >= row.seen_at + IDLE:
        return None
    if row.account_id is not None:
        actor = actor_of_account(conn, row.account_id, now=now)
    elif row.pass_id is not None:
        actor = _pass_actor(conn, row.pass_id, token_hash, now)
    else:
        actor = None
    return None if actor is None else Session(actor=actor, seen_at=row.seen_at)


def actor_of_session(conn: sa.Connection, token_hash: str, *, real: datetime, now: datetime) -> Actor | None:
    """Who a session stands for, `None` for an unknown, old or revoked one."""
    session = session_of(conn, token_hash, real=real, now=now)
    return None if session is None else session.actor


def actor_of_account(conn: sa.Connection, account: UUID, *, now: datetime) -> Actor | None:
    """Who an account is with what it may do now, `None` for a closed one."""
    required = sa.select(centres.c.codes_required).limit(1).scalar_subquery().label("required")
    row = conn.execute(sa.select(accounts, _has_codes(), required).where(accounts.c.id == account)).one_or_none()
    if row is None or not row.active:
        return None
    alive = sa.or_(grants.c.until_at.is_(None), grants.c.until_at > now)
    held = conn.execute(sa.select(grants).where(grants.c.account_id == account, alive).order_by(grants.c.id))
    may = tuple(_grant(grant, cap=grant.cap) for grant in held)
    # A sign-in from before the centre asked for codes is stopped as well, at its next request.
    stopped = bool(row.required) and not row.codes and any(grant.role in CODES_ASKED_OF for grant in may)
    return Actor(
        ref=f"account:{account}",
        grants=() if stopped else may,
        must_set_up_codes=stopped,
        name=row.name or row.login,
        account=account,
        language=row.language,
    )


def actor_of_token(conn: sa.Connection, token: str, *, now: datetime) -> Actor | None:
    """Who a bearer token stands for, `None` for an unknown, old or revoked one."""
    row = row_of(conn, tokens.c.token_hash, hash_token(token))
    if row is None or row.revoked_at is not None or (row.until_at is not None and now >= row.until_at):
        return None
    return Actor(ref=f"token:{row.id}", grants=(_grant(row),), name=row.label)


def pass_of_token(conn: sa.Connection, token: str, *, now: datetime) -> Pass | None:
    """The pass a link or a typed code stands for if it still opens something, used or not."""
    row = conn.execute(_pass_rows().where(passes.c.token_hash == hash_token(read_pass_code(token)))).one_or_none()
    return None if row is None or not pass_lives(row, now) else _pass(row)


def passes_of_day(conn: sa.Connection, day: UUID) -> list[Pass]:
    """All passes of a day by desk, the newest first."""
    order = (desks.c.number, passes.c.created_at.desc(), passes.c.id)
    return [_pass(row) for row in conn.execute(_pass_rows().where(passes.c.day_id == day).order_by(*order))]


def accounts_list(conn: sa.Connection) -> list[Account]:
    """All accounts by login."""
    held: dict[UUID, list[Grant]] = {}
    for row in conn.execute(sa.select(grants).order_by(grants.c.role, grants.c.id)):
        held.setdefault(row.account_id, []).append(_grant(row, cap=row.cap))
    rows = conn.execute(sa.select(accounts, _has_codes()).order_by(accounts.c.login))
    return [
        Account(
            id=row.id,
            login=row.login,
            name=row.name,
            active=row.active,
            grants=tuple(held.get(row.id, ())),
            codes=row.codes,
        )
        for row in rows
    ]


def tokens_list(conn: sa.Connection) -> list[Token]:
    """All bearer tokens, the newest first."""
    rows = conn.execute(sa.select(tokens).order_by(tokens.c.created_at.desc(), tokens.c.id))
    return [
        Token(
            id=row.id,
            label=row.label,
            grant=_grant(row),
            created_at=row.created_at,
            until_at=row.until_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    ]


def codes_required(conn: sa.Connection) -> bool | None:
    """Whether organisers and administrators need one-time codes; `None` before the centre's first day."""
    return conn.execute(sa.select(centres.c.codes_required).limit(1)).scalar()


def _has_codes() -> sa.Label[bool]:
    on = sa.exists().where(second_steps.c.account_id == accounts.c.id, second_steps.c.on_at.is_not(None))
    return on.label("codes")


def pass_lives(row: sa.Row[tuple[object, ...]], now: datetime) -> bool:
    """Whether a pass row joined with its day still opens something."""
    return row.revoked_at is None and row.state not in _OVER and now < row.closes_at + PASS_OVERTIME


def pass_row(conn: sa.Connection, token_hash: str) -> sa.Row[tuple[object, ...]] | None:
    """The joined row of a pass by the hash of its token."""
    return conn.execute(_pass_rows().where(passes.c.token_hash == token_hash)).one_or_none()


def _pass_rows() -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(
            passes,
            desks.c.number,
            desks.c.institution_id,
            institutions.c.name.label("institution_name"),
            days.c.name.label("day_name"),
            days.c.state,
            days.c.closes_at,
        )
        .join(desks, desks.c.id == passes.c.desk_id)
        .join(days, days.c.id == passes.c.day_id)
        .join(institutions, institutions.c.id == desks.c.institution_id)
    )


def _pass(row: sa.Row[tuple[object, ...]]) -> Pass:
    return Pass(
        id=row.id,
        day=row.day_id,
        desk=row.desk_id,
        desk_number=row.number,
        institution=row.institution_id,
        institution_name=row.institution_name,
        day_name=row.day_name,
        created_at=row.created_at,
        bound_at=row.bound_at,
        revoked_at=row.revoked_at,
    )


def _pass_actor(conn: sa.Connection, pass_id: UUID, session: str, now: datetime) -> Actor | None:
    row = conn.execute(_pass_rows().where(passes.c.id == pass_id)).one_or_none()
    if row is None or row.bound_session != session or not pass_lives(row, now):
        return None
    grant = Grant(role=Role.OFFICER, institution=row.institution_id, day=row.day_id, desk=row.desk_id)
    return Actor(ref=f"pass:{row.id}", grants=(grant,), name=f"{row.institution_name} · {row.number}")


def _grant(row: sa.Row[tuple[object, ...]], *, cap: int | None = None) -> Grant:
    return Grant(role=Role(row.role), institution=row.institution_id, day=row.day_id, desk=row.desk_id, cap=cap)
