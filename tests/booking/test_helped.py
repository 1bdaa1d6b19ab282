"""A helper's bookings: the cap of her account, which bookings are hers, and what she never sees."""

from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from onestop.accounts.actions import add_account, change_helper, revoke_account
from onestop.accounts.queries import accounts_list, actor_of_account
from onestop.booking.actions.bookings import cancel_booking, move_booking
from onestop.booking.actions.parties import set_name
from onestop.booking.at_once import book_at_once
from onestop.booking.helped import Helped, HelpedStop, helped_booking, helped_bookings, live_of_helper, on_helped
from onestop.booking.queries import arrivals
from onestop.booking.tables import bookings
from onestop.booking.tickets import Ticket
from onestop.booking.wish import Wish
from onestop.db.ledger import facts
from onestop.db.session import Database, open_database
from onestop.domain.booking import BookingState, Channel
from onestop.domain.errors import ArrivalTaken, HelperFull, NotAllowed, NotKnown, TicketUnknown
from onestop.domain.roles import SYSTEM, Actor, Grant, Role
from onestop.reports.verify import verify
from onestop.retention.actions import erase_party
from tests.counting import cost
from tests.days.test_days import one_desk
from tests.halls import KEY, ON, TestDay, make_test_day


@pytest.fixture
def hall(database: Database) -> TestDay:
    """The pilot day, on the eve."""
    made = make_test_day(database)
    made.later(days=-1)
    return made


def helper(hall: TestDay, login: str = "nora", *, cap: int | None = 2, day: UUID | None = None) -> UUID:
    """An account of an organisation that accompanies people."""
    grant = Grant(role=Role.HELPER, cap=cap, day=day)
    return hall.db.write_now(add_account, login=login, password_hash="", held=(grant,), actor=SYSTEM, now=hall.now)


def book(
    hall: TestDay, account: UUID, wish: Wish | None = None, *, name: str = "", on: Database | None = None
) -> Ticket:
    """A booking of hers at the first arrival, from the reserve too."""
    wanted = wish or hall.wish("legal")
    first = hall.db.read_now(arrivals, hall.day, wanted, now=hall.now, with_reserve=True).plans[0].arrival_at
    return (on or hall.db).write_now(
        book_at_once,
        hall.id,
        wanted,
        arrival_at=first,
        channel=Channel.HELPER,
        helper=account,
        with_reserve=True,
        hold_minutes=1,
        key=KEY,
        name=name,
        actor=Actor(ref=f"account:{account}", account=account),
        now=hall.now,
        day=hall.id,
    )[1]


def kept(hall: TestDay) -> list[tuple[str, str]]:
    """Every booking there is: channel and state."""
    both = sa.select(bookings.c.channel, bookings.c.state).order_by(bookings.c.created_at, bookings.c.id)
    return [(row.channel, row.state) for row in hall.db.read_now(lambda conn: conn.execute(both).all())]


# -- the cap -----------------------------------------------------------------------------------------------


def test_at_the_cap_nothing_more_is_booked_until_one_is_cancelled(hall: TestDay) -> None:
    nora = helper(hall, cap=2)
    first, _ = book(hall, nora), book(hall, nora)

    with pytest.raises(HelperFull) as full:
        book(hall, nora)
    hall.write(cancel_booking, first.party)
    book(hall, nora)

    assert dict(full.value.params) == {"cap": 2}
    assert kept(hall) == [("helper", "cancelled"), ("helper", "confirmed"), ("helper", "confirmed")]
    assert hall.db.read_now(verify, now=hall.now) == []


def test_a_visitor_who_came_still_counts_and_other_days_and_helpers_do_not(hall: TestDay) -> None:
    nora, omar = helper(hall, cap=1), helper(hall, "omar", cap=1)
    other = make_test_day(hall.db, on=ON + timedelta(days=7))
    ticket = book(hall, nora)
    book(other, nora)
    book(hall, omar)
    hall.now = hall.day.opens_at
    hall.arrive(ticket)

    with pytest.raises(HelperFull):
        book(hall, nora)

    assert hall.db.read_now(live_of_helper, nora) == {hall.id: 1, other.id: 1}
    assert hall.db.read_now(live_of_helper, omar) == {hall.id: 1}


@pytest.mark.parametrize("round_", range(3))
def test_two_tabs_at_the_same_moment_cannot_pass_the_cap(hall: TestDay, database_url: str, round_: int) -> None:
    nora = helper(hall, cap=3)
    for _ in range(2):
        book(hall, nora)
    tabs = [open_database(database_url) for _ in range(2)]
    start, met = Barrier(2), list[str]()

    def press(tab: Database) -> None:
        start.wait()
        try:
            book(hall, nora, hall.wish("social"), on=tab)
            met.append("booked")
        except HelperFull:
            met.append("full")

    threads = [Thread(target=press, args=(tab,)) for tab in tabs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for tab in tabs:
        tab.close()

    assert sorted(met) == ["booked", "full"]
    assert hall.db.read_now(live_of_helper, nora) == {hall.id: 3}


def test_a_cap_is_raised_and_lowered_and_a_lower_one_takes_nothing_away(hall: TestDay) -> None:
    nora = helper(hall, cap=None)
    someone = hall.db.read_now(actor_of_account, nora, now=hall.now)
    assert someone is not None
    assert someone.cap(hall.id) == 20
    hall.db.write_now(change_helper, nora, cap=2, only_day=None, actor=SYSTEM, now=hall.now)
    book(hall, nora)
    book(hall, nora)
    hall.db.write_now(change_helper, nora, cap=1, only_day=hall.id, actor=SYSTEM, now=hall.now)

    with pytest.raises(HelperFull):
        book(hall, nora)

    assert hall.db.read_now(live_of_helper, nora) == {hall.id: 2}
    (account,) = hall.db.read_now(accounts_list)
    assert account.grants == (Grant(role=Role.HELPER, cap=1, day=hall.id),)
    told = sa.select(facts.c.terms).where(facts.c.kind == "GrantChanged").order_by(facts.c.id)
    assert [tuple(row) for row in hall.db.read_now(lambda conn: conn.execute(told).all())] == [
        ({"account": str(nora), "role": "helper", "cap": 2},),
        ({"account": str(nora), "role": "helper", "cap": 1},),
    ]


def test_only_a_helper_has_a_cap_to_change(hall: TestDay) -> None:
    grant = Grant(role=Role.RECEPTIONIST)
    desk = hall.db.write_now(add_account, login="desk", password_hash="", held=(grant,), actor=SYSTEM, now=hall.now)

    with pytest.raises(NotKnown):
        hall.db.write_now(change_helper, desk, cap=5, only_day=None, actor=SYSTEM, now=hall.now)

    assert hall.db.read_now(accounts_list)[0].grants == (grant,)


@pytest.mark.parametrize("cap", [0, 201])
def test_the_database_itself_refuses_a_cap_out_of_bounds(hall: TestDay, cap: int) -> None:
    with pytest.raises(IntegrityError):
        helper(hall, cap=cap)


def test_a_closed_account_and_one_of_another_day_book_nothing(hall: TestDay) -> None:
    other = make_test_day(hall.db, on=ON + timedelta(days=7))
    nora, omar = helper(hall), helper(hall, "omar", day=other.id)
    hall.db.write_now(revoke_account, "nora", actor=SYSTEM, now=hall.now)

    for account in (nora, omar):
        with pytest.raises(NotAllowed):
            book(hall, account)
    book(other, omar)

    assert kept(hall) == [("helper", "confirmed")]


def test_a_helper_books_what_is_kept_back_and_the_ledger_names_her_account(database: Database) -> None:
    hall = make_test_day(database, file=one_desk("09:00", "09:40", reserve_percent=50))
    nora = helper(hall, cap=5)
    hall.book(hall.wish("legal"))

    book(hall, nora)
    with pytest.raises((ArrivalTaken, IndexError)):
        book(hall, nora)

    lines = sa.select(facts.c.kind, facts.c.actor).where(facts.c.actor == f"account:{nora}").order_by(facts.c.id)
    assert [tuple(row) for row in hall.db.read_now(lambda conn: conn.execute(lines).all())] == [
        ("BookingHeld", f"account:{nora}"),
        ("BookingConfirmed", f"account:{nora}"),
    ]


# -- hers, and nobody else's ---------------------------------------------------------------------------------


def test_she_sees_her_own_bookings_with_their_plan_and_no_others(hall: TestDay) -> None:
    nora, omar = helper(hall), helper(hall, "omar")
    mine = book(hall, nora, hall.wish("legal", "social", adults=2), name="Amal")
    theirs = book(hall, omar, name="Samir")
    hall.book(hall.wish("legal"))

    (seen,) = hall.db.read_now(helped_bookings, nora)
    one = hall.db.read_now(helped_booking, nora, hall.id, mine.party)

    assert seen == Helped(
        party=mine.party,
        day=hall.id,
        number=mine.number,
        name="Amal",
        state=BookingState.CONFIRMED,
        arrival_at=seen.arrival_at,
        people=2,
    )
    assert (one.helped, [stop.service for stop in one.stops]) == (
        seen,
        [hall.service("legal"), hall.service("social")],
    )
    assert one.stops[0] == HelpedStop(
        service=hall.service("legal"), key="legal", private=False, planned_at=seen.arrival_at
    )
    assert [each.name for each in hall.db.read_now(helped_bookings, omar)] == ["Samir"]
    with pytest.raises(TicketUnknown):
        hall.db.read_now(helped_booking, nora, hall.id, theirs.party)


def test_she_acts_on_her_own_booking_of_its_own_day_only(hall: TestDay) -> None:
    nora, omar = helper(hall), helper(hall, "omar")
    other = make_test_day(hall.db, on=ON + timedelta(days=7))
    mine, theirs, public = book(hall, nora), book(hall, omar), hall.book(hall.wish("legal"))
    times = hall.db.read_now(arrivals, hall.day, hall.wish("legal"), now=hall.now).plans

    for day, ticket in ((hall, theirs), (hall, public), (other, mine)):
        with pytest.raises(TicketUnknown):
            hall.write(on_helped, nora, day.id, ticket.party, cancel_booking)
    moved = hall.write(on_helped, nora, hall.id, mine.party, move_booking, arrival_at=times[-1].arrival_at)

    assert moved.arrival_at == times[-1].arrival_at
    assert [state for _, state in kept(hall)] == ["confirmed"] * 3
    hall.write(on_helped, nora, hall.id, mine.party, cancel_booking)
    assert [state for _, state in kept(hall)] == ["cancelled", "confirmed", "confirmed"]


def test_from_check_in_on_her_stops_are_the_visitors_own_matter(hall: TestDay) -> None:
    nora = helper(hall)
    ticket = book(hall, nora)
    assert len(hall.db.read_now(helped_booking, nora, hall.id, ticket.party).stops) == 1
    hall.now = hall.day.opens_at
    hall.arrive(ticket)

    found = hall.db.read_now(helped_booking, nora, hall.id, ticket.party)

    assert (found.helped.state, found.stops) == (BookingState.ARRIVED, ())


def test_an_erased_booking_is_not_hers_any_more(hall: TestDay) -> None:
    nora = helper(hall)
    erased, stays = book(hall, nora, name="Amal"), book(hall, nora, name="Samir")
    hall.write(erase_party, erased.party, journal=None)

    assert [each.name for each in hall.db.read_now(helped_bookings, nora)] == ["Samir"]
    assert hall.db.read_now(live_of_helper, nora) == {hall.id: 1}
    with pytest.raises(TicketUnknown):
        hall.db.read_now(helped_booking, nora, hall.id, erased.party)
    with pytest.raises(TicketUnknown):
        hall.write(on_helped, nora, hall.id, erased.party, set_name, name="Back")
    assert hall.db.read_now(helped_booking, nora, hall.id, stays.party).helped.name == "Samir"


def test_her_lists_cost_the_same_however_many_bookings_she_has(hall: TestDay) -> None:
    nora = helper(hall, cap=10)
    ticket = book(hall, nora)
    once = (
        cost(hall.db, helped_bookings, nora),
        cost(hall.db, live_of_helper, nora),
        cost(hall.db, helped_booking, nora, hall.id, ticket.party),
    )
    for _ in range(3):
        book(hall, nora, hall.wish("legal", "social"))

    assert once == (1, 1, 2)
    assert once == (
        cost(hall.db, helped_bookings, nora),
        cost(hall.db, live_of_helper, nora),
        cost(hall.db, helped_booking, nora, hall.id, ticket.party),
    )
