"""The waiting list: who is offered a freed place, what an offer holds, and what everybody else sees meanwhile."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking, hold_arrival, move_booking
from onestop.booking.actions.offers import Round, decline_offer, lapse_offers, make_offers, take_offer
from onestop.booking.actions.waiting import join_list, leave_list, wish_earlier
from onestop.booking.contacts import Contact
from onestop.booking.queries import arrivals
from onestop.booking.tables import bookings, claims, rests, waiting
from onestop.booking.tickets import Ticket
from onestop.booking.wish import Wish
from onestop.days.tables import capacity, days
from onestop.db.session import Database
from onestop.domain.booking import BookingState, Channel
from onestop.domain.errors import ArrivalTaken, BookingClosed, OfferGone
from onestop.domain.roles import VISITOR
from onestop.reports.verify import verify
from onestop.retention.actions import erase_party
from onestop.visits.actions.closing import close_day
from tests.days.test_days import one_desk
from tests.halls import KEY, TestDay, make_test_day


@pytest.fixture
def hall(database: Database) -> TestDay:
    """A day with room for two parties and two talks of 20, on the eve."""
    made = make_test_day(database, file=one_desk("09:00", "10:10"))
    one_each = capacity.update().where(capacity.c.kind == "arrivals").values(total=1, wanted=1)
    database.write_now(lambda conn: conn.execute(one_each))
    made.later(hours=-23)
    return made


def free(hall: TestDay, *, staff: bool = False) -> list[datetime]:
    """The times a public page shows, or reception."""
    found = hall.db.read_now(arrivals, hall.day, hall.wish("legal"), now=hall.now, with_reserve=staff)
    return [plan.arrival_at for plan in found.plans]


def fill(hall: TestDay) -> list[Ticket]:
    """Book the whole day."""
    made: list[Ticket] = []
    while times := free(hall):
        made.append(hall.book(hall.wish("legal"), at=times[0]))
    return made


def join(hall: TestDay, wish: Wish | None = None, **more: Any) -> UUID:
    """Somebody is put on the list."""
    return hall.write(
        join_list, hall.id, wish or hall.wish("legal"), channel=Channel.PUBLIC, key=KEY, actor=VISITOR, **more
    )


def offer(hall: TestDay) -> None:
    """What the job does."""
    done = Round()
    while not done.over:
        done = hall.db.write_now(make_offers, hall.id, done, now=hall.now, day=hall.id)


def state(hall: TestDay, party: UUID) -> tuple[str, datetime | None]:
    """The state of a booking, and the time offered."""
    asked = (
        sa.select(bookings.c.state, waiting.c.offer_at)
        .join_from(bookings, waiting, waiting.c.party_id == bookings.c.party_id)
        .where(bookings.c.party_id == party)
    )
    return tuple(hall.db.read_now(lambda conn: conn.execute(asked).one()))


def audit(hall: TestDay) -> None:
    assert hall.db.read_now(verify, now=hall.now) == []


def test_a_cancelled_place_is_offered_to_who_waits_longest_and_nobody_else_sees_it(hall: TestDay) -> None:
    first, second = fill(hall)
    one, two = join(hall), join(hall)
    assert state(hall, one) == ("listed", None)
    hall.write(cancel_booking, first.party)
    assert free(hall) == []
    offer(hall)
    assert state(hall, one)[0] == "offered"
    assert state(hall, two) == ("listed", None)
    assert free(hall, staff=True) == free(hall) == []
    audit(hall)
    ticket = hall.db.write_now(take_offer, one, key=KEY, actor=VISITOR, now=hall.now, day=hall.id)
    assert ticket.number == second.number + 1
    assert state(hall, one) == ("confirmed", None)
    audit(hall)


def test_without_a_list_a_cancelled_place_comes_back_after_a_random_while(hall: TestDay) -> None:
    first, _ = fill(hall)
    hall.write(cancel_booking, first.party)
    offer(hall)
    assert free(hall) == []
    assert len(free(hall, staff=True)) == 1
    with pytest.raises(ArrivalTaken):
        hall.write(hall_hold, hall, free(hall, staff=True)[0])
    hall.later(minutes=61)
    assert len(free(hall)) == 1
    offer(hall)
    assert hall.db.read_now(lambda conn: conn.execute(sa.select(rests)).all()) == []


def hall_hold(conn: sa.Connection, hall: TestDay, at: datetime, **more: Any) -> Any:
    """A hold as the public page makes it."""
    return hold_arrival(
        conn, hall.id, hall.wish("legal"), arrival_at=at, channel=Channel.PUBLIC, hold_minutes=10, **more
    )


def test_an_offer_nobody_answers_goes_to_the_next_and_three_end_the_waiting(hall: TestDay) -> None:
    first, _ = fill(hall)
    one, two = join(hall), join(hall)
    hall.write(cancel_booking, first.party)
    seen: list[tuple[str, str]] = []
    for _ in range(7):
        offer(hall)
        seen.append((state(hall, one)[0], state(hall, two)[0]))
        hall.later(minutes=25)
        hall.db.write_now(lapse_offers, hall.id, now=hall.now, day=hall.id)
        audit(hall)
    # Who let an offer go by is asked again after the others, three times at most.
    turns = [("offered", "listed"), ("listed", "offered")] * 2
    assert seen == [*turns, ("offered", "listed"), ("withdrawn", "offered"), ("withdrawn", "withdrawn")]


def test_declining_frees_the_place_for_the_next_at_once(hall: TestDay) -> None:
    first, _ = fill(hall)
    one, two = join(hall), join(hall)
    hall.write(cancel_booking, first.party)
    offer(hall)
    hall.db.write_now(leave_list, one, actor=VISITOR, now=hall.now, day=hall.id)
    assert state(hall, one) == ("withdrawn", None)
    offer(hall)
    assert state(hall, two)[0] == "offered"
    hall.db.write_now(decline_offer, two, actor=VISITOR, now=hall.now, day=hall.id)
    hall.db.write_now(decline_offer, two, actor=VISITOR, now=hall.now, day=hall.id)
    assert state(hall, two) == ("listed", None)
    audit(hall)


def test_a_late_answer_is_refused_and_the_place_is_not_lost(hall: TestDay) -> None:
    first, _ = fill(hall)
    one = join(hall)
    hall.write(cancel_booking, first.party)
    offer(hall)
    hall.later(minutes=25)
    with pytest.raises(OfferGone):
        hall.db.write_now(take_offer, one, key=KEY, actor=VISITOR, now=hall.now, day=hall.id)
    offer(hall)
    assert state(hall, one)[0] == "offered"
    audit(hall)


def test_only_times_she_can_come_at_are_offered(hall: TestDay) -> None:
    early, late = fill(hall)
    one = join(hall, not_before=hall.day.opens_at + timedelta(minutes=15))
    hall.write(cancel_booking, early.party)
    offer(hall)
    assert state(hall, one) == ("listed", None)
    hall.write(cancel_booking, late.party)
    offer(hall)
    assert state(hall, one) == ("offered", hall.day.opens_at + timedelta(minutes=20))


def test_who_has_a_time_is_offered_an_earlier_one_after_those_without(hall: TestDay) -> None:
    early, late = fill(hall)
    hall.db.write_now(wish_earlier, late.party, actor=VISITOR, now=hall.now, day=hall.id)
    hall.db.write_now(wish_earlier, late.party, actor=VISITOR, now=hall.now, day=hall.id)
    hall.write(cancel_booking, early.party)
    offer(hall)
    assert state(hall, late.party) == ("confirmed", hall.day.opens_at)
    audit(hall)
    assert hall.db.write_now(take_offer, late.party, key=KEY, actor=VISITOR, now=hall.now, day=hall.id) is None
    audit(hall)
    # The time she left rests, and is the next one's.
    assert free(hall) == []
    one = join(hall)
    offer(hall)
    assert state(hall, one) == ("offered", hall.day.opens_at + timedelta(minutes=20))
    with pytest.raises(BookingClosed):
        hall.db.write_now(wish_earlier, one, actor=VISITOR, now=hall.now, day=hall.id)


def booked_morning(database: Database) -> tuple[TestDay, list[Ticket]]:
    """A morning whose talks follow one another, one for each party at its time; the door has room for more at each."""
    hall = make_test_day(database, file=one_desk("09:00", "12:00"))
    more = capacity.update().where(capacity.c.kind == "arrivals").values(total=9)
    database.write_now(lambda conn: conn.execute(more))
    hall.later(hours=-23)
    times = [hall.day.opens_at + timedelta(minutes=20 * n) for n in range(7)]
    assert free(hall) == times
    return hall, [hall.book(hall.wish("legal"), at=at) for at in times]


def test_who_waits_is_offered_a_time_just_before_the_free_talk_and_not_hours_before(database: Database) -> None:
    hall, tickets = booked_morning(database)
    while times := free(hall):
        hall.book(hall.wish("legal"), at=times[-1])
    one = join(hall)
    hall.write(cancel_booking, tickets[-1].party)
    assert hall.day.opens_at in free(hall, staff=True)
    offer(hall)
    assert state(hall, one) == ("offered", hall.day.opens_at + timedelta(minutes=20 * 6))


def test_an_earlier_time_that_ends_no_earlier_is_not_offered(database: Database) -> None:
    hall, tickets = booked_morning(database)
    middle = tickets[4].party
    hall.write(wish_earlier, middle)
    hall.write(cancel_booking, tickets[-1].party)
    offer(hall)
    assert hall.day.opens_at in free(hall, staff=True)
    assert state(hall, middle) == ("confirmed", None)
    hall.write(cancel_booking, tickets[1].party)
    offer(hall)
    assert state(hall, middle) == ("confirmed", hall.day.opens_at + timedelta(minutes=20))


def test_cancelling_moving_and_erasing_leave_no_offer_behind(hall: TestDay) -> None:
    early, late = fill(hall)
    hall.db.write_now(wish_earlier, late.party, actor=VISITOR, now=hall.now, day=hall.id)
    hall.write(cancel_booking, early.party)
    offer(hall)
    hall.write(cancel_booking, late.party)
    one = join(hall)
    offer(hall)
    assert state(hall, one)[0] == "offered"
    hall.db.write_now(erase_party, one, journal=None, actor=VISITOR, now=hall.now, day=hall.id)
    assert hall.db.read_now(lambda conn: conn.execute(sa.select(claims)).all()) == []
    assert hall.db.read_now(lambda conn: conn.execute(sa.select(waiting.c.ended_at)).scalars().all()) == [hall.now]
    audit(hall)


def test_a_hold_that_ended_rests_only_where_places_are_awaited(hall: TestDay) -> None:
    def try_one() -> int:
        held = hall.write(hall_hold, hall, free(hall)[0])
        hall.now = held.hold_until_at
        offer(hall)
        return len(free(hall))

    assert try_one() == 2
    hall.db.write_now(lambda conn: conn.execute(days.update().values(scarce=True)))
    assert try_one() == 1


def test_the_end_of_the_day_ends_the_list(hall: TestDay) -> None:
    fill(hall)
    one = join(hall)
    hall.now = hall.day.closes_at
    hall.write(close_day, hall.id)
    assert state(hall, one) == (BookingState.WITHDRAWN, None)
    audit(hall)


def test_the_place_freed_by_moving_rests_too(hall: TestDay) -> None:
    first = hall.book(hall.wish("legal"), at=free(hall)[0])
    hall.db.write_now(move_booking, first.party, arrival_at=free(hall)[-1], actor=VISITOR, now=hall.now, day=hall.id)
    assert free(hall) == []
    assert len(free(hall, staff=True)) == 1


def test_a_contact_on_the_list_counts_for_the_limit_of_the_day(hall: TestDay) -> None:
    mail = (Contact(kind="email", address="a@example.org"),)
    parties = [join(hall, contact=mail) for _ in range(4)]
    asked = sa.text("SELECT limited FROM contacts ORDER BY id")
    limited = hall.db.read_now(lambda conn: conn.execute(asked).scalars().all())
    assert [bool(each) for each in limited] == [False, False, False, True]
    assert len(set(parties)) == 4


def test_the_audit_sees_whoever_fell_off_the_list_and_whoever_is_on_it_in_vain(hall: TestDay) -> None:
    fill(hall)
    one, two = join(hall), join(hall)
    off = waiting.update().where(waiting.c.party_id == one).values(ended_at=hall.now)
    gone = bookings.update().where(bookings.c.party_id == two).values(state="withdrawn")
    for statement in (off, gone):
        hall.db.write_now(lambda conn, act=statement: conn.execute(act))
    told = {str(each).split(" (")[0] for each in hall.db.read_now(verify, now=hall.now)}
    assert {
        "R8: A booking is listed and is not on the list.",
        "R8: A booking is withdrawn and still on the list.",
    } <= told
