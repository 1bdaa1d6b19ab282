"""A helper's account has a cap: how many live bookings it may have on one day."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("grants") as table:
        table.add_column(sa.Column("cap", sa.Integer(), nullable=True))
        table.create_check_constraint(op.f("ck_grants_cap"), "cap BETWEEN 1 AND 200")
