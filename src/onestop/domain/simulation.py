"""A whole advisory day played with a calling rule: everybody who comes, every call and every talk, with its time.

A discrete-event simulation after the recipe of the routing study (docs/routing.md): talks are lognormal around the
minutes the organiser expects (coefficient of variation 0.7), longer with a mediator, and begin a minute's walk after
the call. The same seed gives the same talks to the same visitors whatever the rule, so that rules are compared in
pairs. The rule sees what it sees in the hall: frozen values, no I/O. Everything here is invented but the rule.

A session begins at its time, or once the talk at its desk ends, with those who wait for it, in the order they came, as
far as its seats go; it lasts as long as planned.

Simpler than a hall: who was called comes; officers are in time; nobody asks for another stop at a desk; a seat is kept
for nobody who is at another desk when her session begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from math import exp, log, sqrt
from random import Random
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.calling import (
    CallingRule,
    Choice,
    Desk,
    HallState,
    WaitingStop,
    calling_rule,
    choose_jointly,
)
from onestop.domain.discipline import Discipline, Policy
from onestop.domain.plan import MEDIATED
from onestop.domain.roll import CV, WAY_MINUTES
from onestop.domain.simday import Played, PlayedStop, PlayedVisit, SimDay, SimDesk, SimSession, SimVisitor
from onestop.domain.visit import waiting_since

STAYS = timedelta(hours=2)
"""How long a desk that is open to the end of the day goes on for people who are still here."""

_SIGMA = sqrt(log(1 + CV * CV))
_MINUTE = timedelta(minutes=1)


def play(
    day: SimDay,
    visitors: Sequence[SimVisitor],
    rule: CallingRule | Policy = calling_rule,
    seed: int = 0,
) -> Played:
    """Play the day once. The same arguments give the same day; `ValueError` if a visitor wants what no desk offers."""
    policy = rule if isinstance(rule, Policy) else Policy(rule=rule)
    return _Game(day, visitors, policy, seed).play()


# -- inside: visitors, stops, desks are small whole numbers, time is minutes from the opening ----------------------


@dataclass(slots=True, kw_only=True)
class _Stop:
    id: UUID
    visitor: int
    service: UUID
    members: frozenset[UUID]
    minutes: float  # as expected
    factor: float  # how long this talk really is, as a part of what is expected
    after: set[int]  # stops that must end first
    open: bool = True
    called: bool = False


@dataclass(slots=True, kw_only=True)
class _Visit:
    who: SimVisitor
    stops: tuple[int, ...]
    remaining: float  # expected minutes of what is open
    came: float = 0.0
    since: float = 0.0  # where the wait that runs began
    waited: float = 0.0  # without it
    at_desks: int = 0


_COME, _FREE, _OVER, _BEGIN, _SHIFT = range(5)


class _Game:
    def __init__(self, day: SimDay, visitors: Sequence[SimVisitor], policy: Policy, seed: int) -> None:
        self._day, self._policy = day, policy
        self._number = {each.desk.id: d for d, each in enumerate(day.desks)}
        self._offering: dict[UUID, list[int]] = {}
        for d, each in enumerate(day.desks):
            for service in sorted(each.desk.services):
                self._offering.setdefault(service, []).append(d)
        ends = self._in(day.closes_at)
        self._hours = [[(self._in(a), self._in(b)) for a, b in each.openings] for each in day.desks]
        self._goes_home = [
            max((b + STAYS / _MINUTE if b >= ends else b for _, b in hours), default=0.0) for hours in self._hours
        ]
        self._sessions = [(self._in(each.starts_at), each) for each in day.sessions]
        self._held = frozenset(each.service for each in day.sessions)
        self._begins: dict[int, list[int]] = {}
        """Sessions whose time has come, by desk: the talk there goes on."""
        self._there: dict[int, list[int]] = {}
        """Who is in the session at a desk."""
        self._stops: list[_Stop] = []
        self._visits = [self._expected(i, who, seed) for i, who in enumerate(visitors)]
        self._lines: dict[UUID, dict[int, float]] = {service: {} for service in self._offering}
        """Who waits for a service, and since when: stop and minute."""
        self._load = dict.fromkeys(self._offering, 0.0)
        self._events: list[tuple[float, int, int]] = []
        self._open: list[bool] = [False] * len(day.desks)
        self._at: list[tuple[int, UUID | None] | None] = [None] * len(day.desks)
        self._index = {stop.id: one for one, stop in enumerate(self._stops)}
        self._helping: set[UUID] = set()
        self._busy: set[UUID] = set()
        self._spoken: tuple[frozenset[str], Mapping[UUID, frozenset[str]]] = (frozenset(), {})
        self._left: list[PlayedVisit] = []
        self._talks: list[PlayedStop] = []

    def play(self) -> Played:
        for i, visit in enumerate(self._visits):
            if visit.who.comes_at is not None:
                heappush(self._events, (self._in(visit.who.comes_at), _COME, i))
        edges = {edge for hours in self._hours for ends in hours for edge in ends} | set(self._goes_home)
        edges |= {self._in(edge) for one in self._day.mediators for edge in (one.opens_at, one.closes_at)}
        for n, (starts, each) in enumerate(self._sessions):
            heappush(self._events, (starts, _BEGIN, n))
            edges |= {starts, starts + each.minutes}
        for edge in edges:
            heappush(self._events, (edge, _SHIFT, 0))
        while self._events:
            now = self._events[0][0]
            shifted = False
            while self._events and self._events[0][0] == now:
                _, kind, i = heappop(self._events)
                if kind == _COME:
                    self._come(i, now)
                elif kind == _FREE:
                    self._end(i, now)
                elif kind == _OVER:
                    self._let_out(i, now)
                elif kind == _BEGIN:
                    self._begins.setdefault(self._number[self._sessions[i][1].desk], []).append(i)
                else:
                    shifted = True
            for d in [d for d in self._begins if self._at[d] is None]:
                self._hold(d, now)
            if shifted:
                self._shift(now)
            self._match(now)
        return Played(day=self._day, visits=tuple(self._left), stops=tuple(self._talks))

    def _in(self, at: datetime) -> float:
        return (at - self._day.opens_at) / _MINUTE

    def _time(self, minutes: float) -> datetime:
        return self._day.opens_at + timedelta(minutes=minutes)

    # -- people ---------------------------------------------------------------------------------------------

    def _expected(self, i: int, who: SimVisitor, seed: int) -> _Visit:
        chance = Random(f"{seed} {i}")  # noqa: S311 (a simulation, no secret)
        own = tuple(range(len(self._stops), len(self._stops) + len(who.stops)))
        for n, wanted in enumerate(who.stops):
            offered = self._offering.get(wanted.service)
            if offered is None:
                raise ValueError(f"no desk offers {wanted.service}")
            minutes = sum(self._day.desks[d].minutes[wanted.service] for d in offered) / len(offered)
            self._stops.append(
                _Stop(
                    id=UUID(int=who.id.int ^ (n + 1)),
                    visitor=i,
                    service=wanted.service,
                    members=frozenset(UUID(int=who.id.int ^ (mark << 8)) for mark in wanted.members),
                    minutes=minutes,
                    factor=exp(chance.gauss(-_SIGMA * _SIGMA / 2, _SIGMA)),
                    after=set(),
                )
            )
        for one in own:
            self._stops[one].after = {other for other in own if self._goes_before(self._stops[other], self._stops[one])}
        return _Visit(who=who, stops=own, remaining=sum(self._stops[one].minutes for one in own))

    def _goes_before(self, first: _Stop, then: _Stop) -> bool:
        if first.service == then.service or not first.members & then.members:
            return False
        pairs, by_hand = self._day.precedences, self._day.services
        starts = {before for before, after in pairs if after is None}
        return (
            (first.service, then.service) in pairs
            or (first.service in starts and then.service not in starts)
            or (
                self._policy.discipline is Discipline.FIXED_ORDER
                and by_hand.index(first.service) < by_hand.index(then.service)
            )
        )

    def _come(self, i: int, now: float) -> None:
        visit = self._visits[i]
        visit.came = now
        visit.since = self._in(waiting_since(checked_in_at=self._time(now), booked_at=visit.who.booked_at))
        self._go_on(i, now)

    def _go_on(self, i: int, now: float) -> None:
        """She waits where the discipline says, or goes home when nothing is left that anybody still offers."""
        visit = self._visits[i]
        for one in visit.stops:
            stop = self._stops[one]
            if stop.open and not stop.called and not self._is_offered(stop.service, now):
                self._close(one)
        left = [one for one in visit.stops if self._stops[one].open and not self._stops[one].called]
        if not left and not visit.at_desks:
            self._go_home(i, now)
            return
        ready = [one for one in left if not any(self._stops[other].open for other in self._stops[one].after)]
        ready = [one for one in ready if one not in self._lines[self._stops[one].service]]
        if ready and self._policy.discipline is Discipline.SHORTEST_QUEUE:
            if visit.at_desks or any(one in self._lines[self._stops[one].service] for one in left):
                return
            ready = [min(ready, key=lambda one: (self._queue_minutes(self._stops[one].service), one))]
        for one in ready:
            stop = self._stops[one]
            self._lines[stop.service][one] = now
            if stop.service not in self._held:
                self._load[stop.service] += stop.minutes

    def _go_home(self, i: int, now: float) -> None:
        visit = self._visits[i]
        self._left.append(
            PlayedVisit(
                visitor=visit.who.id,
                booked_at=visit.who.booked_at,
                came_at=self._time(visit.came),
                left_at=self._time(now),
                waited_minutes=visit.waited + max(0.0, now - visit.since),
                unfinished=tuple(stop.service for one in visit.stops if not (stop := self._stops[one]).called),
            )
        )

    def _close(self, one: int) -> None:
        """This stop is over, served or not."""
        stop = self._stops[one]
        stop.open = False
        self._visits[stop.visitor].remaining -= stop.minutes
        self._leave_line(one)

    def _leave_line(self, one: int) -> None:
        stop = self._stops[one]
        if self._lines[stop.service].pop(one, None) is not None and stop.service not in self._held:
            self._load[stop.service] -= stop.minutes

    # -- desks ----------------------------------------------------------------------------------------------

    def _shift(self, now: float) -> None:
        """Desks and mediators come and go; what nobody will offer any more today is over for those who wait for it."""
        for d, hours in enumerate(self._hours):
            stays = bool(hours) and hours[-1][1] <= now < self._goes_home[d]
            self._open[d] = stays or any(opens <= now < closes for opens, closes in hours)
        bridged = frozenset(
            language for one in self._day.mediators if self._in(one.closes_at) > now for language in one.languages
        )
        by_service = {
            service: bridged.union(*(self._day.desks[d].desk.languages for d in offered if self._goes_home[d] > now))
            for service, offered in self._offering.items()
        }
        self._spoken = bridged.union(*by_service.values()), by_service
        lost = {
            self._stops[one].visitor
            for service, line in self._lines.items()
            if not self._is_offered(service, now)
            for one in line
        }
        for i in sorted(lost):
            self._go_on(i, now)

    def _is_offered(self, service: UUID, now: float) -> bool:
        """Whether a desk for it is still to be open, or a session to be held, now or later."""
        if service in self._held:
            late = [n for each in self._begins.values() for n in each]
            return any(
                each.service == service and (starts > now or n in late)
                for n, (starts, each) in enumerate(self._sessions)
            )
        return any(self._goes_home[d] > now for d in self._offering[service])

    def _match(self, now: float) -> None:
        """Free desks call, together or one after the other."""
        free = [
            d for d, each in enumerate(self._day.desks) if self._open[d] and self._at[d] is None and self._awaited(each)
        ]
        waiting = self._waiting({service for d in free for service in self._day.desks[d].desk.services}, now)
        if not waiting:
            return
        desks, at = [self._before_session(d, now) for d in free], self._time(now)
        if self._policy.joint:
            for desk, choice in choose_jointly(desks, waiting, self._state(desks), at, self._policy.rule):
                self._call(self._number[desk], choice, now)
            return
        for desk in desks:
            choice = self._policy.rule(desk, waiting, self._state(desks), at)
            if choice is not None:
                self._call(self._number[desk.id], choice, now)
                waiting = [stop for stop in waiting if stop.stop != choice.stop]

    def _before_session(self, d: int, now: float) -> Desk:
        """The desk as the rule takes it, with the session that comes next there."""
        desk = self._day.desks[d].desk
        starts = min((at for at, each in self._sessions if each.desk == desk.id and at > now), default=None)
        return desk if starts is None else replace(desk, session_at=self._time(starts))

    def _awaited(self, desk: SimDesk) -> bool:
        return any(self._lines[service] for service in desk.desk.services - self._held)

    def _waiting(self, services: set[UUID], now: float) -> list[WaitingStop]:
        found: list[WaitingStop] = []
        everywhere = self._policy.discipline is Discipline.EVERYWHERE
        to_sessions = self._to_sessions(now)
        for service in sorted(services - self._held):
            for one, joined in self._lines[service].items():
                stop = self._stops[one]
                if not stop.members.isdisjoint(self._busy):
                    continue
                visit = self._visits[stop.visitor]
                found.append(
                    WaitingStop(
                        stop=stop.id,
                        visit=visit.who.id,
                        service=service,
                        members=stop.members,
                        languages=visit.who.languages,
                        interpreter=visit.who.interpreter,
                        waited_minutes=visit.waited + now - visit.since if everywhere else now - joined,
                        remaining_minutes=visit.remaining,
                        need=visit.who.need,
                        precedence_met=True,
                        callable_from=None,
                        only_desk=None,
                        parked=False,
                        number=stop.visitor,
                        minutes=stop.minutes,
                        session_at=min(
                            (to_sessions[each] for each in stop.members if each in to_sessions), default=None
                        ),
                    )
                )
        return found

    def _to_sessions(self, now: float) -> dict[UUID, datetime]:
        """When the next session begins that somebody waits for; one that is late counts as now."""
        found: dict[UUID, datetime] = {}
        for service in self._held:
            nexts = [max(starts, now) for starts, each in self._sessions if each.service == service and starts >= now]
            if nexts:
                at = self._time(min(nexts))
                for one in self._lines[service]:
                    for member in self._stops[one].members:
                        found[member] = min(at, found.get(member, at))
        return found

    def _hold(self, d: int, now: float) -> None:
        """Begin the first session whose time has come at this desk."""
        each = self._sessions[self._begins[d].pop(0)][1]
        if not self._begins[d]:
            del self._begins[d]
        free = each.seats
        there: list[int] = []
        for one in list(self._lines[each.service]):
            stop = self._stops[one]
            if len(stop.members) > free or not stop.members.isdisjoint(self._busy) or not self._follows(stop, each):
                continue
            free -= len(stop.members)
            there.append(one)
            self._go_in(one, each, now)
        if there:
            self._at[d] = there[0], None
            self._there[d] = there
            heappush(self._events, (now + each.minutes, _OVER, d))

    def _follows(self, stop: _Stop, each: SimSession) -> bool:
        """Whether she follows it; where no session to come is in her language, any will do."""
        who = self._visits[stop.visitor].who
        if not each.language or each.language in who.languages or who.interpreter is Interpreter.OWN:
            return True
        known = {*who.languages, ""}
        return not any(
            other.service == each.service and other.language in known and other.starts_at > each.starts_at
            for _, other in self._sessions
        )

    def _go_in(self, one: int, each: SimSession, now: float) -> None:
        stop = self._stops[one]
        visit = self._visits[stop.visitor]
        self._leave_line(one)
        stop.called = True
        self._busy |= stop.members
        waited = visit.waited + max(0.0, now - visit.since)
        if not visit.at_desks:
            visit.waited = waited
        visit.at_desks += 1
        at = self._time(now)
        terms = dict.fromkeys(("mediator", "no_interpreter", "parked"), False)
        self._talks.append(
            PlayedStop(
                visitor=visit.who.id,
                service=stop.service,
                desk=each.desk,
                called_at=at,
                begun_at=at,
                ended_at=self._time(now + each.minutes),
                choice=Choice(
                    stop=stop.id, mediator=None, no_interpreter=False, score=waited, terms={**terms, "waited": waited}
                ),
            )
        )

    def _let_out(self, d: int, now: float) -> None:
        """The session at this desk is over."""
        self._at[d] = None
        for one in self._there.pop(d):
            self._go_out(one, now)

    def _state(self, desks: Sequence[Desk]) -> HallState:
        spoken, spoken_for = self._spoken
        return HallState(
            mediators=tuple(replace(one, free=one.id not in self._helping) for one in self._day.mediators),
            busy_members=frozenset(self._busy),
            backlog_minutes={desk.id: sum(self._queue_minutes(service) for service in desk.services) for desk in desks},
            spoken=spoken,
            spoken_for=spoken_for,
        )

    def _queue_minutes(self, service: UUID) -> float:
        """Minutes that wait for each open desk of a service."""
        return self._load[service] / max(1, sum(self._open[d] for d in self._offering[service]))

    def _call(self, d: int, choice: Choice, now: float) -> None:
        one = self._index[choice.stop]
        stop, desk = self._stops[one], self._day.desks[d]
        visit = self._visits[stop.visitor]
        self._leave_line(one)
        stop.called = True
        self._busy |= stop.members
        if not visit.at_desks:
            visit.waited += max(0.0, now - visit.since)  # one who came early may be called before her time
        visit.at_desks += 1
        longer = MEDIATED if choice.mediator is not None else 1.0
        begun = now + WAY_MINUTES
        ended = begun + desk.minutes[stop.service] * longer * stop.factor
        if choice.mediator is not None:
            self._helping.add(choice.mediator)
        self._at[d] = one, choice.mediator
        self._talks.append(
            PlayedStop(
                visitor=visit.who.id,
                service=stop.service,
                desk=desk.desk.id,
                called_at=self._time(now),
                begun_at=self._time(begun),
                ended_at=self._time(ended),
                choice=choice,
            )
        )
        heappush(self._events, (ended, _FREE, d))

    def _end(self, d: int, now: float) -> None:
        there = self._at[d]
        assert there is not None
        one, mediator = there
        self._at[d] = None
        if mediator is not None:
            self._helping.discard(mediator)
        self._go_out(one, now)

    def _go_out(self, one: int, now: float) -> None:
        stop = self._stops[one]
        visit = self._visits[stop.visitor]
        self._busy -= stop.members
        visit.at_desks -= 1
        if not visit.at_desks:
            visit.since = now
        self._close(one)
        self._go_on(stop.visitor, now)
