"""Invitations: who needs one, and each counts as often as it may be used."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking import queries
from onestop.booking.tables import bookings
from onestop.days.queries.days import Day
from onestop.days.tables import invitations
from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.domain.booking import Channel
from onestop.domain.day import Release
from onestop.domain.errors import InvitationNeeded, InvitationUsed
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor

_NEED_INVITATION = frozenset({Channel.PUBLIC, Channel.API})
"""Doors that open an invited day only with an invitation; the others have a person or a machine of the centre."""


def invitation_of(conn: sa.Connection, day: Day, channel: Channel, code_hash: str | None) -> UUID | None:
    """The invitation this door books with, `None` where none is needed. Raises `InvitationNeeded`, `InvitationUsed`."""
    if day.release is not Release.INVITED or channel not in _NEED_INVITATION:
        return None
    if code_hash is None:
        raise InvitationNeeded
    found = queries.invitation_by_code_hash(conn, day.id, code_hash)
    if found is None:
        raise InvitationUsed
    return found


def invite_again(conn: sa.Connection, day: UUID, *, party: UUID, code_hash: str, actor: Actor, now: datetime) -> None:
    """The sheet of this party invites to one booking of the day; harmless if it did before, or if she is erased."""
    known = sa.select(invitations.c.id).where(invitations.c.code_hash == code_hash)
    if conn.execute(known).first() is not None or not queries.can_come_again(conn, party):
        return
    conn.execute(invitations.insert(), {"id": new_id(), "day_id": day, "code_hash": code_hash})
    record(conn, Fact(kind="InvitedAgain", at=now, day=day, actor=actor.ref))


def use_invitation(conn: sa.Connection, invitation: UUID | None) -> None:
    """Count the invitation of a hold as used. Raises `InvitationUsed` when somebody was faster."""
    if invitation is None:
        return
    used = conn.execute(
        invitations.update()
        .where(invitations.c.id == invitation, invitations.c.used < invitations.c.uses)
        .values(used=invitations.c.used + 1)
    )
    if used.rowcount != 1:
        raise InvitationUsed


def return_invitation(conn: sa.Connection, booking: UUID) -> None:
    """Whoever cancels may book again with the same invitation."""
    used_by = sa.select(bookings.c.invitation_id).where(bookings.c.id == booking).scalar_subquery()
    conn.execute(
        invitations.update()
        .where(invitations.c.id == used_by, invitations.c.used > 0)
        .values(used=invitations.c.used - 1)
    )
