"""Stretches of time: joined, and without others."""

from collections.abc import Iterable
from datetime import datetime

Interval = tuple[datetime, datetime]


def joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same time as stretches that do not touch, by their beginning; empty ones fall away."""
    found: list[Interval] = []
    for starts, ends in sorted(each for each in intervals if each[0] < each[1]):
        if found and starts <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], ends))
        else:
            found.append((starts, ends))
    return tuple(found)


def without(intervals: Iterable[Interval], taken: Iterable[Interval]) -> tuple[Interval, ...]:
    """What is left of some stretches where others are taken out."""
    left = list(joined(intervals))
    for begins, stops in joined(taken):
        left = [
            part
            for starts, ends in left
            for part in ((starts, min(ends, begins)), (max(starts, stops), ends))
            if part[0] < part[1]
        ]
    return tuple(left)


def within(intervals: Iterable[Interval], others: Iterable[Interval]) -> tuple[Interval, ...]:
    """The time that is in both."""
    both = list(joined(intervals))
    return without(both, without(both, others))


def before(intervals: Iterable[Interval], at: datetime) -> tuple[Interval, ...]:
    """What of them lies before an instant."""
    return tuple((starts, min(ends, at)) for starts, ends in intervals if starts < at)


def after(intervals: Iterable[Interval], at: datetime) -> tuple[Interval, ...]:
    """What of them lies after an instant."""
    return tuple((max(starts, at), ends) for starts, ends in intervals if ends > at)
