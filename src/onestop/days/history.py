"""What organisers changed of a day's set-up is kept: values before and after."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import day_by_id
from onestop.days.queries.picture import Picture, differing, picture_of
from onestop.days.tables import setup_changes
from onestop.db.types import new_id
from onestop.domain.roles import Actor


def keep_change(
    conn: sa.Connection,
    day_id: UUID,
    before: Picture,
    *,
    touched: Mapping[str, int],
    undoes: bool = False,
    actor: Actor,
    now: datetime,
) -> UUID | None:
    """Keep what differs from before, under the day's version; gives its id, `None` where nothing differs."""
    was, then = differing(before, picture_of(conn, day_id))
    if was == then:
        return None
    change = new_id()
    conn.execute(
        setup_changes.insert().values(
            id=change,
            day_id=day_id,
            version=day_by_id(conn, day_id).version,
            at=now,
            actor=actor.ref,
            before=was,
            after=then,
            touched=dict(touched),
            undoes=undoes,
        )
    )
    return change
