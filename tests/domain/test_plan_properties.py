"""What holds for every nominal plan on every day, however torn its openings and however much is taken."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import combinations, count
from math import ceil
from random import Random
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from onestop.domain.booking import Interpreter
from onestop.domain.plan import (
    BUCKET,
    GAP,
    Bucket,
    DayCapacity,
    DeskGroup,
    MediatorGroup,
    NominalPlan,
    WantedStop,
    can_interpret,
    nominal_plan,
    offered_arrivals,
)
from tests.domain.bratislava import applied, rows_of

OPENS = datetime(2026, 5, 4, 7, tzinfo=UTC)
SERVICES = tuple(UUID(int=n) for n in range(1, 5))
LANGUAGES = ("sk", "en", "ar")
MINUTE = timedelta(minutes=1)
many = settings(deadline=None, max_examples=100)


@dataclass(frozen=True, kw_only=True)
class Case:
    """A day and one party's wish."""

    day: DayCapacity
    stops: tuple[WantedStop, ...]
    languages: tuple[str, ...]
    interpreter: Interpreter
    with_reserve: bool

    def plan(self, arrival_at: datetime) -> NominalPlan | None:
        return nominal_plan(
            self.day,
            arrival_at=arrival_at,
            stops=self.stops,
            languages=self.languages,
            interpreter=self.interpreter,
            with_reserve=self.with_reserve,
        )

    def offers(self, day: DayCapacity | None = None) -> list[NominalPlan]:
        return offered_arrivals(
            day or self.day,
            stops=self.stops,
            languages=self.languages,
            interpreter=self.interpreter,
            not_before=OPENS,
            with_reserve=self.with_reserve,
        )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    length = draw(st.sampled_from([3, 6, 9, 12, 15]))
    ids = count(100)

    def buckets() -> tuple[Bucket, ...]:
        desks, share = draw(st.sampled_from([1, 1, 2, 3])), draw(st.sampled_from([0, 2, 5]))
        total, reserve = 10 * desks, share * desks
        taken = draw(st.lists(st.sampled_from([0, 0, 0, 0, 0, 0, 0, 1, 4, 10, None]), min_size=length, max_size=length))
        return tuple(
            Bucket(
                id=UUID(int=next(ids)),
                start=OPENS + n * BUCKET,
                total=total,
                reserve=reserve,
                used=min(used, total - reserve),
                used_reserve=min(used // 2, reserve),
            )
            for n, used in enumerate(taken)
            if used is not None
        )

    languages = st.frozensets(st.sampled_from(LANGUAGES), min_size=1, max_size=2)
    groups = tuple(
        DeskGroup(
            key=f"desk {n}",
            services=(services := draw(st.frozensets(st.sampled_from(SERVICES), min_size=1, max_size=3))),
            languages=draw(st.sampled_from([frozenset({"sk"}), frozenset({"sk", "en"})])),
            minutes={service: draw(st.integers(1, 30)) for service in sorted(services)},
            buckets=buckets(),
        )
        for n in range(draw(st.integers(1, 4)))
    )
    mediators = tuple(
        MediatorGroup(key=f"mediator {n}", languages=draw(languages), buckets=buckets())
        for n in range(draw(st.sampled_from([0, 1, 2, 2])))
    )
    slot = timedelta(minutes=draw(st.sampled_from([5, 10, 15])))
    arrivals = tuple(
        Bucket(
            id=UUID(int=next(ids)),
            start=OPENS + n * slot,
            total=3,
            reserve=1,
            used=draw(st.sampled_from([0, 0, 1, 2])),
            used_reserve=draw(st.integers(0, 1)),
        )
        for n in range(length * BUCKET // slot)
    )
    on_offer = sorted({service for group in groups for service in group.services})
    stops = st.builds(
        WantedStop,
        service=st.sampled_from(on_offer),
        members=st.frozensets(st.integers(1, 3), min_size=1, max_size=2),
    )
    pairs = st.tuples(st.sampled_from(SERVICES), st.sampled_from([*SERVICES, None]))
    return Case(
        day=DayCapacity(
            opens_at=OPENS,
            closes_at=OPENS + length * BUCKET,
            slot=slot,
            groups=groups,
            mediators=mediators,
            arrivals=arrivals,
            precedences=tuple(draw(st.lists(pairs.filter(lambda pair: pair[0] != pair[1]), max_size=2, unique=True))),
        ),
        stops=tuple(draw(st.lists(stops, min_size=1, max_size=5))),
        languages=draw(st.sampled_from([("ar",), ("ar", "en"), ("en",), ("sk",)])),
        interpreter=draw(st.sampled_from([Interpreter.NEEDED, Interpreter.NEEDED, Interpreter.NONE, Interpreter.OWN])),
        with_reserve=draw(st.booleans()),
    )


def known(day: DayCapacity) -> dict[UUID, Bucket]:
    return {bucket.id: bucket for _, buckets in rows_of(day) for bucket in buckets}


@many
@given(cases())
def test_an_arrival_is_offered_if_and_only_if_it_has_a_plan(case: Case) -> None:
    plans = [case.plan(bucket.start) for bucket in case.day.arrivals]
    assert case.offers() == [plan for plan in plans if plan is not None]


@many
@given(cases())
def test_the_plan_does_not_depend_on_the_order_in_which_anything_is_named(case: Case) -> None:
    day = case.day
    turned = replace(
        case,
        stops=case.stops[::-1],
        languages=case.languages[::-1],
        day=replace(
            day,
            groups=day.groups[::-1],
            mediators=day.mediators[::-1],
            arrivals=day.arrivals[::-1],
            precedences=day.precedences[::-1],
        ),
    )
    assert turned.offers() == case.offers()


@many
@given(cases())
def test_claims_never_exceed_what_is_free_and_touch_the_reserve_last_and_only_if_allowed(case: Case) -> None:
    buckets = known(case.day)
    for plan in case.offers():
        assert [claim.bucket for claim in plan.claims] == sorted({claim.bucket for claim in plan.claims})
        for claim in plan.claims:
            bucket = buckets[claim.bucket]
            plain = bucket.free(with_reserve=False)
            assert 0 < claim.minutes <= bucket.free(with_reserve=case.with_reserve)
            assert claim.reserve == max(0, claim.minutes - plain)
            assert case.with_reserve or claim.reserve == 0


@many
@given(cases())
def test_each_stop_claims_exactly_its_minutes_from_its_desks_and_its_mediators(case: Case) -> None:
    owner = {bucket.id: key for key, buckets in rows_of(case.day) for bucket in buckets}
    for plan in case.offers():
        wanted = Counter({"arrivals": 1})
        for stop in plan.stops:
            wanted[stop.group] += stop.minutes
            if stop.mediator is not None:
                wanted[stop.mediator] += stop.minutes
        claimed = Counter[str]()
        for claim in plan.claims:
            claimed[owner[claim.bucket]] += claim.minutes
        assert claimed == wanted


@many
@given(cases())
def test_every_wanted_stop_is_planned_once_after_the_arrival_and_inside_an_opening(case: Case) -> None:
    groups = {group.key: group for group in case.day.groups}
    bridges = {group.key: group for group in case.day.mediators}
    for plan in case.offers():
        assert Counter((stop.service, stop.members) for stop in plan.stops) == Counter(
            (stop.service, stop.members) for stop in case.stops
        )
        assert plan.ends_at == max(stop.start + stop.minutes * MINUTE for stop in plan.stops) <= case.day.closes_at
        for stop in plan.stops:
            assert stop.start >= plan.arrival_at
            open_rows = [groups[stop.group].buckets]
            if stop.mediator is not None:
                open_rows.append(bridges[stop.mediator].buckets)
            for buckets in open_rows:
                opened = {bucket.start + n * MINUTE for bucket in buckets for n in range(10)}
                assert {stop.start + n * MINUTE for n in range(stop.minutes)} <= opened


@many
@given(cases())
def test_a_member_is_never_in_two_places_and_has_five_minutes_between_them(case: Case) -> None:
    for plan in case.offers():
        for one, other in combinations(plan.stops, 2):
            if one.members & other.members:
                first, then = sorted((one, other), key=lambda stop: stop.start)
                assert first.start + first.minutes * MINUTE + GAP <= then.start


@many
@given(cases())
def test_precedence_holds_for_common_members(case: Case) -> None:
    firsts = {before for before, after in case.day.precedences if after is None}
    for plan in case.offers():
        for before, after in case.day.precedences:
            for one in (stop for stop in plan.stops if stop.service == before):
                for other in plan.stops:
                    follows = other.service == after or (after is None and other.service not in firsts)
                    if follows and one.members & other.members:
                        assert one.start + one.minutes * MINUTE + GAP <= other.start


@many
@given(cases())
def test_a_mediator_comes_exactly_where_one_is_needed_and_there(case: Case) -> None:
    groups = {group.key: group for group in case.day.groups}
    bridges = {group.key: group.languages for group in case.day.mediators}
    spoken = set(case.languages)
    for plan in case.offers():
        assert plan.no_interpreter is not can_interpret(
            case.day, stops=case.stops, languages=case.languages, interpreter=case.interpreter
        )
        for stop in plan.stops:
            group = groups[stop.group]
            if stop.mediator is None:
                assert stop.minutes == group.minutes[stop.service]
                assert case.interpreter is not Interpreter.NEEDED or group.languages & spoken or plan.no_interpreter
            else:
                assert case.interpreter is Interpreter.NEEDED
                assert bridges[stop.mediator] & spoken
                assert not group.languages & spoken
                assert stop.minutes == ceil(group.minutes[stop.service] * 13 / 10)


@settings(deadline=None, max_examples=40)
@given(cases(), st.randoms(use_true_random=False))
def test_booking_until_nothing_is_offered_never_takes_more_than_there_is(case: Case, random: Random) -> None:
    day = case.day
    while offered := case.offers(day):
        day = applied(day, random.choice(offered).claims)
        for bucket in known(day).values():
            assert bucket.used <= bucket.total - bucket.reserve
            assert bucket.used_reserve <= bucket.reserve
    if not case.with_reserve:
        before = {key: bucket.used_reserve for key, bucket in known(case.day).items()}
        assert {key: bucket.used_reserve for key, bucket in known(day).items()} == before


@many
@given(st.integers(1, 12), st.integers(1, 60), st.integers(1, 3), st.sampled_from([5, 10, 15]))
def test_an_untouched_desk_is_offered_for_as_long_as_the_talk_ends_before_closing(
    length: int, minutes: int, desks: int, slot: int
) -> None:
    def row(first: int, step: timedelta, n: int, total: int) -> tuple[Bucket, ...]:
        return tuple(
            Bucket(id=UUID(int=first + i), start=OPENS + i * step, total=total, reserve=0, used=0, used_reserve=0)
            for i in range(n)
        )

    closes_at = OPENS + length * BUCKET
    group = DeskGroup(
        key="desk",
        services=frozenset(SERVICES[:1]),
        languages=frozenset({"sk"}),
        minutes={SERVICES[0]: minutes},
        buckets=row(0, BUCKET, length, 10 * desks),
    )
    day = DayCapacity(
        opens_at=OPENS,
        closes_at=closes_at,
        slot=slot * MINUTE,
        groups=(group,),
        mediators=(),
        arrivals=row(1000, slot * MINUTE, length * 10 // slot, 1),
        precedences=(),
    )
    plans = offered_arrivals(
        day,
        stops=[WantedStop(service=SERVICES[0], members=frozenset({1}))],
        languages=("sk",),
        interpreter=Interpreter.NONE,
        not_before=OPENS,
    )
    assert [(plan.stops[0].start, plan.ends_at) for plan in plans] == [
        (bucket.start, bucket.start + minutes * MINUTE)
        for bucket in day.arrivals
        if bucket.start + minutes * MINUTE <= closes_at
    ]


@many
@given(cases())
def test_a_single_talk_has_its_minutes_from_its_start_on_and_not_too_late(case: Case) -> None:
    single = replace(case, stops=case.stops[:1])
    buckets = known(case.day)
    for plan in single.offers():
        (stop,) = plan.stops
        shares, complete_at = list[float](), stop.start
        for row in (row for key, row in rows_of(case.day) if key in (stop.group, stop.mediator)):
            claims = [(buckets[c.bucket], c.minutes) for c in plan.claims if buckets[c.bucket] in row]
            claims.sort(key=lambda claim: claim[0].start)
            first, last = claims[0][0], claims[-1][0]
            assert first.start <= stop.start < first.start + BUCKET
            assert all(minutes <= 10 for _, minutes in claims)
            assert claims[0][1] * MINUTE <= first.start + BUCKET - stop.start
            bookable = first.total if case.with_reserve else first.total - first.reserve
            shares.append(bookable / first.total)
            spread = [bucket for bucket in row if first.start <= bucket.start <= last.start]
            assert len(spread) == (last.start - first.start) // BUCKET + 1
            complete_at = max(last.start, stop.start) + claims[-1][1] * MINUTE
        assert complete_at <= stop.start + stop.minutes / min(shares) * MINUTE + timedelta(minutes=20)
