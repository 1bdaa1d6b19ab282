"""Rows of the directory: centre, venues, series, institutions, services, needs, checklists and own words."""

import sqlalchemy as sa

from onestop.db.base import metadata
from onestop.db.memo import CONFIGURED
from onestop.db.types import Id, id_column, instant, one_of, ref
from onestop.domain.logo import MOST_BYTES, MOST_PLAN_BYTES, LogoKind
from onestop.domain.own_words import Reading

AUTHORITIES = ("none", "state", "police")
PLACE_KINDS = (
    "shelter",
    "social-pharmacy",
    "medical-centre",
    "municipal",
    "ngo",
    "school",
    "language-course",
    "food",
    "legal-help",
    "other",
)

centres = sa.Table(
    "centres",
    metadata,
    id_column(),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("phone", sa.String(40), nullable=False, server_default=""),
    sa.Column("email", sa.String(254), nullable=False, server_default=""),
    sa.Column("address", sa.String(300), nullable=False, server_default=""),
    sa.Column("working_language", sa.String(12), nullable=False),
    sa.Column("timezone", sa.String(60), nullable=False),
    # Organisers and administrators come in with a one-time code only.
    sa.Column("codes_required", sa.Boolean(), nullable=False, server_default=sa.false()),
    info=CONFIGURED,
)

venues = sa.Table(
    "venues",
    metadata,
    id_column(),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("address", sa.String(300), nullable=False, server_default=""),
    sa.Column("timezone", sa.String(60), nullable=False),
    # New days cannot choose it; those it has keep it.
    sa.Column("closed", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("name", "address"),
    info=CONFIGURED,
)

floor_plans = sa.Table(
    "floor_plans",
    metadata,
    ref("venue_id", "venues", index=False),
    sa.Column("media_type", sa.String(20), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    # In its address, so that a phone keeps it for good.
    sa.Column("digest", sa.String(32), nullable=False, index=True),
    sa.Column("width", sa.Integer(), nullable=False),
    sa.Column("height", sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint("venue_id"),
    one_of("media_type", ("image/svg+xml", "image/png"), "media_type"),
    sa.CheckConstraint(f"length(content) BETWEEN 1 AND {MOST_PLAN_BYTES}", name="size"),
    info=CONFIGURED,
)

desk_places = sa.Table(
    "desk_places",
    metadata,
    # Of a venue, not of a day: the next day there has them already (decision 35).
    ref("venue_id", "venues", index=False),
    sa.Column("number", sa.Integer(), nullable=False),
    # Thousandths of the width and height of the plan.
    sa.Column("across", sa.Integer(), nullable=False),
    sa.Column("down", sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint("venue_id", "number"),
    sa.CheckConstraint("across BETWEEN 0 AND 1000 AND down BETWEEN 0 AND 1000", name="on_the_plan"),
    info=CONFIGURED,
)

series = sa.Table(
    "series",
    metadata,
    id_column(),
    sa.Column("key", sa.String(60), nullable=False, unique=True),
    # What visitors read stands in `texts`, by language; this where a language and its kin have nothing.
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("phone", sa.String(40), nullable=False, server_default=""),
    sa.Column("email", sa.String(254), nullable=False, server_default=""),
    sa.Column("address", sa.String(300), nullable=False, server_default=""),
    info=CONFIGURED,
)

logos = sa.Table(
    "logos",
    metadata,
    id_column(),
    ref("series_id", "series"),
    sa.Column("kind", sa.String(10), nullable=False),
    # Of whom: who cannot see the picture hears this.
    sa.Column("whose", sa.String(200), nullable=False),
    sa.Column("media_type", sa.String(20), nullable=False),
    sa.Column("content", sa.LargeBinary(), nullable=False),
    # In its address, so that a phone keeps it for good.
    sa.Column("digest", sa.String(32), nullable=False, index=True),
    sa.Column("width", sa.Integer(), nullable=False),
    sa.Column("height", sa.Integer(), nullable=False),
    sa.Column("position", sa.Integer(), nullable=False, server_default="0"),
    one_of("kind", LogoKind, "kind"),
    one_of("media_type", ("image/svg+xml", "image/png"), "media_type"),
    sa.CheckConstraint(f"length(content) BETWEEN 1 AND {MOST_BYTES}", name="size"),
    info=CONFIGURED,
)

institutions = sa.Table(
    "institutions",
    metadata,
    id_column(),
    sa.Column("key", sa.String(60), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("authority", sa.String(10), nullable=False, server_default="none"),
    # How many days its officers' notes are kept.
    sa.Column("note_days", sa.Integer(), nullable=False, server_default="30"),
    # Not offered for new days any more; where it was it stays.
    sa.Column("closed", sa.Boolean(), nullable=False, server_default=sa.false()),
    one_of("authority", AUTHORITIES, "authority"),
    info=CONFIGURED,
)

services = sa.Table(
    "services",
    metadata,
    id_column(),
    ref("institution_id", "institutions"),
    sa.Column("key", sa.String(60), nullable=False),
    sa.Column("default_minutes", sa.Integer(), nullable=False),
    sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("position", sa.Integer(), nullable=False, server_default="0"),
    sa.UniqueConstraint("institution_id", "key"),
    sa.CheckConstraint("default_minutes BETWEEN 1 AND 480", name="default_minutes"),
    info=CONFIGURED,
)

places = sa.Table(
    "places",
    metadata,
    id_column(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("name", sa.String(200), nullable=False, unique=True),
    sa.Column("address", sa.String(300), nullable=False, server_default=""),
    sa.Column("phone", sa.String(40), nullable=False, server_default=""),
    # R19: who is sent there tells it to whom she wants; nobody else sees it, and no paper shows it unasked.
    sa.Column("discreet", sa.Boolean(), nullable=False, server_default=sa.false()),
    # Nobody is sent there any more; who was keeps the address.
    sa.Column("closed", sa.Boolean(), nullable=False, server_default=sa.false()),
    one_of("kind", PLACE_KINDS, "kind"),
    info=CONFIGURED,
)

needs = sa.Table(
    "needs",
    metadata,
    id_column(),
    sa.Column("key", sa.String(60), nullable=False, unique=True),
    sa.Column("pictogram", sa.String(60), nullable=False, server_default="circle-question-mark"),
    sa.Column("position", sa.Integer(), nullable=False, server_default="0"),
    # Visitors are not asked for it any more.
    sa.Column("closed", sa.Boolean(), nullable=False, server_default=sa.false()),
    # An organiser chose its services: a newer version adds none.
    sa.Column("own_services", sa.Boolean(), nullable=False, server_default=sa.false()),
    info=CONFIGURED,
)

need_services = sa.Table(
    "need_services",
    metadata,
    ref("need_id", "needs"),
    # By key, so that the same need finds the service at whichever institution offers it on a day.
    sa.Column("service_key", sa.String(60), nullable=False),
    sa.PrimaryKeyConstraint("need_id", "service_key"),
    info=CONFIGURED,
)

checklist_items = sa.Table(
    "checklist_items",
    metadata,
    id_column(),
    ref("service_id", "services"),
    sa.Column("key", sa.String(60), nullable=False),
    sa.Column("pictogram", sa.String(60), nullable=False, server_default="file-text"),
    sa.Column("blocking", sa.Boolean(), nullable=False, server_default=sa.false()),
    # Only who fulfils it is asked for the paper (domain/checklist.py); empty: everybody.
    sa.Column("condition", sa.String(60), nullable=False, server_default=""),
    sa.Column("position", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("owner", sa.String(200), nullable=False, server_default=""),
    sa.Column("reviewed_on", sa.Date()),
    sa.UniqueConstraint("service_id", "key"),
    info=CONFIGURED,
)

texts = sa.Table(
    "texts",
    metadata,
    sa.Column("owner_kind", sa.String(30), nullable=False),
    sa.Column("owner_id", Id(), nullable=False),
    sa.Column("field", sa.String(30), nullable=False),
    sa.Column("language", sa.String(12), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("state", sa.String(10), nullable=False, server_default="draft"),
    sa.Column("changed_by", sa.String(80), nullable=False, server_default=""),
    instant("changed_at"),
    # Who of the staff read the translation last, and when.
    sa.Column("read_by", sa.String(80), nullable=False, server_default=""),
    instant("read_at", null=True),
    sa.PrimaryKeyConstraint("owner_kind", "owner_id", "field", "language"),
    one_of("state", Reading, "state"),
    sa.CheckConstraint("state <> 'checked' OR read_at IS NOT NULL", name="read"),
    info=CONFIGURED,
)
