"""A change of a day's set-up begins with the version of the day that was shown."""

from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import Day, day_by_id
from onestop.days.tables import days
from onestop.domain.day import DayState
from onestop.domain.errors import N_, Changed, DayUnknown, Refusal


class SetupOver(Refusal):
    code = "setup_over"
    sentence = N_("This day is over or cancelled. Its set-up cannot be changed any more.")


def begin_change(conn: sa.Connection, day_id: UUID, version: int) -> Day:
    """Take the day if it still is the one that was shown, and raise its version."""
    taken = conn.execute(
        days.update()
        .where(days.c.id == day_id, days.c.version == version, days.c.state.in_([DayState.DRAFT, DayState.PUBLISHED]))
        .values(version=days.c.version + 1)
    )
    if taken.rowcount == 1:
        return day_by_id(conn, day_id)
    state = conn.execute(sa.select(days.c.state).where(days.c.id == day_id)).scalar()
    if state is None:
        raise DayUnknown
    raise Changed if state in (DayState.DRAFT, DayState.PUBLISHED) else SetupOver
