"""Carrying over everybody at the end of a day: one visit a transaction, in the order they came, again without harm."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.tables import bookings, parties
from onestop.clock import Clock, real_now
from onestop.days.queries.days import day_by_id
from onestop.days.tables import days, draws
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.domain.day import DayState
from onestop.domain.errors import DayStillInside, Refusal
from onestop.reports.verify import verify
from onestop.visits import carrying_on
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.closing import close_day
from onestop.visits.carrying_on import CarriedOn, carry_all
from onestop.visits.queries.carrying import Carried, Fate, carried_from, days_to_carry_to, still_inside
from onestop.visits.tables import visits
from tests.counting import cost
from tests.days.test_days import one_desk
from tests.halls import KEY, ON, STAFF, TestDay, make_test_day


def set_time(hall: TestDay, **by: float) -> None:
    hall.now += timedelta(**by)
    hall.db.clock = Clock(start=hall.now, real_start=real_now())


@pytest.fixture
def halls(database: Database) -> tuple[TestDay, TestDay]:
    """The pilot day, running, and one desk a day later with few times."""
    later = make_test_day(database, on=ON + timedelta(days=1), file=one_desk("09:00", "10:00"))
    first = make_test_day(database)
    first.open_desks()
    set_time(first, minutes=40)
    return first, later


def carry(hall: TestDay, to: TestDay, **more: Any) -> CarriedOn:
    return carry_all(hall.db, hall.day, to.day, key=KEY, actor=STAFF, **more)


def fates(hall: TestDay, to: TestDay) -> list[tuple[int, Fate]]:
    return [(one.number, one.fate) for one in hall.db.read_now(still_inside, hall.id, to.id)]


def numbers(done: Sequence[Any]) -> list[int]:
    return [one.number for one in done]


def walk_in(hall: TestDay, *keys: str, minutes: int = 1, **more: Any) -> tuple[int, UUID]:
    """Somebody who comes some minutes after the one before."""
    set_time(hall, minutes=minutes)
    ticket, visit = hall.walk_in(hall.wish(*keys, **more))
    return ticket.number, visit


def test_who_came_first_gets_the_first_time_and_who_finds_none_is_first_on_the_list(
    halls: tuple[TestDay, TestDay],
) -> None:
    hall, later = halls
    came = [walk_in(hall, "legal")[0] for _ in range(5)]

    done = carry(hall, later)
    told = hall.db.read_now(carried_from, hall.id, later.id)

    assert (numbers(done.carried), done.refused, done.whole) == (came, (), True)
    assert numbers(told) == came
    times = [one.arrival_at for one in told]
    assert times == [*sorted(at for at in times if at is not None), *[None] * times.count(None)]
    assert (times.count(None) > 0, times[0]) == (True, later.day.opens_at)
    assert [one.then is None for one in told] == [at is None for at in times]
    assert fates(hall, later) == []
    hall.write(close_day, hall.id)
    assert [hall.db.read_now(verify, now=hall.now, day=each.id) for each in halls] == [[], []]


def test_nobody_is_taken_out_of_a_talk_and_who_has_nothing_there_stays_inside(halls: tuple[TestDay, TestDay]) -> None:
    hall, later = halls
    talks, visit = walk_in(hall, "legal")
    called = hall.next(1)
    hall.write(serve, called.stop)
    nothing, _ = walk_in(hall, "health-insurance")
    goes, _ = walk_in(hall, "legal", "health-insurance", adults=2)

    assert fates(hall, later) == [(talks, Fate.TALKS), (nothing, Fate.NOTHING), (goes, Fate.GOES)]
    inside = hall.db.read_now(still_inside, hall.id, later.id)
    assert [(one.people, one.stops) for one in inside] == [(1, 1), (1, 0), (2, 1)]
    assert numbers(carry(hall, later).carried) == [goes]
    with pytest.raises(DayStillInside) as still:
        hall.write(close_day, hall.id)
    assert dict(still.value.params) == {"count": 2}
    assert hall.db.read_now(lambda conn: conn.execute(sa.select(visits.c.state).where(visits.c.id == visit))).scalar() \
        == "open"  # fmt: skip

    hall.write(finish, called.stop)
    hall.write(close_day, hall.id, reason="The building closes.")
    assert hall.db.read_now(day_by_id, hall.id).state is DayState.CLOSED


def test_each_visit_is_a_transaction_and_a_run_that_was_cut_goes_on(
    halls: tuple[TestDay, TestDay], monkeypatch: pytest.MonkeyPatch
) -> None:
    hall, later = halls
    came = [walk_in(hall, "legal")[0] for _ in range(4)]
    real, pressed = carrying_on.carry_over, list[UUID]()

    def cut(conn: sa.Connection, visit: UUID, *args: Any, **more: Any) -> Any:
        pressed.append(visit)
        made = real(conn, visit, *args, **more)
        if len(pressed) == 3:
            raise SystemExit  # after everything of the third was written, before its COMMIT
        return made

    monkeypatch.setattr(carrying_on, "carry_over", cut)
    with pytest.raises(SystemExit):
        carry(hall, later)
    assert numbers(hall.db.read_now(carried_from, hall.id, later.id)) == came[:2]
    monkeypatch.undo()

    assert numbers(carry(hall, later).carried) == came[2:]
    assert carry(hall, later) == CarriedOn(carried=(), refused=(), whole=True)
    count = sa.select(sa.func.count()).select_from(facts).where(facts.c.kind == "VisitCarriedOn")
    assert hall.db.read_now(lambda conn: conn.execute(count).scalar_one()) == 4
    held = sa.select(sa.func.count()).select_from(parties).where(parties.c.day_id == later.id)
    assert hall.db.read_now(lambda conn: conn.execute(held).scalar_one()) == 4


def test_when_the_time_is_over_nobody_more_is_begun_with(halls: tuple[TestDay, TestDay]) -> None:
    hall, later = halls
    came = [walk_in(hall, "legal")[0] for _ in range(3)]

    cut = carry(hall, later, seconds=-1)

    assert cut == CarriedOn(carried=(), refused=(), whole=False)
    assert numbers(carry(hall, later, seconds=60).carried) == came


def test_two_who_press_at_once_carry_everybody_once(
    halls: tuple[TestDay, TestDay], monkeypatch: pytest.MonkeyPatch
) -> None:
    hall, later = halls
    came = [walk_in(hall, "legal")[0] for _ in range(2)]
    known = hall.db.read_now(still_inside, hall.id, later.id)
    carry(hall, later)
    # The second one had read its list before the first one began.
    monkeypatch.setattr(carrying_on, "still_inside", lambda conn, day, to: known)

    assert carry(hall, later) == CarriedOn(carried=(), refused=(), whole=True)
    assert numbers(hall.db.read_now(carried_from, hall.id, later.id)) == came


def test_a_day_that_takes_nobody_refuses_each_and_leaves_everybody_inside(halls: tuple[TestDay, TestDay]) -> None:
    hall, later = halls
    came, _ = walk_in(hall, "legal")
    hall.db.write_now(lambda conn: conn.execute(days.update().where(days.c.id == later.id).values(state="cancelled")))

    done = carry(hall, later)

    assert [(one.number, isinstance(why, Refusal)) for one, why in done.refused] == [(came, True)]
    assert fates(hall, later) == [(came, Fate.GOES)]
    assert hall.db.read_now(lambda conn: conn.execute(sa.select(bookings)).all()) == []


def test_who_cancels_there_afterwards_is_told_as_over(halls: tuple[TestDay, TestDay]) -> None:
    hall, later = halls
    number, _ = walk_in(hall, "legal")
    carry(hall, later)
    hall.db.write_now(lambda conn: conn.execute(bookings.update().values(state="cancelled")))

    (told,) = hall.db.read_now(carried_from, hall.id, later.id)
    assert told == Carried(number=number, party=told.party, then=100, arrival_at=later.day.opens_at, over=True)


def test_the_days_to_choose_are_published_and_still_to_begin(halls: tuple[TestDay, TestDay]) -> None:
    hall, later = halls
    make_test_day(hall.db, on=ON + timedelta(days=14), publish=False)
    make_test_day(hall.db, on=ON - timedelta(days=1))

    drawn = make_test_day(hall.db, on=ON + timedelta(days=21))
    by_draw = days.update().where(days.c.id == drawn.id).values(release="draw")

    def known() -> list[UUID]:
        return [each.id for each in hall.db.read_now(days_to_carry_to, hall.day, now=hall.now)]

    assert known() == [later.id, drawn.id]
    hall.db.write_now(lambda conn: conn.execute(by_draw))
    assert known() == [later.id]  # a time there has to be drawn
    window = {"opens_at": hall.now - timedelta(hours=9), "closes_at": hall.now - timedelta(hours=1)}
    done = {"closed_at": hall.now, "seed": "0" * 64, "list_hash": "0" * 64, "result_hash": "0" * 64}
    made = draws.insert().values(day_id=drawn.id, nonce="n", commitment="0" * 64, **window, **done, drawn_at=hall.now)
    hall.db.write_now(lambda conn: conn.execute(made))
    assert known() == [later.id, drawn.id]


def test_the_lists_cost_the_same_however_many_are_inside(halls: tuple[TestDay, TestDay]) -> None:
    hall, later = halls

    def costs() -> tuple[int, int]:
        return (
            cost(hall.db, still_inside, hall.id, later.id),
            cost(hall.db, carried_from, hall.id, later.id),
        )

    walk_in(hall, "legal")
    costs()
    one = costs()
    for _ in range(3):
        walk_in(hall, "legal", "social")

    assert costs() == one
