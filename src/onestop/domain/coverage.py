"""Hours in which something is open and nobody covers it: no desk and no mediator speaks a language, say."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from onestop.domain.intervals import Interval, after, without

LEAST = timedelta(minutes=10)
"""A hole that is shorter is none: nobody hands over without a breath between."""


def uncovered(
    wanted: Iterable[Interval], there: Iterable[Interval], *, since: datetime, least: timedelta = LEAST
) -> tuple[Interval, ...]:
    """What of the `wanted` hours from `since` on nobody of `there` covers, in holes of at least so long."""
    return tuple((start, end) for start, end in without(after(wanted, since), there) if end - start >= least)


def meets(start: datetime, end: datetime, spans: Sequence[Interval]) -> bool:
    """Whether a stay lies in one of these hours, in part or wholly; one without length is the moment it begins."""
    return any(start < closes and (end > opens or start >= opens) for opens, closes in spans)
