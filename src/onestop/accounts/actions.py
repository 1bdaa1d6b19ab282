"""Changes of who is who: accounts and grants, sign-in and sign-out, day passes, bearer tokens.

`real` is machine time (sessions, back-off), `now` domain time (days, grants). A secret is returned once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.queries import pass_lives, pass_row, session_of
from onestop.accounts.tables import accounts, grants, half_sign_ins, passes, second_steps, sessions, tokens
from onestop.days.tables import desks
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.domain.errors import (
    N_,
    Changed,
    DeskUnknown,
    InvalidInput,
    NotKnown,
    PassOver,
    PassUsed,
    TooManyTries,
)
from onestop.domain.facts import Fact
from onestop.domain.pass_code import LENGTH, read_pass_code
from onestop.domain.roles import Actor, Grant, Role
from onestop.domain.ticket import CROCKFORD
from onestop.keys import hash_token, new_code, new_token

SESSION_LIFE = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=5)
FREE_TRIES = 4
LONGEST_WAIT = timedelta(seconds=60)
TOKEN_PREFIX = "ost_"  # noqa: S105 (a mark by which a leaked token is recognised, no secret)


class LoginTaken(InvalidInput):
    code = "login_taken"
    sentence = N_("There is already an account with this sign-in name. Please choose another one.")


class LoginRefused(InvalidInput):
    code = "login_refused"
    sentence = N_("Please write a sign-in name with 3 to 120 characters and no spaces.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A sign-in that may be tried now: check the password outside the transaction, then `open_after_password`."""

    account: UUID | None
    password_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSecret:
    """Something made together with its secret, which is told once."""

    id: UUID
    token: str


def fold_login(login: str) -> str:
    """Sign-in names do not depend on case or spaces around."""
    return login.strip().casefold()


def wait_after(failed: int) -> timedelta:
    """The back-off after so many wrong tries in a row: none for four, then 2 s, 4 s … at most a minute."""
    if failed <= FREE_TRIES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failed - FREE_TRIES, 10)), LONGEST_WAIT)


# -- accounts ---------------------------------------------------------------------------------------


def add_account(
    conn: sa.Connection,
    *,
    login: str,
    password_hash: str,
    held: tuple[Grant, ...] = (),
    name: str = "",
    language: str = "",
    until: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> UUID:
    """Make an account with its grants. Raises `LoginRefused`, `LoginTaken`."""
    folded = fold_login(login)
    if not 3 <= len(folded) <= 120 or any(character.isspace() for character in folded):
        raise LoginRefused(field="login")
    if conn.execute(sa.select(accounts.c.id).where(accounts.c.login == folded)).first():
        raise LoginTaken(field="login")
    account = new_id()
    conn.execute(
        accounts.insert().values(
            id=account, login=folded, name=name.strip(), password_hash=password_hash, language=language, created_at=now
        )
    )
    record(conn, Fact(kind="AccountAdded", at=now, actor=actor.ref, terms={"account": str(account)}))
    for grant in held:
        give_grant(conn, account, grant, until=until, actor=actor, now=now)
    return account


def give_grant(
    conn: sa.Connection, account: UUID, grant: Grant, *, until: datetime | None = None, actor: Actor, now: datetime
) -> UUID:
    """Let an account do more; gives the id of the grant."""
    made = new_id()
    conn.execute(
        grants.insert().values(
            id=made,
            account_id=account,
            role=grant.role,
            institution_id=grant.institution,
            day_id=grant.day,
            desk_id=grant.desk,
            until_at=until,
            cap=grant.cap,
        )
    )
    terms = {"account": str(account), "role": str(grant.role), **({"cap": grant.cap} if grant.cap else {})}
    record(conn, Fact(kind="GrantGiven", at=now, day=grant.day, desk=grant.desk, actor=actor.ref, terms=terms))
    return made


def change_helper(
    conn: sa.Connection, account: UUID, *, cap: int, only_day: UUID | None, actor: Actor, now: datetime
) -> None:
    """How many live bookings a helper may have on one day, and on which day alone. Raises `NotKnown`.

    A lower cap takes no booking away; it only lets her make no other.
    """
    changed = conn.execute(
        grants.update()
        .where(grants.c.account_id == account, grants.c.role == Role.HELPER)
        .values(cap=cap, day_id=only_day)
    )
    if changed.rowcount == 0:
        raise NotKnown
    terms = {"account": str(account), "role": str(Role.HELPER), "cap": cap}
    record(conn, Fact(kind="GrantChanged", at=now, day=only_day, actor=actor.ref, terms=terms))


def set_password(conn: sa.Connection, account: UUID, password_hash: str, *, actor: Actor, now: datetime) -> None:
    """Change the password and sign the account out everywhere."""
    changed = conn.execute(
        accounts.update()
        .where(accounts.c.id == account)
        .values(password_hash=password_hash, failed=0, wait_until_at=None)
    )
    if changed.rowcount != 1:
        raise NotKnown
    end_sessions(conn, account)
    record(conn, Fact(kind="PasswordChanged", at=now, actor=actor.ref, terms={"account": str(account)}))


def revoke_account(conn: sa.Connection, login: str, *, actor: Actor, now: datetime) -> UUID:
    """Close an account and end its sessions at once. Raises `NotKnown`."""
    account = conn.execute(sa.select(accounts.c.id).where(accounts.c.login == fold_login(login))).scalar()
    if account is None:
        raise NotKnown
    conn.execute(accounts.update().where(accounts.c.id == account).values(active=False))
    end_sessions(conn, account)
    record(conn, Fact(kind="AccountRevoked", at=now, actor=actor.ref, terms={"account": str(account)}))
    return account


# -- sign-in ----------------------------------------------------------------------------------------


def begin_sign_in(conn: sa.Connection, login: str, *, real: datetime, known_browser: UUID | None = None) -> Attempt:
    """Count a try before its password is checked, so that parallel guesses cannot outrun the back-off.

    Raises `TooManyTries` while the account waits; a browser this account signed in from before never waits,
    so that a stranger's guesses do not keep the right person out.
    """
    row = conn.execute(
        sa.select(accounts).where(accounts.c.login == fold_login(login), accounts.c.active).with_for_update()
    ).one_or_none()
    if row is None:
        return Attempt(account=None, password_hash=None)
    if row.id != known_browser:
        if row.wait_until_at is not None and real < row.wait_until_at:
            raise TooManyTries
        failed = row.failed + 1
        waits = real + wait_after(failed)
        conn.execute(accounts.update().where(accounts.c.id == row.id).values(failed=failed, wait_until_at=waits))
    return Attempt(account=row.id, password_hash=row.password_hash)


def accept_password(conn: sa.Connection, attempt: Attempt, *, new_hash: str | None = None) -> UUID:
    """The password was found right: the back-off is over; gives the account. Raises `Changed`."""
    assert attempt.account is not None
    values: dict[str, object] = {"failed": 0, "wait_until_at": None}
    if new_hash is not None:
        values["password_hash"] = new_hash
    # The password may have been changed or the account closed while the hash was being checked.
    changed = conn.execute(
        accounts.update()
        .where(accounts.c.id == attempt.account, accounts.c.active, accounts.c.password_hash == attempt.password_hash)
        .values(values)
    )
    if changed.rowcount != 1:
        raise Changed
    return attempt.account


def asks_for_code(conn: sa.Connection, account: UUID) -> bool:
    """Whether this account signs in with one-time codes."""
    on = sa.select(second_steps.c.account_id).where(
        second_steps.c.account_id == account, second_steps.c.on_at.is_not(None)
    )
    return conn.execute(on).first() is not None


def end_sessions(conn: sa.Connection, account: UUID, *, but: str | None = None) -> None:
    """Sign an account out everywhere, also where it is half signed in; `but` is the hash of a session that stays."""
    others = sa.true() if but is None else sessions.c.token_hash != but
    conn.execute(sessions.delete().where(sessions.c.account_id == account, others))
    conn.execute(half_sign_ins.delete().where(half_sign_ins.c.account_id == account))


def touch_session(conn: sa.Connection, token_hash: str, *, real: datetime) -> None:
    """Keep a session in use from going idle."""
    conn.execute(sessions.update().where(sessions.c.token_hash == token_hash).values(seen_at=real))


def sign_out(conn: sa.Connection, token_hash: str) -> None:
    """End one session. The holder of a day pass who signs out gives it back: the next browser may bind it."""
    conn.execute(passes.update().where(passes.c.bound_session == token_hash).values(bound_session=None, bound_at=None))
    conn.execute(sessions.delete().where(sessions.c.token_hash == token_hash))


def leave(conn: sa.Connection, token_hash: str, *, actor: Actor, now: datetime) -> None:
    """Sign out by one's own press, told to whoever streams to this person."""
    sign_out(conn, token_hash)
    record(conn, Fact(kind="SignedOut", at=now, actor=actor.ref))


def forget_old_sessions(conn: sa.Connection, *, real: datetime) -> int:
    """Delete sessions whose time is over; gives how many."""
    conn.execute(half_sign_ins.delete().where(half_sign_ins.c.until_at <= real))
    return conn.execute(sessions.delete().where(sessions.c.until_at <= real)).rowcount


# -- day passes -------------------------------------------------------------------------------------


def make_pass(conn: sa.Connection, desk: UUID, *, actor: Actor, now: datetime) -> NewSecret:
    """A code that signs one browser in at a desk for its day; a desk may have several. Raises `DeskUnknown`."""
    day = conn.execute(sa.select(desks.c.day_id).where(desks.c.id == desk)).scalar()
    if day is None:
        raise DeskUnknown
    made = NewSecret(id=new_id(), token=new_code(CROCKFORD, LENGTH))
    conn.execute(
        passes.insert().values(id=made.id, day_id=day, desk_id=desk, token_hash=hash_token(made.token), created_at=now)
    )
    record(conn, Fact(kind="PassMade", at=now, day=day, desk=desk, actor=actor.ref, terms={"pass": str(made.id)}))
    return made


def bind_pass(
    conn: sa.Connection, token: str, *, real: datetime, now: datetime, old_session: str | None = None
) -> str | None:
    """Bind a pass to the browser that pressed its button first; gives the new session's token.

    `None` when this browser holds it already. Raises `PassOver`, `PassUsed`.
    """
    # Two browsers press at the same moment: the second waits for this row and then finds it bound.
    held = hash_token(read_pass_code(token))
    conn.execute(sa.select(passes.c.id).where(passes.c.token_hash == held).with_for_update())
    row = pass_row(conn, held)
    if row is None or not pass_lives(row, now):
        raise PassOver
    if row.bound_session is not None:
        if (
            old_session is not None
            and row.bound_session == old_session
            and session_of(conn, old_session, real=real, now=now)
        ):
            return None
        raise PassUsed
    session = open_session(conn, real=real, old_session=old_session, pass_id=row.id)
    conn.execute(passes.update().where(passes.c.id == row.id).values(bound_session=hash_token(session), bound_at=now))
    record(
        conn,
        Fact(
            kind="PassBound",
            at=now,
            day=row.day_id,
            desk=row.desk_id,
            actor=f"pass:{row.id}",
            terms={"pass": str(row.id)},
        ),
    )
    return session


def release_pass(conn: sa.Connection, pass_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Sign the bound browser out and let another one bind the pass. Raises `NotKnown`."""
    _end_pass_session(conn, pass_id, "PassReleased", actor, now)


def revoke_pass(conn: sa.Connection, pass_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End a pass for good, and its browser's session. Raises `NotKnown`."""
    _end_pass_session(conn, pass_id, "PassRevoked", actor, now)
    conn.execute(passes.update().where(passes.c.id == pass_id).values(revoked_at=now))


# -- bearer tokens ----------------------------------------------------------------------------------


def create_token(
    conn: sa.Connection,
    grant: Grant,
    *,
    label: str = "",
    until: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> NewSecret:
    """A bearer token for the machine interface."""
    made = NewSecret(id=new_id(), token=new_token(TOKEN_PREFIX))
    conn.execute(
        tokens.insert().values(
            id=made.id,
            token_hash=hash_token(made.token),
            label=label,
            role=grant.role,
            institution_id=grant.institution,
            day_id=grant.day,
            desk_id=grant.desk,
            created_at=now,
            until_at=until,
        )
    )
    record(conn, Fact(kind="TokenMade", at=now, actor=actor.ref, terms={"token": str(made.id), "role": grant.role}))
    return made


def revoke_token(conn: sa.Connection, token_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End a bearer token at once. Raises `NotKnown`."""
    if conn.execute(tokens.update().where(tokens.c.id == token_id).values(revoked_at=now)).rowcount != 1:
        raise NotKnown
    record(conn, Fact(kind="TokenRevoked", at=now, actor=actor.ref, terms={"token": str(token_id)}))


def open_session(
    conn: sa.Connection,
    *,
    real: datetime,
    old_session: str | None,
    account_id: UUID | None = None,
    pass_id: UUID | None = None,
) -> str:
    """A fresh session for an account or a pass, never the browser's old one; gives its token."""
    if old_session is not None:
        sign_out(conn, old_session)
    token = new_token()
    conn.execute(
        sessions.insert().values(
            token_hash=hash_token(token),
            account_id=account_id,
            pass_id=pass_id,
            created_at=real,
            seen_at=real,
            until_at=real + SESSION_LIFE,
        )
    )
    return token


def _end_pass_session(conn: sa.Connection, pass_id: UUID, kind: str, actor: Actor, now: datetime) -> None:
    row = conn.execute(sa.select(passes).where(passes.c.id == pass_id)).one_or_none()
    if row is None:
        raise NotKnown
    conn.execute(sessions.delete().where(sessions.c.pass_id == pass_id))
    conn.execute(passes.update().where(passes.c.id == pass_id).values(bound_session=None, bound_at=None))
    fact = Fact(kind=kind, at=now, day=row.day_id, desk=row.desk_id, actor=actor.ref, terms={"pass": str(pass_id)})
    record(conn, fact)
