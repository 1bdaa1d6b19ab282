"""Rows of buckets on a day's ten-minute grid, and the first place where a talk fits into one or two of them.

Time is whole minutes from the grid's first bucket. Minutes are *fluid*: the reserve takes a share of every bucket, so
a talk of 20 minutes at a single desk with 8 bookable minutes a bucket lasts 20 minutes from its start but takes
8 + 8 + 4.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from onestop.domain.capacity import BUCKET, Bucket, DeskGroup, MediatorGroup

STRETCH = timedelta(minutes=20)
"""How much later than its fluid length (minutes / bookable share) a stop may have all its minutes."""

BUCKET_MINUTES = BUCKET // timedelta(minutes=1)
_STRETCH_MINUTES = STRETCH // timedelta(minutes=1)

Takes = tuple[tuple[int, int], ...]
"""(index of a bucket, minutes) in order of time, the same from each row."""
Fit = tuple[int, Takes]
"""(start, takes)"""


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
    taken: list[Takes] = field(default_factory=list[Takes])

    def offset(self, i: int) -> int:
        """How far into a bucket with free minutes a talk can start: what is used of a single desk lies at the front."""
        if self.free[i] >= BUCKET_MINUTES:
            return 0
        return BUCKET_MINUTES - ceil(BUCKET_MINUTES * self.free[i] / min(self.bookable[i], BUCKET_MINUTES))

    def take(self, takes: Takes) -> None:
        self.taken.append(takes)
        for i, minutes in takes:
            self.free[i] -= minutes

    def give_back(self) -> None:
        """Undo the latest take."""
        for i, minutes in self.taken.pop():
            self.free[i] += minutes

    @property
    def untouched(self) -> int:
        """The first bucket from which on the plan has taken nothing."""
        return max((takes[-1][0] + 1 for takes in self.taken), default=0)


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


@dataclass(slots=True)
class Option:
    """One way to serve a stop: the row of a desk group and, where one is needed, of a mediator group."""

    rows: tuple[Row, ...]
    minutes: int
    _later: dict[int, Fit | None] = field(default_factory=dict[int, "Fit | None"])
    """First fits from the start of a bucket on, where the plan has taken nothing; the same for every arrival."""

    def first_fit(self, *, cursor: int, end_by: int) -> Fit | None:
        """The first start at or after the cursor, with its takes, such that the talk ends by `end_by`."""
        length = len(self.rows[0].free)
        i = max(cursor // BUCKET_MINUTES, 0)
        if i >= length or cursor + self.minutes > end_by or any(row.left[i] < self.minutes for row in self.rows):
            return None
        found = self._fit(i, cursor)
        touched = max(row.untouched for row in self.rows)
        while found is None and i + 1 < touched:
            i += 1
            found = self._fit(i, cursor)
        if found is None:
            found = self._first_later(i + 1)
        # Starts only grow from bucket to bucket: if the first is too late, all are.
        return None if found is None or found[0] + self.minutes > end_by else found

    def _first_later(self, first: int) -> Fit | None:
        i, length, found = first, len(self.rows[0].free), None
        while i < length and i not in self._later and found is None:
            found = self._fit(i, i * BUCKET_MINUTES)
            i += 1
        if found is None:
            found = self._later.get(i)
        self._later.update(dict.fromkeys(range(first, i), found))
        return found

    def _fit(self, first: int, cursor: int) -> Fit | None:
        """The start in this bucket and the same minutes from each row, or `None` if they come too late or a row closes.

        No bucket gives one talk more than its ten minutes, the first only what comes after the start.
        """
        rows, minutes = self.rows, self.minutes
        if not all(row.free[first] for row in rows):
            return None
        start = max(cursor, first * BUCKET_MINUTES + max([row.offset(first) for row in rows]))
        closes = min([row.closes[first] for row in rows])
        if start + minutes > closes:
            return None
        fluid = max([minutes * row.total[first] // row.bookable[first] for row in rows])
        complete_by = start + fluid + _STRETCH_MINUTES
        takes: list[tuple[int, int]] = []
        begin, missing = start, minutes
        for i in range(first, closes // BUCKET_MINUTES):
            take = min(missing, (i + 1) * BUCKET_MINUTES - begin, *[row.free[i] for row in rows])
            if begin + take > complete_by:
                return None
            if take:
                takes.append((i, take))
                missing -= take
            if not missing:
                return start, tuple(takes)
            begin = (i + 1) * BUCKET_MINUTES
        return None
