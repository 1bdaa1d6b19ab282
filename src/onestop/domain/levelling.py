"""Which of the possible arrivals are offered first: those that burden the day least.

The burden of a plan is what it adds to the sum of squared loads of desk groups, mediators and arrivals. Squares make a
full hour dear and an empty one cheap, for every service and every mediator language at once. A claim burdens not its
ten minutes alone but, in equal parts, the hour that follows: talks are shorter or longer than planned, and what one of
them lasts too long the next ones wait. (docs/routing.md has what either is worth.)
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from onestop.domain.capacity import Bucket, DayCapacity
from onestop.domain.plan import NominalPlan

SPREAD = 6
"""Buckets over which a claim on a desk or mediator is spread: its own and those of the hour after it."""


BEST = 4
"""So many of the best times are shown first (docs/routing.md: taking one of them is what was measured)."""
FEW = 6
"""So few times are shown as they are."""
SOON = timedelta(minutes=15)
"""What is promised with the best times: the first talk begins so soon."""


def best_of(capacity: DayCapacity, plans: Sequence[NominalPlan]) -> tuple[NominalPlan, ...]:
    """The plans to show first, by time, each with its first talk `SOON`; none if there are few altogether."""
    if len(plans) <= FEW:
        return ()
    prompt = [plan for plan in plans if begins_soon(plan)]
    return tuple(sorted(levelled(capacity, prompt)[:BEST], key=lambda plan: plan.arrival_at))


def prompt_of(plans: Sequence[NominalPlan]) -> list[NominalPlan]:
    """The plans to offer somebody who cannot choose: their first talk `SOON`, or else after the shortest wait."""
    longest = max(SOON, min(map(_wait, plans), default=SOON))
    return [plan for plan in plans if _wait(plan) <= longest]


def begins_soon(plan: NominalPlan) -> bool:
    """Whether the first talk is planned soon after the arrival."""
    return _wait(plan) <= SOON


def _wait(plan: NominalPlan) -> timedelta:
    return min(stop.start for stop in plan.stops) - plan.arrival_at


def levelled(capacity: DayCapacity, plans: Sequence[NominalPlan]) -> list[NominalPlan]:
    """The plans from the least burden to the greatest, equal ones by time; each claims from `capacity` as it is."""
    loads = _Loads(capacity)
    return sorted(plans, key=lambda plan: (round(loads.burden(plan), 9), plan.arrival_at))


class _Loads:
    """Every row of buckets with its load in parts of what a bucket of it takes at most."""

    def __init__(self, capacity: DayCapacity) -> None:
        self._place: dict[UUID, tuple[int, int]] = {}
        self._rows: list[list[float]] = []
        self._most: list[int] = []
        self._spread: list[int] = []
        for group in (*capacity.groups, *capacity.mediators):
            self._add(group.buckets, SPREAD)
        for session in capacity.sessions:
            self._add(session.buckets, 1)
        self._add(capacity.arrivals, 1)

    def burden(self, plan: NominalPlan) -> float:
        """What the plan adds to the sum of squares."""
        more: dict[tuple[int, int], float] = defaultdict(float)
        for claim in plan.claims:
            row, i = self._place[claim.bucket]
            for j in range(i, i + self._spread[row]):
                more[row, j] += claim.minutes / (self._spread[row] * self._most[row])
        return sum(added * (2 * self._rows[row][j] + added) for (row, j), added in more.items())

    def _add(self, buckets: Sequence[Bucket], spread: int) -> None:
        row, most = len(self._rows), max((bucket.total for bucket in buckets), default=0) or 1
        loads = [0.0] * (len(buckets) + spread)
        for i, bucket in enumerate(buckets):
            self._place[bucket.id] = row, i
            load = (bucket.used + bucket.used_reserve) / (spread * most)
            for j in range(i, i + spread):
                loads[j] += load
        self._rows.append(loads)
        self._most.append(most)
        self._spread.append(spread)
