"""Whether somebody who comes now is still reached today: minutes asked for against minutes that desks are open."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskTime:
    """What a desk offers and for how many more minutes it takes visitors today."""

    services: frozenset[UUID]
    minutes_left: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Minutes until the first of the wanted services is free, and the services the day may end before."""

    wait_minutes: int
    late: frozenset[UUID]
    shut: frozenset[UUID] = frozenset()
    """Those of them for which no desk is open any more today."""


def reach(
    desks: Collection[DeskTime], *, backlog_minutes: Mapping[UUID, float], wanted_minutes: Mapping[UUID, float]
) -> Reach:
    """Compare a newcomer's services with what waits already; desks that offer the same service share its backlog.

    A rough estimate on purpose: it decides only whether she is told "we may not reach you today".
    """
    open_desks = [desk for desk in desks if desk.minutes_left > 0]
    offering = {service: sum(1 for desk in open_desks if service in desk.services) for service in backlog_minutes}
    loads = [
        sum(minutes / offering[service] for service, minutes in backlog_minutes.items() if service in desk.services)
        for desk in open_desks
    ]
    late: set[UUID] = set()
    shut: set[UUID] = set()
    waits: list[float] = []
    for service, minutes in wanted_minutes.items():
        here = [(load, desk) for load, desk in zip(loads, open_desks, strict=True) if service in desk.services]
        if not any(load + minutes <= desk.minutes_left for load, desk in here):
            late.add(service)
        if not here:
            shut.add(service)
        waits += [min(load for load, _ in here)] if here else []
    longest = max((desk.minutes_left for desk in open_desks), default=0.0)
    if sum(wanted_minutes.values()) > longest:
        late.update(wanted_minutes)
    return Reach(wait_minutes=ceil(min(waits, default=0.0)), late=frozenset(late), shut=frozenset(shut))
