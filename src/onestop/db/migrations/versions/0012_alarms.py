"""Somebody asks for help: a desk or a visitor."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id, Instant

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "alarms",
        sa.Column("id", Id(), nullable=False),
        sa.Column("day_id", Id(), nullable=False),
        sa.Column("desk_id", Id(), nullable=True),
        sa.Column("party_id", Id(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("coming_at", Instant(), nullable=True),
        sa.Column("coming_desk_id", Id(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("(desk_id IS NULL) <> (party_id IS NULL)", name=op.f("ck_alarms_of_one")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_alarms_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_alarms_desk_id_desks"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_alarms_party_id_parties"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["coming_desk_id"], ["desks.id"], name=op.f("fk_alarms_coming_desk_id_desks"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index("ix_alarms_day_id_ended_at", "alarms", ["day_id", "ended_at"])
    for column in ("desk", "party"):
        op.create_index(
            f"uq_alarms_{column}_open",
            "alarms",
            [f"{column}_id"],
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        )
