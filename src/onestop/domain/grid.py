"""One row of buckets on a day's ten-minute grid, and the first place where a talk fits into one or two rows.

Time is whole minutes from the grid's first bucket. Minutes are *fluid*: the reserve takes a share of every bucket, so
a talk of 20 minutes at a single desk with 8 bookable minutes a bucket lasts 20 minutes from its start but takes
8 + 8 + 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from onestop.domain.capacity import BUCKET, Bucket, DeskGroup, MediatorGroup

STRETCH = timedelta(minutes=20)
"""How much later than its fluid length (minutes / bookable share) a stop may have all its minutes."""

BUCKET_MINUTES = BUCKET // timedelta(minutes=1)
_STRETCH_MINUTES = STRETCH // timedelta(minutes=1)

Takes = tuple[tuple[int, int], ...]
"""(index of a bucket, minutes), the same from each row."""


@dataclass(slots=True, kw_only=True)
class Row:
    """The buckets of one group on the grid; where the group is closed every list holds 0."""

    key: str
    buckets: list[Bucket | None]
    free: list[int]  # the only thing that changes: a plan takes from it and gives back
    bookable: list[int]
    total: list[int]
    closes: list[int]  # the minute at which the opening that holds this bucket ends
    left: list[int]  # free minutes from this bucket to the end of the day, before a plan takes any; one 0 more

    def offset(self, i: int) -> int:
        """How far into a bucket with free minutes a talk can start: what is used of a single desk lies at the front."""
        if self.free[i] >= BUCKET_MINUTES:
            return 0
        return BUCKET_MINUTES - ceil(BUCKET_MINUTES * self.free[i] / min(self.bookable[i], BUCKET_MINUTES))

    def take(self, takes: Takes) -> None:
        for i, minutes in takes:
            self.free[i] -= minutes

    def give_back(self, takes: Takes) -> None:
        for i, minutes in takes:
            self.free[i] += minutes


def laid_row(group: DeskGroup | MediatorGroup, *, origin: datetime, length: int, with_reserve: bool) -> Row:
    """The group's buckets as a row of `length` from `origin`; `ValueError` if one is off the grid."""
    buckets: list[Bucket | None] = [None] * length
    for bucket in group.buckets:
        index, rest = divmod(bucket.start - origin, BUCKET)
        if rest:
            raise ValueError("buckets must start on one ten-minute grid")
        buckets[index] = bucket
    free = [0 if b is None else b.free(with_reserve=with_reserve) for b in buckets]
    closes, left = [0] * length, [*free, 0]
    for i in range(length - 1, -1, -1):
        left[i] += left[i + 1]
        if buckets[i] is not None:
            goes_on = i + 1 < length and buckets[i + 1] is not None
            closes[i] = closes[i + 1] if goes_on else (i + 1) * BUCKET_MINUTES
    return Row(
        key=group.key,
        buckets=buckets,
        free=free,
        bookable=[0 if b is None else b.total - (0 if with_reserve else b.reserve) for b in buckets],
        total=[0 if b is None else b.total for b in buckets],
        closes=closes,
        left=left,
    )


def first_fit(rows: Sequence[Row], *, cursor: int, minutes: int, end_by: int) -> tuple[int, Takes] | None:
    """The first start at or after the cursor, with its takes, such that the talk ends by `end_by`."""
    first, length = max(cursor // BUCKET_MINUTES, 0), len(rows[0].free)
    if first >= length or cursor + minutes > end_by or any(row.left[first] < minutes for row in rows):
        return None
    for i in range(first, length):
        if not all(row.free[i] for row in rows):
            continue
        start = max(cursor, i * BUCKET_MINUTES + max(row.offset(i) for row in rows))
        if start + minutes > end_by:
            return None
        takes = _takes(rows, start, minutes, i)
        if takes is not None:
            return start, takes
    return None


def _takes(rows: Sequence[Row], start: int, minutes: int, first: int) -> Takes | None:
    """The same minutes from each row's buckets, from the start on, or `None` if they come too late or a row closes.

    No bucket gives one talk more than its ten minutes, the first only what comes after the start.
    """
    closes = min(row.closes[first] for row in rows)
    if start + minutes > closes:
        return None
    fluid = max(minutes * row.total[first] // row.bookable[first] for row in rows)
    complete_by = min(closes, start + fluid + _STRETCH_MINUTES)
    takes: list[tuple[int, int]] = []
    begin, missing = start, minutes
    for i in range(first, closes // BUCKET_MINUTES):
        take = min(missing, (i + 1) * BUCKET_MINUTES - begin, *(row.free[i] for row in rows))
        if begin + take > complete_by:
            return None
        if take:
            takes.append((i, take))
            missing -= take
        if not missing:
            return tuple(takes)
        begin = (i + 1) * BUCKET_MINUTES
    return None
