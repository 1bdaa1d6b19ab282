"""The calling rule: examples that read as its specification."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from onestop.domain.booking import Interpreter
from onestop.domain.calling import (
    Choice,
    Desk,
    HallState,
    Hindrance,
    WaitingStop,
    because_parts,
    calling_rule,
    choose_jointly,
    closing_urgency,
    hindrance_of,
    queue_of,
    score_of,
)
from tests.domain.halls import LABOUR, MINUTE, NOW, POLICE, arabic, called, desk, hall, mediator, stop

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
    assert choice
    assert choice.because == (
        "waited 34 min, her talks today still take about 12 min, operational need counts as 20 min, mediator free now"
    )


def test_the_reason_is_given_in_parts_for_translation() -> None:
    at = desk()
    parked = stop(1, waited_minutes=7, parked=True, only_desk=at.id)
    early = arabic(2, waited_minutes=-8)
    reasons = [because_parts(choice.terms) for choice in queue_of(at, [parked, early], hall(), NOW)]
    assert reasons == [
        [
            ("parked here before", {}),
            ("waited %(minutes)s min", {"minutes": 7}),
            ("her talks today still take about %(minutes)s min", {"minutes": 15}),
        ],
        [
            ("%(minutes)s min before the booked time", {"minutes": 8}),
            ("her talks today still take about %(minutes)s min", {"minutes": 15}),
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
    assert called(at, replace(back, waited_minutes=-3), longest) == 1
    assert called(other, back, longest) == 2
    assert called(at, replace(back, callable_from=NOW + MINUTE), longest) == 2


def test_a_parked_stop_whose_desk_has_gone_waits_by_score_at_every_desk() -> None:
    assert called(desk(), stop(1, parked=True, only_desk=None), stop(2, waited_minutes=11)) == 2


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


def test_a_stop_without_members_is_claimed_by_one_desk_only() -> None:
    assert joint([desk(1), desk(2)], [stop(1, members=frozenset())], hall()) == [(1, 1)]


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


@pytest.mark.parametrize(
    ("one", "state", "why"),
    [
        (stop(1), hall(), None),
        (stop(1, service=LABOUR), hall(), Hindrance.OTHER_SERVICE),
        (stop(1, precedence_met=False), hall(), Hindrance.FIRST_ELSEWHERE),
        (stop(1, callable_from=NOW + MINUTE), hall(), Hindrance.LATER),
        (stop(1, callable_from=NOW), hall(), None),
        (stop(1, only_desk=UUID(int=102)), hall(), Hindrance.OTHER_DESK),
        (stop(1), hall(busy_members=frozenset({UUID(int=1001)})), Hindrance.AT_A_DESK),
        (arabic(1), hall(mediator(1, "ar", free=False)), Hindrance.NO_MEDIATOR),
        (arabic(1), hall(), None),
    ],
)
def test_why_a_desk_cannot_call_a_stop(one: WaitingStop, state: HallState, why: Hindrance | None) -> None:
    assert (hindrance_of(desk(), one, state, NOW), called(desk(), one, state=state) is None) == (why, why is not None)


@pytest.mark.parametrize(
    ("minutes", "why"), [(20, None), (19, Hindrance.DESK_SESSION), (-9, Hindrance.DESK_SESSION), (-10, None)]
)
def test_a_desk_begins_no_talk_that_its_next_session_would_cut_short(minutes: int, why: Hindrance | None) -> None:
    before = replace(desk(), session_at=NOW + minutes * MINUTE)
    assert hindrance_of(before, stop(1, minutes=20.0), hall(), NOW) is why


def test_where_she_is_now_is_told_before_what_would_hinder_her_next() -> None:
    one = stop(1, precedence_met=False, callable_from=NOW + MINUTE)
    busy = hall(busy_members=one.members)
    assert [hindrance_of(desk(), one, state, NOW) for state in (busy, hall())] == [
        Hindrance.AT_A_DESK,
        Hindrance.FIRST_ELSEWHERE,
    ]
