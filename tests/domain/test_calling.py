"""The calling rule: examples that read as its specification, and properties over random halls."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onestop.domain.booking import Interpreter
from onestop.domain.calling import (
    Choice,
    Desk,
    HallState,
    Mediator,
    WaitingStop,
    because_parts,
    calling_rule,
    choose_jointly,
    closing_urgency,
    queue_of,
    score_of,
)

NOW = datetime(2027, 3, 9, 10, 0, tzinfo=UTC)
POLICE, LABOUR = UUID(int=901), UUID(int=902)
MINUTE = timedelta(minutes=1)


def desk(n: int = 1, **changes: Any) -> Desk:
    plain = Desk(
        id=UUID(int=100 + n), number=n, services=frozenset({POLICE}), languages=frozenset({"sk"}), closes_at=None
    )
    return replace(plain, **changes)


def stop(n: int, **changes: Any) -> WaitingStop:
    """Stop n of visit n and member n, who speaks Slovak, has waited 10 min and has 15 min still to do."""
    plain = WaitingStop(
        stop=UUID(int=n),
        visit=UUID(int=n),
        service=POLICE,
        members=frozenset({UUID(int=1000 + n)}),
        languages=("sk",),
        interpreter=Interpreter.NONE,
        waited_minutes=10.0,
        remaining_minutes=15.0,
        need=False,
        precedence_met=True,
        callable_from=None,
        only_desk=None,
        parked=False,
        number=100 + n,
    )
    return replace(plain, **changes)


def mediator(n: int, *languages: str, **changes: Any) -> Mediator:
    plain = Mediator(
        id=UUID(int=500 + n),
        languages=frozenset(languages),
        free=True,
        opens_at=NOW - 60 * MINUTE,
        closes_at=NOW + 60 * MINUTE,
    )
    return replace(plain, **changes)


def hall(*mediators: Mediator, **changes: Any) -> HallState:
    plain = HallState(
        mediators=mediators,
        busy_members=frozenset(),
        backlog_minutes={},
        spoken=frozenset({"sk"}).union(*(each.languages for each in mediators)),
    )
    return replace(plain, **changes)


def called(at: Desk, *waiting: WaitingStop, state: HallState | None = None) -> int | None:
    choice = calling_rule(at, waiting, state or hall(), NOW)
    return None if choice is None else choice.stop.int


def arabic(n: int, **changes: Any) -> WaitingStop:
    return stop(n, languages=("ar",), interpreter=Interpreter.NEEDED, **changes)


# -- the score --------------------------------------------------------------------------------------


def test_a_choice_carries_its_score_its_terms_and_its_reason() -> None:
    one = arabic(1, waited_minutes=34.4, remaining_minutes=11.6, need=True)
    choice = calling_rule(desk(), [one], hall(mediator(1, "ar")), NOW)
    assert choice == Choice(
        stop=UUID(int=1),
        mediator=UUID(int=501),
        no_interpreter=False,
        score=30.0,
        terms={
            "waited": 34,
            "still": 12,
            "need": 20,
            "mediator": True,
            "no_interpreter": False,
            "parked": False,
            "score": 30.0,
        },
    )
    assert choice.because == ("waited 34 min, about 12 min left, operational need counts as 20 min, mediator free now")


def test_the_reason_is_given_in_parts_for_translation() -> None:
    at = desk()
    parked = stop(1, waited_minutes=7, parked=True, only_desk=at.id)
    early = arabic(2, waited_minutes=-8)
    reasons = [because_parts(choice.terms) for choice in queue_of(at, [parked, early], hall(), NOW)]
    assert reasons == [
        [
            ("parked here before", {}),
            ("waited %(minutes)s min", {"minutes": 7}),
            ("about %(minutes)s min left", {"minutes": 15}),
        ],
        [
            ("%(minutes)s min before the booked time", {"minutes": 8}),
            ("about %(minutes)s min left", {"minutes": 15}),
            ("no interpreter today", {}),
        ],
    ]


def test_a_term_that_is_no_number_is_a_bug_and_says_which() -> None:
    with pytest.raises(TypeError, match="still"):
        score_of({"waited": 3, "still": "long", "need": 0})


def test_who_waited_longer_is_called_first() -> None:
    assert called(desk(), stop(1, waited_minutes=20), stop(2, waited_minutes=21)) == 2


def test_who_is_nearly_done_outweighs_twice_as_many_minutes_of_waiting() -> None:
    assert called(desk(), stop(1, waited_minutes=29, remaining_minutes=20), stop(2, remaining_minutes=10)) == 2
    assert called(desk(), stop(1, waited_minutes=31, remaining_minutes=20), stop(2, remaining_minutes=10)) == 1


def test_an_operational_need_counts_as_20_minutes_and_not_more() -> None:
    assert called(desk(), stop(1, waited_minutes=29), stop(2, need=True)) == 2
    assert called(desk(), stop(1, waited_minutes=31), stop(2, need=True)) == 1


def test_equal_scores_go_to_the_longest_wait_and_then_to_the_lower_stop_id_whatever_the_number() -> None:
    assert called(desk(), stop(1, remaining_minutes=10), stop(2, waited_minutes=20)) == 2
    assert called(desk(), stop(2, number=100), stop(1, number=999)) == 1


# -- who is callable --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"service": LABOUR},
        {"precedence_met": False},
        {"callable_from": NOW + timedelta(seconds=1)},
        {"only_desk": UUID(int=102)},
        {"members": frozenset({UUID(int=1001), UUID(int=7)})},
    ],
    ids=["other service", "precedence", "not yet back", "another desk's", "a member is elsewhere"],
)
def test_a_stop_is_held_back_by(changes: dict[str, Any]) -> None:
    state = hall(busy_members=frozenset({UUID(int=7)}))
    assert called(desk(), stop(1), state=state) == 1
    assert called(desk(), stop(1, **changes), state=state) is None


def test_a_stop_is_callable_at_the_very_instant_it_is_back() -> None:
    assert called(desk(), stop(1, callable_from=NOW)) == 1


def test_a_stop_transferred_to_a_desk_keeps_its_place_by_score_there() -> None:
    at = desk()
    assert called(at, stop(1, only_desk=at.id), stop(2, waited_minutes=11)) == 2


def test_a_parked_stop_that_is_due_goes_first_at_its_desk_only() -> None:
    at, other = desk(1), desk(2)
    back = stop(1, waited_minutes=1, parked=True, only_desk=at.id, callable_from=NOW)
    longest = stop(2, waited_minutes=90)
    assert called(at, back, longest) == 1
    assert called(other, back, longest) == 2
    assert called(at, replace(back, callable_from=NOW + MINUTE), longest) == 2


def test_an_early_visitor_is_served_only_when_nobody_due_is_callable() -> None:
    early = stop(1, waited_minutes=-1, remaining_minutes=1, need=True)
    assert called(desk(), early, stop(2, waited_minutes=0, remaining_minutes=200)) == 2
    assert called(desk(), early, stop(2, waited_minutes=50, precedence_met=False)) == 1


# -- languages --------------------------------------------------------------------------------------


def choice_of(one: WaitingStop, state: HallState, at: Desk | None = None) -> tuple[int | None, bool] | None:
    choice = calling_rule(at or desk(), [one], state, NOW)
    if choice is None:
        return None
    return (None if choice.mediator is None else choice.mediator.int - 500), choice.no_interpreter


def test_no_mediator_is_taken_when_the_officer_speaks_one_of_the_languages_or_none_is_needed() -> None:
    state = hall(mediator(1, "ar"))
    assert choice_of(arabic(1), state) == (1, False)
    assert choice_of(arabic(1), state, desk(languages=frozenset({"sk", "ar"}))) == (None, False)
    assert choice_of(replace(arabic(1), interpreter=Interpreter.OWN), state) == (None, False)
    assert choice_of(replace(arabic(1), interpreter=Interpreter.NONE), state) == (None, False)


@pytest.mark.parametrize(
    "changes",
    [{"free": False}, {"opens_at": NOW + MINUTE}, {"closes_at": NOW}, {"languages": frozenset({"uk"})}],
    ids=["busy", "not yet here", "gone", "other language"],
)
def test_a_party_waits_while_its_mediator_is(changes: dict[str, Any]) -> None:
    state = replace(hall(mediator(1, "ar")), mediators=(mediator(1, "ar", **changes),))
    assert choice_of(arabic(1), state) is None
    assert called(desk(), arabic(1, waited_minutes=99), stop(2), state=state) == 2


def test_the_mediator_with_the_fewest_other_languages_comes_and_then_the_lower_id() -> None:
    three = (mediator(1, "ar", "fa", "ps"), mediator(3, "ar", "fr"), mediator(2, "ar", "fr"))
    assert choice_of(arabic(1), hall(*three)) == (2, False)
    assert choice_of(replace(arabic(1), languages=("ps", "ar", "fa")), hall(*three)) == (1, False)


def test_a_party_whose_languages_nobody_speaks_today_is_never_held_back() -> None:
    lingala = replace(arabic(1), languages=("ln",))
    assert choice_of(lingala, hall(mediator(1, "ar"))) == (None, True)
    assert choice_of(replace(lingala, languages=()), hall()) == (None, True)


def test_a_language_spoken_only_at_desks_of_other_services_does_not_hold_a_party_back() -> None:
    state = hall(spoken=frozenset({"sk", "ar"}))
    assert choice_of(arabic(1), state) is None
    assert choice_of(arabic(1), replace(state, spoken_for={POLICE: frozenset({"sk"})})) == (None, True)
    assert choice_of(arabic(1), replace(state, spoken_for={POLICE: frozenset({"sk", "ar"})})) is None


# -- the queue and the joint choice -----------------------------------------------------------------


def test_the_queue_lists_parked_then_due_then_early_stops() -> None:
    at = desk()
    waiting = [
        stop(1, waited_minutes=-5),
        stop(2, waited_minutes=5),
        stop(3, waited_minutes=50),
        stop(4, parked=True, only_desk=at.id),
        stop(5, precedence_met=False),
    ]
    assert [choice.stop.int for choice in queue_of(at, waiting, hall(), NOW)] == [4, 3, 2, 1]


def joint(desks: list[Desk], waiting: list[WaitingStop], state: HallState) -> list[tuple[int, int]]:
    calls = choose_jointly(desks, waiting, state, NOW)
    return [(at.int - 100, choice.stop.int) for at, choice in calls]


def test_each_stop_member_and_mediator_is_claimed_by_one_desk_only() -> None:
    family = frozenset({UUID(int=7), UUID(int=8)})
    waiting = [
        stop(1, waited_minutes=40, members=family),
        stop(2, waited_minutes=30, members=frozenset({UUID(int=8)}), service=LABOUR),
        arabic(3, waited_minutes=20),
        arabic(4, waited_minutes=19, service=LABOUR),
        stop(5, waited_minutes=1, service=LABOUR),
    ]
    desks = [desk(1), desk(2, services=frozenset({LABOUR})), desk(3)]
    assert joint(desks, waiting, hall(mediator(1, "ar"))) == [(1, 1), (3, 3), (2, 5)]


def test_the_desk_with_the_longer_backlog_takes_a_contested_party() -> None:
    both = frozenset({UUID(int=7)})
    waiting = [stop(1, members=both, waited_minutes=12), stop(2, members=both, service=LABOUR)]
    desks = [desk(1), desk(2, services=frozenset({LABOUR}))]
    assert joint(desks, waiting, hall()) == [(1, 1)]
    assert joint(desks, waiting, hall(backlog_minutes={desks[1].id: 2.0})) == [(2, 2)]


def test_an_early_visitor_takes_no_mediator_from_a_due_one_at_a_busier_desk() -> None:
    desks = [desk(1), desk(2, services=frozenset({LABOUR}))]
    waiting = [arabic(1, waited_minutes=-1), arabic(2, waited_minutes=0, service=LABOUR)]
    state = hall(mediator(1, "ar"), backlog_minutes={desks[0].id: 500.0})
    assert joint(desks, waiting, state) == [(2, 2)]


def test_of_two_desks_for_the_same_party_the_one_that_needs_no_mediator_calls() -> None:
    desks = [desk(1), desk(2, languages=frozenset({"ar"}))]
    assert joint(desks, [arabic(1)], hall(mediator(1, "ar"))) == [(2, 1)]


def test_a_rule_from_outside_can_be_plugged_in() -> None:
    def longest_wait_last(at: Desk, waiting: Any, state: HallState, now: datetime) -> Choice | None:
        queue = queue_of(at, waiting, state, now)
        return queue[-1] if queue else None

    waiting = [stop(1, waited_minutes=30), stop(2, waited_minutes=20), stop(3, waited_minutes=10)]
    calls = choose_jointly([desk(1), desk(2)], waiting, hall(), NOW, longest_wait_last)
    assert [(at.int - 100, choice.stop.int) for at, choice in calls] == [(1, 3), (2, 2)]


@pytest.mark.parametrize(
    ("minutes_left", "backlog", "points"),
    [(None, 500, 0), (60, 500, 0), (90, 500, 0), (30, 24, 0), (30, 24.1, 10), (15, 24, 15), (0, 1, 20), (-5, 1, 20)],
)
def test_a_desk_that_closes_soon_with_too_many_waiting_gains_up_to_20_points(
    minutes_left: int | None, backlog: float, points: float
) -> None:
    closing = desk(closes_at=None if minutes_left is None else NOW + minutes_left * MINUTE)
    assert closing_urgency(closing, hall(backlog_minutes={closing.id: backlog}), NOW) == points


def test_a_party_is_sent_first_to_the_desk_that_closes_soon() -> None:
    both = frozenset({UUID(int=7)})
    waiting = [stop(1, members=both, waited_minutes=10), stop(2, members=both, service=LABOUR, waited_minutes=15)]
    police, labour = desk(1), desk(2, services=frozenset({LABOUR}))
    state = hall(backlog_minutes={police.id: 40.0, labour.id: 40.0})
    assert joint([police, labour], waiting, state) == [(2, 2)]
    assert joint([replace(police, closes_at=NOW + 30 * MINUTE), labour], waiting, state) == [(1, 1)]


# -- properties -------------------------------------------------------------------------------------

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
                due = one.parked or one.waited_minutes >= 0
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


@given(remaining=st.integers(0, 60), needs=st.lists(st.booleans(), min_size=1, max_size=5))
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
