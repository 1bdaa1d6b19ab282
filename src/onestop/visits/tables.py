"""Rows of the live day: visits, stops with consent, calls, acts that can be undone."""

import sqlalchemy as sa

from onestop.db.base import metadata
from onestop.db.types import BigId, id_column, instant, one_of, ref
from onestop.domain.visit import BlockedBy, Outcome, StopState, VisitReason, VisitState

_AT_DESK = sa.text("state IN ('called', 'serving')")

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
    instant("called_at", null=True),
    instant("served_at", null=True),
    instant("ended_at", null=True),
    sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    one_of("state", StopState, "state"),
    one_of("blocked_by", BlockedBy, "blocked_by"),
    one_of("outcome", Outcome, "outcome"),
    sa.CheckConstraint("state IN ('proposed', 'declined', 'dropped') OR consent_at IS NOT NULL", name="consent"),
    sa.CheckConstraint("state NOT IN ('called', 'serving') OR desk_id IS NOT NULL", name="called_has_a_desk"),
    sa.CheckConstraint("(state = 'blocked') = (blocked_by IS NOT NULL)", name="blocked_says_why"),
    # R2: a desk serves at most one party, a mediator helps at most one.
    sa.Index("uq_stops_desk_busy", "desk_id", unique=True, sqlite_where=_AT_DESK, postgresql_where=_AT_DESK),
    sa.Index("uq_stops_mediator_busy", "mediator_id", unique=True, sqlite_where=_AT_DESK, postgresql_where=_AT_DESK),
    sa.Index("ix_stops_day_id_state", "day_id", "state"),
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
