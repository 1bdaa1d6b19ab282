"""Whoever could not finish goes on at another day: her new ticket knows the old one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("parties") as table:
        table.add_column(sa.Column("carried_from_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            op.f("fk_parties_carried_from_id_parties"), "parties", ["carried_from_id"], ["id"], ondelete="SET NULL"
        )
        table.create_index(op.f("ix_parties_carried_from_id"), ["carried_from_id"])
