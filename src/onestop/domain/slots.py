"""Capacity rows of a day: minutes of desks and mediators in 10-minute buckets, arrivals per slot, seats of sessions."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from onestop.domain.plan import BUCKET, CapacityKind

LAST_ARRIVAL_BEFORE_CLOSING = timedelta(minutes=45)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """One desk or mediator: the group it belongs to and an interval in which it works."""

    kind: CapacityKind
    group: str
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatSupply:
    """The seats of one session."""

    key: str
    starts_at: datetime
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityRow:
    """A row to be written; minutes (arrivals: parties; sessions: seats) in the bucket that starts at `bucket_at`."""

    kind: CapacityKind
    key: str
    bucket_at: datetime
    total: int
    reserve: int


def group_key(names: Iterable[str], languages: Iterable[str]) -> str:
    """The name of a group of desks or mediators that are alike: what they do, and in which languages."""
    return f"{'+'.join(sorted(names))}|{'+'.join(sorted(languages))}"


def capacity_rows(
    supplies: Iterable[Supply],
    *,
    opens_at: datetime,
    closes_at: datetime,
    slot: timedelta,
    arrivals_per_slot: int,
    reserve_percent: int,
    seats: Iterable[SeatSupply] = (),
) -> list[CapacityRow]:
    """Every capacity row of a day, the reserve taken off in whole minutes (arrivals: whole parties; whole seats)."""
    minutes: Counter[tuple[CapacityKind, str, datetime]] = Counter()
    for supply in supplies:
        for bucket in steps(opens_at, closes_at, BUCKET):
            covered = min(supply.closes_at, bucket + BUCKET, closes_at) - max(supply.opens_at, bucket)
            if covered > timedelta():
                minutes[supply.kind, supply.group, bucket] += int(covered.total_seconds() // 60)
    rows = [
        CapacityRow(kind=kind, key=key, bucket_at=at, total=total, reserve=total * reserve_percent // 100)
        for (kind, key, at), total in minutes.items()
        if total
    ]
    rows += [
        CapacityRow(
            kind=CapacityKind.SESSION,
            key=each.key,
            bucket_at=each.starts_at,
            total=each.seats,
            reserve=each.seats * reserve_percent // 100,
        )
        for each in seats
    ]
    rows += [
        CapacityRow(
            kind=CapacityKind.ARRIVALS,
            key="",
            bucket_at=at,
            total=arrivals_per_slot,
            reserve=arrivals_per_slot * reserve_percent // 100,
        )
        for at in arrival_times(opens_at, closes_at, slot)
    ]
    return rows


def beside(
    opening: tuple[datetime, datetime], taken: Iterable[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """What is left of an opening beside the times at which the desk holds a session."""
    start, end = opening
    for begins, ends in sorted(taken):
        if begins > start:
            yield start, min(begins, end)
        start = max(start, ends)
        if start >= end:
            return
    yield start, end


def arrival_times(opens_at: datetime, closes_at: datetime, slot: timedelta) -> list[datetime]:
    """The bookable arrival times; a day shorter than the last-arrival rule has its opening only."""
    times = list(steps(opens_at, closes_at - LAST_ARRIVAL_BEFORE_CLOSING + timedelta(minutes=1), slot))
    return times or [opens_at]


def steps(start: datetime, end: datetime, step: timedelta) -> Iterator[datetime]:
    """`start`, `start + step`, … before `end`."""
    at = start
    while at < end:
        yield at
        at += step
