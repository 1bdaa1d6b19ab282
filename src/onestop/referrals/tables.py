"""Rows of referrals."""

import sqlalchemy as sa

from onestop.db.base import metadata
from onestop.db.types import id_column, instant, one_of, ref
from onestop.domain.referral import KeptHow, Target

referrals = sa.Table(
    "referrals",
    metadata,
    id_column(),
    ref("day_id", "days"),
    # Whose it is; none once she is forgotten: what stays is counted, not known.
    ref("party_id", "parties", null=True),
    ref("stop_id", "stops", null=True),
    ref("from_institution_id", "institutions", ondelete="RESTRICT"),
    sa.Column("target", sa.String(12), nullable=False),
    ref("to_institution_id", "institutions", null=True, ondelete="RESTRICT"),
    ref("to_service_id", "services", null=True, ondelete="SET NULL", index=False),
    ref("to_day_id", "days", null=True, ondelete="RESTRICT", index=False),
    ref("place_id", "places", null=True, ondelete="RESTRICT", index=False),
    # A key of directory/ways_on.py.
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("by_on", sa.Date()),
    # R19: told to nobody but her and the desk that made it.
    sa.Column("private", sa.Boolean(), nullable=False),
    # Nobody is sent anywhere that she did not hear named and accept.
    instant("consent_at"),
    sa.Column("consent_by", sa.String(80), nullable=False),
    instant("made_at"),
    instant("withdrawn_at", null=True),
    instant("kept_at", null=True),
    sa.Column("kept_how", sa.String(12)),
    # The stop she was served at there; taking that act back takes this back too.
    ref("kept_stop_id", "stops", null=True, ondelete="SET NULL", index=False),
    one_of("target", Target, "target"),
    one_of("kept_how", KeptHow, "kept_how"),
    sa.CheckConstraint("(target = 'institution') = (to_institution_id IS NOT NULL)", name="to_institution"),
    sa.CheckConstraint("(target = 'place') = (place_id IS NOT NULL)", name="to_place"),
    sa.CheckConstraint("target <> 'day' OR to_day_id IS NOT NULL", name="to_day"),
    sa.CheckConstraint("target <> 'place' OR to_day_id IS NULL", name="no_day_at_a_place"),
    sa.CheckConstraint("(kept_at IS NULL) = (kept_how IS NULL)", name="kept_says_how"),
    sa.CheckConstraint("kept_at IS NULL OR withdrawn_at IS NULL", name="kept_or_withdrawn"),
)
