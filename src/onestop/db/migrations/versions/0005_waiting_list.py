"""A waiting list with timed offers, and freed minutes that rest before the public doors see them again."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Instant

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WITHOUT_TIME = "'requested', 'drawn', 'listed', 'offered', 'lapsed', 'withdrawn'"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("bookings") as table:
        table.alter_column("arrival_at", existing_type=Instant(), nullable=True)
        table.alter_column("ends_at", existing_type=Instant(), nullable=True)
        table.create_check_constraint(
            op.f("ck_bookings_arrival"),
            f"state IN ({_WITHOUT_TIME}) OR (arrival_at IS NOT NULL AND ends_at IS NOT NULL)",
        )
    with op.batch_alter_table("claims") as table:
        table.add_column(sa.Column("offered", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.drop_constraint("pk_claims", type_="primary")
        table.create_primary_key(op.f("pk_claims"), ["booking_id", "capacity_id", "offered"])
    op.create_table(
        "waiting",
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("short_hash", sa.String(length=64), nullable=True),
        sa.Column("since_at", Instant(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("offers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seen", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("not_before_at", Instant(), nullable=True),
        sa.Column("not_after_at", Instant(), nullable=True),
        sa.Column("offer_at", Instant(), nullable=True),
        sa.Column("offer_until_at", Instant(), nullable=True),
        sa.Column("plan", sa.JSON(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "(offer_at IS NULL) = (offer_until_at IS NULL) AND (offer_at IS NULL OR ended_at IS NULL)",
            name=op.f("ck_waiting_offer_whole"),
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_waiting_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_waiting_party_id_parties"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("party_id", name=op.f("pk_waiting")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_waiting_code_hash")),
        sa.UniqueConstraint("short_hash", name=op.f("uq_waiting_short_hash")),
    )
    op.create_index("ix_waiting_day_id_ended_at", "waiting", ["day_id", "ended_at"])
    op.create_table(
        "rests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("capacity_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("tried", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_rests_minutes")),
        sa.ForeignKeyConstraint(
            ["capacity_id"], ["capacity.id"], name=op.f("fk_rests_capacity_id_capacity"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_rests_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rests")),
    )
    op.create_index("ix_rests_day_id_until_at", "rests", ["day_id", "until_at"])
    op.create_index(op.f("ix_rests_capacity_id"), "rests", ["capacity_id"])
