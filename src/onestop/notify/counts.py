"""How the messages of a day stand, for the organiser."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.notify.queries import unsent
from onestop.notify.tables import outbox


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageCounts:
    """Messages that are due and not sent yet, those of them whose sending fails, and those given up or come back."""

    waiting: int
    failing: int
    dead: int


def message_counts(conn: sa.Connection, day: UUID, *, now: datetime) -> MessageCounts:
    """The counts; one statement. Reminders for later are on their way only when they are due."""
    open_ = sa.and_(unsent(), outbox.c.due_at <= now)
    row = conn.execute(
        sa.select(
            sa.func.count().filter(open_).label("waiting"),
            sa.func.count().filter(sa.and_(open_, outbox.c.failing_since_at.is_not(None))).label("failing"),
            sa.func.count()
            .filter(sa.or_(outbox.c.dead_at.is_not(None), outbox.c.bounced_at.is_not(None)))
            .filter(outbox.c.withdrawn_at.is_(None))
            .label("dead"),
        )
        .select_from(outbox)
        .where(outbox.c.day_id == day)
    ).one()
    return MessageCounts(waiting=row.waiting, failing=row.failing, dead=row.dead)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxCounts:
    """All messages that are due and not sent, and those given up."""

    due: int
    dead: int


def outbox_counts(conn: sa.Connection, *, now: datetime) -> OutboxCounts:
    """The counts over all days; one statement."""
    open_ = sa.and_(outbox.c.sent_at.is_(None), outbox.c.dead_at.is_(None), outbox.c.withdrawn_at.is_(None))
    row = conn.execute(
        sa.select(
            sa.func.count().filter(sa.and_(open_, outbox.c.due_at <= now)).label("due"),
            sa.func.count().filter(outbox.c.dead_at.is_not(None)).label("dead"),
        ).select_from(outbox)
    ).one()
    return OutboxCounts(due=row.due, dead=row.dead)
