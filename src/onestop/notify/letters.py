"""What became of the messages of a day, for the organiser: by ticket number, never by address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.domain.letters import Cause, cause_of
from onestop.notify.queries import unsent
from onestop.notify.tables import outbox

MOST_SHOWN = 200
Fate = Literal["failing", "dead", "bounced"]
_later = outbox.alias("later")
SUPERSEDED = sa.exists().where(
    _later.c.party_id == outbox.c.party_id,
    _later.c.address == outbox.c.address,
    _later.c.sequence > outbox.c.sequence,
    _later.c.withdrawn_at.is_(None),
)
"""A later message to the same address says what is true now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message in trouble: whose, of which kind, since when, why, and whether trying again can help."""

    id: UUID
    number: int
    kind: str
    fate: Fate
    since: datetime
    cause: Cause
    again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """How many were sent, are due, are for later, are dead or came back; and the troubled ones, most recent first.

    `unreachable_since` is set while the server cannot be reached at all: since then the oldest message has waited.
    """

    sent: int
    waiting: int
    planned: int
    lost: int
    unreachable_since: datetime | None
    troubled: tuple[Letter, ...]


def may_try_again(*, superseded: bool, until_at: datetime | None, closes_at: datetime, now: datetime) -> bool:
    """Whether a message that was given up can still be of use."""
    return not superseded and now < min(until_at or closes_at, closes_at)


def letters_of_day(conn: sa.Connection, day: UUID, *, now: datetime, closes_at: datetime) -> Letters:
    """The messages of a day; two statements."""
    counts = _counts(conn, day, now)
    lost = sa.or_(outbox.c.dead_at.is_not(None), outbox.c.bounced_at.is_not(None))
    failing = sa.and_(unsent(), outbox.c.failing_since_at.is_not(None))
    since = sa.func.coalesce(outbox.c.bounced_at, outbox.c.dead_at, outbox.c.failing_since_at)
    rows = conn.execute(
        sa.select(
            outbox.c.id, outbox.c.kind, outbox.c.last_error, outbox.c.dead_at, outbox.c.bounced_at,
            outbox.c.failing_since_at, outbox.c.until_at, parties.c.number, SUPERSEDED.label("superseded"),
        )
        .join_from(outbox, parties)
        .where(outbox.c.day_id == day, outbox.c.withdrawn_at.is_(None), sa.or_(lost, failing))
        .order_by(since.desc(), outbox.c.id)
        .limit(MOST_SHOWN)
    ).all()  # fmt: skip
    return Letters(
        sent=counts.sent,
        waiting=counts.waiting,
        planned=counts.planned,
        lost=counts.lost,
        unreachable_since=counts.unreachable_since,
        troubled=tuple(_letter(row, now=now, closes_at=closes_at) for row in rows),
    )


def day_of_message(conn: sa.Connection, message_id: str) -> UUID | None:
    """The day a message is about, by its Message-ID."""
    return conn.execute(_DAY_OF, {"message_id": message_id}).scalar()


_DAY_OF = sa.select(outbox.c.day_id).where(outbox.c.message_id == sa.bindparam("message_id"))


def _counts(conn: sa.Connection, day: UUID, now: datetime) -> Any:
    due = sa.and_(unsent(), outbox.c.due_at <= now)
    # A server that could not be reached leaves its error with the message and counts no try of it.
    unreached = sa.and_(due, outbox.c.last_error != "", outbox.c.failing_since_at.is_(None))
    lost = sa.or_(outbox.c.dead_at.is_not(None), outbox.c.bounced_at.is_not(None))
    return conn.execute(
        sa.select(
            sa.func.count().filter(outbox.c.sent_at.is_not(None), outbox.c.bounced_at.is_(None)).label("sent"),
            sa.func.count().filter(due).label("waiting"),
            sa.func.count().filter(unsent(), outbox.c.due_at > now).label("planned"),
            sa.func.count().filter(lost, outbox.c.withdrawn_at.is_(None)).label("lost"),
            sa.func.min(outbox.c.due_at).filter(unreached).label("unreachable_since"),
        )
        .select_from(outbox)
        .where(outbox.c.day_id == day)
    ).one()


def _letter(row: Any, *, now: datetime, closes_at: datetime) -> Letter:
    fate: Fate = "bounced" if row.bounced_at else "dead" if row.dead_at else "failing"
    again = fate == "dead" and may_try_again(
        superseded=row.superseded, until_at=row.until_at, closes_at=closes_at, now=now
    )
    return Letter(
        id=row.id,
        number=row.number,
        kind=row.kind,
        fate=fate,
        since=row.bounced_at or row.dead_at or row.failing_since_at,
        cause=cause_of(row.last_error),
        again=again,
    )
