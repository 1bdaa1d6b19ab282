"""One future of a day, played forward with the calling rule; `onestop.domain.estimate` says how futures are used.

Stops, people, mediators and services are small whole numbers here: 200 waiting stops are rolled in 2 to 4 ms.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from math import exp, log, sqrt
from statistics import NormalDist
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.calling import (
    BACKLOG_WEIGHT,
    CLOSING_NEAR,
    CLOSING_POINTS,
    CLOSING_SCARCE,
    NEED_POINTS,
    STILL_WEIGHT,
    HallState,
    WaitingStop,
)
from onestop.domain.outlook import AtDesk, Outlook

FUTURES = 5
"""A prime number, so that the quantiles of two talks do not go together in every future."""
CV = 0.7
WAY_MINUTES = 1.0
"""From the call to the first word, while the desk waits."""

_SIGMA = sqrt(log(1 + CV * CV))
_NORMAL = NormalDist()
_POINTS = tuple((k + 1) / (FUTURES + 1) for k in range(FUTURES))
_RAW = tuple(exp(_SIGMA * _NORMAL.inv_cdf(point)) for point in _POINTS)
_FACTORS = tuple(raw * FUTURES / sum(_RAW) for raw in _RAW)
_EARLY, _BACK = 1e6, -1e9
_MINUTE = timedelta(minutes=1)
_HORIZON = 24 * 60.0


# -- what all futures share; stops, desks, members and mediators are small whole numbers ---------------------


class PreparedHall:
    def __init__(self, outlook: Outlook, now: datetime) -> None:
        state = outlook.state
        # Whom the rule prefers among equal scores has the smaller number.
        expected = sorted(outlook.waiting, key=lambda each: (-each.stop.waited_minutes, each.stop.stop))
        waiting = [each.stop for each in expected]
        self.ids = [stop.stop for stop in waiting]
        self.minutes = [each.minutes for each in expected]
        self.service = [stop.service for stop in waiting]
        people = {member for stop in waiting for member in stop.members} | state.busy_members
        people |= {member for each in outlook.desks if each.at is not None for member in each.at.members}
        self.person = {member: n for n, member in enumerate(sorted(people))}
        self.members = [tuple(self.person[member] for member in stop.members) for stop in waiting]
        self.of_visit: dict[UUID, list[int]] = {}
        for i, stop in enumerate(waiting):
            self.of_visit.setdefault(stop.visit, []).append(i)
        self.mates = [self.of_visit[stop.visit] for stop in waiting]
        # All who wait gain a point a minute, so their order stands still: a score as of now is all that is needed.
        self.score = [
            stop.waited_minutes - STILL_WEIGHT * stop.remaining_minutes + (NEED_POINTS if stop.need else 0)
            for stop in waiting
        ]
        # Equally long waits are equal between desks; only inside a line the number decides.
        waits = sorted({-stop.waited_minutes for stop in waiting})
        place = {waited: n for n, waited in enumerate(waits)}
        self.rank = [place[-stop.waited_minutes] for stop in waiting]
        self.due = [max(0.0, -stop.waited_minutes) for stop in waiting]
        self.from_ = [_minutes(stop.callable_from, now) if stop.callable_from else 0.0 for stop in waiting]
        self.desks = outlook.desks
        index = {each.desk.id: d for d, each in enumerate(self.desks)}
        self.only = [None if stop.only_desk is None else index.get(stop.only_desk, -1) for stop in waiting]
        self.back = [stop.parked and stop.only_desk is not None for stop in waiting]
        self.services = [tuple(sorted(each.desk.services)) for each in self.desks]
        self.takes_from = [max(0.0, _minutes(each.takes_from, now)) for each in self.desks]
        self.closes = [
            _minutes(each.desk.closes_at, now) if each.desk.closes_at is not None else _HORIZON for each in self.desks
        ]
        self.backlog = [state.backlog_minutes.get(each.desk.id, 0.0) for each in self.desks]
        self.mediators = [
            (m.languages, _minutes(m.opens_at, now), _minutes(m.closes_at, now), m.free)
            for m in sorted(state.mediators, key=lambda m: m.id)
        ]
        self.mediator = {m.id: n for n, m in enumerate(sorted(state.mediators, key=lambda m: m.id))}
        self.speaks = [self._needs(stop, state) for stop in waiting]
        # One queue for each service and each need of bridging: while no mediator is free, a whole queue is passed over.
        kinds = list(zip(self.service, self.speaks, strict=True))
        queues = sorted(set(kinds), key=lambda each: (each[0], sorted(each[1] or ())))
        self.queues = len(queues)
        self.queue = [queues.index(kind) for kind in kinds]
        self.served = [
            tuple(
                (q, speaks if speaks and speaks.isdisjoint(each.desk.languages) else None)
                for q, (service, speaks) in enumerate(queues)
                if service in each.desk.services
            )
            for each in self.desks
        ]
        self.busy = [self.person[member] for member in state.busy_members]
        self.waits_for = self._precedences(outlook, waiting)
        self.sharing = self._sharing()

    def _needs(self, stop: WaitingStop, state: HallState) -> frozenset[str] | None:
        """The languages that must be bridged, `None` if nobody is needed or nobody could help."""
        party = frozenset(stop.languages)
        if stop.interpreter is not Interpreter.NEEDED or not party & state.spoken_for.get(stop.service, state.spoken):
            return None
        return party

    def _precedences(self, outlook: Outlook, waiting: Sequence[WaitingStop]) -> list[set[UUID] | None]:
        """Which stops must end first; `None` for one that waits for something this roll cannot see."""
        here: dict[UUID, list[tuple[UUID, UUID, frozenset[UUID]]]] = {}
        for stop in waiting:
            here.setdefault(stop.visit, []).append((stop.stop, stop.service, stop.members))
        for each in outlook.desks:
            if each.at is not None:
                here.setdefault(each.at.visit, []).append((each.at.stop, each.at.service, each.at.members))
        firsts: list[set[UUID] | None] = []
        for stop in waiting:
            if stop.precedence_met:
                firsts.append(set())
                continue
            found = {
                other
                for other, service, members in here[stop.visit]
                if other != stop.stop and members & stop.members and _comes_before(service, stop, outlook.precedences)
            }
            firsts.append(found or None)
        return firsts

    def _sharing(self) -> list[tuple[int, ...]]:
        """For each waiting stop the services whose line is shortened when she is called."""
        kinds = sorted({service for services in self.services for service in services} | set(self.service))
        number = {service: n for n, service in enumerate(kinds)}
        shared = {
            service: tuple({number[other] for services in self.services if service in services for other in services})
            for service in kinds
        }
        self.kind = [number[service] for service in self.service]
        self.kinds = len(kinds)
        return [shared[service] for service in self.service]


def _comes_before(service: UUID, stop: WaitingStop, precedences: Sequence[tuple[UUID, UUID | None]]) -> bool:
    return service != stop.service and any(
        service == before and (after is None or after == stop.service) for before, after in precedences
    )


def _minutes(at: datetime, now: datetime) -> float:
    return (at - now) / _MINUTE


# -- one future --------------------------------------------------------------------------------------------

_FREE, _WAKE = 0, 1


class Roll:
    """Events by time; after each, idle desks call as the rule and the joint choice say."""

    def __init__(self, plan: PreparedHall, future: int) -> None:
        self._plan = plan
        self._future = future
        self._score = list(plan.score)
        self._key = [0.0] * len(plan.ids)
        self._called: list[tuple[float, int] | None] = [None] * len(plan.ids)
        self._queues: list[list[tuple[float, int]]] = [[] for _ in range(plan.queues)]
        self._counts = [0] * plan.kinds
        self._backlog = list(plan.backlog)
        self._busy = set(plan.busy)
        self._idle: set[int] = set()
        self._taken: set[int] = set()
        self._help: dict[frozenset[str], int | None] = {}  # who could interpret just now
        self._first = [None if each is None else set(each) for each in plan.waits_for]
        self._events: list[tuple[float, int, int]] = []
        self._at: list[tuple[UUID, Sequence[int], Sequence[int], float, int | None] | None] = [None] * len(plan.desks)

    def play(self) -> list[tuple[float, int] | None]:
        """For each waiting stop when it is called and how many were before; `None` if it is not."""
        plan, events = self._plan, self._events
        for d, each in enumerate(plan.desks):
            if each.at is not None:
                self._sit_down(d, each.at)
            else:
                heappush(events, (plan.takes_from[d], _FREE, d))
        wakes: set[float] = set()
        for i in range(len(plan.ids)):
            wakes |= {plan.from_[i], plan.due[i]}
            self._enter(i, 0.0)
        wakes.update(edge for _, opens, closes, _ in plan.mediators for edge in (opens, closes))
        for at in wakes:
            if at > 0:
                heappush(events, (at, _WAKE, 0))
        left = len(plan.ids)
        while events and left and events[0][0] < _HORIZON:
            now = events[0][0]
            woken = False
            while events and events[0][0] <= now:
                _, kind, d = heappop(events)
                if kind == _WAKE:
                    woken = True
                else:
                    self._stand_up(d, now)
            if woken:
                self._wake(now)
            left -= self._match(now)
        return self._called

    def _sit_down(self, d: int, at: AtDesk) -> None:
        members = tuple(self._plan.person[member] for member in at.members)
        mates = self._plan.of_visit.get(at.visit, [])
        mediator = None if at.mediator is None else self._plan.mediator.get(at.mediator)
        self._busy.update(members)
        if mediator is not None:
            self._taken.add(mediator)
        point = _POINTS[(self._future + d) % FUTURES]
        left = _length_left(at.minutes, at.served_minutes, point) + (WAY_MINUTES if at.served_minutes is None else 0)
        self._at[d] = (at.stop, mates, members, at.minutes, mediator)
        # What was served before now is out of her wait already; the rest of the talk will be.
        self._pause(mates, left)
        heappush(self._events, (left, _FREE, d))

    def _stand_up(self, d: int, now: float) -> None:
        self._idle.add(d)
        there = self._at[d]
        if there is None:
            return
        stop, mates, members, minutes, mediator = there
        self._at[d] = None
        self._busy.difference_update(members)
        if mediator is not None:
            self._taken.discard(mediator)
        for i in mates:
            if self._called[i] is not None:
                continue
            self._leave(i)
            self._score[i] += STILL_WEIGHT * minutes
            first = self._first[i]
            if first:
                first.discard(stop)
            self._enter(i, now)

    def _pause(self, mates: Sequence[int], minutes: float) -> None:
        """Being served adds nothing to the wait."""
        for i in mates:
            if self._called[i] is None:
                self._leave(i)
                self._score[i] -= minutes
                self._key[i] = -self._score[i]

    def _wake(self, now: float) -> None:
        plan = self._plan
        for i in range(len(plan.ids)):
            if self._called[i] is None and (plan.from_[i] == now or plan.due[i] == now):
                self._leave(i)
                self._enter(i, now)

    def _enter(self, i: int, now: float) -> None:
        plan = self._plan
        first = self._first[i]
        if first is None or first or plan.from_[i] > now:
            return
        key = -self._score[i]
        if plan.back[i]:
            key += _BACK
        elif plan.due[i] > now:
            key += _EARLY
        self._key[i] = key
        insort(self._queues[plan.queue[i]], (key, i))

    def _leave(self, i: int) -> None:
        queue = self._queues[self._plan.queue[i]]
        place = bisect_left(queue, (self._key[i], i))
        if place < len(queue) and queue[place][1] == i:
            del queue[place]

    def _match(self, now: float) -> int:
        plan, calls = self._plan, 0
        self._help.clear()
        closed = [d for d in self._idle if plan.closes[d] <= now]
        self._idle.difference_update(closed)
        best = {d: found for d in self._idle if (found := self._best(d, now)) is not None}
        while best:
            d = min(best, key=lambda each: self._turn(each, best[each], now)) if len(best) > 1 else next(iter(best))
            _, i, mediator = best.pop(d)
            self._call(d, i, mediator, now)
            calls += 1
            members = plan.members[i]
            for other in list(best):
                _, theirs, lent = best[other]
                if theirs == i or lent is not None or any(m in plan.members[theirs] for m in members):
                    again = self._best(other, now)
                    if again is None:
                        del best[other]
                    else:
                        best[other] = again
        return calls

    def _best(self, d: int, now: float) -> tuple[float, int, int | None] | None:
        """The stop of the lowest key that desk d may call, with its mediator."""
        plan, busy = self._plan, self._busy
        found: tuple[float, int, int | None] | None = None
        for queue, speaks in plan.served[d]:
            line = self._queues[queue]
            if not line or (found is not None and line[0] >= found[:2]):
                continue
            mediator = None
            if speaks is not None and (mediator := self._mediator(speaks, now)) is None:
                continue
            for key, i in line:
                if found is not None and (key, i) >= found[:2]:
                    break
                only = plan.only[i]
                if (only is None or only == d) and busy.isdisjoint(plan.members[i]):
                    found = (key, i, mediator)
                    break
        return found

    def _mediator(self, speaks: frozenset[str], now: float) -> int | None:
        if speaks not in self._help:
            self._help[speaks] = min(
                (
                    (len(languages - speaks), one)
                    for one, (languages, opens, closes, free) in enumerate(self._plan.mediators)
                    if (free or now > 0) and one not in self._taken and opens <= now < closes and languages & speaks
                ),
                default=(0, None),
            )[1]
        return self._help[speaks]

    def _turn(self, d: int, choice: tuple[float, int, int | None], now: float) -> tuple[bool, float, bool, int, int]:
        """Which of several desks goes first: due ones, then score and backlog and closing, as `choose_jointly`."""
        plan = self._plan
        key, i, mediator = choice
        early = key > _EARLY / 2
        score = (_EARLY if early else _BACK if key < _BACK / 2 else 0.0) - key + now
        desk = plan.desks[d].desk
        backlog = self._backlog[d]
        urgency = 0.0
        left = plan.closes[d] - now
        if desk.closes_at is not None and backlog > CLOSING_SCARCE * left:
            urgency = max(0.0, CLOSING_POINTS * (1 - left / (CLOSING_NEAR / _MINUTE)))
        total = score + BACKLOG_WEIGHT * backlog + urgency
        return early, -total, mediator is not None, plan.rank[i], desk.number

    def _call(self, d: int, i: int, mediator: int | None, now: float) -> None:
        plan = self._plan
        self._leave(i)
        self._called[i] = (now, self._counts[plan.kind[i]])
        for other in plan.sharing[i]:
            self._counts[other] += 1
        self._busy.update(plan.members[i])
        if mediator is not None:
            self._taken.add(mediator)
            self._help.clear()
        self._backlog[d] = max(0.0, self._backlog[d] - plan.minutes[i])
        self._idle.discard(d)
        # Each talk meets each quantile once; the step between futures differs from talk to talk.
        quantile = (self._future * (1 + i % (FUTURES - 1)) + i // (FUTURES - 1)) % FUTURES
        length = plan.minutes[i] * _FACTORS[quantile]
        self._at[d] = (plan.ids[i], plan.mates[i], plan.members[i], plan.minutes[i], mediator)
        self._pause(plan.mates[i], length)
        heappush(self._events, (now + WAY_MINUTES + length, _FREE, d))


def _length_left(minutes: float, served: float | None, point: float) -> float:
    """A quantile of what is left of a lognormal talk that has lasted `served` minutes."""
    if not served or served <= 0:
        return minutes * _FACTORS[_POINTS.index(point)]
    mu = log(minutes * FUTURES / sum(_RAW))
    over = 1 - _NORMAL.cdf((log(served) - mu) / _SIGMA)
    if over < 1e-6:
        return 1.0
    return max(0.5, exp(mu + _SIGMA * _NORMAL.inv_cdf(1 - over * (1 - point))) - served)
