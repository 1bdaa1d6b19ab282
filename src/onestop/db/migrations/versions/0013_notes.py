"""Notes of an institution, kept for its own term."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id, Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("institutions") as table:
        table.add_column(sa.Column("note_days", sa.Integer(), server_default="30", nullable=False))

    def to(column: str, table: str, ondelete: str) -> sa.ForeignKeyConstraint:
        name = op.f(f"fk_notes_{column}_{table}")
        return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=name, ondelete=ondelete)

    op.create_table(
        "notes",
        sa.Column("id", Id(), nullable=False),
        sa.Column("party_id", Id(), nullable=False),
        sa.Column("institution_id", Id(), nullable=False),
        sa.Column("service_id", Id(), nullable=True),
        sa.Column("text", sa.String(2000), nullable=False),
        sa.Column("written_by", sa.String(80), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("handed_over", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("handed_by_id", Id(), nullable=True),
        sa.Column("copy_of_id", Id(), nullable=True),
        sa.Column("until_at", Instant(), nullable=False),
        to("party_id", "parties", "CASCADE"),
        to("institution_id", "institutions", "CASCADE"),
        to("service_id", "services", "CASCADE"),
        to("handed_by_id", "institutions", "SET NULL"),
        to("copy_of_id", "notes", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_party_id", "notes", ["party_id"])
    op.create_index("ix_notes_until_at", "notes", ["until_at"])
