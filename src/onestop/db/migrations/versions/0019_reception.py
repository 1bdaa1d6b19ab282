"""Papers that reception saw or missed, and messages to everybody."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id, Instant

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "stop_papers",
        sa.Column("stop_id", Id(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["stops.id"], name=op.f("fk_stop_papers_stop_id_stops"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("stop_id", "key", name=op.f("pk_stop_papers")),
    )
    op.create_table(
        "broadcasts",
        sa.Column("id", Id(), nullable=False),
        sa.Column("day_id", Id(), nullable=False),
        sa.Column("device_id", Id(), nullable=True),
        sa.Column("sentence", sa.String(length=10), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("desk", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=140), server_default="", nullable=False),
        sa.Column("language", sa.String(length=12), server_default="", nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "sentence IN ('later', 'break', 'closes', 'entrance', 'leave', 'own')",
            name=op.f("ck_broadcasts_sentence"),
        ),
        sa.CheckConstraint("(sentence = 'break') = (minutes IS NOT NULL)", name=op.f("ck_broadcasts_minutes")),
        sa.CheckConstraint("(sentence = 'closes') = (desk IS NOT NULL)", name=op.f("ck_broadcasts_desk")),
        sa.CheckConstraint("(sentence = 'own') = (text <> '')", name=op.f("ck_broadcasts_own_words")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_broadcasts_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_broadcasts_device_id_devices"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
    )
    for column in ("day_id", "device_id"):
        op.create_index(op.f(f"ix_broadcasts_{column}"), "broadcasts", [column])
