"""The calling rule over random halls: what holds for every one of them."""

from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onestop.domain.booking import Interpreter
from onestop.domain.calling import (
    Choice,
    Desk,
    HallState,
    WaitingStop,
    calling_rule,
    choose_jointly,
    closing_urgency,
    hindrance_of,
    queue_of,
    score_of,
)
from tests.domain.halls import LABOUR, MINUTE, NOW, POLICE, called, desk, hall, mediator, stop

LANGUAGES = st.sampled_from(["sk", "uk", "ar", "ln"])
DESKS = [
    desk(1),
    desk(2, services=frozenset({LABOUR}), languages=frozenset({"uk"})),
    desk(3, services=frozenset({POLICE, LABOUR}), closes_at=NOW + 20 * MINUTE),
]
minutes = st.floats(min_value=-20, max_value=180)


@st.composite
def stops(draw: st.DrawFn) -> list[WaitingStop]:
    ids = draw(st.lists(st.integers(1, 99), unique=True, max_size=12))
    return [
        stop(
            n,
            service=draw(st.sampled_from([POLICE, LABOUR])),
            members=frozenset(UUID(int=m) for m in draw(st.sets(st.integers(1, 6), min_size=1, max_size=2))),
            languages=tuple(draw(st.lists(LANGUAGES, unique=True, max_size=2))),
            interpreter=draw(st.sampled_from(Interpreter)),
            waited_minutes=draw(minutes),
            remaining_minutes=draw(st.floats(min_value=0, max_value=120)),
            need=draw(st.booleans()),
            precedence_met=draw(st.sampled_from([True, True, True, False])),
            callable_from=draw(st.sampled_from([None, None, NOW, NOW + MINUTE])),
            only_desk=draw(st.sampled_from([None, None, DESKS[0].id, DESKS[2].id])),
            parked=draw(st.booleans()),
        )
        for n in ids
    ]


@st.composite
def halls(draw: st.DrawFn) -> HallState:
    languages = draw(st.lists(st.sets(LANGUAGES, min_size=1), max_size=3))
    some = [mediator(n, *each, free=draw(st.booleans())) for n, each in enumerate(languages)]
    busy = draw(st.sets(st.integers(1, 6), max_size=2))
    backlog = {each.id: draw(st.floats(min_value=0, max_value=90)) for each in DESKS}
    return hall(*some, busy_members=frozenset(UUID(int=n) for n in busy), backlog_minutes=backlog)


@given(stops(), halls(), st.randoms(use_true_random=False))
def test_the_choice_heads_the_queue_recomputes_and_does_not_depend_on_the_order_of_input(
    waiting: list[WaitingStop], state: HallState, shuffle: Any
) -> None:
    for at in DESKS:
        queue = queue_of(at, waiting, state, NOW)
        assert calling_rule(at, waiting, state, NOW) == (queue[0] if queue else None)
        assert [choice.score for choice in queue] == [score_of(choice.terms) for choice in queue]
        assert [choice.terms["score"] for choice in queue] == [choice.score for choice in queue]
        hindered = {each.stop: hindrance_of(at, each, state, NOW) for each in waiting}
        assert {stop for stop, why in hindered.items() if why is None} == {choice.stop for choice in queue}
        mixed = shuffle.sample(waiting, len(waiting))
        assert queue_of(at, mixed, replace(state, mediators=state.mediators[::-1]), NOW) == queue


@given(stops(), halls())
def test_the_joint_choice_claims_nothing_twice_and_leaves_no_ready_desk_with_somebody_callable(
    waiting: list[WaitingStop], state: HallState
) -> None:
    calls = choose_jointly(DESKS, waiting, state, NOW)
    by_id = {one.stop: one for one in waiting}
    members = [member for _, choice in calls for member in by_id[choice.stop].members]
    mediators = [choice.mediator for _, choice in calls if choice.mediator is not None]
    assert len(members) == len({*members} - state.busy_members)
    assert len(mediators) == len({*mediators} & {each.id for each in state.mediators if each.free})
    assert len({at for at, _ in calls}) == len(calls)
    after = replace(
        state,
        busy_members=state.busy_members.union(members),
        mediators=tuple(replace(each, free=each.free and each.id not in mediators) for each in state.mediators),
    )
    called_here = {at for at, _ in calls}
    idle = [at for at in DESKS if at.id not in called_here]
    assert [calling_rule(at, waiting, after, NOW) for at in idle] == [None] * len(idle)


@given(stops(), halls())
def test_the_joint_choice_equals_asking_the_rule_afresh_at_each_round(
    waiting: list[WaitingStop], state: HallState
) -> None:
    """Choices nobody touched are kept between rounds; this plays the rounds without that short cut."""
    by_id = {one.stop: one for one in waiting}
    left, ready, expected = state, list(DESKS), list[tuple[UUID, Choice]]()
    while True:
        turns: list[tuple[tuple[bool, float, bool, float], int, Desk, Choice]] = []
        for at in ready:
            choice = calling_rule(at, waiting, left, NOW)
            if choice is not None:
                one = by_id[choice.stop]
                total = choice.score + 2 * state.backlog_minutes[at.id] + closing_urgency(at, state, NOW)
                due = one.waited_minutes >= 0
                turns.append(((due, total, choice.mediator is None, one.waited_minutes), -at.number, at, choice))
        if not turns:
            break
        *_, at, choice = max(turns, key=lambda turn: turn[:2])
        expected.append((at.id, choice))
        ready.remove(at)
        left = replace(
            left,
            busy_members=left.busy_members | by_id[choice.stop].members,
            mediators=tuple(replace(each, free=each.free and each.id != choice.mediator) for each in left.mediators),
        )
    assert choose_jointly(DESKS, waiting, state, NOW) == expected


@given(
    remaining=st.floats(min_value=0, max_value=180),
    head_start=st.floats(min_value=0, max_value=20),
    later=st.floats(min_value=0, max_value=300),
)
def test_who_has_waited_twice_the_minutes_to_do_and_42_more_is_never_passed_by_a_newcomer(
    remaining: float, head_start: float, later: float
) -> None:
    patient = stop(1, waited_minutes=2 * remaining + 42 + later, remaining_minutes=remaining)
    newcomer = stop(2, waited_minutes=head_start + later, remaining_minutes=0, need=True)
    assert called(desk(), newcomer, patient) == 1


@settings(max_examples=20, deadline=None)
@given(remaining=st.integers(0, 30), needs=st.lists(st.booleans(), min_size=1, max_size=5))
def test_nobody_starves_when_a_quicker_visitor_comes_every_minute_and_a_desk_calls_every_fifth(
    remaining: int, needs: list[bool]
) -> None:
    at, newcomers, waiting = desk(), count(2), {1: 0}
    needed = {1: False}
    for minute in range(5 * (2 * remaining + 42) + 10):
        n = next(newcomers)
        waiting[n], needed[n] = minute, needs[n % len(needs)]
        if minute % 5 == 0:
            first = called(
                at,
                *(
                    stop(k, waited_minutes=minute - since, remaining_minutes=remaining if k == 1 else 0, need=needed[k])
                    for k, since in waiting.items()
                ),
            )
            assert first is not None
            if first == 1:
                return
            del waiting[first]
    pytest.fail("the patient visitor was never called")
