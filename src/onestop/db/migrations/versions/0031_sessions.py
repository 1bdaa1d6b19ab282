"""Sessions of a day: a fixed start and seats; a stop says which one it goes to."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id, Instant

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_BEFORE = "'service', 'mediator', 'arrivals'"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "day_sessions",
        sa.Column("id", Id(), nullable=False),
        sa.Column("day_id", Id(), nullable=False),
        sa.Column("desk_id", Id(), nullable=False),
        sa.Column("service_id", Id(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=12), server_default="", nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name=op.f("ck_day_sessions_minutes")),
        sa.CheckConstraint("seats BETWEEN 1 AND 500", name=op.f("ck_day_sessions_seats")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_day_sessions_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name=op.f("fk_day_sessions_desk_id_desks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_day_sessions_service_id_services"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_sessions")),
        sa.UniqueConstraint("desk_id", "starts_at", name=op.f("uq_day_sessions_desk_id_starts_at")),
    )
    for column in ("day_id", "desk_id", "service_id"):
        op.create_index(op.f(f"ix_day_sessions_{column}"), "day_sessions", [column])
    with op.batch_alter_table("stops") as table:
        table.add_column(sa.Column("session_id", Id(), nullable=True))
        table.create_foreign_key(
            op.f("fk_stops_session_id_day_sessions"), "day_sessions", ["session_id"], ["id"], ondelete="SET NULL"
        )
        table.create_index(op.f("ix_stops_session_id"), ["session_id"])
    _kinds(f"{_BEFORE}, 'session'")


def downgrade() -> None:
    """Take back."""
    op.execute("DELETE FROM claims WHERE capacity_id IN (SELECT id FROM capacity WHERE kind = 'session')")
    op.execute("DELETE FROM capacity WHERE kind = 'session'")
    _kinds(_BEFORE)
    with op.batch_alter_table("stops") as table:
        table.drop_index(op.f("ix_stops_session_id"))
        table.drop_constraint(op.f("fk_stops_session_id_day_sessions"), type_="foreignkey")
        table.drop_column("session_id")
    op.drop_table("day_sessions")


def _kinds(kinds: str) -> None:
    with op.batch_alter_table("capacity") as table:
        table.drop_constraint(op.f("ck_capacity_kind"), type_="check")
        table.create_check_constraint(op.f("ck_capacity_kind"), f"kind IN ({kinds})")
