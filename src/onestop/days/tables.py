"""Rows of a day: the day itself, languages, desks and openings, mediators, precedence, capacity, invitations, crew."""

import sqlalchemy as sa

from onestop.db.base import metadata
from onestop.db.memo import CONFIGURED
from onestop.db.types import Id, id_column, instant, one_of, ref
from onestop.domain.broadcast import LONGEST, Sentence
from onestop.domain.crew import ON_SHIFT, Work
from onestop.domain.day import DayState, DeskState, MediatorState, Release
from onestop.domain.plan import CapacityKind

days = sa.Table(
    "days",
    metadata,
    id_column(),
    sa.Column("slug", sa.String(80), nullable=False, unique=True),
    ref("series_id", "series", null=True, ondelete="SET NULL"),
    ref("venue_id", "venues", ondelete="RESTRICT"),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("on_date", sa.Date(), nullable=False),
    sa.Column("timezone", sa.String(60), nullable=False),
    instant("opens_at"),
    instant("closes_at"),
    sa.Column("state", sa.String(12), nullable=False, server_default="draft"),
    sa.Column("release", sa.String(10), nullable=False, server_default="invited"),
    sa.Column("scarce", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("slot_minutes", sa.Integer(), nullable=False),
    sa.Column("arrivals_per_slot", sa.Integer(), nullable=False),
    sa.Column("reserve_percent", sa.Integer(), nullable=False),
    sa.Column("bookings_per_contact", sa.Integer(), nullable=False, server_default="3"),
    # Whether every possible time is shown, or those at which the day is emptiest.
    sa.Column("all_times", sa.Boolean(), nullable=False, server_default=sa.false()),
    # By channel, how many bookings may use the reserve; a channel that is not here has no limit.
    sa.Column("reserve_limits", sa.JSON(), nullable=False, server_default="{}"),
    # The questions of the tally that are asked on this day.
    sa.Column("tally", sa.JSON(), nullable=False, server_default="[]"),
    sa.Column("working_language", sa.String(12), nullable=False),
    sa.Column("template", sa.String(60), nullable=False, server_default=""),
    # What its file expected of it; nothing: as its template says.
    sa.Column("expected", sa.JSON(), nullable=False, server_default="{}"),
    # Local times between which boards make no sound; both or neither.
    sa.Column("quiet_from", sa.String(5), nullable=False, server_default=""),
    sa.Column("quiet_until", sa.String(5), nullable=False, server_default=""),
    sa.Column("paused_why", sa.String(200), nullable=False, server_default=""),
    instant("paused_at", null=True),
    instant("published_at", null=True),
    instant("closed_at", null=True),
    sa.Column("closed_why", sa.String(200), nullable=False, server_default=""),
    # When retention had taken the persons out of everything that belongs to the day.
    instant("forgotten_at", null=True),
    sa.Column("next_number", sa.Integer(), nullable=False, server_default="100"),
    sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    one_of("state", DayState, "state"),
    one_of("release", Release, "release"),
    sa.CheckConstraint("closes_at > opens_at", name="hours"),
    sa.CheckConstraint("(quiet_from = '') = (quiet_until = '')", name="quiet"),
    sa.CheckConstraint("slot_minutes BETWEEN 10 AND 240", name="slot_minutes"),
    sa.CheckConstraint("reserve_percent BETWEEN 0 AND 100", name="reserve_percent"),
    sa.CheckConstraint("bookings_per_contact BETWEEN 1 AND 10", name="bookings_per_contact"),
    info=CONFIGURED,
)

day_languages = sa.Table(
    "day_languages",
    metadata,
    ref("day_id", "days"),
    sa.Column("language", sa.String(12), nullable=False),
    sa.Column("position", sa.Integer(), nullable=False, server_default="0"),
    sa.PrimaryKeyConstraint("day_id", "language"),
    info=CONFIGURED,
)

day_always = sa.Table(
    "day_always",
    metadata,
    ref("day_id", "days"),
    ref("service_id", "services"),
    sa.PrimaryKeyConstraint("day_id", "service_id"),
    info=CONFIGURED,
)

desks = sa.Table(
    "desks",
    metadata,
    id_column(),
    ref("day_id", "days"),
    ref("institution_id", "institutions", ondelete="RESTRICT"),
    sa.Column("number", sa.Integer(), nullable=False),
    sa.Column("colour", sa.Integer(), nullable=False, server_default="1"),
    sa.Column("shape", sa.String(12), nullable=False, server_default="circle"),
    sa.Column("state", sa.String(10), nullable=False, server_default="closed"),
    instant("opened_at", null=True),
    instant("ready_since_at", null=True),
    instant("ready_until_at", null=True),
    sa.UniqueConstraint("day_id", "number"),
    one_of("state", DeskState, "state"),
    # A desk that does not take visitors is never ready.
    sa.CheckConstraint("ready_until_at IS NULL OR state = 'open'", name="ready_only_open"),
    info=CONFIGURED,
)

desk_services = sa.Table(
    "desk_services",
    metadata,
    ref("desk_id", "desks"),
    ref("service_id", "services", ondelete="RESTRICT"),
    sa.Column("minutes", sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint("desk_id", "service_id"),
    sa.CheckConstraint("minutes BETWEEN 1 AND 480", name="minutes"),
    info=CONFIGURED,
)

desk_languages = sa.Table(
    "desk_languages",
    metadata,
    ref("desk_id", "desks"),
    sa.Column("language", sa.String(12), nullable=False),
    sa.PrimaryKeyConstraint("desk_id", "language"),
    info=CONFIGURED,
)

openings = sa.Table(
    "openings",
    metadata,
    id_column(),
    ref("desk_id", "desks"),
    instant("opens_at"),
    instant("closes_at"),
    sa.CheckConstraint("closes_at > opens_at", name="hours"),
    info=CONFIGURED,
)

mediators = sa.Table(
    "mediators",
    metadata,
    id_column(),
    ref("day_id", "days"),
    ref("account_id", "accounts", null=True, ondelete="SET NULL"),
    sa.Column("label", sa.String(80), nullable=False),
    sa.Column("state", sa.String(10), nullable=False, server_default="free"),
    instant("opens_at"),
    instant("closes_at"),
    one_of("state", MediatorState, "state"),
    sa.CheckConstraint("closes_at > opens_at", name="hours"),
    info=CONFIGURED,
)

mediator_languages = sa.Table(
    "mediator_languages",
    metadata,
    ref("mediator_id", "mediators"),
    sa.Column("language", sa.String(12), nullable=False),
    sa.PrimaryKeyConstraint("mediator_id", "language"),
    info=CONFIGURED,
)

precedences = sa.Table(
    "precedences",
    metadata,
    id_column(),
    ref("day_id", "days"),
    ref("before_service_id", "services"),
    ref("after_service_id", "services", null=True),  # none: every other service
    sa.Column("because", sa.String(200), nullable=False, server_default=""),
    sa.UniqueConstraint("day_id", "before_service_id", "after_service_id"),
    info=CONFIGURED,
)

day_sessions = sa.Table(
    "day_sessions",
    metadata,
    # A stop with a fixed start and so many seats, held at a desk; a service that has some is reached through them only.
    id_column(),
    ref("day_id", "days"),
    ref("desk_id", "desks"),
    ref("service_id", "services", ondelete="RESTRICT"),
    instant("starts_at"),
    sa.Column("minutes", sa.Integer(), nullable=False),
    # Empty: whatever somebody speaks, she can follow it.
    sa.Column("language", sa.String(12), nullable=False, server_default=""),
    sa.Column("seats", sa.Integer(), nullable=False),
    sa.UniqueConstraint("desk_id", "starts_at"),
    sa.CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
    sa.CheckConstraint("seats BETWEEN 1 AND 500", name="seats"),
    info=CONFIGURED,
)

capacity = sa.Table(
    "capacity",
    metadata,
    id_column(),
    ref("day_id", "days", index=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("key", sa.String(400), nullable=False),
    instant("bucket_at"),
    sa.Column("total", sa.Integer(), nullable=False),
    sa.Column("reserve", sa.Integer(), nullable=False),
    sa.Column("used", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("used_reserve", sa.Integer(), nullable=False, server_default="0"),
    # What the set-up gives. `total` stays above it only while claims from before a cut need the minutes.
    sa.Column("wanted", sa.Integer(), nullable=False),
    sa.Column("wanted_reserve", sa.Integer(), nullable=False),
    sa.UniqueConstraint("day_id", "kind", "key", "bucket_at"),
    one_of("kind", CapacityKind, "kind"),
    sa.CheckConstraint("reserve BETWEEN 0 AND total", name="reserve"),
    # R1: what is claimed never exceeds what is there, whatever the program does.
    sa.CheckConstraint("used BETWEEN 0 AND total - reserve", name="used"),
    sa.CheckConstraint("used_reserve BETWEEN 0 AND reserve", name="used_reserve"),
)

invitations = sa.Table(
    "invitations",
    metadata,
    id_column(),
    ref("day_id", "days"),
    sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("label", sa.String(80), nullable=False, server_default=""),
    sa.Column("uses", sa.Integer(), nullable=False, server_default="1"),
    sa.Column("used", sa.Integer(), nullable=False, server_default="0"),
    sa.CheckConstraint("used BETWEEN 0 AND uses", name="used"),
)

draws = sa.Table(
    "draws",
    metadata,
    # The draw of a day: its window, and what was published of it so far. The seed stands here only once it is public.
    sa.Column("day_id", Id(), sa.ForeignKey("days.id", ondelete="CASCADE"), primary_key=True),
    instant("opens_at"),
    instant("closes_at"),
    sa.Column("nonce", sa.String(64), nullable=False),
    sa.Column("commitment", sa.String(64), nullable=False),
    sa.Column("list_hash", sa.String(64)),
    instant("closed_at", null=True),
    sa.Column("seed", sa.String(64)),
    instant("drawn_at", null=True),
    sa.Column("result_hash", sa.String(64)),
    sa.CheckConstraint("closes_at > opens_at", name="window"),
    sa.CheckConstraint("(closed_at IS NULL) = (list_hash IS NULL)", name="closed_whole"),
    # R16: the list is fixed before the seed is told, the result after it.
    sa.CheckConstraint("seed IS NULL OR closed_at IS NOT NULL", name="list_before_seed"),
    sa.CheckConstraint(
        "(drawn_at IS NULL) = (result_hash IS NULL) AND (drawn_at IS NULL OR seed IS NOT NULL)", name="drawn_whole"
    ),
)

broadcasts = sa.Table(
    "broadcasts",
    metadata,
    # A message to everybody who is inside, or on one display only; gone at midnight.
    id_column(),
    ref("day_id", "days"),
    ref("device_id", "devices", null=True),
    sa.Column("sentence", sa.String(10), nullable=False),
    sa.Column("minutes", sa.Integer()),
    sa.Column("desk", sa.Integer()),
    sa.Column("text", sa.String(LONGEST), nullable=False, server_default=""),
    sa.Column("language", sa.String(12), nullable=False, server_default=""),
    instant("said_at"),
    instant("until_at"),
    instant("ended_at", null=True),
    one_of("sentence", Sentence, "sentence"),
    sa.CheckConstraint("(sentence = 'break') = (minutes IS NOT NULL)", name="minutes"),
    sa.CheckConstraint("(sentence = 'closes') = (desk IS NOT NULL)", name="desk"),
    sa.CheckConstraint("(sentence = 'own') = (text <> '')", name="own_words"),
    info=CONFIGURED,
)

setup_changes = sa.Table(
    "setup_changes",
    metadata,
    # What an organiser changed of a set-up: the values before and after, of those things only that differ; no persons.
    id_column(),
    ref("day_id", "days", index=False),
    # The version the day had after it.
    sa.Column("version", sa.Integer(), nullable=False),
    instant("at"),
    sa.Column("actor", sa.String(80), nullable=False),
    sa.Column("before", sa.JSON(), nullable=False),
    sa.Column("after", sa.JSON(), nullable=False),
    # How many tickets it touched, by kind: the numbers outlive the people.
    sa.Column("touched", sa.JSON(), nullable=False, server_default="{}"),
    # Whether it took the change before it back.
    sa.Column("undoes", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("day_id", "version"),
)

rota_links = sa.Table(
    "rota_links",
    metadata,
    # A link at which people say when they can come; only its hash is kept.
    id_column(),
    ref("day_id", "days"),
    # The one kind of work it asks for; empty: every kind.
    sa.Column("work", sa.String(10), nullable=False, server_default=""),
    sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
    instant("made_at"),
    instant("revoked_at", null=True),
    one_of("work", ("", *Work), "work"),
)

rota_answers = sa.Table(
    "rota_answers",
    metadata,
    # What somebody said at such a link. Gone with the persons of the day; emptied at once when she withdraws.
    id_column(),
    ref("day_id", "days"),
    sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("name", sa.String(80), nullable=False, server_default=""),
    sa.Column("works", sa.JSON(), nullable=False),
    sa.Column("languages", sa.JSON(), nullable=False),
    ref("institution_id", "institutions", null=True, ondelete="SET NULL", index=False),
    # Local hours of the date it was said for: when the day moves, nobody has said anything about the new date.
    sa.Column("hours", sa.JSON(), nullable=False),
    sa.Column("said_for", sa.Date(), nullable=False),
    sa.Column("remark", sa.String(400), nullable=False, server_default=""),
    instant("said_at"),
    instant("taken_at", null=True),
    ref("mediator_id", "mediators", null=True, ondelete="SET NULL", index=False),
    instant("withdrawn_at", null=True),
    sa.CheckConstraint("withdrawn_at IS NULL OR (name = '' AND remark = '')", name="withdrawn_empty"),
)

crew = sa.Table(
    "crew",
    metadata,
    # Who works at a day beside its mediators. Without a label it is a place that nobody fills yet.
    id_column(),
    ref("day_id", "days"),
    sa.Column("work", sa.String(10), nullable=False),
    # Of an officer; her institution alone where no desk is said. The desk's own goes before it.
    ref("desk_id", "desks", null=True, ondelete="SET NULL"),
    ref("institution_id", "institutions", null=True, ondelete="RESTRICT", index=False),
    ref("account_id", "accounts", null=True, ondelete="SET NULL", index=False),
    ref("answer_id", "rota_answers", null=True, ondelete="SET NULL", index=False),
    sa.Column("label", sa.String(80), nullable=False, server_default=""),
    # When she said that she cannot come any more.
    instant("left_at", null=True),
    one_of("work", ON_SHIFT, "work"),
    sa.CheckConstraint("(work = 'officer') = (institution_id IS NOT NULL)", name="officer_of"),
    sa.CheckConstraint("desk_id IS NULL OR work = 'officer'", name="desk_of_officer"),
)

shifts = sa.Table(
    "shifts",
    metadata,
    id_column(),
    ref("crew_id", "crew"),
    instant("opens_at"),
    instant("closes_at"),
    sa.CheckConstraint("closes_at > opens_at", name="hours"),
)
