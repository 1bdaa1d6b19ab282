"""The pilot day of Bratislava (2 August 2012: its desks, hours, minutes, languages) and short ways to ask for plans."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.plan import (
    BUCKET,
    Bucket,
    Claim,
    DayCapacity,
    DeskGroup,
    MediatorGroup,
    NominalPlan,
    WantedStop,
    nominal_plan,
    offered_arrivals,
)

LEGAL, SOCIAL, LABOUR, RESIDENCE, EMPLOYMENT, INSURANCE = (UUID(int=n) for n in range(1, 7))
NONE, OWN, NEEDED = Interpreter.NONE, Interpreter.OWN, Interpreter.NEEDED
ME = frozenset({1})


def at(clock: str) -> datetime:
    """An instant of the day; the zone does not matter to the plan."""
    return datetime.combine(datetime(2012, 8, 2), datetime.strptime(clock, "%H:%M").time(), tzinfo=UTC)


def row(ids: Iterator[int], opens: str, closes: str, *, total: int = 10, reserve: int = 2) -> tuple[Bucket, ...]:
    starts = (at(opens) + n * BUCKET for n in range((at(closes) - at(opens)) // BUCKET))
    return tuple(
        Bucket(id=UUID(int=next(ids)), start=start, total=total, reserve=reserve, used=0, used_reserve=0)
        for start in starts
    )


def bratislava() -> DayCapacity:
    """Six single desks and three mediators from 9 to 15, a fifth kept back, 24 arrivals of 3 parties (1 kept back)."""
    ids = count(1000)

    def desk(key: str, service: UUID, minutes: int, languages: str, closes: str = "15:00") -> DeskGroup:
        return DeskGroup(
            key=key,
            services=frozenset({service}),
            languages=frozenset(languages.split()),
            minutes={service: minutes},
            buckets=row(ids, "09:00", closes),
        )

    def mediator(key: str, closes: str = "15:00") -> MediatorGroup:
        return MediatorGroup(key=key, languages=frozenset(key.split()), buckets=row(ids, "09:00", closes))

    return DayCapacity(
        opens_at=at("09:00"),
        closes_at=at("15:00"),
        slot=timedelta(minutes=15),
        groups=(
            desk("legal", LEGAL, 20, "sk en"),
            desk("social", SOCIAL, 18, "sk en ru"),
            desk("labour", LABOUR, 18, "sk en"),
            desk("residence", RESIDENCE, 15, "sk", closes="13:00"),
            desk("employment", EMPLOYMENT, 12, "sk"),
            desk("insurance", INSURANCE, 10, "sk en"),
        ),
        mediators=(mediator("ar en"), mediator("uk ru"), mediator("es en", closes="12:30")),
        arrivals=tuple(
            Bucket(
                id=UUID(int=next(ids)),
                start=at("09:00") + n * timedelta(minutes=15),
                total=3,
                reserve=1,
                used=0,
                used_reserve=0,
            )
            for n in range(24)
        ),
        precedences=((LEGAL, RESIDENCE),),
    )


DAY = bratislava()


def wants(*services: UUID, members: frozenset[int] = ME) -> list[WantedStop]:
    return [WantedStop(service=service, members=members) for service in services]


def rows_of(day: DayCapacity) -> list[tuple[str, tuple[Bucket, ...]]]:
    groups = [(group.key, group.buckets) for group in (*day.groups, *day.mediators)]
    held = [(str(session.id), session.buckets) for session in day.sessions]
    return [*groups, *held, ("arrivals", day.arrivals)]


def by_place(day: DayCapacity, claims: tuple[Claim, ...]) -> list[tuple[str, str, int, int]]:
    """Claims as (group, start, minutes, of which reserve), which reads better than ids."""
    place = {bucket.id: (key, f"{bucket.start:%H:%M}") for key, buckets in rows_of(day) for bucket in buckets}
    return sorted((*place[claim.bucket], claim.minutes, claim.reserve) for claim in claims)


def brief(plan: NominalPlan | None) -> list[tuple[str, str, int, str | None]] | None:
    """The stops as (group, start, minutes, mediator)."""
    return plan and [(stop.group, f"{stop.start:%H:%M}", stop.minutes, stop.mediator) for stop in plan.stops]


def applied(day: DayCapacity, claims: tuple[Claim, ...]) -> DayCapacity:
    """The day after a booking with these claims."""
    taken = {claim.bucket: claim for claim in claims}

    def used(buckets: tuple[Bucket, ...]) -> tuple[Bucket, ...]:
        return tuple(
            replace(
                bucket,
                used=bucket.used + taken[bucket.id].minutes - taken[bucket.id].reserve,
                used_reserve=bucket.used_reserve + taken[bucket.id].reserve,
            )
            if bucket.id in taken
            else bucket
            for bucket in buckets
        )

    return replace(
        day,
        groups=tuple(replace(group, buckets=used(group.buckets)) for group in day.groups),
        mediators=tuple(replace(group, buckets=used(group.buckets)) for group in day.mediators),
        arrivals=used(day.arrivals),
        sessions=tuple(replace(session, buckets=used(session.buckets)) for session in day.sessions),
    )


def plan_at(
    clock: str,
    *services: UUID,
    day: DayCapacity = DAY,
    languages: tuple[str, ...] = ("en",),
    interpreter: Interpreter = NONE,
    with_reserve: bool = False,
) -> NominalPlan | None:
    return nominal_plan(
        day,
        arrival_at=at(clock),
        stops=wants(*services),
        languages=languages,
        interpreter=interpreter,
        with_reserve=with_reserve,
    )


def offers(
    *services: UUID,
    day: DayCapacity = DAY,
    languages: tuple[str, ...] = ("en",),
    interpreter: Interpreter = NONE,
    not_before: str = "00:00",
    with_reserve: bool = False,
) -> list[str]:
    plans = offered_arrivals(
        day,
        stops=wants(*services),
        languages=languages,
        interpreter=interpreter,
        not_before=at(not_before),
        with_reserve=with_reserve,
    )
    return [f"{plan.arrival_at:%H:%M}" for plan in plans]


def quarters(first: str, last: str) -> list[str]:
    steps = (at(last) - at(first)) // timedelta(minutes=15)
    return [f"{at(first) + n * timedelta(minutes=15):%H:%M}" for n in range(steps + 1)]
