"""One-time codes of an account: switched on, confirmed, tried, replaced by recovery codes, switched off.

`key` is the ticket key: secrets are sealed and recovery codes are hashed with keys made of it, so that the database
alone, or a backup of it, opens nothing.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.accounts.actions import asks_for_code, end_sessions, wait_after
from onestop.accounts.one_time import new_secret, read_digits, step_of
from onestop.accounts.queries import CODES_ASKED_OF
from onestop.accounts.tables import accounts, grants, recovery_codes, second_steps
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.directory.tables import centres
from onestop.domain.errors import N_, CodeWrong, NotKnown, Refusal, TooManyTries
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.keys import SealBroken, key_for, new_code, seal, unseal

RECOVERY_CODES = 10
RECOVERY_DIGITS = 12
"""Digits alone: a phone shows the same keys as for the codes of the app."""


class CodesAreOn(Refusal):
    code = "codes_are_on"
    sentence = N_("One-time codes are switched on already.")


class OwnCodesFirst(Refusal):
    code = "own_codes_first"
    sentence = N_("Please switch on one-time codes for your own account first.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondStep:
    """What the owner sees: since when codes are asked for (`None`: they are not), and how many recovery codes wait."""

    login: str
    has_password: bool
    on_at: datetime | None
    recovery_left: int
    asked_for: bool
    """The centre asks somebody with her rights for codes: they cannot be switched off."""


def second_step_of(conn: sa.Connection, account: UUID) -> SecondStep:
    """How an account stands with one-time codes; one statement. Raises `NotKnown`."""
    left = sa.select(sa.func.count()).where(recovery_codes.c.account_id == account).scalar_subquery()
    required = sa.select(centres.c.codes_required).limit(1).scalar_subquery()
    asked = sa.exists().where(grants.c.account_id == account, grants.c.role.in_(CODES_ASKED_OF))
    row = conn.execute(
        sa.select(
            accounts.c.login,
            accounts.c.password_hash,
            second_steps.c.on_at,
            left.label("left"),
            required.label("required"),
            asked.label("asked"),
        )
        .outerjoin_from(accounts, second_steps)
        .where(accounts.c.id == account)
    ).one_or_none()
    if row is None:
        raise NotKnown
    return SecondStep(
        login=row.login,
        has_password=row.password_hash != "",
        on_at=row.on_at,
        recovery_left=row.left,
        asked_for=bool(row.required) and row.asked,
    )


def begin_codes(conn: sa.Connection, account: UUID, *, key: bytes) -> None:
    """A fresh secret, which counts for nothing until it is confirmed. Raises `CodesAreOn`."""
    _lock(conn, account)
    if asks_for_code(conn, account):
        raise CodesAreOn
    conn.execute(second_steps.delete().where(second_steps.c.account_id == account))
    sealed = seal(key_for(key, "one-time codes"), new_secret().encode(), about=account.bytes)
    conn.execute(second_steps.insert().values(account_id=account, sealed=sealed))


def unconfirmed_secret(conn: sa.Connection, account: UUID, *, key: bytes) -> str | None:
    """The secret that waits to be confirmed; one that counts is never told again."""
    row = _row(conn, account)
    return None if row is None or row.on_at is not None else _secret(row, key)


def confirm_codes(
    conn: sa.Connection,
    account: UUID,
    typed: str,
    *,
    key: bytes,
    session: str | None,
    actor: Actor,
    now: datetime,
    real: datetime,
) -> tuple[str, ...]:
    """Switch one-time codes on after one was typed right; gives the recovery codes, which are told once.

    Other browsers are signed out: they came in without a code. Raises `CodeWrong`, `CodesAreOn`, `NotKnown`.
    """
    _lock(conn, account)
    row = _row(conn, account)
    if row is None:
        raise NotKnown
    if row.on_at is not None:
        raise CodesAreOn
    step = step_of(_secret(row, key), typed, real=real)
    if step is None:
        raise CodeWrong(field="code")
    conn.execute(second_steps.update().where(second_steps.c.account_id == account).values(on_at=now, last_step=step))
    end_sessions(conn, account, but=session)
    record(conn, Fact(kind="CodesSwitchedOn", at=now, actor=actor.ref, terms={"account": str(account)}))
    return _fresh_recovery_codes(conn, account, key)


def try_code(
    conn: sa.Connection, account: UUID, typed: str, *, known: bool, key: bytes, now: datetime, real: datetime
) -> bool:
    """Whether the code, or a recovery code, is right; it is used up then. A wrong try is counted, so this commits.

    Whoever tries from a browser that signed in before waits for tries from such browsers only. Raises `TooManyTries`.
    """
    _lock(conn, account)
    row = _row(conn, account)
    if row is None or row.on_at is None:
        return False
    failed, waits = (row.known_failed, row.known_wait_until_at) if known else (row.failed, row.wait_until_at)
    if waits is not None and real < waits:
        raise TooManyTries
    here = second_steps.c.account_id == account
    step = step_of(_secret(row, key), typed, real=real)
    if step is not None and step > row.last_step:
        conn.execute(second_steps.update().where(here).values(last_step=step, **_tries(0, None, known=known)))
        return True
    spent = conn.execute(
        recovery_codes.delete().where(
            recovery_codes.c.account_id == account,
            recovery_codes.c.code_hash == _recovery_hash(key, account, read_digits(typed)),
        )
    ).rowcount
    if spent:
        conn.execute(second_steps.update().where(here).values(**_tries(0, None, known=known)))
        terms = {"account": str(account)}
        record(conn, Fact(kind="RecoveryCodeUsed", at=now, actor=f"account:{account}", terms=terms))
        return True
    again = real + wait_after(failed + 1)
    conn.execute(second_steps.update().where(here).values(**_tries(failed + 1, again, known=known)))
    return False


def renew_recovery_codes(
    conn: sa.Connection, account: UUID, *, key: bytes, actor: Actor, now: datetime
) -> tuple[str, ...]:
    """Ten new recovery codes, told once; the old ones are worth nothing. The caller has tried a code."""
    if not asks_for_code(conn, account):
        raise NotKnown
    record(conn, Fact(kind="RecoveryCodesMade", at=now, actor=actor.ref, terms={"account": str(account)}))
    return _fresh_recovery_codes(conn, account, key)


def switch_codes_off(conn: sa.Connection, account: UUID, *, actor: Actor, now: datetime) -> None:
    """Her own choice, after password and code were found right; harmless twice."""
    _remove(conn, account, "CodesSwitchedOff", actor=actor, now=now)
    conn.execute(accounts.update().where(accounts.c.id == account).values(failed=0, wait_until_at=None))


def take_codes_off(conn: sa.Connection, account: UUID, *, actor: Actor, now: datetime) -> None:
    """For somebody who lost her phone; she is signed out everywhere. Harmless twice."""
    if _remove(conn, account, "CodesTakenOff", actor=actor, now=now):
        end_sessions(conn, account)


def require_codes(conn: sa.Connection, required: bool, *, actor: Actor, now: datetime) -> None:
    """Whether organisers and administrators need one-time codes. Raises `OwnCodesFirst`: nobody shuts herself out."""
    if required and (actor.account is None or not asks_for_code(conn, actor.account)):
        raise OwnCodesFirst
    changed = conn.execute(
        centres.update().where(centres.c.codes_required != required).values(codes_required=required)
    ).rowcount
    if changed:
        terms = {"required": required}
        record(conn, Fact(kind="CodesRequired", at=now, actor=actor.ref, terms=terms))


def _remove(conn: sa.Connection, account: UUID, kind: str, *, actor: Actor, now: datetime) -> bool:
    _lock(conn, account)
    was_on = asks_for_code(conn, account)
    conn.execute(second_steps.delete().where(second_steps.c.account_id == account))
    conn.execute(recovery_codes.delete().where(recovery_codes.c.account_id == account))
    if was_on:
        record(conn, Fact(kind=kind, at=now, actor=actor.ref, terms={"account": str(account)}))
    return was_on


def _fresh_recovery_codes(conn: sa.Connection, account: UUID, key: bytes) -> tuple[str, ...]:
    conn.execute(recovery_codes.delete().where(recovery_codes.c.account_id == account))
    made = tuple(new_code("0123456789", RECOVERY_DIGITS) for _ in range(RECOVERY_CODES))
    conn.execute(
        recovery_codes.insert(),
        [{"id": new_id(), "account_id": account, "code_hash": _recovery_hash(key, account, each)} for each in made],
    )
    return tuple(_spelled(each) for each in made)


def _spelled(code: str) -> str:
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def _recovery_hash(key: bytes, account: UUID, digits: str) -> str:
    whole = account.bytes + digits.encode()
    return hmac.new(key_for(key, "recovery codes"), whole, hashlib.sha256).hexdigest()


def _tries(failed: int, waits: datetime | None, *, known: bool) -> dict[str, object]:
    before = "known_" if known else ""
    return {f"{before}failed": failed, f"{before}wait_until_at": waits}


def _secret(row: sa.Row[tuple[object, ...]], key: bytes) -> str | None:
    try:
        return unseal(key_for(key, "one-time codes"), row.sealed, about=row.account_id.bytes).decode()
    except SealBroken:
        return None  # another ticket key: no code is right until an administrator takes the codes off


def _row(conn: sa.Connection, account: UUID) -> sa.Row[tuple[object, ...]] | None:
    return conn.execute(sa.select(second_steps).where(second_steps.c.account_id == account)).one_or_none()


def _lock(conn: sa.Connection, account: UUID) -> None:
    """Two browsers with one code: the second waits here, and finds it used."""
    conn.execute(sa.select(accounts.c.id).where(accounts.c.id == account).with_for_update())
