"""Minutes that became free rest: the waiting list is offered them, the public doors see them some random time later."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from random import SystemRandom
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import rests, waiting
from onestop.days.queries.days import day_by_id
from onestop.db.types import new_id
from onestop.domain.day import DayState
from onestop.domain.plan import Claim
from onestop.domain.waiting import rests_until

_LOTS = SystemRandom()


def rest(conn: sa.Connection, day_id: UUID, freed: Mapping[UUID, tuple[int, int]], *, now: datetime) -> None:
    """Let the minutes of these rows rest; what came from a reserve goes back to it at once."""
    day = day_by_id(conn, day_id)
    if day.state is not DayState.PUBLISHED or now >= day.closes_at:
        return
    until = rests_until(day.opens_at, now=now, lot=_LOTS.random())
    rows = [
        {"id": new_id(), "day_id": day_id, "capacity_id": row, "minutes": minutes - reserve, "until_at": until}
        for row, (minutes, reserve) in freed.items()
        if minutes > reserve
    ]
    if rows:
        conn.execute(rests.insert(), rows)


def rest_if_awaited(conn: sa.Connection, day_id: UUID, freed: Mapping[UUID, tuple[int, int]], *, now: datetime) -> None:
    """The same for a time that was only held: it rests where somebody waits for a place, or places are scarce."""
    if day_by_id(conn, day_id).scarce or conn.execute(_AWAITED, {"day": day_id}).first() is not None:
        rest(conn, day_id, freed, now=now)


def beyond(freed: Mapping[UUID, tuple[int, int]], taken: Sequence[Claim]) -> dict[UUID, tuple[int, int]]:
    """What was given back and not taken again at once."""
    again = {claim.bucket: (claim.minutes, claim.reserve) for claim in taken}
    return {
        row: (minutes - min(minutes, again.get(row, (0, 0))[0]), reserve - min(reserve, again.get(row, (0, 0))[1]))
        for row, (minutes, reserve) in freed.items()
    }


def wake(conn: sa.Connection, taken: Sequence[Claim]) -> None:
    """What was taken from resting minutes rests no more."""
    left = {claim.bucket: claim.minutes - claim.reserve for claim in taken}
    for row in conn.execute(sa.select(rests).where(rests.c.capacity_id.in_(left)).order_by(rests.c.until_at)).all():
        used = min(row.minutes, left[row.capacity_id])
        left[row.capacity_id] -= used
        this = rests.c.id == row.id
        if used == row.minutes:
            conn.execute(rests.delete().where(this))
        elif used:
            conn.execute(rests.update().where(this).values(minutes=row.minutes - used))


def resting(day: Any, now: Any) -> sa.Select[Any, Any, int]:
    """Resting minutes, as what is less to be had: rows for `freed_by`."""
    return sa.select(rests.c.capacity_id, (-rests.c.minutes).label("minutes"), sa.literal(0).label("reserve")).where(
        rests.c.day_id == day, rests.c.until_at > now
    )


_AWAITED = (
    sa.select(waiting.c.party_id).where(waiting.c.day_id == sa.bindparam("day"), waiting.c.ended_at.is_(None)).limit(1)
)
