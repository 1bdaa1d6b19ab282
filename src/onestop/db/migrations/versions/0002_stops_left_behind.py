"""Whoever left and comes again finds the stops she left behind, not those she refused."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("stops") as table:
        table.add_column(sa.Column("left_behind", sa.Boolean(), server_default=sa.false(), nullable=False))
    # So far only the moment told them apart; a last stop she took off herself counts as refused.
    op.execute(
        "UPDATE stops SET left_behind = true WHERE state = 'dropped' AND consent_at IS NOT NULL AND EXISTS ("
        "SELECT 1 FROM visits JOIN facts ON facts.visit_id = visits.id AND facts.kind = 'VisitEnded'"
        " AND facts.at = visits.ended_at"
        " WHERE visits.id = stops.visit_id AND visits.state = 'left' AND visits.ended_at = stops.ended_at"
        " AND NOT EXISTS (SELECT 1 FROM facts AS dropped WHERE dropped.stop_id = stops.id"
        " AND dropped.kind = 'StopDropped' AND dropped.at = visits.ended_at))"
    )
