"""Plans round sessions: a fixed start, so many seats, a language; everything else is laid before and after them."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations, pairwise, permutations, product
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from onestop.domain.booking import Interpreter
from onestop.domain.levelling import levelled
from onestop.domain.plan import GAP, Bucket, DayCapacity, Session, WantedStop, nominal_plan, offered_arrivals
from tests.domain.bratislava import (
    DAY,
    EMPLOYMENT,
    INSURANCE,
    LABOUR,
    LEGAL,
    ME,
    NEEDED,
    NONE,
    OWN,
    RESIDENCE,
    SOCIAL,
    applied,
    at,
    by_place,
    offers,
    plan_at,
    wants,
)
from tests.domain.test_plan_properties import MINUTE, OPENS, SERVICES, Case, cases, known, many

TALK = UUID(int=77)
"""The service of the orientation talk."""


def session(
    nth: int, start: str, *, service: UUID = TALK, minutes: int = 45, language: str = "", seats: int = 10
) -> Session:
    bucket = Bucket(id=UUID(int=5000 + nth), start=at(start), total=seats, reserve=0, used=0, used_reserve=0)
    return Session(
        id=UUID(int=9000 + nth), service=service, start=at(start), minutes=minutes, language=language, buckets=(bucket,)
    )


def held(*sessions: Session, day: DayCapacity = DAY) -> DayCapacity:
    return replace(day, sessions=sessions)


MORNING = held(session(1, "10:00"), session(2, "13:00"))


def times(clock: str, *services: UUID, day: DayCapacity, **how: Interpreter | tuple[str, ...]) -> list[str] | None:
    plan = plan_at(clock, *services, day=day, **how)  # pyright: ignore[reportArgumentType]
    return plan and [f"{stop.start:%H:%M}" for stop in plan.stops]


def test_the_other_stops_are_laid_round_the_session() -> None:
    plan = plan_at("09:00", TALK, LEGAL, SOCIAL, LABOUR, day=MORNING)
    assert plan is not None
    assert [(stop.service, f"{stop.start:%H:%M}") for stop in plan.stops] == [
        (LEGAL, "09:00"),
        (SOCIAL, "09:25"),
        (TALK, "10:00"),
        (LABOUR, "10:50"),
    ]
    assert [stop.session for stop in plan.stops] == [None, None, UUID(int=9001), None]
    assert (str(UUID(int=9001)), "10:00", 1, 0) in by_place(MORNING, plan.claims)


def test_a_talk_that_would_make_her_miss_the_session_comes_after_it() -> None:
    assert times("09:45", TALK, LEGAL, day=MORNING) == ["10:00", "10:50"]


def test_whoever_comes_too_late_for_one_session_goes_to_the_next() -> None:
    assert times("10:15", TALK, day=MORNING) == ["13:00"]
    assert offers(TALK, day=MORNING)[-1] == "13:00"


def test_no_arrival_is_offered_after_the_last_session() -> None:
    assert plan_at("13:15", TALK, INSURANCE, day=MORNING) is None


def test_a_session_takes_a_seat_for_each_member() -> None:
    day = held(session(1, "10:00", seats=5), session(2, "13:00", seats=5))
    family = [WantedStop(service=TALK, members=frozenset({1, 2, 3}))]
    found: list[str] = []
    while plan := nominal_plan(day, arrival_at=at("09:00"), stops=family, languages=("en",), interpreter=NONE):
        found.append(f"{plan.stops[0].start:%H:%M}")
        day = applied(day, plan.claims)
    assert found == ["10:00", "13:00"]
    assert [known(day)[UUID(int=5001)].used, known(day)[UUID(int=5002)].used] == [3, 3]


def test_a_session_is_in_a_language_she_follows() -> None:
    day = held(session(1, "09:30", language="uk"), session(2, "11:00", language="en"), session(3, "13:00"))
    assert times("09:00", TALK, day=day, languages=("en",)) == ["11:00"]
    assert times("09:00", TALK, day=day, languages=("ar",)) == ["13:00"]
    assert times("09:00", TALK, day=day, languages=("ar",), interpreter=OWN) == ["09:30"]
    assert times("09:00", TALK, day=day, languages=("ar", "uk"), interpreter=NEEDED) == ["09:30"]


def test_without_any_session_she_follows_she_goes_to_one_and_the_plan_says_so() -> None:
    day = held(session(1, "09:30", language="uk"))
    plan = plan_at("09:00", TALK, day=day, languages=("ar",), interpreter=NEEDED)
    assert plan is not None
    assert (plan.no_interpreter, plan.stops[0].mediator) == (True, None)
    plan = plan_at("09:00", TALK, day=day, languages=("uk",), interpreter=NEEDED)
    assert plan is not None
    assert not plan.no_interpreter


def test_a_service_with_sessions_is_reached_through_them_only() -> None:
    day = held(session(1, "11:00", service=LEGAL))
    assert times("09:00", LEGAL, day=day) == ["11:00"]
    assert plan_at("11:15", LEGAL, day=day) is None


def test_what_comes_first_is_laid_before_the_session() -> None:
    day = replace(MORNING, precedences=((TALK, None),))
    assert times("09:00", TALK, INSURANCE, day=day) == ["10:00", "10:50"]
    day = replace(MORNING, precedences=((RESIDENCE, TALK),))
    assert times("09:45", TALK, RESIDENCE, day=day) == ["09:45", "13:00"]


def test_many_stops_are_laid_round_a_session_too() -> None:
    plan = plan_at(
        "09:00", TALK, LEGAL, SOCIAL, LABOUR, RESIDENCE, EMPLOYMENT, INSURANCE, day=held(session(1, "09:30"))
    )
    assert plan is not None
    assert (TALK, at("09:30")) in [(stop.service, stop.start) for stop in plan.stops]


def test_the_seats_a_plan_takes_burden_the_day() -> None:
    day = applied(MORNING, plan_at("09:00", TALK, day=MORNING).claims)  # pyright: ignore[reportOptionalMemberAccess]
    plans = offered_arrivals(day, stops=wants(TALK), languages=("en",), interpreter=NONE, not_before=at("09:15"))
    assert f"{levelled(day, plans)[0].stops[0].start:%H:%M}" == "13:00"


# -- on every day ------------------------------------------------------------------------------------


@st.composite
def with_sessions(draw: st.DrawFn) -> Case:
    case = draw(cases())
    length = (case.day.closes_at - OPENS) // MINUTE
    sessions = tuple(
        Session(
            id=UUID(int=90_000 + nth),
            service=draw(st.sampled_from(SERVICES[:2])),
            start=(start := OPENS + draw(st.integers(0, length // 5)) * 5 * MINUTE),
            minutes=draw(st.sampled_from([5, 15, 30])),
            language=draw(st.sampled_from(["", "sk", "ar"])),
            buckets=(
                Bucket(
                    id=UUID(int=80_000 + nth),
                    start=start,
                    total=draw(st.integers(3, 6)),
                    reserve=1,
                    used=draw(st.integers(0, 2)),
                    used_reserve=draw(st.integers(0, 1)),
                ),
            ),
        )
        for nth in range(draw(st.integers(1, 4)))
    )
    return replace(case, day=replace(case.day, sessions=sessions))


@many
@given(with_sessions())
def test_a_stop_with_sessions_lies_at_one_of_them_with_a_seat_for_everybody(case: Case) -> None:
    for plan in case.offers():
        claims = {claim.bucket: claim.minutes for claim in plan.claims}
        seats: dict[UUID, int] = {}
        for stop in plan.stops:
            of_service = {one.id: one for one in case.day.sessions_of(stop.service)}
            assert (stop.session in of_service) is bool(of_service)
            if stop.session is None:
                continue
            session = of_service[stop.session]
            assert (stop.start, stop.minutes) == (session.start, session.minutes)
            assert stop.start + stop.minutes * MINUTE <= case.day.closes_at
            understood = [one for one in of_service.values() if one.understood(frozenset(case.languages))]
            assert session in understood or not understood or case.interpreter is Interpreter.OWN
            (bucket,) = session.buckets
            seats[bucket.id] = seats.get(bucket.id, 0) + len(stop.members)
        for bucket, taken in seats.items():
            assert claims[bucket] == taken <= known(case.day)[bucket].free(with_reserve=case.with_reserve)


@many
@given(with_sessions())
def test_round_sessions_nobody_is_in_two_places_and_what_comes_first_does(case: Case) -> None:
    firsts = {before for before, after in case.day.precedences if after is None}
    for plan in case.offers():
        assert min(stop.start for stop in plan.stops) >= plan.arrival_at
        for one, other in combinations(plan.stops, 2):
            if one.members & other.members:
                first, then = sorted((one, other), key=lambda stop: stop.start)
                assert first.start + first.minutes * MINUTE + GAP <= then.start
                for before, after in case.day.precedences:
                    follows = first.service == after or (after is None and first.service not in firsts)
                    assert not (then.service == before and follows)


@many
@given(with_sessions())
def test_with_sessions_an_arrival_is_offered_if_and_only_if_it_has_a_plan(case: Case) -> None:
    plans = [case.plan(bucket.start) for bucket in case.day.arrivals]
    assert case.offers() == [plan for plan in plans if plan is not None]
    turned = replace(case, stops=case.stops[::-1], day=replace(case.day, sessions=case.day.sessions[::-1]))
    assert turned.offers() == case.offers()


@limits(deadline=None, max_examples=40)
@given(with_sessions(), st.randoms(use_true_random=False))
def test_booking_until_nothing_is_offered_never_takes_more_seats_than_there_are(case: Case, random: Random) -> None:
    day = case.day
    while offered := case.offers(day):
        day = applied(day, random.choice(offered).claims)
        for bucket in known(day).values():
            assert bucket.used <= bucket.total - bucket.reserve
            assert bucket.used_reserve <= bucket.reserve


starts = st.lists(st.integers(0, 30), min_size=1, max_size=3, unique=True)


@many
@given(st.lists(starts, min_size=1, max_size=3), st.sampled_from([10, 25, 40]), st.booleans())
def test_sessions_alone_have_a_plan_exactly_if_some_choice_of_them_fits(
    offered: list[list[int]], minutes: int, ordered: bool
) -> None:
    """Tried by hand: every session for every service."""
    services = SERVICES[: len(offered)]
    sessions = tuple(
        Session(
            id=UUID(int=100 * i + start + 1),
            service=service,
            start=OPENS + start * 10 * MINUTE,
            minutes=minutes,
            language="",
            buckets=(
                Bucket(
                    id=UUID(int=10_000 + 100 * i + start),
                    start=OPENS + start * 10 * MINUTE,
                    total=1,
                    reserve=0,
                    used=0,
                    used_reserve=0,
                ),
            ),
        )
        for i, service in enumerate(services)
        for start in offered[i]
    )
    arrivals = tuple(
        Bucket(id=UUID(int=50_000 + n), start=OPENS + n * 30 * MINUTE, total=1, reserve=0, used=0, used_reserve=0)
        for n in range(10)
    )
    day = DayCapacity(
        opens_at=OPENS,
        closes_at=OPENS + timedelta(hours=5),
        slot=30 * MINUTE,
        groups=(),
        mediators=(),
        arrivals=arrivals,
        precedences=tuple(pairwise(services)) if ordered else (),
        sessions=sessions,
    )

    def fits(arrival: int) -> bool:
        for chosen in product(*offered):
            for order in permutations(range(len(chosen))):
                if ordered and order != tuple(range(len(chosen))):
                    continue
                at_minute, good = arrival * 30, True
                for i in order:
                    good &= chosen[i] * 10 >= at_minute and chosen[i] * 10 + minutes <= 300
                    at_minute = chosen[i] * 10 + minutes + 5
                if good:
                    return True
        return False

    plans = offered_arrivals(
        day,
        stops=[WantedStop(service=service, members=ME) for service in services],
        languages=("en",),
        interpreter=NONE,
        not_before=OPENS,
    )
    assert [plan.arrival_at for plan in plans] == [arrivals[n].start for n in range(10) if fits(n)]
