"""The calling rule: which waiting stop a free desk calls next, and why.

score = minutes waited - 2 x expected minutes still to do + 20 for an operational need (`docs/concepts.md`).
The score is linear in waiting time, as in accumulating-priority queues (Stanford, Taylor, Ziedins 2014), so nobody
starves. All who wait gain one point a minute, and a newcomer begins with 40 points at most (a need, and the head start
of a carried-over visit). Whoever has r minutes still to do and has waited 2 r + 42 minutes (2 for rounding) is passed
by nobody who comes later. This holds among callable stops: no rule can call a party that is elsewhere or whose
mediator is never free; a parked stop that is due goes first, and its desk has met it before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from operator import itemgetter
from typing import TypeAlias
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.errors import N_
from onestop.domain.facts import Term

STILL_WEIGHT = 2
NEED_POINTS = 20
BACKLOG_WEIGHT = 2
CLOSING_POINTS = 20
CLOSING_NEAR = timedelta(minutes=60)
SESSION_LATE = timedelta(minutes=10)
"""So long after its beginning a session still takes those who are late."""
CLOSING_SCARCE = 0.8
"""A desk near its closing is scarce when its backlog is more than this part of the minutes that are left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A desk that is free to call; `languages` are those of its officers, `closes_at` the end of the opening.

    `session_at` is when the next session begins there that has not begun yet.
    """

    id: UUID
    number: int
    services: frozenset[UUID]
    languages: frozenset[str]
    closes_at: datetime | None
    session_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingStop:
    """One waiting stop as it stands now. `remaining_minutes` counts all open stops of the visit, this one included."""

    stop: UUID
    visit: UUID
    service: UUID
    members: frozenset[UUID]
    languages: tuple[str, ...]
    interpreter: Interpreter
    waited_minutes: float  # seniority; negative until the booked time of one who came early
    remaining_minutes: float
    need: bool  # an operational need: cannot stand long, infant, deadline today
    precedence_met: bool
    callable_from: datetime | None  # end of a no-show's 10 minutes, of a park, of the grace after `finish`
    only_desk: UUID | None  # parked at or transferred to this desk
    parked: bool
    number: int  # for screens; nothing sorts by it
    minutes: float = 0.0  # of this talk
    session_at: datetime | None = None  # when the next session begins to which one of these members goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mediator:
    id: UUID
    languages: frozenset[str]
    free: bool
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HallState:
    """What the rule knows of the hall beyond the desk and the waiting.

    `backlog_minutes` maps a desk to the minutes that wait for its services / number of open desks for them.
    `spoken` are the languages of today's desks and of today's mediators with hours still to come.
    `spoken_for` narrows this for a service: languages of *its* desks and of the mediators. Without it a party would
    wait in vain at the police for a language that only the legal adviser speaks.
    """

    mediators: tuple[Mediator, ...]
    busy_members: frozenset[UUID]
    backlog_minutes: Mapping[UUID, float]
    spoken: frozenset[str]
    spoken_for: Mapping[UUID, frozenset[str]] = field(default_factory=dict[UUID, frozenset[str]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The stop to call and the numbers that explain it; `score` recomputes from `terms` by `score_of`."""

    stop: UUID
    mediator: UUID | None
    no_interpreter: bool
    score: float
    terms: Mapping[str, Term]

    @property
    def because(self) -> str:
        """The reason in English: `waited 34 min, her talks today still take about 12 min, mediator free now`."""
        return ", ".join(sentence % params for sentence, params in because_parts(self.terms))


class Hindrance(StrEnum):
    """Why a desk cannot call a waiting stop now; the first that holds."""

    OTHER_SERVICE = "other_service"
    AT_A_DESK = "at_a_desk"
    """She, or somebody who comes with her, is called or served elsewhere."""
    FIRST_ELSEWHERE = "first_elsewhere"
    """Another of her talks goes before this one."""
    OTHER_DESK = "other_desk"
    """She waits for one other desk."""
    LATER = "later"
    """Not before `callable_from`."""
    SESSION = "session"
    """Her session begins before the talk would be over."""
    DESK_SESSION = "desk_session"
    """A session begins at this desk before the talk would be over."""
    NO_MEDIATOR = "no_mediator"
    """No mediator of her languages is free."""


CallingRule: TypeAlias = Callable[[Desk, Sequence[WaitingStop], HallState, datetime], Choice | None]
"""A rule: no I/O, the same answer for the same input. Its choice stays its choice while that stop stays callable."""


def calling_rule(desk: Desk, waiting: Sequence[WaitingStop], state: HallState, now: datetime) -> Choice | None:
    """The choice of the highest rank for this desk, or `None` if nobody is callable."""
    ranked = _ranked(desk, waiting, state, now)
    return _explain(desk, min(ranked, key=itemgetter(0))) if ranked else None


def queue_of(desk: Desk, waiting: Sequence[WaitingStop], state: HallState, now: datetime) -> list[Choice]:
    """All stops this desk could call now, in calling order; early visitors stand behind everybody who is due.

    Each line is judged alone: two lines may name the same free mediator.
    """
    return [_explain(desk, each) for each in sorted(_ranked(desk, waiting, state, now), key=itemgetter(0))]


def hindrance_of(desk: Desk, stop: WaitingStop, state: HallState, now: datetime) -> Hindrance | None:
    """Why this desk cannot call a stop now; `None` for one that stands in its `queue_of`."""
    kept = _hindrance(desk, stop, state, now)
    if kept is None and _mediation(desk, stop, state, now) is None:
        return Hindrance.NO_MEDIATOR
    return kept


def choose_jointly(
    desks: Sequence[Desk],
    waiting: Sequence[WaitingStop],
    state: HallState,
    now: datetime,
    rule: CallingRule = calling_rule,
) -> list[tuple[UUID, Choice]]:
    """The calls of several ready desks, in the order they are made, as (desk, choice).

    Each round the desk with the highest (best score + 2 x backlog + urgency of its closing) goes first, but no early
    visitor before one who is due; then that stop, its members and its mediator are gone for the others. On equal
    totals the desk that needs no mediator goes first, then the longer wait, then the lower desk number.
    """
    stops = {stop.stop: stop for stop in waiting}
    ready = sorted(desks, key=lambda desk: (desk.number, desk.id))
    best = {desk.id: rule(desk, waiting, state, now) for desk in ready}
    calls: list[tuple[UUID, Choice]] = []
    while callers := [(desk, choice) for desk in ready if (choice := best[desk.id]) is not None]:
        desk, choice = max(callers, key=lambda caller: _turn(caller[0], caller[1], stops[caller[1].stop], state, now))
        calls.append((desk.id, choice))
        ready.remove(desk)
        taken = stops[choice.stop].members
        waiting = [stop for stop in waiting if stop.stop != choice.stop]
        state = _without(state, members=taken, mediator=choice.mediator)
        for other in ready:
            # What is left only shrinks, so a choice nobody touched is still the best one of its desk.
            theirs = best[other.id]
            if theirs is not None and _touched(theirs, by=choice, members=stops[theirs.stop].members & taken):
                best[other.id] = rule(other, waiting, state, now)
    return calls


def closing_urgency(desk: Desk, state: HallState, now: datetime) -> float:
    """Points, 0 to 20, for a desk that closes within the hour with more people waiting than it can still serve.

    It is equal for all stops of a desk and so decides only which desk goes first: whoever still needs the police
    before it leaves at 13:00 is then called there rather than to a desk that stays.
    """
    if desk.closes_at is None:
        return 0.0
    left = max(timedelta(0), desk.closes_at - now)
    scarce = state.backlog_minutes.get(desk.id, 0.0) > CLOSING_SCARCE * left / timedelta(minutes=1)
    return max(0.0, CLOSING_POINTS * (1 - left / CLOSING_NEAR)) if scarce else 0.0


def score_of(terms: Mapping[str, Term]) -> float:
    """The score, recomputed from the terms a call stored; `TypeError` if a term is not a number."""
    return _score(_number(terms, "waited"), _number(terms, "still"), _number(terms, "need"))


def because_parts(terms: Mapping[str, Term]) -> list[tuple[str, dict[str, int]]]:
    """The reason as gettext message ids with their params; minutes only, never an institution or a service."""
    waited = int(_number(terms, "waited"))
    parts: list[tuple[str, dict[str, int]]] = []
    if terms["parked"]:
        parts.append((N_("parked here before"), {}))
    if waited < 0:
        parts.append((N_("%(minutes)s min before the booked time"), {"minutes": -waited}))
    else:
        parts.append((N_("waited %(minutes)s min"), {"minutes": waited}))
    parts.append((N_("her talks today still take about %(minutes)s min"), {"minutes": int(_number(terms, "still"))}))
    if points := int(_number(terms, "need")):
        parts.append((N_("operational need counts as %(minutes)s min"), {"minutes": points}))
    if terms["mediator"]:
        parts.append((N_("mediator free now"), {}))
    if terms["no_interpreter"]:
        parts.append((N_("no interpreter today"), {}))
    return parts


# -- one desk ---------------------------------------------------------------------------------------


_Rank: TypeAlias = tuple[bool, bool, float, float, UUID]
"""Parked here, due, score, longest waited, stop id; the lowest goes first."""
_Mediation: TypeAlias = tuple[UUID | None, bool]
"""The mediator who comes, or `None`; whether the party is called without an interpreter."""
_Ranked: TypeAlias = tuple[_Rank, WaitingStop, _Mediation]


def _ranked(desk: Desk, waiting: Sequence[WaitingStop], state: HallState, now: datetime) -> list[_Ranked]:
    ranked: list[_Ranked] = []
    for stop in waiting:
        if _hindrance(desk, stop, state, now) is None and (mediation := _mediation(desk, stop, state, now)):
            score = _score(*_numbers(stop))
            rank = (not _is_back(desk, stop), not _is_due(stop), -score, -stop.waited_minutes, stop.stop)
            ranked.append((rank, stop, mediation))
    return ranked


def _hindrance(desk: Desk, stop: WaitingStop, state: HallState, now: datetime) -> Hindrance | None:
    if stop.service not in desk.services:
        return Hindrance.OTHER_SERVICE
    if not stop.members.isdisjoint(state.busy_members):
        return Hindrance.AT_A_DESK
    if not stop.precedence_met:
        return Hindrance.FIRST_ELSEWHERE
    if stop.only_desk is not None and stop.only_desk != desk.id:
        return Hindrance.OTHER_DESK
    if stop.callable_from is not None and stop.callable_from > now:
        return Hindrance.LATER
    if _overruns(stop, stop.session_at, now):
        return Hindrance.SESSION
    return Hindrance.DESK_SESSION if _overruns(stop, desk.session_at, now) else None


def _overruns(stop: WaitingStop, at: datetime | None, now: datetime) -> bool:
    """Whether a session begins within the minutes of this talk; one that is long overdue holds nobody back."""
    return at is not None and at - timedelta(minutes=stop.minutes) < now < at + SESSION_LATE


def _mediation(desk: Desk, stop: WaitingStop, state: HallState, now: datetime) -> _Mediation | None:
    """How they will talk, or `None` while the party waits for a mediator."""
    party = frozenset(stop.languages)
    if stop.interpreter is not Interpreter.NEEDED or party & desk.languages:
        return None, False
    free = [
        mediator
        for mediator in state.mediators
        if mediator.free and mediator.languages & party and mediator.opens_at <= now < mediator.closes_at
    ]
    if free:
        # The one with the fewest other languages: whoever interprets many stays free for others.
        return min(free, key=lambda mediator: (len(mediator.languages - party), mediator.id)).id, False
    if stop.only_desk is None:
        spoken = state.spoken_for.get(stop.service, state.spoken)
    else:  # no other desk will take her: only a mediator can still come
        spoken = frozenset[str]().union(*(each.languages for each in state.mediators if each.closes_at > now))
    if party & spoken:
        return None
    return None, True


def _is_back(desk: Desk, stop: WaitingStop) -> bool:
    return stop.parked and stop.only_desk == desk.id


def _is_due(stop: WaitingStop) -> bool:
    return stop.waited_minutes >= 0


def _numbers(stop: WaitingStop) -> tuple[int, int, int]:
    """Waited, still, need; rounded before scoring, so that the score recomputes from what the ledger keeps."""
    return round(stop.waited_minutes), round(stop.remaining_minutes), NEED_POINTS if stop.need else 0


def _score(waited: float, still: float, need: float) -> float:
    return float(waited - STILL_WEIGHT * still + need)


def _explain(desk: Desk, ranked: _Ranked) -> Choice:
    _, stop, (mediator, no_interpreter) = ranked
    waited, still, need = _numbers(stop)
    score = _score(waited, still, need)
    terms: dict[str, Term] = {
        "waited": waited,
        "still": still,
        "need": need,
        "mediator": mediator is not None,
        "no_interpreter": no_interpreter,
        "parked": _is_back(desk, stop),
        "score": score,
    }
    return Choice(stop=stop.stop, mediator=mediator, no_interpreter=no_interpreter, score=score, terms=terms)


def _number(terms: Mapping[str, Term], name: str) -> float:
    value = terms[name]
    if not isinstance(value, int | float):
        raise TypeError(name)
    return value


# -- several desks ----------------------------------------------------------------------------------


def _turn(
    desk: Desk, choice: Choice, stop: WaitingStop, state: HallState, now: datetime
) -> tuple[bool, float, bool, float]:
    backlog = state.backlog_minutes.get(desk.id, 0.0)
    total = choice.score + BACKLOG_WEIGHT * backlog + closing_urgency(desk, state, now)
    return _is_due(stop), total, choice.mediator is None, stop.waited_minutes


def _without(state: HallState, *, members: frozenset[UUID], mediator: UUID | None) -> HallState:
    return replace(
        state,
        busy_members=state.busy_members | members,
        mediators=tuple(replace(each, free=False) if each.id == mediator else each for each in state.mediators),
    )


def _touched(choice: Choice, *, by: Choice, members: frozenset[UUID]) -> bool:
    same_mediator = choice.mediator is not None and choice.mediator == by.mediator
    return choice.stop == by.stop or bool(members) or same_mediator
