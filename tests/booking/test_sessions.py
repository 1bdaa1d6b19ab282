"""Sessions of a day: seats are claimed like minutes, never more than there are; a change tells whom it touches."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking, confirm_booking, hold_arrival, move_booking, release_hold
from onestop.booking.actions.offers import Round, make_offers, take_offer
from onestop.booking.actions.waiting import join_list
from onestop.booking.queries import arrivals, booking_by_id
from onestop.booking.tables import stops
from onestop.days.copying import copy_day
from onestop.days.queries.days import day_by_id, day_by_slug
from onestop.days.queries.desks import desks_of_day
from onestop.days.queries.history import changes_of_day
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.setup import SESSIONS_THERE, edit_desk, move_day
from onestop.days.setup_sessions import (
    DESK_WITHOUT,
    OUTSIDE,
    OVERLAP,
    SessionSettings,
    add_session,
    change_session,
    remove_session,
)
from onestop.days.setup_values import NUMBER_WRONG, DeskSettings, SetupWrong
from onestop.days.tables import capacity
from onestop.db.session import Database
from onestop.domain.booking import BookingState, Channel
from onestop.domain.errors import ArrivalTaken, HoldGone, NotKnown
from onestop.domain.plan import CapacityKind
from onestop.reports.verify import verify
from onestop.visits.actions.setup import set_up, undo_change
from onestop.visits.actions.weighing import ChangeTouches
from tests.halls import KEY, STAFF, TestDay, make_test_day
from tests.visits.looking import rows
from tests.visits.test_touching import surely, told


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 3, hour, minute, tzinfo=UTC)


def settings(hall: TestDay, starts: time, **other: Any) -> SessionSettings:
    """A session of the social counsellors, in local time (one hour ahead)."""
    desk = next(one for one in hall.desks.values() if hall.service("social") in one.services)
    given = {"desk": desk.id, "service": hall.service("social"), "minutes": 45, "seats": 10, **other}
    return SessionSettings(starts=starts, **given)


def set_up_as(hall: TestDay, act: Any, *args: Any, sure: str = "") -> Any:
    version = hall.db.read_now(day_by_id, hall.id).version
    return hall.write(set_up, hall.id, act, *args, version=version, sure=sure)


def hold_session(hall: TestDay, starts: time, **other: Any) -> UUID:
    return set_up_as(hall, add_session, settings(hall, starts, **other))


def planned(hall: TestDay, party: UUID) -> list[tuple[UUID | None, datetime]]:
    return [(row.session_id, row.planned_at) for row in rows(hall, stops, stops.c.party_id == party)]


def seats(hall: TestDay) -> list[tuple[str, int, int, int]]:
    """Start, seats, of which kept, taken, of every session."""
    found = rows(hall, capacity, sa.and_(capacity.c.day_id == hall.id, capacity.c.kind == CapacityKind.SESSION))
    return sorted((f"{row.bucket_at:%H:%M}", row.wanted, row.reserve, row.used + row.used_reserve) for row in found)


@pytest.fixture
def hall(database: Database) -> TestDay:
    """The pilot day on the eve, with an orientation talk at 10 and one at 12 for ten people each."""
    made = make_test_day(database)
    made.later(days=-1)
    hold_session(made, time(10))
    hold_session(made, time(12))
    return made


def test_a_booking_goes_to_a_session_and_claims_a_seat_for_each(hall: TestDay) -> None:
    first, second = hall.db.read_now(sessions_of_day, hall.id)
    ticket = hall.book(hall.wish("social", adults=2, children=1), at=at(8))
    assert planned(hall, ticket.party) == [(first.id, at(9))]
    assert seats(hall) == [("09:00", 10, 2, 3), ("11:00", 10, 2, 0)]
    hall.write(move_booking, ticket.party, arrival_at=at(10))
    assert planned(hall, ticket.party) == [(second.id, at(11))]
    assert seats(hall) == [("09:00", 10, 2, 0), ("11:00", 10, 2, 3)]
    hall.write(cancel_booking, ticket.party)
    assert seats(hall) == [("09:00", 10, 2, 0), ("11:00", 10, 2, 0)]
    assert hall.db.read_now(verify, now=hall.now) == []


def test_no_seat_is_given_twice_and_the_reserve_is_kept(hall: TestDay) -> None:
    wish = hall.wish("social", adults=4)
    for _ in range(4):
        hall.book(wish)
    assert seats(hall) == [("09:00", 10, 2, 8), ("11:00", 10, 2, 8)]
    assert hall.db.read_now(arrivals, hall.day, wish, now=hall.now).plans == ()
    with pytest.raises(ArrivalTaken):
        hall.book(wish, at=at(8))
    how: dict[str, Any] = {"channel": Channel.RECEPTION, "hold_minutes": 10, "with_reserve": True}
    held = hall.write(hold_arrival, hall.id, hall.wish("social", adults=2), arrival_at=at(8, 30), **how)
    assert seats(hall)[0] == ("09:00", 10, 2, 10)
    hall.write(release_hold, held.id)
    assert seats(hall)[0] == ("09:00", 10, 2, 8)
    assert hall.db.read_now(verify, now=hall.now) == []


def test_while_it_holds_a_session_a_desk_has_no_minutes_for_talks(hall: TestDay) -> None:
    session = hall.db.read_now(sessions_of_day, hall.id)[0]
    key = next(one for one in rows(hall, capacity, capacity.c.kind == CapacityKind.SERVICE) if "social" in one.key).key
    there = {row.bucket_at: row.wanted for row in rows(hall, capacity, capacity.c.key == key)}
    assert session.starts_at == at(9)
    assert [there[at(8, 50)], there[at(9)], there[at(9, 30)], there[at(9, 40)]] == [10, 0, 0, 5]


def test_an_offer_to_the_waiting_list_keeps_a_seat(hall: TestDay) -> None:
    wish = hall.wish("social", adults=4)
    taken = [hall.book(wish) for _ in range(4)]
    waits = hall.write(join_list, hall.id, wish, channel=Channel.RECEPTION, key=KEY)
    hall.write(cancel_booking, taken[0].party)
    hall.db.write_now(make_offers, hall.id, Round(), now=hall.now, day=hall.id)
    assert seats(hall)[0] == ("09:00", 10, 2, 8)
    hall.write(take_offer, waits, key=KEY)
    first = hall.db.read_now(sessions_of_day, hall.id)[0]
    assert planned(hall, waits) == [(first.id, at(9))]
    assert hall.db.read_now(verify, now=hall.now) == []


# -- a time that is held while its session changes -----------------------------------------------------


def hold(hall: TestDay, **other: Any) -> UUID:
    how: dict[str, Any] = {"channel": Channel.RECEPTION, "hold_minutes": 10}
    return hall.write(hold_arrival, hall.id, hall.wish("social", **other), arrival_at=at(8), **how).id


@pytest.mark.parametrize("change", ["gone", "later", "desk away"])
def test_a_held_time_ends_when_its_session_does(hall: TestDay, change: str) -> None:
    first = hall.db.read_now(sessions_of_day, hall.id)[0]
    held = hold(hall)
    if change == "gone":
        set_up_as(hall, remove_session, first.id)
    elif change == "later":
        set_up_as(hall, change_session, first.id, settings(hall, time(10, 30)))
    else:
        desk = next(one for one in hall.desks.values() if one.id == first.desk)
        late = DeskSettings(
            number=desk.number,
            institution=desk.institution.id,
            languages=tuple(desk.languages),
            services=desk.services,
            hours=((time(11), time(15)),),
        )
        set_up_as(hall, edit_desk, desk.id, late)

    with pytest.raises(HoldGone):
        hall.write(confirm_booking, held, key=KEY)

    assert hall.db.read_now(booking_by_id, held).state is BookingState.HELD
    assert hall.db.read_now(verify, now=hall.now) == []
    hall.write(release_hold, held)
    assert sum(taken for *_, taken in seats(hall)) == 0
    assert hall.db.read_now(verify, now=hall.now) == []


def test_a_held_time_ends_where_more_hold_one_than_the_session_now_seats(hall: TestDay) -> None:
    first = hall.db.read_now(sessions_of_day, hall.id)[0]
    held = hold(hall, adults=4)

    set_up_as(hall, change_session, first.id, settings(hall, time(10), seats=4))
    hall.write(confirm_booking, held, key=KEY)
    other = hold(hall, adults=4)
    second = hall.db.read_now(sessions_of_day, hall.id)[1]
    set_up_as(hall, change_session, second.id, settings(hall, time(12), seats=3))
    with pytest.raises(HoldGone):
        hall.write(confirm_booking, other, key=KEY)

    assert hall.db.read_now(verify, now=hall.now) == []


def test_a_held_time_is_confirmed_while_its_session_stays(hall: TestDay) -> None:
    held = hold(hall)
    second = hall.db.read_now(sessions_of_day, hall.id)[1]

    set_up_as(hall, remove_session, second.id)

    assert hall.write(confirm_booking, held, key=KEY).number == 100


# -- the set-up --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("starts", "other", "sentence"),
    [
        (time(10, 30), {}, OVERLAP),
        (time(3), {}, OUTSIDE),
        (time(11), {"minutes": 4}, NUMBER_WRONG),
        (time(11), {"seats": 0}, NUMBER_WRONG),
        (time(11), {"service": "legal"}, DESK_WITHOUT),
    ],
)
def test_a_session_that_can_not_be_held_is_refused(
    hall: TestDay, starts: time, other: dict[str, Any], sentence: str
) -> None:
    if "service" in other:
        other = {"service": hall.service(other["service"])}
    with pytest.raises(SetupWrong) as refused:
        hold_session(hall, starts, **other)
    assert refused.value.sentence == sentence
    assert len(hall.db.read_now(sessions_of_day, hall.id)) == 2


def test_whoever_has_a_seat_is_asked_about_before_the_session_goes_and_told(hall: TestDay) -> None:
    first, second = hall.db.read_now(sessions_of_day, hall.id)
    ticket = hall.book(hall.wish("social"), at=at(8))
    with pytest.raises(ChangeTouches):
        set_up_as(hall, remove_session, first.id)
    surely(set_up_as, hall, remove_session, first.id)
    assert told(hall) == [(ticket.party, "estimate")]
    assert planned(hall, ticket.party) == [(second.id, at(11))]
    assert hall.db.read_now(verify, now=hall.now) == []
    surely(set_up_as, hall, remove_session, second.id)
    assert planned(hall, ticket.party)[0][0] is None
    assert hall.db.read_now(verify, now=hall.now) == []


def test_fewer_seats_touch_those_who_booked_last(hall: TestDay) -> None:
    first, second = hall.db.read_now(sessions_of_day, hall.id)
    early = hall.book(hall.wish("social", adults=4), at=at(8))
    hall.later(minutes=1)
    late = hall.book(hall.wish("social", adults=4), at=at(8))
    surely(set_up_as, hall, change_session, first.id, settings(hall, time(10), seats=5))
    assert told(hall) == [(late.party, "estimate")]
    assert [planned(hall, one.party)[0][0] for one in (early, late)] == [first.id, second.id]
    assert hall.db.read_now(verify, now=hall.now) == []


def test_a_session_at_another_time_takes_its_people_along(hall: TestDay) -> None:
    first, second = hall.db.read_now(sessions_of_day, hall.id)
    ticket = hall.book(hall.wish("social"), at=at(8))
    surely(set_up_as, hall, change_session, first.id, settings(hall, time(10, 30)))
    assert planned(hall, ticket.party) == [(first.id, at(9, 30))]
    assert seats(hall) == [("09:00", 0, 0, 0), ("09:30", 10, 2, 1), ("11:00", 10, 2, 0)]
    change = hall.db.read_now(changes_of_day, hall.id)[0]
    version = hall.db.read_now(day_by_id, hall.id).version
    surely(hall.write, undo_change, hall.id, change.id, version=version)
    assert [one.starts_at for one in hall.db.read_now(sessions_of_day, hall.id)] == [at(9), at(11)]
    assert planned(hall, ticket.party) == [(first.id, at(9))]
    assert (second.id, hall.db.read_now(verify, now=hall.now)) == (second.id, [])


def test_a_removed_session_comes_back_as_the_one_it_was(hall: TestDay) -> None:
    before = hall.db.read_now(sessions_of_day, hall.id)
    set_up_as(hall, remove_session, before[0].id)
    with pytest.raises(NotKnown):
        set_up_as(hall, remove_session, before[0].id)
    change = hall.db.read_now(changes_of_day, hall.id)[0]
    hall.write(undo_change, hall.id, change.id, version=hall.db.read_now(day_by_id, hall.id).version)
    assert hall.db.read_now(sessions_of_day, hall.id) == before


def test_a_desk_keeps_the_services_of_its_sessions_and_its_hours_hold_them(hall: TestDay) -> None:
    desk = next(one for one in hall.desks.values() if hall.service("social") in one.services)
    given: dict[str, Any] = {
        "number": desk.number,
        "institution": desk.institution.id,
        "languages": tuple(desk.languages),
    }
    other = next(
        one for one in hall.offer.services if one.institution.id == desk.institution.id and one.key != "social"
    )
    lacking = DeskSettings(services={other.id: 20}, hours=((time(9), time(15)),), **given)
    with pytest.raises(SetupWrong) as refused:
        set_up_as(hall, edit_desk, desk.id, lacking)
    assert refused.value.sentence == SESSIONS_THERE
    ticket = hall.book(hall.wish("social"), at=at(8))
    late = DeskSettings(services=desk.services, hours=((time(11), time(15)),), **given)
    surely(set_up_as, hall, edit_desk, desk.id, late)
    assert [row[:2] for row in seats(hall)] == [("09:00", 0), ("11:00", 10)]
    assert planned(hall, ticket.party)[0][1] == at(11)
    assert hall.db.read_now(verify, now=hall.now) == []


def test_sessions_go_along_when_a_day_is_copied_or_moved(hall: TestDay) -> None:
    slug = hall.db.write_now(copy_day, hall.id, on=hall.day.on + timedelta(days=7), actor=STAFF, now=hall.now)
    copied = hall.db.read_now(sessions_of_day, hall.db.read_now(day_by_slug, slug).id)
    known = {desk.id for desk in hall.db.read_now(desks_of_day, hall.db.read_now(day_by_slug, slug).id)}
    assert [(one.starts_at, one.seats, one.minutes, one.desk in known) for one in copied] == [
        (at(9) + timedelta(days=7), 10, 45, True),
        (at(11) + timedelta(days=7), 10, 45, True),
    ]
    version = hall.db.read_now(day_by_id, hall.id).version
    hall.write(move_day, hall.id, hall.day.on + timedelta(days=1), version=version)
    assert [one.starts_at for one in hall.db.read_now(sessions_of_day, hall.id)] == [
        at(9) + timedelta(days=1),
        at(11) + timedelta(days=1),
    ]
    assert hall.db.read_now(verify, now=hall.now) == []
