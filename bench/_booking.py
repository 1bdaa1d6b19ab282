"""Booking without a database: parties take arrivals one after the other from a day's capacity in memory."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from onestop.domain.capacity import Bucket, CapacityKind, DayCapacity, DeskGroup, MediatorGroup
from onestop.domain.crowd import Guest
from onestop.domain.plan import NominalPlan, offered_arrivals
from onestop.domain.simday import SimDay
from onestop.domain.slots import Supply, capacity_rows, group_key

Choose = Callable[[DayCapacity, Sequence[NominalPlan], Random], NominalPlan]
"""Which of the plans somebody takes."""


def booked(
    guests: Sequence[Guest], day: SimDay, slot: timedelta, chance: Random, choose: Choose, *, per_slot: int
) -> dict[UUID, datetime]:
    """The arrival of everybody who books and for whom there is one, in the order of `guests`."""
    capacity, taken = empty_capacity(day, slot, per_slot), dict[UUID, datetime]()
    for guest in guests:
        who = guest.visitor
        if not guest.books:
            continue
        plans = offered_arrivals(
            capacity, stops=who.stops, languages=who.languages, interpreter=who.interpreter, not_before=day.opens_at
        )
        if plans:
            plan = choose(capacity, plans, chance)
            capacity = without(capacity, plan)
            taken[who.id] = plan.arrival_at
    return taken


def empty_capacity(day: SimDay, slot: timedelta, per_slot: int) -> DayCapacity:
    """What a day can take, with nothing taken."""
    desks = {group_key(map(str, sorted(each.desk.services)), each.desk.languages): each for each in day.desks}
    mediators = {group_key((), one.languages): one for one in day.mediators}
    supplies = [
        Supply(
            kind=CapacityKind.SERVICE,
            group=group_key(map(str, sorted(each.desk.services)), each.desk.languages),
            opens_at=opens,
            closes_at=closes,
        )
        for each in day.desks
        for opens, closes in each.openings
    ]
    supplies += [
        Supply(
            kind=CapacityKind.MEDIATOR,
            group=group_key((), one.languages),
            opens_at=one.opens_at,
            closes_at=one.closes_at,
        )
        for one in day.mediators
    ]
    rows = capacity_rows(
        supplies,
        opens_at=day.opens_at,
        closes_at=day.closes_at,
        slot=slot,
        arrivals_per_slot=per_slot,
        reserve_percent=0,
    )
    buckets: dict[tuple[CapacityKind, str], list[Bucket]] = defaultdict(list)
    for n, row in enumerate(rows, 1):
        made = Bucket(id=UUID(int=n), start=row.bucket_at, total=row.total, reserve=0, used=0, used_reserve=0)
        buckets[row.kind, row.key].append(made)
    return DayCapacity(
        opens_at=day.opens_at,
        closes_at=day.closes_at,
        slot=slot,
        groups=tuple(
            DeskGroup(
                key=key,
                services=each.desk.services,
                languages=each.desk.languages,
                minutes={service: round(minutes) for service, minutes in each.minutes.items()},
                buckets=tuple(buckets[CapacityKind.SERVICE, key]),
            )
            for key, each in desks.items()
        ),
        mediators=tuple(
            MediatorGroup(key=key, languages=one.languages, buckets=tuple(buckets[CapacityKind.MEDIATOR, key]))
            for key, one in mediators.items()
        ),
        arrivals=tuple(buckets[CapacityKind.ARRIVALS, ""]),
        precedences=day.precedences,
    )


def without(capacity: DayCapacity, plan: NominalPlan) -> DayCapacity:
    """The same after somebody took a plan."""
    claimed = Counter({claim.bucket: claim.minutes for claim in plan.claims})

    def less(buckets: Sequence[Bucket]) -> tuple[Bucket, ...]:
        return tuple(
            replace(each, used=each.used + claimed[each.id]) if each.id in claimed else each for each in buckets
        )

    return replace(
        capacity,
        groups=tuple(replace(each, buckets=less(each.buckets)) for each in capacity.groups),
        mediators=tuple(replace(each, buckets=less(each.buckets)) for each in capacity.mediators),
        arrivals=less(capacity.arrivals),
    )
