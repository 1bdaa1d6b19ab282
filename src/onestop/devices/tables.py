"""Rows of devices: kiosks and displays, paired by code, known by token."""

import sqlalchemy as sa

from onestop.db.base import metadata
from onestop.db.types import id_column, instant, one_of, ref

devices = sa.Table(
    "devices",
    metadata,
    id_column(),
    ref("day_id", "days", null=True),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("pair_hash", sa.String(64), unique=True),
    instant("pair_until_at", null=True),
    sa.Column("token_hash", sa.String(64), unique=True),
    instant("paired_at", null=True),
    instant("seen_at", null=True),
    instant("revoked_at", null=True),
    instant("created_at"),
    # What a machine with an agent last said of itself, and when: printer, tickets not handed in yet, numbers left.
    sa.Column("report", sa.JSON()),
    instant("reported_at", null=True),
    one_of("kind", ("kiosk", "display"), "kind"),
)
