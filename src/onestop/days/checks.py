"""Publish a day if nothing stops it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.actions import publish_day
from onestop.days.queries.checks import check_day
from onestop.days.queries.days import day_by_id
from onestop.domain.day import DayState
from onestop.domain.errors import Changed, PublishRefused
from onestop.domain.roles import Actor


def publish_checked(conn: sa.Connection, day_id: UUID, *, version: int, actor: Actor, now: datetime) -> None:
    """Publish the day that was shown if nothing stops it. Raises `Changed`, `PublishRefused`, `MoveRefused`."""
    day = day_by_id(conn, day_id)
    if day.state is DayState.DRAFT:
        if day.version != version:
            raise Changed
        stops = [each for each in check_day(conn, day, now=now) if each.stops]
        if stops:
            raise PublishRefused(reason=stops[0].kind)
    publish_day(conn, day_id, actor=actor, now=now)
