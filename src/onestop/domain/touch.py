"""Whom a change of a day's set-up touches: the day before and after, and everybody who is promised something on it.

A booking stands while the day still has the minutes it claims, in the order, the language and the service they were
claimed for. Where two claim what only one can have, whoever booked first keeps it. What does not stand is laid anew at
its own arrival; only where that fails too does its party lose something.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.capacity import BUCKET, Bucket, DayCapacity, DeskGroup, MediatorGroup, Session
from onestop.domain.party import Member
from onestop.domain.plan import WantedStop, mediated_minutes, nominal_plan

NOTICED = timedelta(minutes=10)
"""An end that moves by less is no news: tickets say "about"."""


class Touch(StrEnum):
    """How somebody is touched, from what she need not know to the worst; `AGAIN`: what she had lost is there again.

    `DAY`: the whole day goes to another date, and her booking with it.
    """

    AGAIN = "again"
    UNNOTICED = "unnoticed"
    ESTIMATE = "estimate"
    TIME = "time"
    INTERPRETER = "interpreter"
    SERVICE = "service"
    DAY = "day"


_RANK = {None: 0, Touch.UNNOTICED: 1, Touch.ESTIMATE: 2, Touch.TIME: 3, Touch.INTERPRETER: 4, Touch.SERVICE: 5}
LOST = (Touch.TIME, Touch.INTERPRETER, Touch.SERVICE)
ASKED = (Touch.ESTIMATE, *LOST)
"""What an organiser is asked about before it is saved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisedStop:
    """A stop that is still ahead; `start` is nominal and there before the day only."""

    service: UUID
    members: frozenset[int]
    start: datetime | None
    minutes: int
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """A party with a booking, or one that is `here`; `claims` are minutes by capacity row, without its arrival."""

    party: UUID
    number: int
    here: bool
    since: datetime
    arrival_at: datetime
    ends_at: datetime
    languages: frozenset[str]
    interpreter: Interpreter
    members: tuple[Member, ...]
    stops: tuple[PromisedStop, ...]
    claims: Mapping[UUID, int]

    @property
    def private(self) -> bool:
        """Whether her number beside a change could tell of a private talk (R19)."""
        return any(stop.private for stop in self.stops)


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """A party and how the change touches it."""

    party: UUID
    number: int
    here: bool
    private: bool
    touch: Touch
    arrival_at: datetime


def weigh(before: DayCapacity, after: DayCapacity, people: Sequence[Promised], *, now: datetime) -> tuple[Touched, ...]:
    """Everybody for whom the day after is worse than the day before, or has again what it had not; by number.

    Totals of desks and mediators are the minutes the set-up has, also where more is claimed; nothing is kept back.
    """
    was, then = _verdicts(before, people, now), _verdicts(after, people, now)
    found: list[Touched] = []
    for one in people:
        old, new = was[one.party], then[one.party]
        touch = new if _RANK[new] > _RANK[old] else Touch.AGAIN if old in LOST and new not in LOST else None
        if touch is not None:
            found.append(
                Touched(
                    party=one.party,
                    number=one.number,
                    here=one.here,
                    private=one.private,
                    touch=touch,
                    arrival_at=one.arrival_at,
                )
            )
    return tuple(sorted(found, key=lambda one: one.number))


def _verdicts(day: DayCapacity, people: Sequence[Promised], now: datetime) -> dict[UUID, Touch | None]:
    """How each party stands on this day; `None`: as it was promised."""
    found = {one.party: _lost(day, one, one.arrival_at if not one.here else now) for one in people}
    booked = sorted((one for one in people if not one.here), key=lambda one: (one.since, one.party))
    left = _left(day, booked)
    loose: list[Promised] = []
    for one in booked:
        if _stands(day, one) and all(left.get(row, 0) >= minutes for row, minutes in one.claims.items()):
            for row, minutes in one.claims.items():
                left[row] -= minutes
        else:
            loose.append(one)
    for one in loose:
        laid = _laid(day, one, left)
        if found[one.party] is None:
            found[one.party] = laid
    return found


def _left(day: DayCapacity, booked: Iterable[Promised]) -> dict[UUID, int]:
    """Minutes of each row for these bookings: what others claim of it, who are here or hold a time, is theirs."""
    theirs: Counter[UUID] = Counter()
    for one in booked:
        theirs.update(one.claims)
    return {
        bucket.id: bucket.total - bucket.used - bucket.used_reserve + theirs[bucket.id]
        for group in (*day.groups, *day.mediators, *day.sessions)
        for bucket in group.buckets
    }


def _lost(day: DayCapacity, one: Promised, since: datetime) -> Touch | None:
    """A service or an interpreter that there is not any more from her time on; of a booking also an hour outside."""
    for stop in one.stops:
        held = day.sessions_of(stop.service)
        there = any(_still_held(one, since) for one in held) if held else _talks_at(day, stop.service, since)
        if not there:
            return Touch.SERVICE
    if one.interpreter is Interpreter.NEEDED:
        for stop in one.stops:
            if not _understood(day, stop.service, one.languages, since):
                return Touch.INTERPRETER
    if not one.here and not day.opens_at <= one.arrival_at < day.closes_at:
        return Touch.TIME
    return None


def _stands(day: DayCapacity, one: Promised) -> bool:
    """Whether what she claims still is what she wants: the service, its minutes, her language, the order."""
    groups = [group for group in day.groups if any(bucket.id in one.claims for bucket in group.buckets)]
    spoken = any(
        group.languages & one.languages and any(bucket.id in one.claims for bucket in group.buckets)
        for group in day.mediators
    )
    needed = one.interpreter is Interpreter.NEEDED

    def seated(held: Sequence[Session], stop: PromisedStop) -> bool:
        """She has her seats in one at the time she was told, and follows it if she could follow any."""
        if one.interpreter is not Interpreter.OWN and any(each.understood(one.languages) for each in held):
            held = [each for each in held if each.understood(one.languages)]
        return any(
            (each.start, each.minutes) == (stop.start, stop.minutes)
            and any(bucket.id in one.claims for bucket in each.buckets)
            for each in held
        )

    def fits(group: DeskGroup, stop: PromisedStop) -> bool:
        if stop.service not in group.services:
            return False
        minutes = group.minutes[stop.service]
        if stop.minutes not in (minutes, mediated_minutes(minutes)):
            return False
        understood = not needed or spoken or bool(group.languages & one.languages)
        return understood or not _understood(day, stop.service, one.languages, one.arrival_at)

    def kept(stop: PromisedStop) -> bool:
        held = day.sessions_of(stop.service)
        return seated(held, stop) if held else any(fits(group, stop) for group in groups)

    return all(kept(stop) for stop in one.stops) and _in_order(day, one.stops)


def _in_order(day: DayCapacity, stops: Sequence[PromisedStop]) -> bool:
    firsts = {before for before, after in day.precedences if after is None}
    for first in stops:
        for then in stops:
            ordered = (first.service, then.service) in day.precedences or (
                first.service in firsts and then.service not in firsts
            )
            both = first.start is not None and then.start is not None and first.members & then.members
            if first is not then and ordered and both and then.start < first.start:  # pyright: ignore[reportOperatorIssue]
                return False
    return True


def _laid(day: DayCapacity, one: Promised, left: dict[UUID, int]) -> Touch:
    """Lay a booking anew at its own arrival in what is left, and take that."""
    services = {stop.service for stop in one.stops}

    def room(bucket: Bucket) -> Bucket:
        return replace(bucket, reserve=0, used=bucket.total - max(0, left[bucket.id]), used_reserve=0)

    arrival = Bucket(id=one.party, start=one.arrival_at, total=1, reserve=0, used=0, used_reserve=0)
    plan = nominal_plan(
        replace(
            day,
            groups=tuple(
                replace(group, buckets=tuple(room(bucket) for bucket in group.buckets if bucket.total))
                for group in day.groups
                if group.services & services
            ),
            mediators=tuple(
                replace(group, buckets=tuple(room(bucket) for bucket in group.buckets if bucket.total))
                for group in day.mediators
                if group.languages & one.languages
            ),
            sessions=tuple(
                replace(each, buckets=tuple(room(bucket) for bucket in each.buckets))
                for each in day.sessions
                if each.service in services
            ),
            arrivals=(arrival,),
        ),
        arrival_at=one.arrival_at,
        stops=_wanted(one),
        languages=tuple(sorted(one.languages)),
        interpreter=one.interpreter,
        party=one.members,
    )
    if plan is None:
        return Touch.TIME
    for claim in plan.claims:
        if claim.bucket in left:
            left[claim.bucket] -= claim.minutes
    return Touch.ESTIMATE if abs(plan.ends_at - one.ends_at) > NOTICED else Touch.UNNOTICED


def _wanted(one: Promised) -> tuple[WantedStop, ...]:
    marks: dict[UUID, frozenset[int]] = {}
    for stop in one.stops:
        marks[stop.service] = marks.get(stop.service, frozenset()) | stop.members
    return tuple(WantedStop(service=service, members=members) for service, members in marks.items())


def _talks_at(day: DayCapacity, service: UUID, since: datetime) -> bool:
    return any(_open_at(group, since) for group in _offering(day, service))


def _still_held(session: Session, since: datetime) -> bool:
    """Whether a session begins at or after this instant."""
    return session.start >= since and any(bucket.total for bucket in session.buckets)


def _offering(day: DayCapacity, service: UUID) -> list[DeskGroup]:
    return [group for group in day.groups if service in group.services]


def _open_at(group: DeskGroup | MediatorGroup, since: datetime) -> bool:
    """Whether some of its minutes lie at or after this instant."""
    return any(bucket.total and bucket.start > since - BUCKET for bucket in group.buckets)


def _understood(day: DayCapacity, service: UUID, languages: frozenset[str], since: datetime) -> bool:
    """Whether a desk with the service speaks one of her languages, or a mediator is there while one is open.

    Of a service with sessions: whether she follows one that is still to come.
    """
    if held := day.sessions_of(service):
        return any(one.understood(languages) for one in held if _still_held(one, since))
    bridged = {
        bucket.start
        for group in day.mediators
        if group.languages & languages
        for bucket in group.buckets
        if bucket.total
    }
    return any(
        bucket.total and bucket.start > since - BUCKET and (group.languages & languages or bucket.start in bridged)
        for group in _offering(day, service)
        for bucket in group.buckets
    )
