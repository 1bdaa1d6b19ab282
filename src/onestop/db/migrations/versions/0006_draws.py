"""Draws: the window, what was published, the requests under their public ids; a message that proves an address."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "draws",
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("list_hash", sa.String(length=64), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("seed", sa.String(length=64), nullable=True),
        sa.Column("drawn_at", Instant(), nullable=True),
        sa.Column("result_hash", sa.String(length=64), nullable=True),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_draws_window")),
        sa.CheckConstraint("(closed_at IS NULL) = (list_hash IS NULL)", name=op.f("ck_draws_closed_whole")),
        sa.CheckConstraint("seed IS NULL OR closed_at IS NOT NULL", name=op.f("ck_draws_list_before_seed")),
        sa.CheckConstraint(
            "(drawn_at IS NULL) = (result_hash IS NULL) AND (drawn_at IS NULL OR seed IS NOT NULL)",
            name=op.f("ck_draws_drawn_whole"),
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_draws_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("day_id", name=op.f("pk_draws")),
    )
    op.create_table(
        "draw_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=10), nullable=True),
        sa.CheckConstraint("outcome IN ('drawn', 'listed', 'withdrawn')", name=op.f("ck_draw_entries_outcome")),
        sa.CheckConstraint("outcome IS NULL OR rank IS NOT NULL", name=op.f("ck_draw_entries_rank_first")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_draw_entries_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_draw_entries_party_id_parties"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_entries")),
        sa.UniqueConstraint("day_id", "rank", name=op.f("uq_draw_entries_day_id_rank")),
    )
    op.create_index("ix_draw_entries_day_id_id", "draw_entries", ["day_id", "id"])
    op.create_index(op.f("ix_draw_entries_party_id"), "draw_entries", ["party_id"])
    with op.batch_alter_table("outbox") as table:
        table.drop_constraint(op.f("ck_outbox_kind"), type_="check")
        table.create_check_constraint(
            op.f("ck_outbox_kind"),
            "kind IN ('confirmation', 'changed', 'cancelled', 'reminder', 'limit', 'prove')",
        )
