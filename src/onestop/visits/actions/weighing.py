"""A change of a published day is weighed in its own transaction: refused while nobody saw whom it touches."""

import hashlib
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import day_by_id
from onestop.domain.capacity import DayCapacity
from onestop.domain.day import DayState
from onestop.domain.errors import N_, Refusal
from onestop.domain.touch import ASKED, Touched, weigh
from onestop.visits.queries.promised import promised, room_of


class ChangeTouches(Refusal):
    """Nothing was changed: somebody is to say first that it is meant, with the `token` of what was shown."""

    code = "change_touches"
    sentence = N_("This changes something for people who booked. Nothing was changed yet.")

    def __init__(self, touched: tuple[Touched, ...]) -> None:
        super().__init__()
        self.touched = touched

    @property
    def token(self) -> str:
        """What stands for those who were shown; it tells nobody's number."""
        return " ".join(_mark(one) for one in self.touched)


def look(conn: sa.Connection, day: UUID) -> DayCapacity | None:
    """A published day as it is before a change; `None` of a draft, on which nobody is promised anything."""
    return room_of(conn, day) if day_by_id(conn, day).state is DayState.PUBLISHED else None


def weigh_change(
    conn: sa.Connection, day: UUID, before: DayCapacity | None, *, sure: str, now: datetime
) -> tuple[Touched, ...]:
    """Whom the change touches that was just made. Raises `ChangeTouches` for somebody who is not among `sure`."""
    if before is None or (after := room_of(conn, day)) == before:
        return ()
    touched = weigh(before, after, promised(conn, day), now=now)
    asked = tuple(one for one in touched if one.touch in ASKED)
    if not {_mark(one) for one in asked} <= set(sure.split()):
        raise ChangeTouches(asked)
    return touched


def _mark(one: Touched) -> str:
    return hashlib.sha256(f"{one.party}|{one.touch}".encode()).hexdigest()[:12]
