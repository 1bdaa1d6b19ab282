"""Acts from a page that may be old: a second tab, the back button, a press after somebody else's."""

from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from onestop.domain.errors import StopMoved
from onestop.visits.actions.rows import stop_row

T = TypeVar("T")


def while_as_seen(conn: sa.Connection, stop_id: UUID, act: Callable[..., T], *, seen: int | None, **kwargs: Any) -> T:
    """Run `act(conn, stop_id, …)` if the stop still has the version that was `seen`; raises `StopMoved` if not.

    Without a version nothing is compared: the act's own rules decide.
    """
    if seen is not None and stop_row(conn, stop_id).version != seen:
        raise StopMoved
    return act(conn, stop_id, **kwargs)
