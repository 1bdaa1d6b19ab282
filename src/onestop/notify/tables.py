"""Rows of the outbox: a message is committed with its cause and sent at least once (R6)."""

import sqlalchemy as sa

from onestop.db.base import metadata
from onestop.db.types import id_column, instant, one_of, ref

_UNSENT = sa.text("sent_at IS NULL AND dead_at IS NULL AND withdrawn_at IS NULL")

outbox = sa.Table(
    "outbox",
    metadata,
    id_column(),
    ref("day_id", "days", index=False),
    ref("party_id", "parties"),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("language", sa.String(12), nullable=False),
    sa.Column("message_id", sa.String(120), nullable=False, unique=True),
    sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("terms", sa.JSON(), nullable=False),
    instant("created_at"),
    instant("due_at"),
    # Machine time: who sends it now, when it is tried again, since when it has been refused.
    instant("leased_until_at", null=True),
    instant("retry_at", null=True),
    instant("failing_since_at", null=True),
    sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("last_error", sa.String(200), nullable=False, server_default=""),
    instant("sent_at", null=True),
    instant("dead_at", null=True),
    instant("withdrawn_at", null=True),
    one_of("kind", ("confirmation", "changed", "cancelled", "reminder", "limit", "prove"), "kind"),
    # The sender asks each second: the index holds only what is still to be sent.
    sa.Index("ix_outbox_due_at", "due_at", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
)
