"""How a session of a day is held; a desk with a session has several visitors at once."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id, Instant

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_AT_DESK = "state IN ('called', 'serving')"
_ALONE = f"{_AT_DESK} AND session_id IS NULL"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "session_runs",
        sa.Column("session_id", Id(), nullable=False),
        sa.Column("day_id", Id(), nullable=False),
        sa.Column("called_at", Instant(), nullable=True),
        sa.Column("begun_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint("ended_at IS NULL OR begun_at IS NOT NULL", name=op.f("ck_session_runs_end")),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["day_sessions.id"],
            name=op.f("fk_session_runs_session_id_day_sessions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_session_runs_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session_runs")),
    )
    op.create_index(op.f("ix_session_runs_day_id"), "session_runs", ["day_id"])
    _one_at_a_desk(_ALONE)


def downgrade() -> None:
    """Take back."""
    _one_at_a_desk(_AT_DESK)
    op.drop_table("session_runs")


def _one_at_a_desk(where: str) -> None:
    op.drop_index("uq_stops_desk_busy", "stops")
    op.create_index(
        "uq_stops_desk_busy",
        "stops",
        ["desk_id"],
        unique=True,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
