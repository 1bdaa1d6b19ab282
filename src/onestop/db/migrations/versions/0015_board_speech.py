"""She may be called aloud in her language; a day has quiet hours; a board knows its desks, its screen and its sound."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("parties") as table:
        table.add_column(sa.Column("aloud", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("days") as table:
        table.add_column(sa.Column("quiet_from", sa.String(5), server_default="", nullable=False))
        table.add_column(sa.Column("quiet_until", sa.String(5), server_default="", nullable=False))
        table.create_check_constraint(op.f("ck_days_quiet"), "(quiet_from = '') = (quiet_until = '')")
    with op.batch_alter_table("devices") as table:
        table.add_column(sa.Column("desk_numbers", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("screen_inches", sa.Integer()))
        table.add_column(sa.Column("farthest_metres", sa.Integer()))
        table.add_column(sa.Column("sound", sa.String(8), server_default="speech", nullable=False))
        table.add_column(sa.Column("volume", sa.Integer(), server_default="100", nullable=False))
        table.add_column(sa.Column("dark", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.create_check_constraint(op.f("ck_devices_sound"), "sound IN ('speech', 'chime', 'none')")
        table.create_check_constraint(op.f("ck_devices_volume"), "volume BETWEEN 0 AND 100")
        table.create_check_constraint(op.f("ck_devices_screen"), "(screen_inches IS NULL) = (farthest_metres IS NULL)")
