"""What a desk has at it and did today is found by index, however many days the database holds."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_stops_desk_id_state", "stops", ["desk_id", "state"])
    op.create_index("ix_calls_desk_id_outcome", "calls", ["desk_id", "outcome"])
