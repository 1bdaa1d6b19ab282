"""Rows of devices: kiosks and displays, paired by code, known by token."""

import sqlalchemy as sa

from onestop.db.base import metadata
from onestop.db.types import id_column, instant, one_of, ref
from onestop.domain.board import Sound

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
    # How a display is set up: the desks it shows (none: all), its screen and the farthest seat, its sound.
    sa.Column("desk_numbers", sa.JSON(), nullable=False, server_default="[]"),
    sa.Column("screen_inches", sa.Integer()),
    sa.Column("farthest_metres", sa.Integer()),
    sa.Column("sound", sa.String(8), nullable=False, server_default="speech"),
    sa.Column("volume", sa.Integer(), nullable=False, server_default="100"),
    sa.Column("dark", sa.Boolean(), nullable=False, server_default=sa.false()),
    # What a machine with an agent last said of itself, and when: printer, tickets not handed in yet, numbers left.
    sa.Column("report", sa.JSON()),
    instant("reported_at", null=True),
    one_of("kind", ("kiosk", "display"), "kind"),
    one_of("sound", Sound, "sound"),
    sa.CheckConstraint("volume BETWEEN 0 AND 100", name="volume"),
    sa.CheckConstraint("(screen_inches IS NULL) = (farthest_metres IS NULL)", name="screen"),
)
