"""The first tables."""

import sqlalchemy as sa
from alembic import op

from onestop.db.types import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), server_default="", nullable=False),
        sa.Column("password_hash", sa.String(length=200), server_default="", nullable=False),
        sa.Column("language", sa.String(length=12), server_default="", nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wait_until_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("login", name=op.f("uq_accounts_login")),
    )
    op.create_table(
        "answers",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_answers")),
    )
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.create_index("ix_answers_created_at", ["created_at"], unique=False)

    op.create_table(
        "centres",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), server_default="", nullable=False),
        sa.Column("email", sa.String(length=254), server_default="", nullable=False),
        sa.Column("address", sa.String(length=300), server_default="", nullable=False),
        sa.Column("working_language", sa.String(length=12), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centres")),
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start_at", Instant(), nullable=False),
        sa.Column("real_start_at", Instant(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("demo", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "demo OR (rate = 1 AND start_at = real_start_at)", name=op.f("ck_clock_only_a_demo_bends_time")
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_clock_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
    )
    op.create_table(
        "facts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("stop_id", sa.Uuid(), nullable=True),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("mediator_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(length=80), server_default="", nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facts")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.create_index("ix_facts_day_id_id", ["day_id", "id"], unique=False)

    op.create_table(
        "institutions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("authority", sa.String(length=10), server_default="none", nullable=False),
        sa.CheckConstraint("authority IN ('none', 'state', 'police')", name=op.f("ck_institutions_authority")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_institutions")),
        sa.UniqueConstraint("key", name=op.f("uq_institutions_key")),
    )
    op.create_table(
        "needs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("pictogram", sa.String(length=60), server_default="circle-question-mark", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs")),
        sa.UniqueConstraint("key", name=op.f("uq_needs_key")),
    )
    op.create_table(
        "series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("key", name=op.f("uq_series_key")),
    )
    op.create_table(
        "texts",
        sa.Column("owner_kind", sa.String(length=30), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.String(length=30), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="draft", nullable=False),
        sa.Column("changed_by", sa.String(length=80), server_default="", nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'checked')", name=op.f("ck_texts_state")),
        sa.PrimaryKeyConstraint("owner_kind", "owner_id", "field", "language", name=op.f("pk_texts")),
    )
    op.create_table(
        "venues",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=300), server_default="", nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venues")),
        sa.UniqueConstraint("name", "address", name=op.f("uq_venues_name_address")),
    )
    op.create_table(
        "days",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=True),
        sa.Column("venue_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="draft", nullable=False),
        sa.Column("release", sa.String(length=10), server_default="invited", nullable=False),
        sa.Column("scarce", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("arrivals_per_slot", sa.Integer(), nullable=False),
        sa.Column("reserve_percent", sa.Integer(), nullable=False),
        sa.Column("bookings_per_contact", sa.Integer(), server_default="3", nullable=False),
        sa.Column("working_language", sa.String(length=12), nullable=False),
        sa.Column("template", sa.String(length=60), server_default="", nullable=False),
        sa.Column("paused_why", sa.String(length=200), server_default="", nullable=False),
        sa.Column("paused_at", Instant(), nullable=True),
        sa.Column("published_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closed_why", sa.String(length=200), server_default="", nullable=False),
        sa.Column("forgotten_at", Instant(), nullable=True),
        sa.Column("next_number", sa.Integer(), server_default="100", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("release IN ('invited', 'open', 'draw')", name=op.f("ck_days_release")),
        sa.CheckConstraint("state IN ('draft', 'published', 'closed', 'cancelled')", name=op.f("ck_days_state")),
        sa.CheckConstraint("bookings_per_contact BETWEEN 1 AND 10", name=op.f("ck_days_bookings_per_contact")),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_days_hours")),
        sa.CheckConstraint("reserve_percent BETWEEN 0 AND 100", name=op.f("ck_days_reserve_percent")),
        sa.CheckConstraint("slot_minutes BETWEEN 10 AND 240", name=op.f("ck_days_slot_minutes")),
        sa.ForeignKeyConstraint(
            ["series_id"], ["series.id"], name=op.f("fk_days_series_id_series"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["venue_id"], ["venues.id"], name=op.f("fk_days_venue_id_venues"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_days")),
        sa.UniqueConstraint("slug", name=op.f("uq_days_slug")),
    )
    with op.batch_alter_table("days", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_days_series_id"), ["series_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_days_venue_id"), ["venue_id"], unique=False)

    op.create_table(
        "links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_links_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_links_token_hash")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_links_account_id"), ["account_id"], unique=False)

    op.create_table(
        "need_services",
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("service_key", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_need_services_need_id_needs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("need_id", "service_key", name=op.f("pk_need_services")),
    )
    with op.batch_alter_table("need_services", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_need_services_need_id"), ["need_id"], unique=False)

    op.create_table(
        "services",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("default_minutes", sa.Integer(), nullable=False),
        sa.Column("private", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("default_minutes BETWEEN 1 AND 480", name=op.f("ck_services_default_minutes")),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_services_institution_id_institutions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
        sa.UniqueConstraint("institution_id", "key", name=op.f("uq_services_institution_id_key")),
    )
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_services_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "capacity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("bucket_at", Instant(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("reserve", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("used_reserve", sa.Integer(), server_default="0", nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("wanted_reserve", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('service', 'mediator', 'arrivals')", name=op.f("ck_capacity_kind")),
        sa.CheckConstraint("reserve BETWEEN 0 AND total", name=op.f("ck_capacity_reserve")),
        sa.CheckConstraint("used BETWEEN 0 AND total - reserve", name=op.f("ck_capacity_used")),
        sa.CheckConstraint("used_reserve BETWEEN 0 AND reserve", name=op.f("ck_capacity_used_reserve")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_capacity_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity")),
        sa.UniqueConstraint("day_id", "kind", "key", "bucket_at", name=op.f("uq_capacity_day_id_kind_key_bucket_at")),
    )
    op.create_table(
        "checklist_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("pictogram", sa.String(length=60), server_default="file-text", nullable=False),
        sa.Column("blocking", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("owner", sa.String(length=200), server_default="", nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_checklist_items_service_id_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checklist_items")),
        sa.UniqueConstraint("service_id", "key", name=op.f("uq_checklist_items_service_id_key")),
    )
    with op.batch_alter_table("checklist_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checklist_items_service_id"), ["service_id"], unique=False)

    op.create_table(
        "day_always",
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_day_always_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_day_always_service_id_services"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("day_id", "service_id", name=op.f("pk_day_always")),
    )
    with op.batch_alter_table("day_always", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_day_always_day_id"), ["day_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_day_always_service_id"), ["service_id"], unique=False)

    op.create_table(
        "day_languages",
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_day_languages_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("day_id", "language", name=op.f("pk_day_languages")),
    )
    with op.batch_alter_table("day_languages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_day_languages_day_id"), ["day_id"], unique=False)

    op.create_table(
        "desks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("colour", sa.Integer(), server_default="1", nullable=False),
        sa.Column("shape", sa.String(length=12), server_default="circle", nullable=False),
        sa.Column("state", sa.String(length=10), server_default="closed", nullable=False),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.Column("ready_since_at", Instant(), nullable=True),
        sa.Column("ready_until_at", Instant(), nullable=True),
        sa.CheckConstraint("ready_until_at IS NULL OR state = 'open'", name=op.f("ck_desks_ready_only_open")),
        sa.CheckConstraint("state IN ('closed', 'open', 'paused')", name=op.f("ck_desks_state")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_desks_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_desks_institution_id_institutions"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desks")),
        sa.UniqueConstraint("day_id", "number", name=op.f("uq_desks_day_id_number")),
    )
    with op.batch_alter_table("desks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desks_day_id"), ["day_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_desks_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("pair_hash", sa.String(length=64), nullable=True),
        sa.Column("pair_until_at", Instant(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("paired_at", Instant(), nullable=True),
        sa.Column("seen_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.CheckConstraint("kind IN ('kiosk', 'display')", name=op.f("ck_devices_kind")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_devices_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("pair_hash", name=op.f("uq_devices_pair_hash")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_devices_token_hash")),
    )
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_day_id"), ["day_id"], unique=False)

    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=80), server_default="", nullable=False),
        sa.Column("uses", sa.Integer(), server_default="1", nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("used BETWEEN 0 AND uses", name=op.f("ck_invitations_used")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_invitations_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitations_code_hash")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitations_day_id"), ["day_id"], unique=False)

    op.create_table(
        "mediators",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=10), server_default="free", nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.CheckConstraint("state IN ('free', 'break', 'left')", name=op.f("ck_mediators_state")),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_mediators_hours")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_mediators_account_id_accounts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_mediators_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediators")),
    )
    with op.batch_alter_table("mediators", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mediators_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mediators_day_id"), ["day_id"], unique=False)

    op.create_table(
        "parties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("generation", sa.Integer(), server_default="1", nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("short_hash", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("name_folded", sa.String(length=400), server_default="", nullable=False),
        sa.Column("display_language", sa.String(length=12), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("interpreter", sa.String(length=8), server_default="none", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.CheckConstraint("interpreter IN ('none', 'own', 'needed')", name=op.f("ck_parties_interpreter")),
        sa.CheckConstraint("(number IS NULL) = (code_hash IS NULL)", name=op.f("ck_parties_ticket_whole")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_parties_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_parties_code_hash")),
        sa.UniqueConstraint("day_id", "number", name=op.f("uq_parties_day_id_number")),
        sa.UniqueConstraint("short_hash", name=op.f("uq_parties_short_hash")),
    )
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.create_index("ix_parties_day_id_name_folded", ["day_id", "name_folded"], unique=False)

    op.create_table(
        "precedences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("before_service_id", sa.Uuid(), nullable=False),
        sa.Column("after_service_id", sa.Uuid(), nullable=True),
        sa.Column("because", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["after_service_id"],
            ["services.id"],
            name=op.f("fk_precedences_after_service_id_services"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["before_service_id"],
            ["services.id"],
            name=op.f("fk_precedences_before_service_id_services"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_precedences_day_id_days"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_precedences")),
        sa.UniqueConstraint(
            "day_id",
            "before_service_id",
            "after_service_id",
            name=op.f("uq_precedences_day_id_before_service_id_after_service_id"),
        ),
    )
    with op.batch_alter_table("precedences", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_precedences_after_service_id"), ["after_service_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_precedences_before_service_id"), ["before_service_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_precedences_day_id"), ["day_id"], unique=False)

    op.create_table(
        "bookings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("arrival_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("hold_until_at", Instant(), nullable=True),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("helper_id", sa.Uuid(), nullable=True),
        sa.Column("no_interpreter", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "channel IN ('public', 'kiosk', 'reception', 'helper', 'api')", name=op.f("ck_bookings_channel")
        ),
        sa.CheckConstraint("state <> 'held' OR hold_until_at IS NOT NULL", name=op.f("ck_bookings_hold_has_an_end")),
        sa.CheckConstraint(
            "state IN ('held', 'confirmed', 'arrived', 'cancelled', 'missed', 'expired', 'released', 'requested', 'drawn', 'listed', 'offered', 'lapsed', 'withdrawn')",
            name=op.f("ck_bookings_state"),
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_bookings_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["helper_id"], ["accounts.id"], name=op.f("fk_bookings_helper_id_accounts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
            name=op.f("fk_bookings_invitation_id_invitations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_bookings_party_id_parties"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("party_id", name=op.f("uq_bookings_party_id")),
    )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.create_index("ix_bookings_day_id_state", ["day_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_bookings_helper_id"), ["helper_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_bookings_invitation_id"), ["invitation_id"], unique=False)

    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("phone_end", sa.String(length=6), server_default="", nullable=False),
        sa.Column("proved_at", Instant(), nullable=True),
        sa.Column("limited", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("kind IN ('email', 'phone')", name=op.f("ck_contacts_kind")),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_contacts_party_id_parties"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("party_id", "kind", name=op.f("uq_contacts_party_id_kind")),
    )
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contacts_address_hash"), ["address_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_contacts_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contacts_phone_end"), ["phone_end"], unique=False)

    op.create_table(
        "desk_languages",
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name=op.f("fk_desk_languages_desk_id_desks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("desk_id", "language", name=op.f("pk_desk_languages")),
    )
    with op.batch_alter_table("desk_languages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_languages_desk_id"), ["desk_id"], unique=False)

    op.create_table(
        "desk_services",
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 480", name=op.f("ck_desk_services_minutes")),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["desks.id"], name=op.f("fk_desk_services_desk_id_desks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_desk_services_service_id_services"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("desk_id", "service_id", name=op.f("pk_desk_services")),
    )
    with op.batch_alter_table("desk_services", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_desk_services_desk_id"), ["desk_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_desk_services_service_id"), ["service_id"], unique=False)

    op.create_table(
        "grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=True),
        sa.Column("day_id", sa.Uuid(), nullable=True),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("until_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "role IN ('organiser', 'officer', 'receptionist', 'floor_guide', 'mediator', 'helper', 'administrator', 'kiosk', 'display')",
            name=op.f("ck_grants_role"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_grants_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_grants_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_grants_desk_id_desks"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_grants_institution_id_institutions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_grants_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_day_id"), ["day_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_desk_id"), ["desk_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_grants_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "leases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.CheckConstraint("last >= first", name=op.f("ck_leases_range")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_leases_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_leases_device_id_devices"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leases")),
    )
    with op.batch_alter_table("leases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leases_day_id"), ["day_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_leases_device_id"), ["device_id"], unique=False)

    op.create_table(
        "mediator_languages",
        sa.Column("mediator_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["mediator_id"],
            ["mediators.id"],
            name=op.f("fk_mediator_languages_mediator_id_mediators"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("mediator_id", "language", name=op.f("pk_mediator_languages")),
    )
    with op.batch_alter_table("mediator_languages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mediator_languages_mediator_id"), ["mediator_id"], unique=False)

    op.create_table(
        "members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("child", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("guardian_mark", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_members_party_id_parties"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("party_id", "mark", name=op.f("uq_members_party_id_mark")),
    )
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_members_party_id"), ["party_id"], unique=False)

    op.create_table(
        "openings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("opens_at", Instant(), nullable=False),
        sa.Column("closes_at", Instant(), nullable=False),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_openings_hours")),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_openings_desk_id_desks"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openings")),
    )
    with op.batch_alter_table("openings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_openings_desk_id"), ["desk_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("sequence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("leased_until_at", Instant(), nullable=True),
        sa.Column("retry_at", Instant(), nullable=True),
        sa.Column("failing_since_at", Instant(), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.String(length=200), server_default="", nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("dead_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('confirmation', 'changed', 'cancelled', 'reminder', 'limit')", name=op.f("ck_outbox_kind")
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_outbox_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_outbox_party_id_parties"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_id")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        unsent = sa.text("sent_at IS NULL AND dead_at IS NULL AND withdrawn_at IS NULL")
        batch_op.create_index(
            "ix_outbox_due_at", ["due_at"], unique=False, sqlite_where=unsent, postgresql_where=unsent
        )
        batch_op.create_index(batch_op.f("ix_outbox_party_id"), ["party_id"], unique=False)

    op.create_table(
        "passes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("bound_session", sa.String(length=64), nullable=True),
        sa.Column("bound_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_passes_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_passes_desk_id_desks"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passes")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_passes_token_hash")),
    )
    with op.batch_alter_table("passes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passes_day_id"), ["day_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_passes_desk_id"), ["desk_id"], unique=False)

    op.create_table(
        "tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=120), server_default="", nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=True),
        sa.Column("day_id", sa.Uuid(), nullable=True),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=True),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.CheckConstraint(
            "role IN ('organiser', 'officer', 'receptionist', 'floor_guide', 'mediator', 'helper', 'administrator', 'kiosk', 'display')",
            name=op.f("ck_tokens_role"),
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_tokens_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_tokens_desk_id_desks"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_tokens_institution_id_institutions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_tokens_token_hash")),
    )
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tokens_day_id"), ["day_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tokens_desk_id"), ["desk_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_tokens_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "visits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=14), server_default="open", nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("walk_in", sa.Boolean(), nullable=False),
        sa.Column("booked_at", Instant(), nullable=True),
        sa.Column("checked_in_at", Instant(), nullable=False),
        sa.Column("waiting_since_at", Instant(), nullable=True),
        sa.Column("waited_seconds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stepped_out_at", Instant(), nullable=True),
        sa.Column("free_from_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("need", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("nonce", sa.String(length=80), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(state = 'open') = (reason IS NULL)", name=op.f("ck_visits_end_has_a_reason")),
        sa.CheckConstraint(
            "reason IN ('done', 'no_show', 'own_wish', 'institution_gone', 'day_closed', 'next_day')",
            name=op.f("ck_visits_reason"),
        ),
        sa.CheckConstraint("state IN ('open', 'completed', 'left', 'carried_over')", name=op.f("ck_visits_state")),
        sa.CheckConstraint("waited_seconds >= 0", name=op.f("ck_visits_waited")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_visits_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_visits_party_id_parties"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("day_id", "nonce", name=op.f("uq_visits_day_id_nonce")),
        sa.UniqueConstraint("party_id", name=op.f("uq_visits_party_id")),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index("ix_visits_day_id_state", ["day_id", "state"], unique=False)

    op.create_table(
        "claims",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("capacity_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reserve", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("minutes > 0 AND reserve BETWEEN 0 AND minutes", name=op.f("ck_claims_minutes")),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_claims_booking_id_bookings"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["capacity_id"], ["capacity.id"], name=op.f("fk_claims_capacity_id_capacity"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("booking_id", "capacity_id", name=op.f("pk_claims")),
    )
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_claims_capacity_id"), ["capacity_id"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("pass_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("seen_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.CheckConstraint(
            "(account_id IS NOT NULL AND pass_id IS NULL AND device_id IS NULL) OR (account_id IS NULL AND pass_id IS NOT NULL AND device_id IS NULL) OR (account_id IS NULL AND pass_id IS NULL AND device_id IS NOT NULL)",
            name=op.f("ck_sessions_one_principal"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_sessions_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["device_id"], ["devices.id"], name=op.f("fk_sessions_device_id_devices"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["pass_id"], ["passes.id"], name=op.f("fk_sessions_pass_id_passes"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sessions_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_device_id"), ["device_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_pass_id"), ["pass_id"], unique=False)

    op.create_table(
        "stops",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("visit_id", sa.Uuid(), nullable=True),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("service_id", sa.Uuid(), nullable=False),
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("private", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("planned_at", Instant(), nullable=True),
        sa.Column("consent_at", Instant(), nullable=True),
        sa.Column("consent_how", sa.String(length=20), nullable=True),
        sa.Column("consent_by", sa.String(length=80), nullable=True),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("only_desk_id", sa.Uuid(), nullable=True),
        sa.Column("callable_from_at", Instant(), nullable=True),
        sa.Column("mediator_id", sa.Uuid(), nullable=True),
        sa.Column("no_shows", sa.Integer(), server_default="0", nullable=False),
        sa.Column("blocked_by", sa.String(length=14), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("called_at", Instant(), nullable=True),
        sa.Column("served_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(state = 'blocked') = (blocked_by IS NOT NULL)", name=op.f("ck_stops_blocked_says_why")),
        sa.CheckConstraint("blocked_by IN ('papers', 'stepped_out', 'guardian')", name=op.f("ck_stops_blocked_by")),
        sa.CheckConstraint(
            "outcome IN ('settled', 'advised', 'come_again', 'papers_missing', 'not_possible')",
            name=op.f("ck_stops_outcome"),
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'declined', 'dropped') OR consent_at IS NOT NULL", name=op.f("ck_stops_consent")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'planned', 'waiting', 'blocked', 'called', 'serving', 'parked', 'finished', 'missed', 'declined', 'dropped', 'carried_over')",
            name=op.f("ck_stops_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('called', 'serving') OR desk_id IS NOT NULL", name=op.f("ck_stops_called_has_a_desk")
        ),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_stops_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_stops_desk_id_desks"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institutions.id"],
            name=op.f("fk_stops_institution_id_institutions"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["mediators.id"], name=op.f("fk_stops_mediator_id_mediators"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["only_desk_id"], ["desks.id"], name=op.f("fk_stops_only_desk_id_desks"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["parties.id"], name=op.f("fk_stops_party_id_parties"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["services.id"], name=op.f("fk_stops_service_id_services"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_stops_visit_id_visits"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stops")),
    )
    with op.batch_alter_table("stops", schema=None) as batch_op:
        batch_op.create_index("ix_stops_day_id_state", ["day_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_stops_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stops_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(
            "uq_stops_desk_busy",
            ["desk_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('called', 'serving')"),
            postgresql_where=sa.text("state IN ('called', 'serving')"),
        )
        batch_op.create_index(
            "uq_stops_mediator_busy",
            ["mediator_id"],
            unique=True,
            sqlite_where=sa.text("state IN ('called', 'serving')"),
            postgresql_where=sa.text("state IN ('called', 'serving')"),
        )

    op.create_table(
        "visit_needs",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visits.id"], name=op.f("fk_visit_needs_visit_id_visits"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("visit_id", "kind", name=op.f("pk_visit_needs")),
    )
    with op.batch_alter_table("visit_needs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_needs_visit_id"), ["visit_id"], unique=False)

    op.create_table(
        "acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=True),
        sa.Column("stop_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_acts_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_acts_desk_id_desks"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["stop_id"], ["stops.id"], name=op.f("fk_acts_stop_id_stops"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
    )
    with op.batch_alter_table("acts", schema=None) as batch_op:
        batch_op.create_index("ix_acts_desk_id_at", ["desk_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_acts_stop_id"), ["stop_id"], unique=False)

    op.create_table(
        "calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("day_id", sa.Uuid(), nullable=False),
        sa.Column("stop_id", sa.Uuid(), nullable=False),
        sa.Column("desk_id", sa.Uuid(), nullable=False),
        sa.Column("mediator_id", sa.Uuid(), nullable=True),
        sa.Column("called_at", Instant(), nullable=False),
        sa.Column("recalled_at", Instant(), nullable=True),
        sa.Column("recalls", sa.Integer(), server_default="0", nullable=False),
        sa.Column("quiet", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.CheckConstraint("outcome IN ('served', 'no_show', 'withdrawn', 'undone')", name=op.f("ck_calls_outcome")),
        sa.CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name=op.f("ck_calls_end")),
        sa.ForeignKeyConstraint(["day_id"], ["days.id"], name=op.f("fk_calls_day_id_days"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["desk_id"], ["desks.id"], name=op.f("fk_calls_desk_id_desks"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["mediators.id"], name=op.f("fk_calls_mediator_id_mediators"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["stop_id"], ["stops.id"], name=op.f("fk_calls_stop_id_stops"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.create_index("ix_calls_day_id_id", ["day_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calls_stop_id"), ["stop_id"], unique=False)
        batch_op.create_index(
            "uq_calls_desk_open",
            ["desk_id"],
            unique=True,
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )

    op.create_table(
        "stop_members",
        sa.Column("stop_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_stop_members_member_id_members"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["stops.id"], name=op.f("fk_stop_members_stop_id_stops"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("stop_id", "member_id", name=op.f("pk_stop_members")),
    )
    with op.batch_alter_table("stop_members", schema=None) as batch_op:
        batch_op.create_index(
            "uq_stop_members_active",
            ["member_id"],
            unique=True,
            sqlite_where=sa.text("active = 1"),
            postgresql_where=sa.text("active"),
        )


def downgrade() -> None:
    """Take back."""
    with op.batch_alter_table("stop_members", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_stop_members_active", sqlite_where=sa.text("active = 1"), postgresql_where=sa.text("active")
        )

    op.drop_table("stop_members")
    with op.batch_alter_table("calls", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_calls_desk_open", sqlite_where=sa.text("outcome IS NULL"), postgresql_where=sa.text("outcome IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_calls_stop_id"))
        batch_op.drop_index("ix_calls_day_id_id")

    op.drop_table("calls")
    with op.batch_alter_table("acts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_acts_stop_id"))
        batch_op.drop_index("ix_acts_desk_id_at")

    op.drop_table("acts")
    with op.batch_alter_table("visit_needs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_needs_visit_id"))

    op.drop_table("visit_needs")
    with op.batch_alter_table("stops", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_stops_mediator_busy",
            sqlite_where=sa.text("state IN ('called', 'serving')"),
            postgresql_where=sa.text("state IN ('called', 'serving')"),
        )
        batch_op.drop_index(
            "uq_stops_desk_busy",
            sqlite_where=sa.text("state IN ('called', 'serving')"),
            postgresql_where=sa.text("state IN ('called', 'serving')"),
        )
        batch_op.drop_index(batch_op.f("ix_stops_visit_id"))
        batch_op.drop_index(batch_op.f("ix_stops_party_id"))
        batch_op.drop_index("ix_stops_day_id_state")

    op.drop_table("stops")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sessions_pass_id"))
        batch_op.drop_index(batch_op.f("ix_sessions_device_id"))
        batch_op.drop_index(batch_op.f("ix_sessions_account_id"))

    op.drop_table("sessions")
    with op.batch_alter_table("claims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_claims_capacity_id"))

    op.drop_table("claims")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index("ix_visits_day_id_state")

    op.drop_table("visits")
    with op.batch_alter_table("tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tokens_institution_id"))
        batch_op.drop_index(batch_op.f("ix_tokens_desk_id"))
        batch_op.drop_index(batch_op.f("ix_tokens_day_id"))

    op.drop_table("tokens")
    with op.batch_alter_table("passes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passes_desk_id"))
        batch_op.drop_index(batch_op.f("ix_passes_day_id"))

    op.drop_table("passes")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_outbox_party_id"))
        batch_op.drop_index("ix_outbox_due_at")

    op.drop_table("outbox")
    with op.batch_alter_table("openings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_openings_desk_id"))

    op.drop_table("openings")
    with op.batch_alter_table("members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_members_party_id"))

    op.drop_table("members")
    with op.batch_alter_table("mediator_languages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mediator_languages_mediator_id"))

    op.drop_table("mediator_languages")
    with op.batch_alter_table("leases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leases_device_id"))
        batch_op.drop_index(batch_op.f("ix_leases_day_id"))

    op.drop_table("leases")
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_grants_institution_id"))
        batch_op.drop_index(batch_op.f("ix_grants_desk_id"))
        batch_op.drop_index(batch_op.f("ix_grants_day_id"))
        batch_op.drop_index(batch_op.f("ix_grants_account_id"))

    op.drop_table("grants")
    with op.batch_alter_table("desk_services", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_services_service_id"))
        batch_op.drop_index(batch_op.f("ix_desk_services_desk_id"))

    op.drop_table("desk_services")
    with op.batch_alter_table("desk_languages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desk_languages_desk_id"))

    op.drop_table("desk_languages")
    with op.batch_alter_table("contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contacts_phone_end"))
        batch_op.drop_index(batch_op.f("ix_contacts_party_id"))
        batch_op.drop_index(batch_op.f("ix_contacts_address_hash"))

    op.drop_table("contacts")
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bookings_invitation_id"))
        batch_op.drop_index(batch_op.f("ix_bookings_helper_id"))
        batch_op.drop_index("ix_bookings_day_id_state")

    op.drop_table("bookings")
    with op.batch_alter_table("precedences", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_precedences_day_id"))
        batch_op.drop_index(batch_op.f("ix_precedences_before_service_id"))
        batch_op.drop_index(batch_op.f("ix_precedences_after_service_id"))

    op.drop_table("precedences")
    with op.batch_alter_table("parties", schema=None) as batch_op:
        batch_op.drop_index("ix_parties_day_id_name_folded")

    op.drop_table("parties")
    with op.batch_alter_table("mediators", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mediators_day_id"))
        batch_op.drop_index(batch_op.f("ix_mediators_account_id"))

    op.drop_table("mediators")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_day_id"))

    op.drop_table("invitations")
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_day_id"))

    op.drop_table("devices")
    with op.batch_alter_table("desks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_desks_institution_id"))
        batch_op.drop_index(batch_op.f("ix_desks_day_id"))

    op.drop_table("desks")
    with op.batch_alter_table("day_languages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_day_languages_day_id"))

    op.drop_table("day_languages")
    with op.batch_alter_table("day_always", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_day_always_service_id"))
        batch_op.drop_index(batch_op.f("ix_day_always_day_id"))

    op.drop_table("day_always")
    with op.batch_alter_table("checklist_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_checklist_items_service_id"))

    op.drop_table("checklist_items")
    op.drop_table("capacity")
    with op.batch_alter_table("services", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_services_institution_id"))

    op.drop_table("services")
    with op.batch_alter_table("need_services", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_need_services_need_id"))

    op.drop_table("need_services")
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_links_account_id"))

    op.drop_table("links")
    with op.batch_alter_table("days", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_days_venue_id"))
        batch_op.drop_index(batch_op.f("ix_days_series_id"))

    op.drop_table("days")
    op.drop_table("venues")
    op.drop_table("texts")
    op.drop_table("series")
    op.drop_table("needs")
    op.drop_table("institutions")
    with op.batch_alter_table("facts", schema=None) as batch_op:
        batch_op.drop_index("ix_facts_day_id_id")

    op.drop_table("facts")
    op.drop_table("clock")
    op.drop_table("centres")
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.drop_index("ix_answers_created_at")

    op.drop_table("answers")
    op.drop_table("accounts")
