"""Places of the directory, and referrals to them, to institutions and to other days."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id, Instant

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KINDS = "'shelter', 'social-pharmacy', 'medical-centre', 'municipal', 'ngo', 'school', 'language-course', 'food', 'legal-help', 'other'"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "places",
        sa.Column("id", Id(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), server_default="", nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("discreet", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_places_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("name", name=op.f("uq_places_name")),
    )
    op.create_table(
        "referrals",
        sa.Column("id", Id(), nullable=False),
        sa.Column("day_id", Id(), nullable=False),
        sa.Column("party_id", Id(), nullable=True),
        sa.Column("stop_id", Id(), nullable=True),
        sa.Column("from_institution_id", Id(), nullable=False),
        sa.Column("target", sa.String(length=12), nullable=False),
        sa.Column("to_institution_id", Id(), nullable=True),
        sa.Column("to_service_id", Id(), nullable=True),
        sa.Column("to_day_id", Id(), nullable=True),
        sa.Column("place_id", Id(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("by_on", sa.Date(), nullable=True),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("consent_at", Instant(), nullable=False),
        sa.Column("consent_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("kept_at", Instant(), nullable=True),
        sa.Column("kept_how", sa.String(length=12), nullable=True),
        sa.Column("kept_stop_id", Id(), nullable=True),
        sa.CheckConstraint("target IN ('institution', 'day', 'place')", name=op.f("ck_referrals_target")),
        sa.CheckConstraint("kept_how IN ('checked_in', 'served', 'by_hand')", name=op.f("ck_referrals_kept_how")),
        sa.CheckConstraint(
            "(target = 'institution') = (to_institution_id IS NOT NULL)", name=op.f("ck_referrals_to_institution")
        ),
        sa.CheckConstraint("(target = 'place') = (place_id IS NOT NULL)", name=op.f("ck_referrals_to_place")),
        sa.CheckConstraint("target <> 'day' OR to_day_id IS NOT NULL", name=op.f("ck_referrals_to_day")),
        sa.CheckConstraint("target <> 'place' OR to_day_id IS NULL", name=op.f("ck_referrals_no_day_at_a_place")),
        sa.CheckConstraint("(kept_at IS NULL) = (kept_how IS NULL)", name=op.f("ck_referrals_kept_says_how")),
        sa.CheckConstraint("kept_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_referrals_kept_or_withdrawn")),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{target}.id"], name=op.f(f"fk_referrals_{column}_{target}"), ondelete=ondelete
            )
            for column, target, ondelete in (
                ("day_id", "days", "CASCADE"),
                ("party_id", "parties", "CASCADE"),
                ("stop_id", "stops", "CASCADE"),
                ("from_institution_id", "institutions", "RESTRICT"),
                ("to_institution_id", "institutions", "RESTRICT"),
                ("to_service_id", "services", "SET NULL"),
                ("to_day_id", "days", "RESTRICT"),
                ("place_id", "places", "RESTRICT"),
                ("kept_stop_id", "stops", "SET NULL"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
    )
    for column in ("day_id", "party_id", "stop_id", "from_institution_id", "to_institution_id"):
        op.create_index(op.f(f"ix_referrals_{column}"), "referrals", [column], unique=False)
