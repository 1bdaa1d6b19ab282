"""Rows of booking: parties with ticket, members, stops; bookings, claims, who waits for a place, contacts, numbers."""

import sqlalchemy as sa

from onestop.db.base import metadata
from onestop.db.types import Id, id_column, instant, one_of, ref
from onestop.domain.booking import BookingState, Channel, Interpreter
from onestop.domain.draw import DrawOutcome
from onestop.domain.printed import Conflict
from onestop.domain.visit import BlockedBy, Outcome, StopState

_AT_DESK = sa.text("state IN ('called', 'serving')")
_AT_DESK_ALONE = sa.text("state IN ('called', 'serving') AND session_id IS NULL")

parties = sa.Table(
    "parties",
    metadata,
    id_column(),
    ref("day_id", "days", index=False),
    # The ticket: given when a booking is confirmed or a walk-in is issued; never reused, nothing sorts by it (R7).
    sa.Column("number", sa.Integer()),
    sa.Column("generation", sa.Integer(), nullable=False, server_default="1"),
    sa.Column("code_hash", sa.String(64), unique=True),
    sa.Column("short_hash", sa.String(64), unique=True),
    sa.Column("name", sa.String(200), nullable=False, server_default=""),
    sa.Column("name_folded", sa.String(400), nullable=False, server_default=""),
    sa.Column("display_language", sa.String(12), nullable=False),
    sa.Column("languages", sa.JSON(), nullable=False),
    sa.Column("interpreter", sa.String(8), nullable=False, server_default="none"),
    # Answers that papers hang on, `question:answer`.
    sa.Column("answers", sa.JSON(), nullable=False, server_default="[]"),
    # Keys of papers she ticked on her ticket. They are hers alone: nobody else reads them.
    sa.Column("papers_ready", sa.JSON(), nullable=False, server_default="[]"),
    # Whether a board says her number in her language too, which tells a hall where she is from: only if she asks.
    sa.Column("aloud", sa.Boolean(), nullable=False, server_default=sa.false()),
    # That she was asked the questions at the end, never what she answered: that is only counted (`end_counts`).
    sa.Column("asked_at_end", sa.Boolean(), nullable=False, server_default=sa.false()),
    # That she was asked the questions of the tally, likewise (`tally_counts`).
    sa.Column("asked_tally", sa.Boolean(), nullable=False, server_default=sa.false()),
    instant("created_at"),
    instant("erased_at", null=True),
    # The party of an earlier day whose unfinished stops this one goes on with.
    ref("carried_from_id", "parties", null=True, ondelete="SET NULL"),
    sa.UniqueConstraint("day_id", "number"),
    sa.CheckConstraint("(number IS NULL) = (code_hash IS NULL)", name="ticket_whole"),
    one_of("interpreter", Interpreter, "interpreter"),
    sa.Index("ix_parties_day_id_name_folded", "day_id", "name_folded"),
)

members = sa.Table(
    "members",
    metadata,
    id_column(),
    ref("party_id", "parties"),
    sa.Column("mark", sa.Integer(), nullable=False),
    sa.Column("child", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("guardian_mark", sa.Integer()),
    sa.UniqueConstraint("party_id", "mark"),
)

stops = sa.Table(
    "stops",
    metadata,
    id_column(),
    ref("party_id", "parties"),
    ref("visit_id", "visits", null=True),
    ref("day_id", "days", index=False),
    ref("service_id", "services", ondelete="RESTRICT", index=False),
    ref("institution_id", "institutions", ondelete="RESTRICT", index=False),
    sa.Column("state", sa.String(14), nullable=False),
    sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("position", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("minutes", sa.Integer(), nullable=False),
    instant("planned_at", null=True),
    # The session she goes to, of a service that has some.
    ref("session_id", "day_sessions", null=True, ondelete="SET NULL"),
    # R18: nobody meets an institution she did not see named and accept.
    instant("consent_at", null=True),
    sa.Column("consent_how", sa.String(20)),
    sa.Column("consent_by", sa.String(80)),
    ref("desk_id", "desks", null=True, ondelete="RESTRICT", index=False),
    ref("only_desk_id", "desks", null=True, ondelete="SET NULL", index=False),
    instant("callable_from_at", null=True),
    ref("mediator_id", "mediators", null=True, ondelete="SET NULL", index=False),
    sa.Column("no_shows", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("blocked_by", sa.String(14)),
    sa.Column("outcome", sa.String(20)),
    # Dropped because she went away with it unserved, not because she refused it: it may wait again when she comes back.
    sa.Column("left_behind", sa.Boolean(), nullable=False, server_default=sa.false()),
    instant("called_at", null=True),
    instant("served_at", null=True),
    instant("ended_at", null=True),
    # Told afterwards from a sheet of paper: its times are about right, and no figure of waits or talks counts it.
    sa.Column("on_paper", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    one_of("state", StopState, "state"),
    one_of("blocked_by", BlockedBy, "blocked_by"),
    one_of("outcome", Outcome, "outcome"),
    sa.CheckConstraint("state IN ('proposed', 'declined', 'dropped') OR consent_at IS NOT NULL", name="consent"),
    sa.CheckConstraint("state NOT IN ('called', 'serving') OR desk_id IS NOT NULL", name="called_has_a_desk"),
    sa.CheckConstraint("(state = 'blocked') = (blocked_by IS NOT NULL)", name="blocked_says_why"),
    # R2: a desk serves at most one party, but for a session; a mediator helps at most one.
    sa.Index(
        "uq_stops_desk_busy", "desk_id", unique=True, sqlite_where=_AT_DESK_ALONE, postgresql_where=_AT_DESK_ALONE
    ),
    sa.Index("uq_stops_mediator_busy", "mediator_id", unique=True, sqlite_where=_AT_DESK, postgresql_where=_AT_DESK),
    sa.Index("ix_stops_day_id_state", "day_id", "state"),
    # SQLite uses a partial index only where a statement spells its condition out; this one also finds what was done.
    sa.Index("ix_stops_desk_id_state", "desk_id", "state"),
)

_ACTIVE = sa.text("active")
_ACTIVE_SQLITE = sa.text("active = 1")

stop_members = sa.Table(
    "stop_members",
    metadata,
    ref("stop_id", "stops", index=False),
    ref("member_id", "members", index=False),
    sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.PrimaryKeyConstraint("stop_id", "member_id"),
    # R2: a member is called or served in at most one place.
    sa.Index("uq_stop_members_active", "member_id", unique=True, sqlite_where=_ACTIVE_SQLITE, postgresql_where=_ACTIVE),
)

bookings = sa.Table(
    "bookings",
    metadata,
    id_column(),
    ref("party_id", "parties", index=False),
    ref("day_id", "days", index=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("channel", sa.String(10), nullable=False),
    instant("arrival_at", null=True),
    instant("ends_at", null=True),
    instant("hold_until_at", null=True),
    ref("invitation_id", "invitations", null=True, ondelete="SET NULL"),
    ref("helper_id", "accounts", null=True, ondelete="SET NULL"),
    sa.Column("no_interpreter", sa.Boolean(), nullable=False, server_default=sa.false()),
    instant("created_at"),
    instant("confirmed_at", null=True),
    instant("ended_at", null=True),
    sa.UniqueConstraint("party_id"),
    one_of("state", BookingState, "state"),
    one_of("channel", Channel, "channel"),
    sa.CheckConstraint("state <> 'held' OR hold_until_at IS NOT NULL", name="hold_has_an_end"),
    # Who waits for a place has no time yet; one that is offered stands in `waiting`.
    sa.CheckConstraint(
        "state IN ('requested', 'drawn', 'listed', 'offered', 'lapsed', 'withdrawn')"
        " OR (arrival_at IS NOT NULL AND ends_at IS NOT NULL)",
        name="arrival",
    ),
    sa.Index("ix_bookings_day_id_state", "day_id", "state"),
)

claims = sa.Table(
    "claims",
    metadata,
    ref("booking_id", "bookings", index=False),
    ref("capacity_id", "capacity", ondelete="RESTRICT"),
    sa.Column("minutes", sa.Integer(), nullable=False),
    sa.Column("reserve", sa.Integer(), nullable=False, server_default="0"),
    # An offer claims as well, beside what its booking may have: a time she can take, not hers yet.
    sa.Column("offered", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.PrimaryKeyConstraint("booking_id", "capacity_id", "offered"),
    sa.CheckConstraint("minutes > 0 AND reserve BETWEEN 0 AND minutes", name="minutes"),
)

waiting = sa.Table(
    "waiting",
    metadata,
    # Who waits for a place, or has one and would like an earlier time.
    sa.Column("party_id", Id(), sa.ForeignKey("parties.id", ondelete="CASCADE"), primary_key=True),
    ref("day_id", "days", index=False),
    # Of one who has no ticket yet: the code of her waiting page, and its short form.
    sa.Column("code_hash", sa.String(64), unique=True),
    sa.Column("short_hash", sa.String(64), unique=True),
    instant("since_at"),
    # Her place in a draw; drawn ranks go before those who joined later.
    sa.Column("rank", sa.Integer()),
    sa.Column("offers", sa.Integer(), nullable=False, server_default="0"),
    # Whether the list was gone through since she joined.
    sa.Column("seen", sa.Boolean(), nullable=False, server_default=sa.false()),
    instant("not_before_at", null=True),
    instant("not_after_at", null=True),
    instant("offer_at", null=True),
    instant("offer_until_at", null=True),
    # The times of the stops in the offered plan.
    sa.Column("plan", sa.JSON()),
    instant("ended_at", null=True),
    sa.CheckConstraint(
        "(offer_at IS NULL) = (offer_until_at IS NULL) AND (offer_at IS NULL OR ended_at IS NULL)",
        name="offer_whole",
    ),
    sa.Index("ix_waiting_day_id_ended_at", "day_id", "ended_at"),
)

draw_entries = sa.Table(
    "draw_entries",
    metadata,
    # A request in a draw under its public id, which is random and says nothing; it outlives the person (R16).
    sa.Column("id", Id(), primary_key=True),
    ref("day_id", "days", index=False),
    ref("party_id", "parties", null=True, ondelete="SET NULL"),
    sa.Column("rank", sa.Integer()),
    sa.Column("outcome", sa.String(10)),
    sa.UniqueConstraint("day_id", "rank"),
    one_of("outcome", DrawOutcome, "outcome"),
    sa.CheckConstraint("outcome IS NULL OR rank IS NOT NULL", name="rank_first"),
    sa.Index("ix_draw_entries_day_id_id", "day_id", "id"),
)

rests = sa.Table(
    "rests",
    metadata,
    # Minutes that became free and that the public doors do not see before `until_at`.
    id_column(),
    ref("day_id", "days", index=False),
    ref("capacity_id", "capacity"),
    sa.Column("minutes", sa.Integer(), nullable=False),
    instant("until_at"),
    # Whether they were offered to the waiting list.
    sa.Column("tried", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.CheckConstraint("minutes > 0", name="minutes"),
    sa.Index("ix_rests_day_id_until_at", "day_id", "until_at"),
)

contacts = sa.Table(
    "contacts",
    metadata,
    id_column(),
    ref("party_id", "parties"),
    sa.Column("kind", sa.String(6), nullable=False),
    sa.Column("address", sa.String(254), nullable=False),
    sa.Column("address_hash", sa.String(64), nullable=False, index=True),
    sa.Column("phone_end", sa.String(6), nullable=False, server_default="", index=True),
    instant("proved_at", null=True),
    # It does not count here: it is to be proved first, or has as many bookings as the day allows, which only a message
    # to it tells.
    sa.Column("limited", sa.Boolean(), nullable=False, server_default=sa.false()),
    # She wants no reminders any more; what changes or cancels her appointment is told all the same.
    instant("reminders_off_at", null=True),
    sa.UniqueConstraint("party_id", "kind"),
    one_of("kind", ("email", "phone"), "kind"),
)

leases = sa.Table(
    "leases",
    metadata,
    id_column(),
    ref("day_id", "days"),
    ref("device_id", "devices"),
    sa.Column("first", sa.Integer(), nullable=False),
    sa.Column("last", sa.Integer(), nullable=False),
    instant("until_at"),
    sa.CheckConstraint("last >= first", name="range"),
)

spare_tickets = sa.Table(
    "spare_tickets",
    metadata,
    # Numbers printed on the spare tickets of a day pack: of the day's one counter, each printed once.
    id_column(),
    ref("day_id", "days"),
    sa.Column("first", sa.Integer(), nullable=False),
    sa.Column("last", sa.Integer(), nullable=False),
    instant("made_at"),
    sa.CheckConstraint("last >= first", name="range"),
)

printed = sa.Table(
    "printed",
    metadata,
    # A ticket that a machine printed by itself, as it was handed in: once, however often it comes (R9).
    id_column(),
    ref("day_id", "days", index=False),
    ref("device_id", "devices", null=True, ondelete="SET NULL"),
    # Nobody, where no desk is left that she chose: reception asks her again.
    ref("party_id", "parties", null=True, ondelete="SET NULL"),
    sa.Column("nonce", sa.String(80), nullable=False),
    sa.Column("number", sa.Integer(), nullable=False),
    # The machine's own count: what it printed first waits first.
    sa.Column("counter", sa.Integer(), nullable=False, server_default="0"),
    instant("came_at"),
    instant("merged_at"),
    sa.Column("conflict", sa.String(10)),
    # The codes on a paper whose number is not her number: they find her as long as nobody else has that number.
    sa.Column("code_hash", sa.String(64), index=True),
    sa.Column("short_hash", sa.String(64), index=True),
    # Somebody has looked at the conflict.
    instant("seen_at", null=True),
    sa.UniqueConstraint("day_id", "nonce"),
    one_of("conflict", Conflict, "conflict"),
)
