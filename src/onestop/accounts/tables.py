"""Rows of who is who: accounts with their one-time codes, grants, browser sessions, day passes, bearer tokens."""

import sqlalchemy as sa

from onestop.db.base import metadata
from onestop.db.types import Id, id_column, instant, one_of, ref
from onestop.domain.roles import MOST_HELPER_CAP, Role

accounts = sa.Table(
    "accounts",
    metadata,
    id_column(),
    sa.Column("login", sa.String(120), nullable=False, unique=True),
    sa.Column("name", sa.String(120), nullable=False, server_default=""),
    sa.Column("password_hash", sa.String(200), nullable=False, server_default=""),
    sa.Column("language", sa.String(12), nullable=False, server_default=""),
    sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
    sa.Column("failed", sa.Integer(), nullable=False, server_default="0"),
    instant("wait_until_at", null=True),
    instant("created_at"),
)

grants = sa.Table(
    "grants",
    metadata,
    id_column(),
    ref("account_id", "accounts"),
    sa.Column("role", sa.String(16), nullable=False),
    ref("institution_id", "institutions", null=True),
    ref("day_id", "days", null=True),
    ref("desk_id", "desks", null=True),
    instant("until_at", null=True),
    # A helper's: live bookings on one day.
    sa.Column("cap", sa.Integer()),
    one_of("role", Role, "role"),
    sa.CheckConstraint(f"cap BETWEEN 1 AND {MOST_HELPER_CAP}", name="cap"),
)

passes = sa.Table(
    "passes",
    metadata,
    id_column(),
    ref("day_id", "days"),
    ref("desk_id", "desks"),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("bound_session", sa.String(64)),
    instant("bound_at", null=True),
    instant("revoked_at", null=True),
    instant("created_at"),
)

links = sa.Table(
    "links",
    metadata,
    id_column(),
    ref("account_id", "accounts"),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    # One use is the rule; a demo prints links that may be pressed again.
    sa.Column("again", sa.Boolean(), nullable=False, server_default=sa.false()),
    instant("until_at"),
    instant("used_at", null=True),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    ref("account_id", "accounts", null=True),
    ref("pass_id", "passes", null=True),
    ref("device_id", "devices", null=True),
    # Machine time: a sped-up demo must not sign anybody out.
    instant("created_at"),
    instant("seen_at"),
    instant("until_at"),
    sa.CheckConstraint(
        "(account_id IS NOT NULL AND pass_id IS NULL AND device_id IS NULL)"
        " OR (account_id IS NULL AND pass_id IS NOT NULL AND device_id IS NULL)"
        " OR (account_id IS NULL AND pass_id IS NULL AND device_id IS NOT NULL)",
        name="one_principal",
    ),
)

second_steps = sa.Table(
    "second_steps",
    metadata,
    sa.Column("account_id", Id(), sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    # Sealed with a key outside the database: a backup shows no secret.
    sa.Column("sealed", sa.LargeBinary(), nullable=False),
    # Until its owner has confirmed it by a code it counts for nothing.
    instant("on_at", null=True),
    # The newest half minute whose code was used: no code is good twice.
    sa.Column("last_step", sa.BigInteger(), nullable=False, server_default="0"),
    # Wrong tries in a row, and the same from browsers that signed in before: no stranger makes those wait.
    sa.Column("failed", sa.Integer(), nullable=False, server_default="0"),
    instant("wait_until_at", null=True),
    sa.Column("known_failed", sa.Integer(), nullable=False, server_default="0"),
    instant("known_wait_until_at", null=True),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    id_column(),
    ref("account_id", "accounts"),
    sa.Column("code_hash", sa.String(64), nullable=False, unique=True),
)

half_sign_ins = sa.Table(
    "half_sign_ins",
    metadata,
    sa.Column("token_hash", sa.String(64), primary_key=True),
    ref("account_id", "accounts"),
    sa.Column("known", sa.Boolean(), nullable=False),
    sa.Column("next_path", sa.String(2000), nullable=False, server_default=""),
    sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
    instant("until_at"),
)

tokens = sa.Table(
    "tokens",
    metadata,
    id_column(),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("label", sa.String(120), nullable=False, server_default=""),
    sa.Column("role", sa.String(16), nullable=False),
    ref("institution_id", "institutions", null=True),
    ref("day_id", "days", null=True),
    ref("desk_id", "desks", null=True),
    instant("created_at"),
    instant("until_at", null=True),
    instant("revoked_at", null=True),
    one_of("role", Role, "role"),
)
