"""Rows of booking: parties with their ticket and members, bookings, claims, contacts, leased numbers."""

import sqlalchemy as sa

from onestop.db.base import metadata
from onestop.db.types import id_column, instant, one_of, ref
from onestop.domain.booking import BookingState, Channel, Interpreter

parties = sa.Table(
    "parties",
    metadata,
    id_column(),
    ref("day_id", "days", index=False),
    # The ticket: given when a booking is confirmed or a walk-in is issued; never reused, nothing sorts by it (R7).
    sa.Column("number", sa.Integer()),
    sa.Column("generation", sa.Integer(), nullable=False, server_default="1"),
    sa.Column("code_hash", sa.String(64), unique=True),
    sa.Column("short_hash", sa.String(64), unique=True),
    sa.Column("name", sa.String(200), nullable=False, server_default=""),
    sa.Column("name_folded", sa.String(400), nullable=False, server_default=""),
    sa.Column("display_language", sa.String(12), nullable=False),
    sa.Column("languages", sa.JSON(), nullable=False),
    sa.Column("interpreter", sa.String(8), nullable=False, server_default="none"),
    instant("created_at"),
    instant("erased_at", null=True),
    sa.UniqueConstraint("day_id", "number"),
    sa.CheckConstraint("(number IS NULL) = (code_hash IS NULL)", name="ticket_whole"),
    one_of("interpreter", Interpreter, "interpreter"),
    sa.Index("ix_parties_day_id_name_folded", "day_id", "name_folded"),
)

members = sa.Table(
    "members",
    metadata,
    id_column(),
    ref("party_id", "parties"),
    sa.Column("mark", sa.Integer(), nullable=False),
    sa.Column("child", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("guardian_mark", sa.Integer()),
    sa.UniqueConstraint("party_id", "mark"),
)

bookings = sa.Table(
    "bookings",
    metadata,
    id_column(),
    ref("party_id", "parties", index=False),
    ref("day_id", "days", index=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("channel", sa.String(10), nullable=False),
    instant("arrival_at"),
    instant("ends_at"),
    instant("hold_until_at", null=True),
    ref("invitation_id", "invitations", null=True, ondelete="SET NULL"),
    ref("helper_id", "accounts", null=True, ondelete="SET NULL"),
    sa.Column("no_interpreter", sa.Boolean(), nullable=False, server_default=sa.false()),
    instant("created_at"),
    instant("confirmed_at", null=True),
    instant("ended_at", null=True),
    sa.UniqueConstraint("party_id"),
    one_of("state", BookingState, "state"),
    one_of("channel", Channel, "channel"),
    sa.CheckConstraint("state <> 'held' OR hold_until_at IS NOT NULL", name="hold_has_an_end"),
    sa.Index("ix_bookings_day_id_state", "day_id", "state"),
)

claims = sa.Table(
    "claims",
    metadata,
    ref("booking_id", "bookings", index=False),
    ref("capacity_id", "capacity", ondelete="RESTRICT"),
    sa.Column("minutes", sa.Integer(), nullable=False),
    sa.Column("reserve", sa.Integer(), nullable=False, server_default="0"),
    sa.PrimaryKeyConstraint("booking_id", "capacity_id"),
    sa.CheckConstraint("minutes > 0 AND reserve BETWEEN 0 AND minutes", name="minutes"),
)

contacts = sa.Table(
    "contacts",
    metadata,
    id_column(),
    ref("party_id", "parties"),
    sa.Column("kind", sa.String(6), nullable=False),
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("address_hash", sa.String(64), nullable=False, index=True),
    sa.Column("phone_end", sa.String(6), nullable=False, server_default="", index=True),
    instant("proved_at", null=True),
    sa.UniqueConstraint("party_id", "kind"),
    one_of("kind", ("email", "phone"), "kind"),
)

leases = sa.Table(
    "leases",
    metadata,
    id_column(),
    ref("day_id", "days"),
    ref("device_id", "devices"),
    sa.Column("first", sa.Integer(), nullable=False),
    sa.Column("last", sa.Integer(), nullable=False),
    instant("until_at"),
    sa.CheckConstraint("last >= first", name="range"),
)
