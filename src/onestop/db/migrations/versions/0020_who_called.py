"""Who called help, help in the hall where no desk is near, and how a call ended."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at IS NULL")
_OPEN_IN_HALL = sa.text("ended_at IS NULL AND desk_id IS NULL AND party_id IS NULL")


def upgrade() -> None:
    """Apply."""
    op.drop_index("uq_alarms_desk_open", "alarms")
    op.add_column("alarms", sa.Column("called_by", sa.String(length=10), nullable=True))
    op.add_column("alarms", sa.Column("ending", sa.String(length=10), nullable=True))
    op.execute("UPDATE alarms SET called_by = CASE WHEN party_id IS NULL THEN 'desk' ELSE 'visitor' END")
    with op.batch_alter_table("alarms") as table:
        table.alter_column("called_by", existing_type=sa.String(length=10), nullable=False)
        table.drop_constraint(op.f("ck_alarms_of_one"), type_="check")
        table.create_check_constraint(
            op.f("ck_alarms_called_by"), "called_by IN ('desk', 'visitor', 'reception', 'floor')"
        )
        table.create_check_constraint(op.f("ck_alarms_ending"), "ending IN ('over', 'mistake')")
        table.create_check_constraint(op.f("ck_alarms_of_one"), "desk_id IS NULL OR party_id IS NULL")
        table.create_check_constraint(op.f("ck_alarms_by_desk"), "called_by <> 'desk' OR desk_id IS NOT NULL")
        table.create_check_constraint(op.f("ck_alarms_by_visitor"), "called_by <> 'visitor' OR party_id IS NOT NULL")
    op.create_index(
        "uq_alarms_desk_open",
        "alarms",
        ["desk_id", "called_by"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "uq_alarms_hall_open",
        "alarms",
        ["day_id"],
        unique=True,
        sqlite_where=_OPEN_IN_HALL,
        postgresql_where=_OPEN_IN_HALL,
    )
