"""Two questions at the end of a visit: what was answered is counted by day; a ticket knows only that it was asked."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "end_counts",
        sa.Column("day_id", Id(), nullable=False),
        sa.Column("question", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=False),
        sa.Column("given", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("given >= 0", name=op.f("ck_end_counts_given")),
        sa.CheckConstraint("question IN ('got', 'problem')", name=op.f("ck_end_counts_question")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_end_counts_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("day_id", "question", "answer", name=op.f("pk_end_counts")),
    )
    with op.batch_alter_table("parties") as table:
        table.add_column(sa.Column("asked_at_end", sa.Boolean(), server_default=sa.false(), nullable=False))
