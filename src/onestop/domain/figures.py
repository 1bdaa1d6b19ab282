"""What played days say: minutes in the building, waits, overtime, who was not finished, use of desks and mediators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from statistics import fmean, quantiles, stdev
from uuid import UUID

from onestop.domain.simday import Played

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One played day. Minutes, but `desks` and `mediators`: the part of their hours they were with somebody."""

    parties: int
    inside: float
    waited: float
    waited_p90: float
    waited_longest: float
    first_wait: float
    """From the booked time (or coming, if later or not booked) to the first call."""
    overtime: float
    """From the closing to the end of the last talk."""
    unfinished: int
    """Parties that went home without a talk they wanted."""
    desks: Mapping[UUID, float]
    mediators: Mapping[UUID, float]


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean of several days and its standard error."""

    mean: float
    error: float


def figures_of(played: Played) -> Figures:
    """The figures of one day; a day without visitors has zeros."""
    day, visits = played.day, played.visits
    waits = sorted(visit.waited_minutes for visit in visits)
    first: dict[UUID, float] = {}
    begins = {visit.visitor: max(visit.came_at, visit.booked_at or visit.came_at) for visit in visits}
    busy: dict[UUID, float] = {}
    held, begun = {each.service for each in day.sessions}, set[tuple[UUID, datetime]]()
    for stop in played.stops:
        first.setdefault(stop.visitor, max(0.0, (stop.called_at - begins[stop.visitor]) / _MINUTE))
        minutes = (stop.ended_at - stop.called_at) / _MINUTE
        if stop.service in held:
            # All of a session sit there together: the desk is in use once.
            minutes = 0.0 if (stop.desk, stop.called_at) in begun else minutes
            begun.add((stop.desk, stop.called_at))
        busy[stop.desk] = busy.get(stop.desk, 0.0) + minutes
        if stop.choice.mediator is not None:
            busy[stop.choice.mediator] = busy.get(stop.choice.mediator, 0.0) + minutes
    hours = {each.desk.id: sum((b - a) / _MINUTE for a, b in each.openings) for each in day.desks}
    hours |= {one.id: (one.closes_at - one.opens_at) / _MINUTE for one in day.mediators}
    ends = max((stop.ended_at for stop in played.stops), default=day.closes_at)
    use = {who: busy.get(who, 0.0) / minutes if minutes else 0.0 for who, minutes in hours.items()}
    return Figures(
        parties=len(visits),
        inside=fmean(visit.inside_minutes for visit in visits) if visits else 0.0,
        waited=fmean(waits) if waits else 0.0,
        waited_p90=nine_of_ten(waits),
        waited_longest=waits[-1] if waits else 0.0,
        first_wait=fmean(first.values()) if first else 0.0,
        overtime=max(0.0, (ends - day.closes_at) / _MINUTE),
        unfinished=sum(1 for visit in visits if visit.unfinished),
        desks={each.desk.id: use[each.desk.id] for each in day.desks},
        mediators={one.id: use[one.id] for one in day.mediators},
    )


def spread(values: Sequence[float]) -> Spread:
    """The mean with its standard error, which one value alone does not have (0). `ValueError` without values."""
    if not values:
        raise ValueError("no values")
    return Spread(fmean(values), stdev(values) / sqrt(len(values)) if len(values) > 1 else 0.0)


def paired(one: Sequence[float], other: Sequence[float]) -> Spread:
    """The mean difference `one - other`, day by day on the same seeds, with its standard error."""
    return spread([a - b for a, b in zip(one, other, strict=True)])


def nine_of_ten(values: Sequence[float]) -> float:
    """What nine of ten values do not exceed, linear between the nearest two; nought without values."""
    if len(values) < 2:
        return values[0] if values else 0.0
    return quantiles(values, n=10, method="inclusive")[-1]
