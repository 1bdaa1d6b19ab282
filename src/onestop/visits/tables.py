"""Rows of the live day: visits with needs and papers seen, calls, acts, alarms, notes (stops stand in `booking`)."""

import sqlalchemy as sa

from onestop.db.base import metadata
from onestop.db.types import BigId, id_column, instant, one_of, ref
from onestop.domain.ending import EndQuestion
from onestop.domain.help import CalledBy, HelpEnding
from onestop.domain.note import LONGEST_NOTE
from onestop.domain.tally import TallyQuestion
from onestop.domain.touch import Touch
from onestop.domain.visit import VisitReason, VisitState

visits = sa.Table(
    "visits",
    metadata,
    id_column(),
    ref("party_id", "parties", index=False),
    ref("day_id", "days", index=False),
    sa.Column("state", sa.String(14), nullable=False, server_default="open"),
    sa.Column("reason", sa.String(20)),
    sa.Column("walk_in", sa.Boolean(), nullable=False),
    instant("booked_at", null=True),
    instant("checked_in_at"),
    instant("waiting_since_at", null=True),
    sa.Column("waited_seconds", sa.Integer(), nullable=False, server_default="0"),
    instant("stepped_out_at", null=True),
    # A moment after `finish` in which no desk calls her, so that the common slip can be undone.
    instant("free_from_at", null=True),
    instant("ended_at", null=True),
    sa.Column("need", sa.Boolean(), nullable=False, server_default=sa.false()),
    # A kiosk that worked without the server sends its nonce, so that the same ticket is stored once (R9).
    sa.Column("nonce", sa.String(80)),
    sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    sa.UniqueConstraint("party_id"),
    sa.UniqueConstraint("day_id", "nonce"),
    one_of("state", VisitState, "state"),
    one_of("reason", VisitReason, "reason"),
    # R8: a visit that ended says why.
    sa.CheckConstraint("(state = 'open') = (reason IS NULL)", name="end_has_a_reason"),
    sa.CheckConstraint("waited_seconds >= 0", name="waited"),
    sa.Index("ix_visits_day_id_state", "day_id", "state"),
)

visit_needs = sa.Table(
    "visit_needs",
    metadata,
    ref("visit_id", "visits"),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.PrimaryKeyConstraint("visit_id", "kind"),
)

stop_papers = sa.Table(
    "stop_papers",
    metadata,
    # What reception saw of the papers of a stop, or that she does not have it; never of a private one (R19).
    ref("stop_id", "stops", index=False),
    sa.Column("key", sa.String(60), nullable=False),
    sa.Column("seen", sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint("stop_id", "key"),
)

_OPEN_CALL = sa.text("outcome IS NULL")

calls = sa.Table(
    "calls",
    metadata,
    # Increasing, so that a board that was cut off asks for what came after the last call it played (R10).
    sa.Column("id", BigId, primary_key=True, autoincrement=True),
    ref("day_id", "days", index=False),
    ref("stop_id", "stops"),
    ref("desk_id", "desks", index=False),
    ref("mediator_id", "mediators", null=True, ondelete="SET NULL", index=False),
    instant("called_at"),
    instant("recalled_at", null=True),
    sa.Column("recalls", sa.Integer(), nullable=False, server_default="0"),
    sa.Column("quiet", sa.Boolean(), nullable=False, server_default=sa.false()),
    sa.Column("outcome", sa.String(12)),
    instant("ended_at", null=True),
    sa.Column("terms", sa.JSON(), nullable=False),
    one_of("outcome", ("served", "no_show", "withdrawn", "undone"), "outcome"),
    sa.CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="end"),
    sa.Index("uq_calls_desk_open", "desk_id", unique=True, sqlite_where=_OPEN_CALL, postgresql_where=_OPEN_CALL),
    sa.Index("ix_calls_day_id_id", "day_id", "id"),
    sa.Index("ix_calls_desk_id_outcome", "desk_id", "outcome"),
    sqlite_autoincrement=True,
)

acts = sa.Table(
    "acts",
    metadata,
    id_column(),
    ref("day_id", "days", index=False),
    ref("desk_id", "desks", null=True, index=False),
    ref("stop_id", "stops"),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("actor", sa.String(80), nullable=False),
    instant("at"),
    # What the rows looked like before, and their versions after: an undo restores exactly or refuses.
    sa.Column("before", sa.JSON(), nullable=False),
    sa.Column("after", sa.JSON(), nullable=False),
    instant("undone_at", null=True),
    sa.Index("ix_acts_desk_id_at", "desk_id", "at"),
)

session_runs = sa.Table(
    "session_runs",
    metadata,
    # How a session is held on the day: when everybody was called to it, when it began and ended.
    ref("session_id", "day_sessions", index=False),
    ref("day_id", "days"),
    instant("called_at", null=True),
    instant("begun_at", null=True),
    instant("ended_at", null=True),
    sa.PrimaryKeyConstraint("session_id"),
    sa.CheckConstraint("ended_at IS NULL OR begun_at IS NOT NULL", name="end"),
)

_OPEN_ALARM = sa.text("ended_at IS NULL")
_OPEN_IN_HALL = sa.text("ended_at IS NULL AND desk_id IS NULL AND party_id IS NULL")

alarms = sa.Table(
    "alarms",
    metadata,
    # Somebody asks for help: a desk, silently, a visitor on her phone, or reception or the floor for somebody: beside a
    # desk, for a number, or in the hall. Where, since when, who comes; never why and never who in person.
    id_column(),
    ref("day_id", "days", index=False),
    ref("desk_id", "desks", null=True, index=False),
    ref("party_id", "parties", null=True, index=False),
    instant("asked_at"),
    instant("coming_at", null=True),
    ref("coming_desk_id", "desks", null=True, ondelete="SET NULL", index=False),
    instant("ended_at", null=True),
    sa.Column("called_by", sa.String(10), nullable=False),
    sa.Column("ending", sa.String(10)),
    one_of("called_by", CalledBy, "called_by"),
    one_of("ending", HelpEnding, "ending"),
    sa.CheckConstraint("desk_id IS NULL OR party_id IS NULL", name="of_one"),
    sa.CheckConstraint("called_by <> 'desk' OR desk_id IS NOT NULL", name="by_desk"),
    sa.CheckConstraint("called_by <> 'visitor' OR party_id IS NOT NULL", name="by_visitor"),
    # What a desk asks for itself and what others ask for beside it are different calls.
    sa.Index(
        "uq_alarms_desk_open",
        "desk_id",
        "called_by",
        unique=True,
        sqlite_where=_OPEN_ALARM,
        postgresql_where=_OPEN_ALARM,
    ),
    sa.Index("uq_alarms_hall_open", "day_id", unique=True, sqlite_where=_OPEN_IN_HALL, postgresql_where=_OPEN_IN_HALL),
    sa.Index("uq_alarms_party_open", "party_id", unique=True, sqlite_where=_OPEN_ALARM, postgresql_where=_OPEN_ALARM),
    sa.Index("ix_alarms_day_id_ended_at", "day_id", "ended_at"),
)

notes = sa.Table(
    "notes",
    metadata,
    # Of one institution about the people on a ticket; no other reads it. A hand-over is a copy that she agreed to.
    id_column(),
    ref("party_id", "parties"),
    ref("institution_id", "institutions", index=False),
    # Only of a private talk: nobody but that service reads it (R19).
    ref("service_id", "services", null=True, index=False),
    sa.Column("text", sa.String(LONGEST_NOTE), nullable=False),
    sa.Column("written_by", sa.String(80), nullable=False),
    instant("written_at"),
    # A copy from another institution; which one, unless the talk was private.
    sa.Column("handed_over", sa.Boolean(), nullable=False, server_default=sa.false()),
    ref("handed_by_id", "institutions", null=True, ondelete="SET NULL", index=False),
    ref("copy_of_id", "notes", null=True, ondelete="SET NULL", index=False),
    instant("until_at"),
    sa.Index("ix_notes_until_at", "until_at"),
)

end_counts = sa.Table(
    "end_counts",
    metadata,
    # How often each answer was given at the end of a visit of the day. No time, no order, nobody.
    ref("day_id", "days", index=False),
    sa.Column("question", sa.String(10), nullable=False),
    sa.Column("answer", sa.String(20), nullable=False),
    sa.Column("given", sa.Integer(), nullable=False, server_default="0"),
    sa.PrimaryKeyConstraint("day_id", "question", "answer"),
    one_of("question", EndQuestion, "question"),
    sa.CheckConstraint("given >= 0", name="given"),
)

tally_counts = sa.Table(
    "tally_counts",
    metadata,
    # How often each answer of the tally was given on the day, or the question left out. No time, no order, nobody.
    ref("day_id", "days", index=False),
    sa.Column("question", sa.String(10), nullable=False),
    sa.Column("answer", sa.String(20), nullable=False),
    sa.Column("given", sa.Integer(), nullable=False, server_default="0"),
    sa.PrimaryKeyConstraint("day_id", "question", "answer"),
    one_of("question", TallyQuestion, "question"),
    sa.CheckConstraint("given >= 0", name="given"),
)

paper_entries = sa.Table(
    "paper_entries",
    metadata,
    # A line of a sheet of paper, entered afterwards: what happened, about when, and what its undo takes back.
    id_column(),
    ref("day_id", "days", index=False),
    ref("party_id", "parties"),
    ref("desk_id", "desks", null=True, ondelete="SET NULL", index=False),
    ref("stop_id", "stops", null=True, ondelete="SET NULL", index=False),
    ref("act_id", "acts", null=True, ondelete="SET NULL", index=False),
    sa.Column("how", sa.String(20), nullable=False),
    # Whether the entry also checked her in, or gave a ticket that nobody knew before.
    sa.Column("brought", sa.String(10), nullable=False, server_default=""),
    instant("about_at"),
    instant("entered_at"),
    sa.Column("actor", sa.String(80), nullable=False),
    instant("undone_at", null=True),
    one_of("brought", ("", "checked_in", "issued"), "brought"),
    sa.Index("ix_paper_entries_day_id_entered_at", "day_id", "entered_at"),
)

setup_touched = sa.Table(
    "setup_touched",
    metadata,
    # Whom a change of the set-up touches: told once, a few in a transaction.
    ref("change_id", "setup_changes", index=False),
    ref("party_id", "parties"),
    sa.Column("how", sa.String(12), nullable=False),
    sa.Column("here", sa.Boolean(), nullable=False),
    # Her arrival when it was told: once she has another one, the sentence is about something that is over.
    instant("arrival_at"),
    instant("told_at", null=True),
    # She has read it, or reception has told her.
    instant("seen_at", null=True),
    sa.PrimaryKeyConstraint("change_id", "party_id"),
    one_of("how", Touch, "how"),
)
