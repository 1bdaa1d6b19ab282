"""Messages: kinds are listed by the program alone, a reminder has an end, and nobody has to get one."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Instant

revision = "0008"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("outbox") as table:
        table.drop_constraint(op.f("ck_outbox_kind"), type_="check")
        table.add_column(sa.Column("until_at", Instant(), nullable=True))
        table.add_column(sa.Column("bounced_at", Instant(), nullable=True))
    op.add_column("contacts", sa.Column("reminders_off_at", Instant(), nullable=True))
