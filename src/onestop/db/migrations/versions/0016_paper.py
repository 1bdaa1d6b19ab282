"""Work on paper: spare numbered tickets that were printed, and what was entered from paper afterwards."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Instant

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "spare_tickets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.CheckConstraint("last >= first", name=op.f("ck_spare_tickets_range")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_spare_tickets_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spare_tickets")),
    )
    op.create_index(op.f("ix_spare_tickets_day_id"), "spare_tickets", ["day_id"])
    op.create_table(
        "paper_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("stop_id", sa.Uuid(), nullable=True),
        sa.Column("act_id", sa.Uuid(), nullable=True),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("brought", sa.String(length=10), nullable=False, server_default=""),
        sa.Column("about_at", Instant(), nullable=False),
        sa.Column("entered_at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.CheckConstraint("brought IN ('', 'checked_in', 'issued')", name=op.f("ck_paper_entries_brought")),
        sa.ForeignKeyConstraint(
            ["act_id"], ["acts.id"], name=op.f("fk_paper_entries_act_id_acts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_paper_entries_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name=op.f("fk_paper_entries_desk_id_desks"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_paper_entries_party_id_parties"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["stops.id"], name=op.f("fk_paper_entries_stop_id_stops"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_entries")),
    )
    op.create_index("ix_paper_entries_day_id_entered_at", "paper_entries", ["day_id", "entered_at"])
    op.create_index(op.f("ix_paper_entries_party_id"), "paper_entries", ["party_id"])
    with op.batch_alter_table("stops") as table:
        table.add_column(sa.Column("on_paper", sa.Boolean(), server_default=sa.false(), nullable=False))
