"""Messages: by mail or to a telephone, of kinds the program lists, some with an end; reminders can be refused."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("outbox") as table:
        table.drop_constraint(op.f("ck_outbox_kind"), type_="check")
        table.add_column(sa.Column("until_at", Instant(), nullable=True))
        table.add_column(sa.Column("bounced_at", Instant(), nullable=True))
        table.add_column(sa.Column("way", sa.String(length=6), server_default="email", nullable=False))
        table.create_check_constraint(op.f("ck_outbox_way"), "way IN ('email', 'phone')")
    op.add_column("contacts", sa.Column("reminders_off_at", Instant(), nullable=True))
