"""Wait estimates: the roll follows the rule, tells an interval and a place, and is quick."""

import time
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from onestop.domain.booking import Interpreter
from onestop.domain.calling import Desk, WaitingStop, choose_jointly
from onestop.domain.estimate import (
    WAY_MINUTES,
    AtDesk,
    Estimate,
    ExpectedStop,
    Outlook,
    WorkingDesk,
    estimate_newcomer,
    estimate_waits,
)
from tests.domain.halls import LABOUR, MINUTE, NOW, POLICE, arabic, desk, hall, mediator, stop

THIRD = UUID(int=903)


def working(n: int = 1, **changes: Any) -> WorkingDesk:
    return WorkingDesk(desk=desk(n, **changes), takes_from=NOW)


def expected(waiting: WaitingStop, minutes: float = 15.0) -> ExpectedStop:
    return ExpectedStop(stop=waiting, minutes=minutes)


def outlook(*desks: WorkingDesk, waiting: list[WaitingStop], **changes: Any) -> Outlook:
    plain = Outlook(desks=desks, waiting=tuple(expected(each) for each in waiting), state=hall())
    return replace(plain, **changes)


def test_the_first_in_line_at_a_free_desk_is_called_at_once_and_nobody_is_before_her() -> None:
    found = estimate_waits(outlook(working(), waiting=[stop(1)]), NOW)

    assert found == {UUID(int=1): Estimate(earliest=0.0, latest=0.0, before=0)}


def test_the_second_in_line_waits_for_one_talk_whose_length_is_not_known() -> None:
    found = estimate_waits(outlook(working(), waiting=[stop(1, waited_minutes=20.0), stop(2)]), NOW)

    second = found[UUID(int=2)]
    assert second.before == 1
    # The shortest and the longest of five equally likely lengths round an expected quarter of an hour.
    assert (round(second.earliest - WAY_MINUTES, 1), round(second.latest - WAY_MINUTES, 1)) == (7.5, 25.3)


def test_the_lengths_of_all_futures_are_on_average_as_expected() -> None:
    waits = [estimate_waits(outlook(working(), waiting=[stop(1, waited_minutes=20.0), stop(2)]), NOW, futures=n)
             for n in (1, 2, 3, 4, 5)]  # fmt: skip
    ends = [each[UUID(int=2)].latest for each in waits]

    assert ends[-1] == max(ends)
    assert ends[0] < 15.0 + WAY_MINUTES < ends[-1]


def test_two_desks_share_the_line() -> None:
    alone = estimate_waits(outlook(working(), waiting=[stop(n) for n in range(1, 9)]), NOW)
    shared = estimate_waits(outlook(working(1), working(2), waiting=[stop(n) for n in range(1, 9)]), NOW)

    last = max(alone, key=lambda each: alone[each].latest)
    assert shared[last].latest < alone[last].latest
    assert sorted(each.before for each in shared.values()) == [0, 1, 2, 3, 4, 5, 6, 7]


def test_a_talk_that_runs_is_waited_for_and_the_longer_it_has_run_the_longer_it_may_run() -> None:
    def wait(served: float | None) -> Estimate:
        there = AtDesk(
            stop=UUID(int=80), visit=UUID(int=80), service=POLICE, members=frozenset({UUID(int=1080)}), minutes=15.0,
            served_minutes=served,
        )  # fmt: skip
        return estimate_waits(
            outlook(replace(working(), at=there), waiting=[stop(1)]), NOW
        )[UUID(int=1)]  # fmt: skip

    assert wait(None).earliest > WAY_MINUTES
    assert wait(5.0).earliest > 0
    assert wait(120.0).latest > wait(5.0).latest
    assert wait(None).before == 0


def test_a_party_is_in_one_place_at_a_time_and_the_second_talk_comes_after_the_first() -> None:
    both = [
        stop(1, visit=UUID(int=1), remaining_minutes=30.0),
        stop(2, visit=UUID(int=1), members=stop(1).members, service=LABOUR, remaining_minutes=30.0),
    ]
    found = estimate_waits(outlook(working(1), working(2, services=frozenset({LABOUR})), waiting=both), NOW)

    assert found[UUID(int=1)].latest == 0.0
    assert found[UUID(int=2)].earliest > WAY_MINUTES


def test_what_comes_first_is_called_first_even_where_its_desk_is_busy() -> None:
    both = [
        stop(1, visit=UUID(int=1), remaining_minutes=30.0),
        stop(
            2, visit=UUID(int=1), members=stop(1).members, service=LABOUR, remaining_minutes=30.0, precedence_met=False
        ),
    ]
    there = AtDesk(
        stop=UUID(int=80), visit=UUID(int=80), service=POLICE, members=frozenset({UUID(int=1080)}), minutes=15.0,
        served_minutes=3.0,
    )  # fmt: skip
    desks = (replace(working(1), at=there), working(2, services=frozenset({LABOUR})))
    found = estimate_waits(outlook(*desks, waiting=both, precedences=((POLICE, LABOUR),)), NOW)

    first, second = found[UUID(int=1)], found[UUID(int=2)]
    assert second.earliest > first.earliest + WAY_MINUTES
    assert second.latest > first.latest + WAY_MINUTES


def test_a_stop_that_waits_for_something_nobody_sees_has_no_estimate() -> None:
    found = estimate_waits(outlook(working(), waiting=[stop(1, precedence_met=False), stop(2)]), NOW)

    assert set(found) == {UUID(int=2)}


def test_nobody_is_promised_a_desk_that_closes_before_her_turn() -> None:
    closing = working(closes_at=NOW + 20 * MINUTE)
    found = estimate_waits(outlook(closing, waiting=[stop(n) for n in range(1, 11)]), NOW)

    assert UUID(int=1) in found
    assert len(found) < 5


def test_a_desk_that_opens_later_calls_from_then_on() -> None:
    later = WorkingDesk(desk=desk(), takes_from=NOW + 30 * MINUTE)

    assert estimate_waits(outlook(later, waiting=[stop(1)]), NOW) == {
        UUID(int=1): Estimate(earliest=30.0, latest=30.0, before=0)
    }


def test_one_mediator_serves_one_talk_after_the_other() -> None:
    waiting = [arabic(1, waited_minutes=20.0), arabic(2)]
    found = estimate_waits(outlook(working(1), working(2), waiting=waiting, state=hall(mediator(1, "ar"))), NOW)

    assert found[UUID(int=1)].latest == 0.0
    assert found[UUID(int=2)].earliest > WAY_MINUTES


def test_early_visitors_stand_behind_those_who_are_due() -> None:
    early = stop(1, waited_minutes=-30.0, remaining_minutes=5.0)
    found = estimate_waits(outlook(working(), waiting=[early, stop(2, remaining_minutes=60.0)]), NOW)

    assert (found[UUID(int=2)].latest, found[UUID(int=1)].before) == (0.0, 1)


def test_nobody_is_called_before_the_time_she_may_be_called() -> None:
    back = stop(1, callable_from=NOW + timedelta(minutes=8))

    assert estimate_waits(outlook(working(), waiting=[back]), NOW) == {
        UUID(int=1): Estimate(earliest=8.0, latest=8.0, before=0)
    }


SERVICES = (POLICE, LABOUR, THIRD)
LANGUAGES = ("sk", "ar", "uk", "ka")


@st.composite
def halls(draw: st.DrawFn) -> Outlook:
    desks = [
        WorkingDesk(
            desk=Desk(
                id=UUID(int=100 + n), number=n,
                services=frozenset(draw(st.sets(st.sampled_from(SERVICES), min_size=1))),
                languages=frozenset({"sk"}), closes_at=draw(st.sampled_from([None, NOW + 30 * MINUTE])),
            ),
            takes_from=NOW,
        )
        for n in range(1, draw(st.integers(1, 4)) + 1)
    ]  # fmt: skip
    waiting: list[ExpectedStop] = []
    for visit in range(1, draw(st.integers(1, 8)) + 1):
        services = draw(st.lists(st.sampled_from(SERVICES), min_size=1, unique=True))
        waited = float(draw(st.integers(-30, 90)))
        language = draw(st.sampled_from(LANGUAGES))
        waiting += [
            ExpectedStop(
                minutes=15.0,
                stop=stop(
                    visit * 10 + place, visit=UUID(int=visit), members=frozenset({UUID(int=1000 + visit)}),
                    service=service, waited_minutes=waited, remaining_minutes=15.0 * len(services),
                    languages=(language,), interpreter=draw(st.sampled_from(Interpreter)),
                ),
            )
            for place, service in enumerate(services)
        ]  # fmt: skip
    mediators = tuple(mediator(n, draw(st.sampled_from(LANGUAGES)), free=draw(st.booleans())) for n in range(3))
    backlog = {each.desk.id: float(draw(st.integers(0, 120))) for each in desks}
    return Outlook(desks=tuple(desks), waiting=tuple(waiting), state=hall(*mediators, backlog_minutes=backlog))


@settings(max_examples=300, deadline=None)
@given(halls())
def test_the_first_calls_of_the_roll_are_those_the_rule_would_make_now(outlook: Outlook) -> None:
    by_rule = choose_jointly(
        [each.desk for each in outlook.desks], [each.stop for each in outlook.waiting], outlook.state, NOW
    )
    scores = {each.stop.stop: each.stop for each in outlook.waiting}
    rolled = estimate_waits(outlook, NOW, futures=1)
    at_once = {stop_id for stop_id, each in rolled.items() if each.latest == 0.0}

    def worth(stops: set[UUID]) -> list[tuple[bool, float]]:
        """Equal scores may be called in either order; what is compared is what the rule weighs."""
        return sorted((scores[s].waited_minutes >= 0, scores[s].waited_minutes - 2 * scores[s].remaining_minutes)
                      for s in stops)  # fmt: skip

    assert worth(at_once) == worth({choice.stop for _, choice in by_rule})


@settings(max_examples=100, deadline=None)
@given(halls())
def test_the_roll_says_the_same_again_and_an_interval_is_no_shorter_than_nothing(outlook: Outlook) -> None:
    first = estimate_waits(outlook, NOW)

    assert first == estimate_waits(outlook, NOW)
    assert [each for each in first.values() if not 0.0 <= each.earliest <= each.latest or each.before < 0] == []


def test_two_hundred_waiting_cost_at_most_twenty_milliseconds() -> None:
    services = [UUID(int=900 + n) for n in range(6)]
    desks = tuple(working(n, services=frozenset({services[n]})) for n in range(6))
    waiting = tuple(
        expected(stop(
            visit * 2 + place, visit=UUID(int=visit), members=frozenset({UUID(int=1000 + visit)}),
            service=services[(visit + place) % 6], waited_minutes=float(visit % 90), remaining_minutes=30.0,
        ))
        for visit in range(100) for place in range(2)
    )  # fmt: skip
    hall_now = Outlook(desks=desks, waiting=waiting, state=hall())
    estimate_waits(hall_now, NOW)
    costs: list[float] = []
    for _ in range(7):
        began = time.process_time()
        estimate_waits(hall_now, NOW)
        costs.append(time.process_time() - began)

    assert len(estimate_waits(hall_now, NOW)) == 200
    assert min(costs) <= 0.020


def _newcomer(seen: Outlook, *services: UUID, **asks: Any) -> Estimate | None:
    asked = {"languages": ("en",), "interpreter": Interpreter.NONE, **asks}
    return estimate_newcomer(seen, dict.fromkeys(services, 15.0), now=NOW, **asked)


def test_a_newcomer_waits_as_long_as_somebody_who_has_just_checked_in() -> None:
    others = [stop(n, waited_minutes=20.0 - n) for n in range(1, 5)]
    here = estimate_waits(outlook(working(), waiting=[*others, stop(9, waited_minutes=0.0)]), NOW)

    assert _newcomer(outlook(working(), waiting=others), POLICE) == here[UUID(int=9)]
    assert _newcomer(outlook(working(), waiting=[]), POLICE) == Estimate(earliest=0.0, latest=0.0, before=0)


def test_a_newcomer_is_told_the_first_of_her_desks_and_what_goes_before_is_kept() -> None:
    desks = (working(1), working(2, services={LABOUR}))
    full = outlook(*desks, waiting=[stop(n, waited_minutes=20.0 - n) for n in range(1, 5)])
    first = replace(full, precedences=((POLICE, LABOUR),))

    assert _newcomer(full, POLICE, LABOUR) == Estimate(earliest=0.0, latest=0.0, before=0)
    assert _newcomer(first, POLICE, LABOUR) == _newcomer(full, POLICE)


def test_nothing_can_be_said_to_a_newcomer_whom_nobody_would_call() -> None:
    seen = outlook(working(), waiting=[])

    assert (_newcomer(seen, LABOUR), _newcomer(seen)) == (None, None)
