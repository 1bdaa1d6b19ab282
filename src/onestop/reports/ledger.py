"""Audit of the ledger against the tables: what is in a table has its fact, and facts add up to what the table says."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from onestop.domain.booking import BookingState
from onestop.domain.calling import score_of
from onestop.domain.visit import NO_SHOWS_UNTIL_MISSED, StopState, VisitState
from onestop.reports.violations import DayRows, Row, Violation, grouped, violation

LONGEST_WAIT_FOR_THE_LOCK = timedelta(seconds=30)
"""A request reads the time before it waits for the day's lock, so neighbours in the ledger may be this far apart."""

_MACHINE_TIME = "Device"
"""Facts of machines carry real time, also where a demo bends the time of the day."""
_ARRIVALS = {"VisitorCheckedIn": False, "WalkInIssued": True}


def audit_ledger(rows: DayRows, *, now: datetime) -> Iterator[Violation]:
    """Every difference between the facts of a day and its tables; parties whose data were erased are left out."""
    yield from _order(rows, now)
    yield from _arrivals(rows)
    yield from _bookings(rows)
    yield from _calls(rows)
    yield from _ends(rows)


def _order(rows: DayRows, now: datetime) -> Iterator[Violation]:
    if rows.erased and len(rows.erased) == len(rows.parties):
        return  # retention rounds the times
    apart = LONGEST_WAIT_FOR_THE_LOCK * max(1.0, rows.rate)
    latest: Row | None = None
    for fact in rows.facts:
        if fact.kind.startswith(_MACHINE_TIME):
            continue
        if latest is not None and fact.at < latest.at - apart:
            yield violation("ledger", f"{fact.kind} stands after {latest.kind} and happened before it.", fact.id)
        if latest is None or fact.at > latest.at:
            latest = fact
    if latest is not None and latest.at > now + apart:
        yield violation("ledger", f"{latest.kind} has not happened yet.", latest.id)


def _arrivals(rows: DayRows) -> Iterator[Violation]:
    said = grouped((fact for fact in rows.facts if fact.kind in _ARRIVALS), lambda fact: fact.visit_id)
    for visit in rows.visits.values():
        kinds = [_ARRIVALS[fact.kind] for fact in said.get(visit.id, [])]
        if kinds != [visit.walk_in] and visit.party_id not in rows.erased:
            yield violation("ledger", "The ledger does not say once, and rightly, how a visit began.", visit.id)


def _bookings(rows: DayRows) -> Iterator[Violation]:
    confirmed = Counter(fact.party_id for fact in rows.facts if fact.kind == "BookingConfirmed")
    cancelled = Counter(fact.party_id for fact in rows.facts if fact.kind == "BookingCancelled")
    for booking in rows.bookings:
        if booking.party_id in rows.erased:
            continue
        if confirmed[booking.party_id] != (booking.confirmed_at is not None):
            times = confirmed[booking.party_id]
            yield violation(
                "ledger", f"A booking is {booking.state}; the ledger confirmed it {times} times.", booking.id
            )
        if cancelled[booking.party_id] != (booking.state == BookingState.CANCELLED):
            times = cancelled[booking.party_id]
            yield violation(
                "ledger", f"A booking is {booking.state}; the ledger cancelled it {times} times.", booking.id
            )


def _calls(rows: DayRows) -> Iterator[Violation]:
    """Each call has its own fact, and its score follows from the terms kept with it."""
    told = Counter(
        (fact.stop_id, fact.desk_id, fact.mediator_id, fact.at, _flat(fact.terms))
        for fact in rows.facts
        if fact.kind == "StopCalled"
    )
    party_of = {stop.id: stop.party_id for stop in rows.stops}
    for call in rows.calls:
        if party_of.get(call.stop_id) in rows.erased:
            continue
        same = (call.stop_id, call.desk_id, call.mediator_id, call.called_at, _flat(call.terms))
        if not told[same]:
            yield violation("ledger", "A call has no fact, or one that says something else.", call.id, call.stop_id)
        told[same] -= 1
        try:
            recomputed = score_of(call.terms)
        except (KeyError, TypeError):
            recomputed = None
        if recomputed is None or recomputed != call.terms.get("score"):
            yield violation("ledger", "The score of a call does not follow from its terms.", call.id)
    for (stop, *_), left in told.items():
        if left > 0 and stop in party_of and party_of[stop] not in rows.erased:
            yield violation("ledger", "A fact tells of a call that is in no table.", stop)


_BEGAN_WITH = {
    "finish": ("StopFinished",),
    "session_end": ("StopFinished", "StopNotHere"),
    "no_show": ("StopNotHere",),
    "leave": ("VisitEnded",),
    "drop_stop": ("StopDropped",),
    "bring_back": ("StopBroughtBack",),
    "add_stop": ("StopProposed",),
    "come_again": ("VisitReopened",),
    "paper": ("PaperEntered",),
}
"""Acts that can end a stop or a visit, or open one again, and its first fact, which each of them always has."""


class _Told:
    """What the facts say has ended; an undo takes back what its act had changed."""

    def __init__(self) -> None:
        self.stops: dict[UUID, StopState | None] = {}
        self.visits: dict[UUID, VisitState] = {}
        self._changes: dict[UUID, list[tuple[int, dict[UUID, Any], UUID, Any]]] = defaultdict(list)
        self._newest: dict[tuple[UUID, str], int] = {}

    def hear(self, fact: Row) -> None:
        self._newest[fact.visit_id, fact.kind] = fact.id
        match fact.kind:
            case "StopFinished":
                self._set(fact, self.stops, fact.stop_id, StopState.FINISHED)
            case "StopNotHere" if fact.terms.get("missed", fact.terms.get("count", 0) >= NO_SHOWS_UNTIL_MISSED):
                self._set(fact, self.stops, fact.stop_id, StopState.MISSED)
            case "StopBroughtBack":
                self._set(fact, self.stops, fact.stop_id, None)
            case "VisitEnded":
                self._set(fact, self.visits, fact.visit_id, VisitState(fact.terms["state"]))
            case "VisitReopened":
                self._set(fact, self.visits, fact.visit_id, VisitState.OPEN)
            case "ActUndone":
                self._take_back(fact)
            case _:
                pass

    def _set(self, fact: Row, told: dict[UUID, Any], which: UUID, value: Any) -> None:
        self._changes[fact.visit_id].append((fact.id, told, which, told.get(which)))
        told[which] = value

    def _take_back(self, undone: Row) -> None:
        told = [self._newest.get((undone.visit_id, kind)) for kind in _BEGAN_WITH.get(undone.terms["act"], ())]
        begun = max(filter(None, told), default=None)
        changes = self._changes[undone.visit_id]
        while begun is not None and changes and changes[-1][0] >= begun:
            _, told, which, before = changes.pop()
            told[which] = before


def _ends(rows: DayRows) -> Iterator[Violation]:
    """Finished, missed and ended as the facts tell it, undone acts taken back."""
    told = _Told()
    for fact in rows.facts:
        told.hear(fact)
    for stop in rows.stops:
        over = stop.state if stop.state in {StopState.FINISHED, StopState.MISSED} else None
        if over != told.stops.get(stop.id) and stop.party_id not in rows.erased:
            said = told.stops.get(stop.id) or "not over"
            yield violation("ledger", f"A stop is {stop.state}; the facts say {said}.", stop.id)
    for visit in rows.visits.values():
        said = told.visits.get(visit.id) or VisitState.OPEN
        if visit.state != said and visit.party_id not in rows.erased:
            yield violation("ledger", f"A visit is {visit.state}; the facts say {said}.", visit.id)


def _flat(terms: dict[str, object]) -> tuple[tuple[str, object], ...]:
    return tuple(sorted(terms.items()))
