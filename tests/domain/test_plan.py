"""Nominal plans by example: where the minutes come from, and in which order the stops are laid."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest

from onestop.domain.plan import (
    DayCapacity,
    NominalPlan,
    PlannedStop,
    nominal_plan,
)
from tests.domain.bratislava import (
    DAY,
    INSURANCE,
    LABOUR,
    LEGAL,
    ME,
    NONE,
    RESIDENCE,
    SOCIAL,
    applied,
    at,
    brief,
    by_place,
    offers,
    plan_at,
    row,
    wants,
)

# -- where the minutes come from ---------------------------------------------------------------------


def test_a_talk_takes_its_minutes_from_the_bookable_part_of_consecutive_buckets() -> None:
    plan = plan_at("09:00", LEGAL)
    assert plan is not None
    assert plan == NominalPlan(
        arrival_at=at("09:00"),
        stops=(PlannedStop(service=LEGAL, group="legal", start=at("09:00"), minutes=20, mediator=None, members=ME),),
        claims=plan.claims,
        ends_at=at("09:20"),
        no_interpreter=False,
    )
    assert by_place(DAY, plan.claims) == [
        ("arrivals", "09:00", 1, 0),
        ("legal", "09:00", 8, 0),
        ("legal", "09:10", 8, 0),
        ("legal", "09:20", 4, 0),
    ]
    assert [claim.bucket for claim in plan.claims] == sorted(claim.bucket for claim in plan.claims)


def test_the_next_visitor_starts_behind_what_is_used_of_a_single_desk() -> None:
    first = plan_at("09:00", LEGAL)
    assert first is not None
    day = applied(DAY, first.claims)
    second = plan_at("09:00", LEGAL, day=day)
    assert second is not None
    assert brief(second) == [("legal", "09:25", 20, None)]
    assert by_place(day, second.claims) == [
        ("arrivals", "09:00", 1, 0),
        ("legal", "09:20", 4, 0),
        ("legal", "09:30", 8, 0),
        ("legal", "09:40", 8, 0),
    ]


def test_a_start_behind_used_minutes_is_the_earliest_whole_minute() -> None:
    """3 of 8 free are 3.75 of ten minutes: the talk starts 6.25 minutes into the bucket, said as 6."""
    insurance = DAY.groups[5]
    used = (replace(insurance.buckets[0], used=5), *insurance.buckets[1:])
    day = replace(DAY, groups=(replace(insurance, buckets=used),))
    assert brief(plan_at("09:00", INSURANCE, day=day)) == [("insurance", "09:06", 10, None)]


def test_an_arrival_between_two_minutes_starts_at_the_next() -> None:
    moved = replace(DAY.arrivals[0], start=DAY.arrivals[0].start + timedelta(seconds=30))
    plan = nominal_plan(
        replace(DAY, arrivals=(moved,)),
        arrival_at=moved.start,
        stops=wants(INSURANCE),
        languages=("en",),
        interpreter=NONE,
    )
    assert brief(plan) == [("insurance", "09:01", 10, None)]


def test_with_the_reserve_its_minutes_come_after_the_others_of_each_bucket() -> None:
    plan = plan_at("09:00", LEGAL, with_reserve=True)
    assert plan is not None
    assert by_place(DAY, plan.claims) == [
        ("arrivals", "09:00", 1, 0),
        ("legal", "09:00", 10, 2),
        ("legal", "09:10", 10, 2),
    ]


def test_a_taken_arrival_is_open_to_the_reserve_only() -> None:
    day = replace(DAY, arrivals=tuple(replace(bucket, used=2) for bucket in DAY.arrivals))
    assert plan_at("09:00", INSURANCE, day=day) is None
    plan = plan_at("09:00", INSURANCE, day=day, with_reserve=True)
    assert plan is not None
    assert by_place(day, plan.claims) == [("arrivals", "09:00", 1, 1), ("insurance", "09:00", 10, 2)]


def test_a_time_that_is_no_arrival_has_no_plan() -> None:
    assert plan_at("09:05", INSURANCE) is None


def test_no_stops_have_no_plan() -> None:
    assert (plan_at("09:00"), offers()) == (None, [])


def test_a_service_without_a_desk_has_no_plan() -> None:
    assert plan_at("09:00", LEGAL, UUID(int=99)) is None


def test_two_desks_alike_serve_two_visitors_from_the_same_minute() -> None:
    ids = count(9000)
    double = replace(DAY.groups[0], buckets=row(ids, "09:00", "15:00", total=20, reserve=0))
    day = replace(DAY, groups=(double, *DAY.groups[1:]))
    starts: list[list[tuple[str, str, int, str | None]] | None] = []
    for _ in range(2):
        plan = plan_at("09:00", LEGAL, day=day)
        assert plan is not None
        starts.append(brief(plan))
        day = applied(day, plan.claims)
    assert starts == [[("legal", "09:00", 20, None)], [("legal", "09:00", 20, None)]]


def test_minutes_that_trickle_too_slowly_are_no_talk() -> None:
    """20 minutes at 8 of 10 bookable may take 45 minutes from the start, not 46."""

    def day(free: list[int]) -> DayCapacity:
        legal = DAY.groups[0]
        rest = [0] * (len(legal.buckets) - len(free))
        pairs = zip(legal.buckets, [*free, *rest], strict=True)
        buckets = tuple(replace(bucket, used=8 - minutes) for bucket, minutes in pairs)
        return replace(DAY, groups=(replace(legal, buckets=buckets), *DAY.groups[1:]))

    assert brief(plan_at("09:00", LEGAL, day=day([8, 7, 0, 0, 5]))) == [("legal", "09:00", 20, None)]
    assert plan_at("09:00", LEGAL, day=day([8, 6, 0, 0, 6])) is None


def test_a_talk_does_not_run_over_a_break() -> None:
    legal = DAY.groups[0]
    buckets = tuple(bucket for bucket in legal.buckets if not at("09:20") <= bucket.start < at("10:00"))
    day = replace(DAY, groups=(replace(legal, buckets=buckets), *DAY.groups[1:]))
    assert brief(plan_at("09:00", LEGAL, day=day)) == [("legal", "10:00", 20, None)]


def test_nothing_starts_before_the_first_bucket() -> None:
    late = replace(DAY.groups[0], buckets=tuple(b for b in DAY.groups[0].buckets if b.start >= at("09:30")))
    day = replace(DAY, groups=(late, *DAY.groups[1:]))
    assert brief(plan_at("09:00", LEGAL, day=day)) == [("legal", "09:30", 20, None)]


def test_the_faster_of_two_groups_is_taken_and_the_first_key_when_they_are_alike() -> None:
    ids = count(9000)
    legal = DAY.groups[0]
    quick = replace(legal, key="quick", minutes={LEGAL: 15}, buckets=row(ids, "09:00", "15:00"))
    assert brief(plan_at("09:00", LEGAL, day=replace(DAY, groups=(legal, quick)))) == [("quick", "09:00", 15, None)]
    alike = replace(legal, key="a desk", buckets=row(ids, "09:00", "15:00"))
    assert brief(plan_at("09:00", LEGAL, day=replace(DAY, groups=(legal, alike)))) == [("a desk", "09:00", 20, None)]


def test_buckets_off_the_grid_are_a_mistake_of_the_caller() -> None:
    social = DAY.groups[1]
    shifted = tuple(replace(bucket, start=bucket.start + timedelta(minutes=5)) for bucket in social.buckets)
    day = replace(DAY, groups=(DAY.groups[0], replace(social, buckets=shifted)))
    with pytest.raises(ValueError, match="ten-minute grid"):
        plan_at("09:00", LEGAL, SOCIAL, day=day)


def test_a_bucket_that_lost_more_than_was_free_has_nothing_left() -> None:
    bucket = replace(DAY.groups[0].buckets[0], total=4, used=8)
    assert (bucket.free(with_reserve=False), bucket.free(with_reserve=True)) == (0, 0)


# -- several stops ----------------------------------------------------------------------------------


def test_legal_comes_before_the_police_with_five_minutes_between() -> None:
    plan = plan_at("09:00", RESIDENCE, LEGAL)
    assert plan is not None
    assert brief(plan) == [("legal", "09:00", 20, None), ("residence", "09:25", 15, None)]
    assert by_place(DAY, plan.claims) == [
        ("arrivals", "09:00", 1, 0),
        ("legal", "09:00", 8, 0),
        ("legal", "09:10", 8, 0),
        ("legal", "09:20", 4, 0),
        ("residence", "09:20", 5, 0),
        ("residence", "09:30", 8, 0),
        ("residence", "09:40", 2, 0),
    ]


def test_a_precedence_falls_when_its_first_service_is_not_wanted() -> None:
    assert brief(plan_at("09:00", RESIDENCE, SOCIAL)) == [
        ("residence", "09:00", 15, None),
        ("social", "09:20", 18, None),
    ]


def test_a_service_before_every_other_is_first() -> None:
    day = replace(DAY, precedences=((LABOUR, None),))
    plan = plan_at("09:00", RESIDENCE, LABOUR, INSURANCE, day=day)
    assert plan is not None
    assert [stop.group for stop in plan.stops] == ["labour", "residence", "insurance"]


def test_two_services_before_every_other_have_no_order_between_them() -> None:
    day = replace(DAY, precedences=((LABOUR, None), (LEGAL, None)))
    plan = plan_at("09:00", RESIDENCE, LABOUR, LEGAL, day=day)
    assert plan is not None
    assert [stop.group for stop in plan.stops] == ["legal", "labour", "residence"]


def test_precedences_in_a_circle_have_no_plan() -> None:
    day = replace(DAY, precedences=((LEGAL, RESIDENCE), (RESIDENCE, LEGAL)))
    assert plan_at("09:00", RESIDENCE, LEGAL, day=day) is None
    apart = [*wants(LEGAL, members=frozenset({1})), *wants(RESIDENCE, members=frozenset({2}))]
    assert brief(nominal_plan(day, arrival_at=at("09:00"), stops=apart, languages=("en",), interpreter=NONE)) == [
        ("legal", "09:00", 20, None),
        ("residence", "09:00", 15, None),
    ]


def test_of_equally_early_stops_the_one_with_fewer_minutes_left_is_first() -> None:
    """The police leave at 13:00: an afternoon less."""
    assert brief(plan_at("09:00", SOCIAL, RESIDENCE)) == [
        ("residence", "09:00", 15, None),
        ("social", "09:20", 18, None),
    ]


def test_members_without_a_common_stop_are_served_at_the_same_time() -> None:
    plan = nominal_plan(
        DAY,
        arrival_at=at("10:00"),
        stops=[
            *wants(LABOUR, members=frozenset({1})),
            *wants(SOCIAL, members=frozenset({2})),
            *wants(INSURANCE, members=frozenset({1, 2})),
        ],
        languages=("en",),
        interpreter=NONE,
    )
    assert brief(plan) == [
        ("social", "10:00", 18, None),
        ("labour", "10:00", 18, None),
        ("insurance", "10:23", 10, None),
    ]


def test_two_members_with_the_same_need_follow_each_other_at_a_single_desk() -> None:
    plan = nominal_plan(
        DAY,
        arrival_at=at("10:00"),
        stops=[*wants(LEGAL, members=frozenset({1})), *wants(LEGAL, members=frozenset({2}))],
        languages=("en",),
        interpreter=NONE,
    )
    assert plan is not None
    assert brief(plan) == [("legal", "10:00", 20, None), ("legal", "10:25", 20, None)]
    assert by_place(DAY, plan.claims) == [
        ("arrivals", "10:00", 1, 0),
        *(("legal", f"10:{minute}0", 8, 0) for minute in range(5)),
    ]


def test_precedence_binds_only_members_who_go_to_both() -> None:
    plan = nominal_plan(
        DAY,
        arrival_at=at("10:00"),
        stops=[*wants(LEGAL, members=frozenset({1})), *wants(RESIDENCE, members=frozenset({2}))],
        languages=("en",),
        interpreter=NONE,
    )
    assert brief(plan) == [("legal", "10:00", 20, None), ("residence", "10:00", 15, None)]


def short_police(*, insurance_closed: str) -> DayCapacity:
    """The police have time from 12:35 to 13:00 only; the insurer is away from this time until 13:40."""
    social, police, insurance = DAY.groups[1], DAY.groups[3], DAY.groups[5]
    busy = tuple(replace(bucket, used=4 if bucket.start == at("12:30") else 0) for bucket in police.buckets)
    there = tuple(b for b in insurance.buckets if not at(insurance_closed) <= b.start < at("13:40"))
    return replace(DAY, groups=(social, replace(police, buckets=busy), replace(insurance, buckets=there)))


def test_every_order_is_tried_when_the_earliest_start_leads_nowhere() -> None:
    """Social is free at 12:30, but whoever starts there misses the police."""
    assert brief(plan_at("12:30", SOCIAL, RESIDENCE, day=short_police(insurance_closed="13:40"))) == [
        ("residence", "12:35", 15, None),
        ("social", "12:55", 18, None),
    ]


def test_of_all_orders_the_first_of_those_that_end_earliest_is_taken() -> None:
    assert brief(plan_at("12:30", SOCIAL, RESIDENCE, INSURANCE, day=short_police(insurance_closed="13:40"))) == [
        ("residence", "12:35", 15, None),
        ("social", "12:55", 18, None),
        ("insurance", "13:18", 10, None),
    ]
    assert brief(plan_at("12:30", SOCIAL, RESIDENCE, INSURANCE, day=short_police(insurance_closed="13:10"))) == [
        ("residence", "12:35", 15, None),
        ("insurance", "12:55", 10, None),
        ("social", "13:10", 18, None),
    ]
