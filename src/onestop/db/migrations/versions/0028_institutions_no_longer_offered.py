"""An institution can be closed: on its days it stays, for new ones it is not offered."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("institutions", sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False))
