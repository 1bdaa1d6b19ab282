"""A day that goes to another date touches everybody who booked."""

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_BEFORE = "'again', 'unnoticed', 'estimate', 'time', 'interpreter', 'service'"


def upgrade() -> None:
    """Apply."""
    _kinds(f"{_BEFORE}, 'day'")


def downgrade() -> None:
    """Take back."""
    op.execute("DELETE FROM setup_touched WHERE how = 'day'")
    _kinds(_BEFORE)


def _kinds(kinds: str) -> None:
    with op.batch_alter_table("setup_touched") as table:
        table.drop_constraint(op.f("ck_setup_touched_how"), type_="check")
        table.create_check_constraint(op.f("ck_setup_touched_how"), f"how IN ({kinds})")
