"""What is still to come to a running day, poured over the time that its desks and mediators will be there."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Minutes that any of these has still to give: booked for this time, or for somebody who waits now (no time)."""

    members: frozenset[UUID]
    minutes: float
    between: tuple[datetime, datetime] | None = None


def poured(
    dues: Iterable[Due],
    room: Mapping[tuple[int, int], float],
    row_of: Mapping[UUID, int],
    now: datetime,
    parts: Callable[[datetime, datetime], Iterable[tuple[int, float]]],
) -> dict[tuple[int, int], float]:
    """Minutes by row and column: what is booked at its time, who waits now in the first room that is left by it.

    Both are shared by the rows that can do it, by the room they have.
    """
    found: dict[tuple[int, int], float] = defaultdict(float)
    waits: list[tuple[list[int], float]] = []
    for due in dues:
        rows = sorted({row_of[who] for who in due.members if who in row_of})
        if not rows:
            continue
        if due.between is None:
            waits.append((rows, due.minutes))
            continue
        starts, ends = due.between
        for column, minutes in parts(max(starts, now), ends):
            whole = sum(room.get((row, column), 0.0) for row in rows)
            for row in rows:
                part = room.get((row, column), 0.0) / whole if whole else 1 / len(rows)
                found[row, column] += due.minutes * part * minutes / ((ends - starts) / _MINUTE)
    columns = sorted({column for _, column in room})
    for rows, left in waits:
        for column in columns:
            free = {row: max(0.0, room[row, column] - found[row, column]) for row in rows}
            whole = sum(free.values())
            taken = min(left, whole)
            for row, minutes in free.items() if taken else ():
                found[row, column] += taken * minutes / whole
            left -= taken
    return found
