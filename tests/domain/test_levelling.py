"""Of the possible arrivals those come first that burden desks, mediators and the door least."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from onestop.domain.booking import Interpreter
from onestop.domain.capacity import BUCKET, Bucket, DayCapacity, DeskGroup, MediatorGroup
from onestop.domain.levelling import BEST, FEW, begins_soon, best_of, levelled, prompt_of
from onestop.domain.plan import NominalPlan, WantedStop, offered_arrivals

OPENS = datetime(2027, 3, 4, 8, 0, tzinfo=UTC)
HOURS = 4
LEGAL, SOCIAL = UUID(int=1), UUID(int=2)


def row(first: int, total: int, every: timedelta = BUCKET, used: dict[int, int] | None = None) -> tuple[Bucket, ...]:
    """A row of buckets over the day; `used` by hour."""
    taken = used or {}
    return tuple(
        Bucket(
            id=UUID(int=first + n),
            start=OPENS + every * n,
            total=total,
            reserve=0,
            used=taken.get(int(every * n / timedelta(hours=1)), 0),
            used_reserve=0,
        )
        for n in range(int(timedelta(hours=HOURS) / every))
    )


def day(
    legal: dict[int, int] | None = None, mediator: dict[int, int] | None = None, door: dict[int, int] | None = None
) -> DayCapacity:
    """Two legal desks, a social one, an Arabic mediator; what is used in which hour."""
    return DayCapacity(
        opens_at=OPENS,
        closes_at=OPENS + timedelta(hours=HOURS),
        slot=timedelta(minutes=30),
        groups=(
            DeskGroup(
                key="legal",
                services=frozenset({LEGAL}),
                languages=frozenset({"sk"}),
                minutes={LEGAL: 20},
                buckets=row(100, 20, used=legal),
            ),
            DeskGroup(
                key="social",
                services=frozenset({SOCIAL}),
                languages=frozenset({"sk"}),
                minutes={SOCIAL: 10},
                buckets=row(200, 10),
            ),
        ),
        mediators=(MediatorGroup(key="ar", languages=frozenset({"ar"}), buckets=row(300, 10, used=mediator)),),
        arrivals=row(400, 4, timedelta(minutes=30), used=door),
        precedences=(),
    )


def best(capacity: DayCapacity, *services: UUID, needed: bool = False) -> list[float]:
    """The offered hours, the least burden first."""
    return [
        (plan.arrival_at - OPENS) / timedelta(hours=1)
        for plan in levelled(capacity, plans_of(capacity, *services, needed=needed))
    ]


def plans_of(capacity: DayCapacity, *services: UUID, needed: bool = False) -> list[NominalPlan]:
    return offered_arrivals(
        capacity,
        stops=[WantedStop(service=service, members=frozenset({1})) for service in services],
        languages=("ar",) if needed else ("sk",),
        interpreter=Interpreter.NEEDED if needed else Interpreter.NONE,
        not_before=OPENS,
    )


def test_of_equal_times_the_first_is_offered_first_and_none_is_lost() -> None:
    found = best(day(), LEGAL)
    assert found == sorted(found)
    assert len(found) == len(plans_of(day(), LEGAL)) > 5


def test_a_busy_hour_of_the_desk_comes_last_and_only_for_who_needs_that_desk() -> None:
    busy = day(legal={0: 12, 1: 12})

    assert min(best(busy, LEGAL)[:4]) >= 2
    assert best(busy, SOCIAL)[0] == 0


def test_a_busy_hour_of_the_mediator_comes_last_for_who_needs_her() -> None:
    busy = day(mediator={0: 4})

    assert best(busy, LEGAL, needed=True)[0] >= 1
    assert best(busy, LEGAL)[0] == 0


def test_a_full_door_comes_last_for_everybody() -> None:
    assert best(day(door={0: 3}), SOCIAL)[0] >= 1


def test_the_hour_after_a_busy_one_is_burdened_too() -> None:
    """What lasts too long in the first hour is waited for in the second."""
    found = best(day(legal={1: 14}), LEGAL)

    assert found.index(3.0) < found.index(2.0) < found.index(1.0)


def test_what_came_from_the_reserve_burdens_as_much() -> None:
    capacity = day()
    kept = tuple(
        replace(bucket, reserve=12, used_reserve=12) if bucket.start < OPENS + timedelta(hours=1) else bucket
        for bucket in capacity.groups[0].buckets
    )
    capacity = replace(capacity, groups=(replace(capacity.groups[0], buckets=kept), *capacity.groups[1:]))

    assert best(capacity, LEGAL)[0] >= 1


def test_nothing_is_offered_where_nothing_fits() -> None:
    assert levelled(day(), []) == []


def test_the_best_times_begin_soon_and_stand_in_order_of_time() -> None:
    # The desks are taken from nine to ten: whoever comes then would sit there for up to an hour.
    room = day({1: 20})
    plans = plans_of(room, LEGAL)
    shown = best_of(room, plans)
    assert len(plans) > FEW >= BEST == len(shown)
    assert {begins_soon(plan) for plan in plans} == {True, False}
    assert list(shown) == sorted((plan for plan in shown if begins_soon(plan)), key=lambda plan: plan.arrival_at)
    assert best_of(room, plans[:FEW]) == ()


def test_who_cannot_choose_is_offered_a_time_that_begins_soon_or_else_the_shortest_wait() -> None:
    plans = plans_of(day({1: 20}), LEGAL)
    assert prompt_of(plans) == [plan for plan in plans if begins_soon(plan)]
    late = [plan for plan in plans if not begins_soon(plan)]
    waits = {plan: min(stop.start for stop in plan.stops) - plan.arrival_at for plan in late}
    assert len(set(waits.values())) > 1
    assert prompt_of(late) == [plan for plan in late if waits[plan] == min(waits.values())]
    assert prompt_of([]) == []
