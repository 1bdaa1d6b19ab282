"""What comes before what: whether an order of services can be kept at all."""

from collections.abc import Collection, Iterable
from uuid import UUID

Pair = tuple[UUID, UUID | None]
"""The first before the second; `None`: before every other."""


def circle_of(pairs: Iterable[Pair], offered: Collection[UUID]) -> frozenset[UUID]:
    """Services that wait for each other in a circle, so that nobody could begin; none where the order can be kept."""
    after: dict[UUID, set[UUID]] = {service: set() for service in offered}
    for before, then in pairs:
        after.setdefault(before, set()).update({then} if then is not None else set(offered) - {before})
    left = set(after)
    while True:
        awaited = set[UUID]().union(*(after[one] for one in left))
        inside = {one for one in left if after[one] & left and one in awaited}
        if inside == left:
            return frozenset(left)
        left = inside
