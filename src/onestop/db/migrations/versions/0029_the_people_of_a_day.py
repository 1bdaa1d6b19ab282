"""Who works at a day and when, and what people say about when they can come."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Id, Instant

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "rota_links",
        sa.Column("id", Id(), nullable=False),
        sa.Column("day_id", Id(), nullable=False),
        sa.Column("work", sa.String(length=10), server_default="", nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "work IN ('', 'officer', 'mediator', 'reception', 'guide')", name=op.f("ck_rota_links_work")
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_rota_links_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_links")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_rota_links_code_hash")),
    )
    op.create_index(op.f("ix_rota_links_day_id"), "rota_links", ["day_id"])
    op.create_table(
        "rota_answers",
        sa.Column("id", Id(), nullable=False),
        sa.Column("day_id", Id(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), server_default="", nullable=False),
        sa.Column("works", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("institution_id", Id(), nullable=True),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("said_for", sa.Date(), nullable=False),
        sa.Column("remark", sa.String(length=400), server_default="", nullable=False),
        sa.Column("said_at", Instant(), nullable=False),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("mediator_id", Id(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "withdrawn_at IS NULL OR (name = '' AND remark = '')", name=op.f("ck_rota_answers_withdrawn_empty")
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_rota_answers_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_rota_answers_institution_id_institutions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["mediators.id"], name=op.f("fk_rota_answers_mediator_id_mediators"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_answers")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_rota_answers_code_hash")),
    )
    op.create_index(op.f("ix_rota_answers_day_id"), "rota_answers", ["day_id"])
    op.create_table(
        "crew",
        sa.Column("id", Id(), nullable=False),
        sa.Column("day_id", Id(), nullable=False),
        sa.Column("work", sa.String(length=10), nullable=False),
        sa.Column("desk_id", Id(), nullable=True),
        sa.Column("institution_id", Id(), nullable=True),
        sa.Column("account_id", Id(), nullable=True),
        sa.Column("answer_id", Id(), nullable=True),
        sa.Column("label", sa.String(length=80), server_default="", nullable=False),
        sa.Column("left_at", Instant(), nullable=True),
        sa.CheckConstraint("work IN ('officer', 'reception', 'guide')", name=op.f("ck_crew_work")),
        sa.CheckConstraint("(work = 'officer') = (institution_id IS NOT NULL)", name=op.f("ck_crew_officer_of")),
        sa.CheckConstraint("desk_id IS NULL OR work = 'officer'", name=op.f("ck_crew_desk_of_officer")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_crew_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_crew_desk_id_desks"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_crew_institution_id_institutions"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_crew_account_id_accounts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["rota_answers.id"], name=op.f("fk_crew_answer_id_rota_answers"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew")),
    )
    op.create_index(op.f("ix_crew_day_id"), "crew", ["day_id"])
    op.create_index(op.f("ix_crew_desk_id"), "crew", ["desk_id"])
    op.create_table(
        "shifts",
        sa.Column("id", Id(), nullable=False),
        sa.Column("crew_id", Id(), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_shifts_hours")),
        sa.ForeignKeyConstraint(["crew_id"], ["crew.id"], name=op.f("fk_shifts_crew_id_crew"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
    )
    op.create_index(op.f("ix_shifts_crew_id"), "shifts", ["crew_id"])
