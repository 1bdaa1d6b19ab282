"""Tickets that machines printed by themselves, each once; what a machine last said of itself."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id, Instant

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "printed",
        sa.Column("id", Id(), nullable=False),
        sa.Column("day_id", Id(), nullable=False),
        sa.Column("device_id", Id(), nullable=True),
        sa.Column("party_id", Id(), nullable=True),
        sa.Column("nonce", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("counter", sa.Integer(), server_default="0", nullable=False),
        sa.Column("came_at", Instant(), nullable=False),
        sa.Column("merged_at", Instant(), nullable=False),
        sa.Column("conflict", sa.String(length=10), nullable=True),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("short_hash", sa.String(length=64), nullable=True),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "conflict IN ('taken', 'foreign', 'unknown', 'ended', 'desks', 'over', 'time')",
            name=op.f("ck_printed_conflict"),
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_printed_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_printed_device_id_devices"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_printed_party_id_parties"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed")),
        sa.UniqueConstraint("day_id", "nonce", name=op.f("uq_printed_day_id_nonce")),
    )
    for column in ("device_id", "party_id", "code_hash", "short_hash"):
        op.create_index(op.f(f"ix_printed_{column}"), "printed", [column])
    with op.batch_alter_table("devices") as table:
        table.add_column(sa.Column("report", sa.JSON(), nullable=True))
        table.add_column(sa.Column("reported_at", Instant(), nullable=True))
