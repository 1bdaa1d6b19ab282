"""Answers kept for repeated requests: same key and body, same answer; stored with the effect, sealed with the key."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from onestop.db.base import metadata
from onestop.db.statements import insert, row_of
from onestop.db.types import instant
from onestop.domain.errors import KeyInFlight, KeyReused
from onestop.keys import seal, unseal

KEEP = timedelta(hours=24)
_ABOUT = b"answer"

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("key_hash", sa.String(64), primary_key=True),
    sa.Column("body_hash", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer(), nullable=False),
    sa.Column("sealed", sa.LargeBinary(), nullable=False),
    instant("created_at"),
    sa.Index("ix_answers_created_at", "created_at"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request was answered: HTTP status and body (for forms: the address of the 303)."""

    status: int
    body: bytes
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """Who asked for what under which key; `scope` is the principal, for anonymous callers the key itself."""

    scope: str
    route: str
    key: str
    body: bytes

    def hash(self) -> str:
        """The look-up hash of scope, route and key."""
        return hashlib.sha256(f"{self.scope}\x00{self.route}\x00{self.key}".encode()).hexdigest()

    def body_hash(self) -> str:
        """What the first body is recognised by."""
        return hashlib.sha256(self.body).hexdigest()

    def seal_key(self) -> bytes:
        """What the answer is sealed with: of the client's key, so that the table alone shows no ticket."""
        return hashlib.sha256(b"seal|" + self.scope.encode() + b"|" + self.key.encode()).digest()


def answer_once(
    conn: sa.Connection, request: RequestKey, now: datetime, act: Callable[[], Answer], *, wait: bool = False
) -> Answer:
    """Run `act` for a key seen first, else give its first answer. Raises `KeyReused` for another body.

    Raises `KeyInFlight` while another process works on the same key, or with `wait` waits for its end.
    """
    _lock(conn, request, wait=wait)
    row = row_of(conn, answers.c.key_hash, request.hash())
    if row is not None and row.created_at > now - KEEP:
        if row.body_hash != request.body_hash():
            raise KeyReused
        return Answer(row.status, unseal(request.seal_key(), row.sealed, about=_ABOUT), repeated=True)
    if row is not None:
        conn.execute(answers.delete().where(answers.c.key_hash == request.hash()))
    answer = act()
    insert(
        conn,
        answers,
        key_hash=request.hash(),
        body_hash=request.body_hash(),
        status=answer.status,
        sealed=seal(request.seal_key(), answer.body, about=_ABOUT),
        created_at=now,
    )
    return answer


def _lock(conn: sa.Connection, request: RequestKey, *, wait: bool) -> None:
    if conn.dialect.name != "postgresql":
        return  # one writer: whoever comes second finds the first answer
    key = int(request.hash()[:15], 16)
    # Two numbers: another space of locks than that of the days.
    pair = (key >> 30) & 0x3FFFFFFF, key & 0x3FFFFFFF
    if wait:
        conn.execute(sa.select(sa.func.pg_advisory_xact_lock(*pair)))
    elif not conn.execute(sa.select(sa.func.pg_try_advisory_xact_lock(*pair))).scalar():
        raise KeyInFlight


def forget_old_answers(conn: sa.Connection, *, now: datetime) -> int:
    """Delete answers older than a day; gives how many."""
    return conn.execute(answers.delete().where(answers.c.created_at <= now - KEEP)).rowcount
