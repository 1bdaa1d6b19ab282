"""A day may show every time, and say how many kept places a door can give out; an unproved address counts nowhere."""

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
    # An address that is still to be proved counts for nothing, and is marked as such.
    op.execute(
        "UPDATE contacts SET limited = true WHERE proved_at IS NULL AND party_id IN"
        " (SELECT party_id FROM bookings WHERE state = 'requested' AND channel IN ('public', 'api'))"
    )
