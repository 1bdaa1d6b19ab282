"""Verbs as doors and jobs use them, for the tests that try them in any order."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from onestop.accounts.actions import add_account
from onestop.booking.actions.bookings import confirm_booking
from onestop.booking.capacity import expire_holds
from onestop.booking.contacts import Contact
from onestop.clock import real_now
from onestop.days.tables import mediators
from onestop.db.idempotency import Answer, RequestKey, answer_once
from onestop.domain.errors import DayStillInside, KeyReused
from onestop.domain.roles import SYSTEM
from onestop.reports.violations import Row
from onestop.visits.actions.closing import close_day
from onestop.visits.tables import acts
from tests.halls import KEY


def confirm_once(
    conn: sa.Connection, key: RequestKey, hold: UUID, contact: tuple[Contact, ...], *, actor: Any, now: datetime
) -> Answer | str:
    """Confirm a hold under a request key, as the doors do it."""

    def act() -> Answer:
        return Answer(
            201, str(confirm_booking(conn, hold, key=KEY, contact=contact, actor=actor, now=now).number).encode()
        )

    try:
        return answer_once(conn, key, now, act)
    except KeyReused:
        return "key reused"


def close_quietly(conn: sa.Connection, day: UUID, *, actor: Any, now: datetime) -> int:
    """Close the day if nobody is inside; gives how many are."""
    try:
        close_day(conn, day, actor=actor, now=now)
    except DayStillInside as refusal:
        return int(refusal.params["count"])
    return 0


def all_acts(conn: sa.Connection, day: UUID) -> list[Row]:
    """The acts of the day in the order they were made."""
    return list(conn.execute(sa.select(acts).where(acts.c.day_id == day).order_by(acts.c.at, acts.c.id)))


def expire_now(conn: sa.Connection, day: UUID, *, actor: Any, now: datetime) -> int:
    """What the job does that marks holds whose time is over."""
    return expire_holds(conn, day, now=now)


def mediator_ids(conn: sa.Connection, day: UUID) -> list[UUID]:
    """The mediators of the day."""
    return list(
        conn.execute(sa.select(mediators.c.id).where(mediators.c.day_id == day).order_by(mediators.c.label)).scalars()
    )


def new_account(conn: sa.Connection) -> UUID:
    """Somebody who may say which mediator she is."""
    how = {"password_hash": "unused", "name": "Somebody", "held": (), "now": real_now()}
    return add_account(conn, login=uuid4().hex, actor=SYSTEM, **how)
