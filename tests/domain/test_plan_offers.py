"""Nominal plans by example: interpreters, and which arrivals are offered."""

from dataclasses import replace
from itertools import count
from uuid import UUID

import pytest

from onestop.domain.booking import Interpreter
from onestop.domain.plan import (
    can_interpret,
)
from tests.domain.bratislava import (
    DAY,
    EMPLOYMENT,
    INSURANCE,
    LEGAL,
    NEEDED,
    NONE,
    OWN,
    RESIDENCE,
    SOCIAL,
    applied,
    at,
    brief,
    by_place,
    offers,
    plan_at,
    quarters,
    row,
    wants,
)

# -- interpreters -----------------------------------------------------------------------------------


def test_a_mediator_gives_the_same_minutes_from_the_same_buckets() -> None:
    plan = plan_at("09:00", RESIDENCE, languages=("ar",), interpreter=NEEDED)
    assert plan is not None
    assert brief(plan) == [("residence", "09:00", 20, "ar en")]
    assert by_place(DAY, plan.claims) == [
        ("ar en", "09:00", 8, 0),
        ("ar en", "09:10", 8, 0),
        ("ar en", "09:20", 4, 0),
        ("arrivals", "09:00", 1, 0),
        ("residence", "09:00", 8, 0),
        ("residence", "09:10", 8, 0),
        ("residence", "09:20", 4, 0),
    ]


@pytest.mark.parametrize("interpreter", [NONE, OWN])
def test_who_needs_no_interpreter_takes_none(interpreter: Interpreter) -> None:
    assert brief(plan_at("09:00", RESIDENCE, languages=("ar",), interpreter=interpreter)) == [
        ("residence", "09:00", 15, None)
    ]


def test_a_desk_that_speaks_a_language_of_the_party_needs_no_mediator() -> None:
    assert brief(plan_at("09:00", SOCIAL, EMPLOYMENT, languages=("uk", "ru"), interpreter=NEEDED)) == [
        ("social", "09:00", 18, None),
        ("employment", "09:23", 16, "uk ru"),
    ]


def test_a_desk_without_mediator_is_preferred_unless_it_ends_later() -> None:
    ids = count(9000)
    slovak = replace(DAY.groups[0], key="a slovak", languages=frozenset({"sk"}), minutes={LEGAL: 10})
    english = replace(DAY.groups[0], key="english", minutes={LEGAL: 13}, buckets=row(ids, "09:00", "15:00"))
    day = replace(DAY, groups=(slovak, english))
    assert brief(plan_at("09:00", LEGAL, day=day, interpreter=NEEDED)) == [("english", "09:00", 13, None)]
    later = replace(day, groups=(slovak, replace(english, minutes={LEGAL: 14})))
    assert brief(plan_at("09:00", LEGAL, day=later, interpreter=NEEDED)) == [("a slovak", "09:00", 13, "ar en")]


def test_thirty_percent_longer_is_rounded_up_but_not_by_a_rounding_error() -> None:
    for minutes, mediated in [(10, 13), (12, 16), (15, 20), (18, 24), (20, 26), (30, 39), (40, 52), (50, 65)]:
        day = replace(DAY, groups=(replace(DAY.groups[3], minutes={RESIDENCE: minutes}),))
        assert brief(plan_at("09:00", RESIDENCE, day=day, languages=("ar",), interpreter=NEEDED)) == [
            ("residence", "09:00", mediated, "ar en")
        ]


def test_one_mediator_is_not_at_two_desks_at_once() -> None:
    first = plan_at("09:00", RESIDENCE, languages=("ar",), interpreter=NEEDED)
    assert first is not None
    day = applied(DAY, first.claims)
    second = plan_at("09:00", EMPLOYMENT, day=day, languages=("ar",), interpreter=NEEDED)
    assert brief(second) == [("employment", "09:25", 16, "ar en")]


def test_the_stretch_is_that_of_the_scarcer_of_desk_and_mediator() -> None:
    """26 minutes at 5 of 10 bookable of the mediator may take 72 minutes, at 8 of 10 of the desk only 52."""
    legal, arabic = DAY.groups[0], DAY.mediators[0]
    half = tuple(replace(bucket, reserve=5) for bucket in arabic.buckets)
    day = replace(DAY, groups=(legal,), mediators=(replace(arabic, buckets=half),))
    plan = plan_at("09:00", LEGAL, day=day, languages=("ar",), interpreter=NEEDED)
    assert plan is not None
    assert [line for line in by_place(day, plan.claims) if line[0] == "legal"] == [
        *(("legal", f"09:{minute}0", 5, 0) for minute in range(5)),
        ("legal", "09:50", 1, 0),
    ]
    torn = tuple(replace(bucket, used=8 if bucket.start == at("09:30") else 0) for bucket in legal.buckets)
    later = plan_at(
        "09:00", LEGAL, day=replace(day, groups=(replace(legal, buckets=torn),)), languages=("ar",), interpreter=NEEDED
    )
    assert brief(later) == [("legal", "09:00", 26, "ar en")]


def test_if_nobody_bridges_the_plan_goes_ahead_and_says_so() -> None:
    plan = plan_at("09:00", LEGAL, RESIDENCE, languages=("vi",), interpreter=NEEDED)
    assert plan is not None
    assert (brief(plan), plan.no_interpreter) == (
        [("legal", "09:00", 20, None), ("residence", "09:25", 15, None)],
        True,
    )


def test_a_desk_that_speaks_the_language_is_kept_even_if_another_stop_has_no_interpreter() -> None:
    ids = count(9000)
    day = replace(DAY, mediators=())
    slovak = replace(day.groups[1], key="a slovak", languages=frozenset({"sk"}), buckets=row(ids, "09:00", "15:00"))
    plan = plan_at(
        "09:00",
        SOCIAL,
        RESIDENCE,
        day=replace(day, groups=(*day.groups, slovak)),
        languages=("ru",),
        interpreter=NEEDED,
    )
    assert plan is not None
    assert (brief(plan), plan.no_interpreter) == (
        [("residence", "09:00", 15, None), ("social", "09:20", 18, None)],
        True,
    )


@pytest.mark.parametrize(
    ("languages", "interpreter", "services", "bridged"),
    [
        (("vi",), NEEDED, [LEGAL], False),
        (("vi",), NONE, [LEGAL], True),
        (("vi",), OWN, [LEGAL], True),
        (("vi", "ru"), NEEDED, [SOCIAL], True),
        (("ar",), NEEDED, [RESIDENCE], True),
        (("sk",), NEEDED, [LEGAL, RESIDENCE], True),
        (("vi",), NEEDED, [UUID(int=99)], True),
    ],
)
def test_who_can_be_interpreted(
    languages: tuple[str, ...], interpreter: Interpreter, services: list[UUID], bridged: bool
) -> None:
    assert can_interpret(DAY, stops=wants(*services), languages=languages, interpreter=interpreter) is bridged


def test_a_mediator_who_is_never_there_when_the_desk_is_open_bridges_nothing() -> None:
    arabic = DAY.mediators[0]
    afternoon = replace(arabic, buckets=tuple(b for b in arabic.buckets if b.start >= at("13:00")))
    day = replace(DAY, mediators=(afternoon,))
    assert can_interpret(day, stops=wants(RESIDENCE), languages=("ar",), interpreter=NEEDED) is False
    assert can_interpret(day, stops=wants(EMPLOYMENT), languages=("ar",), interpreter=NEEDED) is True
    assert brief(plan_at("09:00", RESIDENCE, EMPLOYMENT, day=day, languages=("ar",), interpreter=NEEDED)) == [
        ("residence", "09:00", 15, None),
        ("employment", "13:00", 16, "ar en"),
    ]


# -- which arrivals are offered -----------------------------------------------------------------------


def test_a_short_stop_is_offered_until_it_no_longer_ends_before_closing() -> None:
    assert offers(INSURANCE) == quarters("09:00", "14:45")


def test_the_police_are_offered_until_they_leave() -> None:
    assert offers(RESIDENCE) == quarters("09:00", "12:30")


def test_the_counsellor_and_the_police_are_offered_while_both_fit_in_turn() -> None:
    assert offers(LEGAL, RESIDENCE) == quarters("09:00", "12:15")


def test_a_spanish_mediator_who_leaves_at_half_past_twelve_ends_the_offers() -> None:
    assert offers(RESIDENCE, languages=("es",), interpreter=NEEDED) == quarters("09:00", "12:00")


def test_arrivals_before_now_are_not_offered() -> None:
    assert offers(INSURANCE, not_before="14:20") == ["14:30", "14:45"]


def test_the_offers_are_in_order_of_time_whatever_the_order_of_the_rows() -> None:
    day = replace(DAY, arrivals=tuple(reversed(DAY.arrivals)))
    assert offers(INSURANCE, day=day) == quarters("09:00", "14:45")


def test_a_full_arrival_is_left_out() -> None:
    arrivals = tuple(replace(bucket, used=2 if bucket.start == at("14:30") else 0) for bucket in DAY.arrivals)
    assert offers(INSURANCE, day=replace(DAY, arrivals=arrivals), not_before="14:00") == ["14:00", "14:15", "14:45"]


def test_a_day_without_minutes_offers_nothing_and_its_reserve_still_does() -> None:
    full = tuple(replace(g, buckets=tuple(replace(b, used=8) for b in g.buckets)) for g in DAY.groups)
    day = replace(DAY, groups=full)
    assert offers(INSURANCE, day=day) == []
    # Two of ten minutes a bucket, and a stretch of 10 / (10 / 10) + 20 minutes: three buckets give six.
    assert offers(INSURANCE, day=day, with_reserve=True) == []
    shorter = replace(day, groups=tuple(replace(g, minutes=dict.fromkeys(g.minutes, 5)) for g in day.groups))
    assert offers(INSURANCE, day=shorter) == []
    assert offers(INSURANCE, day=shorter, with_reserve=True) == quarters("09:00", "14:30")
