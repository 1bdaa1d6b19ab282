"""Own words: which language is the source, who has read a translation and when, and which are to be read again."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Instant

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("texts") as table:
        table.add_column(sa.Column("read_by", sa.String(80), server_default="", nullable=False))
        table.add_column(sa.Column("read_at", Instant(), nullable=True))
        table.drop_constraint(op.f("ck_texts_state"), type_="check")
    # Nobody could say before that a text was read.
    op.execute("UPDATE texts SET state = 'draft'")
    _mark_sources(op.get_bind())
    with op.batch_alter_table("texts") as table:
        table.create_check_constraint(op.f("ck_texts_state"), "state IN ('source', 'draft', 'checked', 'again')")
        table.create_check_constraint(op.f("ck_texts_read"), "state <> 'checked' OR read_at IS NOT NULL")


def _mark_sources(conn: sa.Connection) -> None:
    """The text in the working language is what the others were translated from."""
    centre = conn.execute(sa.text("SELECT working_language FROM centres")).scalar() or "en"
    of_days = {row.id: row.working_language for row in conn.execute(sa.text("SELECT id, working_language FROM days"))}
    found: dict[tuple[str, object, str], list[str]] = {}
    for row in conn.execute(sa.text("SELECT owner_kind, owner_id, field, language FROM texts")):
        found.setdefault((row.owner_kind, row.owner_id, row.field), []).append(row.language)
    for (kind, owner, field), languages in found.items():
        working = of_days.get(owner, centre) if kind == "day" else centre
        conn.execute(
            sa.text(
                "UPDATE texts SET state = 'source' WHERE owner_kind = :kind AND owner_id = :owner AND field = :field"
                " AND language = :language"
            ),
            {"kind": kind, "owner": owner, "field": field, "language": _source(languages, working)},
        )


def _source(languages: list[str], working: str) -> str:
    return next(tag for tag in (working, "en", *sorted(languages)) if tag in languages)
