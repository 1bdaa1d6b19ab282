"""The tally: which questions a day asks, what was answered as counters of the day, and that a ticket was asked."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "tally_counts",
        sa.Column("day_id", Id(), nullable=False),
        sa.Column("question", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("given", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("given >= 0", name=op.f("ck_tally_counts_given")),
        sa.CheckConstraint("question IN ('country', 'group', 'first')", name=op.f("ck_tally_counts_question")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_tally_counts_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("day_id", "question", "answer", name=op.f("pk_tally_counts")),
    )
    with op.batch_alter_table("parties") as table:
        table.add_column(sa.Column("asked_tally", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("days") as table:
        table.add_column(sa.Column("tally", sa.JSON(), server_default="[]", nullable=False))
