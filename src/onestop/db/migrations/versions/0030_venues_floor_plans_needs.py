"""Venues and needs can be closed; a venue has a floor plan and knows where its desks stand on it."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    for table in ("venues", "needs"):
        op.add_column(table, sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("needs", sa.Column("own_services", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "floor_plans",
        sa.Column("venue_id", Id(), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.CheckConstraint("media_type IN ('image/svg+xml', 'image/png')", name=op.f("ck_floor_plans_media_type")),
        sa.CheckConstraint("length(content) BETWEEN 1 AND 204800", name=op.f("ck_floor_plans_size")),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venues.id"], name=op.f("fk_floor_plans_venue_id_venues"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("venue_id", name=op.f("pk_floor_plans")),
    )
    op.create_index(op.f("ix_floor_plans_digest"), "floor_plans", ["digest"])
    op.create_table(
        "desk_places",
        sa.Column("venue_id", Id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("across", sa.Integer(), nullable=False),
        sa.Column("down", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "across BETWEEN 0 AND 1000 AND down BETWEEN 0 AND 1000", name=op.f("ck_desk_places_on_the_plan")
        ),
        sa.ForeignKeyConstraint(
            ["venue_id"], ["venues.id"], name=op.f("fk_desk_places_venue_id_venues"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("venue_id", "number", name=op.f("pk_desk_places")),
    )


def downgrade() -> None:
    """Take back."""
    op.drop_table("desk_places")
    op.drop_table("floor_plans")
    with op.batch_alter_table("needs") as needs:
        needs.drop_column("own_services")
        needs.drop_column("closed")
    with op.batch_alter_table("venues") as venues:
        venues.drop_column("closed")
