"""Changes of a day's set-up with their values before and after, and whom each touches."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id, Instant

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_KINDS = "'again', 'unnoticed', 'estimate', 'time', 'interpreter', 'service'"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "setup_changes",
        sa.Column("id", Id(), nullable=False),
        sa.Column("day_id", Id(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("touched", sa.JSON(), server_default="{}", nullable=False),
        sa.Column("undoes", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_setup_changes_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup_changes")),
        sa.UniqueConstraint("day_id", "version", name=op.f("uq_setup_changes_day_id_version")),
    )
    op.create_table(
        "setup_touched",
        sa.Column("change_id", Id(), nullable=False),
        sa.Column("party_id", Id(), nullable=False),
        sa.Column("how", sa.String(length=12), nullable=False),
        sa.Column("here", sa.Boolean(), nullable=False),
        sa.Column("arrival_at", Instant(), nullable=False),
        sa.Column("told_at", Instant(), nullable=True),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.CheckConstraint(f"how IN ({_KINDS})", name=op.f("ck_setup_touched_how")),
        sa.ForeignKeyConstraint(
            ["change_id"],
            ["setup_changes.id"],
            name=op.f("fk_setup_touched_change_id_setup_changes"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_setup_touched_party_id_parties"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("change_id", "party_id", name=op.f("pk_setup_touched")),
    )
    op.create_index("ix_setup_touched_party_id", "setup_touched", ["party_id"])
