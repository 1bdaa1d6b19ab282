"""What is said of one call, and in which languages; and which calls may come soon."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.days.tables import days, desk_services, desks
from onestop.devices.tables import devices
from onestop.domain.day import DayState, DeskState
from onestop.domain.errors import NotKnown
from onestop.domain.roles import Role
from onestop.domain.visit import StopState
from onestop.speech.words import Call
from onestop.visits.queries.board import WHO, is_shown, member_alone
from onestop.visits.tables import calls, visits

LOOKED_AT = timedelta(minutes=10)
"""A display that was seen within this time is in use."""
MOST_TO_COME = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenCall:
    """A call a board may say aloud."""

    call: Call
    languages: tuple[str, ...]
    """In this order: hers, if she asked for it, then the day's."""


def spoken_call(conn: sa.Connection, day: UUID, call: int) -> SpokenCall:
    """A call of this day that its boards show; one statement. Raises `NotKnown` for every other one."""
    row = conn.execute(
        sa.select(
            parties.c.number,
            desks.c.number.label("desk"),
            days.c.working_language,
            parties.c.aloud,
            parties.c.display_language,
            *WHO,
        )
        .join_from(calls, stops)
        .join(parties, parties.c.id == stops.c.party_id)
        .join(desks, desks.c.id == calls.c.desk_id)
        .join(days, days.c.id == calls.c.day_id)
        .where(calls.c.id == call, calls.c.day_id == day, is_shown())
    ).one_or_none()
    if row is None:
        raise NotKnown
    return _spoken(row)


def calls_to_come(conn: sa.Connection, *, real: datetime) -> list[SpokenCall]:
    """Who waits the longest, each at every open desk that could call her, where a board is in use; one statement."""
    watched = (
        sa.select(devices.c.id)
        .where(
            devices.c.kind == Role.DISPLAY,
            devices.c.revoked_at.is_(None),
            devices.c.seen_at > real - LOOKED_AT,
            sa.or_(devices.c.day_id.is_(None), devices.c.day_id == days.c.id),
        )
        .exists()
    )
    rows = conn.execute(
        sa.select(*_SAID)
        .join_from(stops, parties, parties.c.id == stops.c.party_id)
        .join(visits, visits.c.id == stops.c.visit_id)
        .join(days, days.c.id == stops.c.day_id)
        .join(desk_services, desk_services.c.service_id == stops.c.service_id)
        .join(desks, sa.and_(desks.c.id == desk_services.c.desk_id, desks.c.day_id == stops.c.day_id))
        .where(
            days.c.state == DayState.PUBLISHED,
            stops.c.state == StopState.WAITING,
            stops.c.private.is_(False),  # she is called quietly
            desks.c.state == DeskState.OPEN,
            watched,
        )
        .order_by(visits.c.waiting_since_at, stops.c.id, desks.c.number)
        .limit(MOST_TO_COME)
    )
    return [_spoken(row) for row in rows]


_SAID = (
    parties.c.number,
    parties.c.aloud,
    parties.c.display_language,
    desks.c.number.label("desk"),
    days.c.working_language,
    *WHO,
)


def _spoken(row: Any) -> SpokenCall:
    hers = (row.display_language,) if row.aloud else ()
    return SpokenCall(
        call=Call(number=row.number, member=member_alone(row), desk=row.desk),
        languages=(*hers, row.working_language),
    )
