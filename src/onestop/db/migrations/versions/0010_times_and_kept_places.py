"""A day may show every time, and may say how many of the kept places each door can give out."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("days") as table:
        table.add_column(sa.Column("all_times", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.add_column(sa.Column("reserve_limits", sa.JSON(), server_default="{}", nullable=False))
