"""The picture of a day recomputed from its ledger alone, by looking at the hall every few seconds.

Shares nothing with `reports/truth.py`: no call, no stop and no state is read, only what the facts tell, in their order.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

TICK = timedelta(seconds=2)
QUARTER = timedelta(minutes=15)
_FREES = {
    "StopFinished",
    "StopNotHere",
    "StopParked",
    "StopTransferred",
    "CallWithdrawn",
    "StopDropped",
    "StopPutOff",
}
_ENDS = {"StopFinished", "StopDropped", "StopDeclined"}


@dataclass
class Hall:
    """How everything stands at one moment."""

    open: dict[UUID, bool] = field(default_factory=dict)
    at_desk: dict[UUID, tuple[UUID, UUID | None]] = field(default_factory=dict)
    """Desk and mediator of whoever is called or served, by step."""
    inside: set[UUID] = field(default_factory=set)
    out: set[UUID] = field(default_factory=set)
    steps: set[UUID] = field(default_factory=set)
    """Accepted and not over."""
    begins: dict[UUID, datetime] = field(default_factory=dict)
    vain: set[int] = field(default_factory=set)
    """Calls that nobody answered: they end no wait."""
    called_in_vain: set[UUID] = field(default_factory=set)


@dataclass
class Quarter:
    """Seconds in a quarter of an hour, by desk, mediator or service."""

    there: dict[UUID, float] = field(default_factory=lambda: defaultdict(float))
    used: dict[UUID, float] = field(default_factory=lambda: defaultdict(float))
    waits: dict[UUID, float] = field(default_factory=lambda: defaultdict(float))


def quarters(
    lines: Sequence[Any],
    *,
    steps: Mapping[UUID, tuple[UUID, UUID]],
    wanted: Mapping[UUID, Sequence[UUID]],
    booked: Mapping[UUID, datetime],
    private: Collection[UUID],
    opens_at: datetime,
    until: datetime,
) -> list[Quarter]:
    """`lines` still stand (nothing undone); `steps`: visit and service; `wanted`: steps a visit came with;
    `private`: steps whose waiting is told nobody.

    What is told from paper happened some time before it was told.
    """
    hall, found, next_ = Hall(), list[Quarter](), 0
    hall.vain = _in_vain(lines)
    lines = sorted(lines, key=_happened)
    at = opens_at + TICK / 2
    while at < until:
        while next_ < len(lines) and _happened(lines[next_]) <= at:
            _hear(hall, lines[next_], steps, wanted, booked)
            next_ += 1
        n = (at - opens_at) // QUARTER
        while len(found) <= n:
            found.append(Quarter())
        _look(hall, found[n], steps, private, at)
        at += TICK
    return found


def _in_vain(lines: Sequence[Any]) -> set[int]:
    calls: dict[UUID, int] = {}
    found: set[int] = set()
    for fact in lines:
        if fact.kind == "StopCalled":
            calls[fact.stop_id] = fact.id
        elif fact.stop_id in calls and fact.kind in {"StopServed", *_FREES}:
            call = calls.pop(fact.stop_id)
            if fact.kind not in {"StopServed", "StopFinished"}:
                found.add(call)
    return found


def _happened(fact: Any) -> datetime:
    return fact.at - timedelta(seconds=fact.terms.get("ago_seconds", 0))


def _hear(hall: Hall, fact: Any, steps: Any, wanted: Any, booked: Any) -> None:
    visit, stop = fact.visit_id, fact.stop_id
    match fact.kind:
        case "DeskOpened" | "DeskPaused" | "DeskClosed":
            hall.open[fact.desk_id] = fact.kind == "DeskOpened"
        case "VisitorCheckedIn" | "WalkInIssued":
            hall.inside.add(visit)
            hall.begins[visit] = max(_happened(fact), booked.get(visit, _happened(fact)))
            hall.steps.update(wanted.get(visit, ()))
        case "VisitReopened":
            hall.inside.add(visit)
        case "StopProposed" if fact.terms.get("accepted"):
            hall.steps.add(stop)
        case "StopAccepted":
            hall.steps.add(stop)
        case "StopCalled":
            hall.at_desk[stop] = (fact.desk_id, fact.mediator_id)
            if fact.id in hall.vain:
                hall.called_in_vain.add(stop)
        case "VisitorSteppedOut":
            hall.out.add(visit)
        case "VisitorCameBack":
            hall.out.discard(visit)
        case "VisitEnded":
            hall.inside.discard(visit)
            hall.out.discard(visit)
            hall.steps -= {each for each, (of, _) in steps.items() if of == visit}
        case _:
            pass
    if fact.kind in _FREES:
        hall.at_desk.pop(stop, None)
        hall.called_in_vain.discard(stop)
    if fact.kind in _ENDS or (fact.kind == "StopNotHere" and fact.terms["count"] >= 3):
        hall.steps.discard(stop)


def _look(hall: Hall, quarter: Quarter, steps: Any, private: Collection[UUID], at: datetime) -> None:
    tick = TICK.total_seconds()
    busy = {steps[stop][0] for stop in hall.at_desk if stop not in hall.called_in_vain}
    for desk, open_ in hall.open.items():
        if open_ or any(where == desk for where, _ in hall.at_desk.values()):
            quarter.there[desk] += tick
    for desk, mediator in hall.at_desk.values():
        quarter.used[desk] += tick
        if mediator is not None:
            quarter.used[mediator] += tick
    for stop in hall.steps.difference(private):
        visit, service = steps[stop]
        if visit in hall.inside and visit not in hall.out | busy and at >= hall.begins[visit]:
            quarter.waits[service] += tick
