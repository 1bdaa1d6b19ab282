"""Contact of a series, and its logos."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id

revision = "0022"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("series") as table:
        for column, length in (("phone", 40), ("email", 254), ("address", 300)):
            table.add_column(sa.Column(column, sa.String(length), server_default="", nullable=False))
    op.create_table(
        "logos",
        sa.Column("id", Id(), nullable=False),
        sa.Column("series_id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("whose", sa.String(length=200), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("kind IN ('centre', 'funder')", name=op.f("ck_logos_kind")),
        sa.CheckConstraint("media_type IN ('image/svg+xml', 'image/png')", name=op.f("ck_logos_media_type")),
        sa.CheckConstraint("length(content) BETWEEN 1 AND 8192", name=op.f("ck_logos_size")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_logos_series_id_series"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logos")),
    )
    for column in ("series_id", "digest"):
        op.create_index(op.f(f"ix_logos_{column}"), "logos", [column])
