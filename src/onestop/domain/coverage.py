"""Hours in which something is open and nobody covers it: no desk and no mediator speaks a language, say."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Span = tuple[datetime, datetime]
"""From and to; the end is not in it."""
LEAST = timedelta(minutes=10)
"""A hole that is shorter is none: nobody hands over without a breath between."""


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same hours in order, without overlaps and without seams."""
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


def uncovered(
    wanted: Iterable[Span], there: Iterable[Span], *, since: datetime, least: timedelta = LEAST
) -> tuple[Span, ...]:
    """What of the `wanted` hours from `since` on nobody of `there` covers, in holes of at least so long."""
    covered = joined(there)
    found: list[Span] = []
    for opens, closes in joined(wanted):
        start = max(opens, since)
        for begins, ends in covered:
            if ends <= start or begins >= closes:
                continue
            found.append((start, begins))
            start = ends
        found.append((start, closes))
    return tuple((start, end) for start, end in found if end - start >= least)


def meets(start: datetime, end: datetime, spans: Sequence[Span]) -> bool:
    """Whether a stay lies in one of these hours, in part or wholly; one without length is the moment it begins."""
    return any(start < closes and (end > opens or start >= opens) for opens, closes in spans)
