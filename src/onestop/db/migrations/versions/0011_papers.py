"""Papers may have a condition; a party keeps the answers it hangs on, and what she has ticked as ready."""

import uuid

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

OWN, OF_CHILDREN = "birth-certificate", "children-birth"


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("checklist_items") as table:
        table.add_column(sa.Column("condition", sa.String(60), server_default="", nullable=False))
    with op.batch_alter_table("parties") as table:
        table.add_column(sa.Column("answers", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("papers_ready", sa.JSON(), server_default="[]", nullable=False))
    _part_birth_certificates(op.get_bind())


def _part_birth_certificates(conn: sa.Connection) -> None:
    """One paper meant hers and the children's; now there are two, and the children's has a condition."""
    services = sa.table("services", sa.column("id", Id()), sa.column("key", sa.String()))
    items = sa.table(
        "checklist_items",
        sa.column("id", Id()),
        sa.column("service_id", Id()),
        sa.column("key", sa.String()),
        sa.column("pictogram", sa.String()),
        sa.column("blocking", sa.Boolean()),
        sa.column("position", sa.Integer()),
        sa.column("condition", sa.String()),
    )
    found = conn.execute(
        sa.select(items, services.c.key.label("service"))
        .join_from(items, services, services.c.id == items.c.service_id)
        .where(items.c.key == OWN)
    ).all()
    for row in found:
        if row.service == "school-places":
            conn.execute(items.update().where(items.c.id == row.id).values(key=OF_CHILDREN))
            continue
        conn.execute(
            items.insert().values(
                id=uuid.uuid4(),
                service_id=row.service_id,
                key=OF_CHILDREN,
                pictogram=row.pictogram,
                blocking=row.blocking,
                position=row.position,
                condition="children",
            )
        )
