"""Reads of the ticket page cost the same number of statements whatever they find, and tell nothing private."""

from datetime import timedelta

import sqlalchemy as sa

from onestop.booking.holds import held
from onestop.booking.tables import bookings, stops
from onestop.days.queries.offer import day_offer
from onestop.days.tables import days
from onestop.days.visitors import listed_days, spoken_on
from onestop.db.session import Database
from onestop.directory.tables import services
from onestop.domain.day import Release
from onestop.domain.estimate import estimate_waits
from onestop.domain.visit import StopState
from onestop.visits.actions.calls import serve
from onestop.visits.queries.ticket import outlook_of_day, ticket_state
from tests.counting import cost
from tests.halls import TestDay, make_test_day


def test_a_ticket_costs_the_same_with_one_and_with_three_stops(database: Database) -> None:
    hall = make_test_day(database)
    one = hall.book(hall.wish("legal"))
    three = hall.book(hall.wish("legal", "residence", "labour", adults=2, children=1))

    counts = [cost(database, ticket_state, ticket.party) for ticket in (one, three)]
    assert counts == [5, 5]


def test_the_hall_costs_the_same_with_one_and_with_three_visitors(database: Database) -> None:
    hall = make_test_day(database)
    hall.walk_in(hall.wish("legal", "residence"))
    first = cost(database, outlook_of_day, hall.id, now=hall.now)
    for _ in range(3):
        hall.walk_in(hall.wish("legal", "residence", "labour"))
    hall.open_desks()
    hall.next(3)

    assert cost(database, outlook_of_day, hall.id, now=hall.now) == first == 9


def test_a_hold_and_the_list_of_days_cost_the_same_with_one_and_with_three(database: Database) -> None:
    hall = make_test_day(database)
    parties = [hall.book(hall.wish("legal")).party, hall.book(hall.wish("legal", "labour", "social")).party]
    theirs = sa.select(bookings.c.id).where(bookings.c.party_id.in_(parties))
    ids = database.read_now(lambda conn: conn.execute(theirs).scalars().all())
    assert [cost(database, held, booking) for booking in ids] == [4, 4]
    database.write_now(lambda conn: conn.execute(days.update().values(release=Release.OPEN)))
    first = cost(database, listed_days, now=hall.now)
    for _ in range(2):
        make_test_day(database)
    database.write_now(lambda conn: conn.execute(days.update().values(release=Release.OPEN)))

    assert len(database.read_now(listed_days, now=hall.now)) == 3
    assert cost(database, listed_days, now=hall.now) == first == 2
    assert cost(database, spoken_on, hall.id) == 2


def test_a_private_stop_is_read_without_service_institution_papers_and_desks(database: Database) -> None:
    hall = make_test_day(database)
    private = services.update().where(services.c.id == hall.service("legal")).values(private=True)
    database.write_now(lambda conn: conn.execute(private))
    hall = _again(hall)
    ticket = hall.book(hall.wish("legal"))
    (stop,) = database.read_now(ticket_state, ticket.party).stops

    told = (stop.private, stop.service, stop.institution, stop.authority, stop.papers, stop.desks, stop.desk)
    assert told == (True, "", "", "none", (), (), None)


def test_the_outlook_has_who_waits_and_who_is_at_a_desk_and_its_estimates_follow(database: Database) -> None:
    hall = make_test_day(database)
    for _ in range(3):
        hall.walk_in(hall.wish("legal"))
    hall.open_desks()
    called = hall.next(1).stop
    assert called is not None
    hall.write(serve, called)
    hall.later(minutes=5)
    outlook = database.read_now(outlook_of_day, hall.id, now=hall.now)
    at = {each.desk.number: each.at for each in outlook.desks}

    assert sorted(at) == sorted(hall.desks)
    assert [(number, there.stop, there.served_minutes) for number, there in at.items() if there] == [(1, called, 5.0)]
    waiting = sa.select(stops.c.id).where(stops.c.state == StopState.WAITING).order_by(stops.c.id)
    ids = database.read_now(lambda conn: conn.execute(waiting).scalars().all())
    found = estimate_waits(outlook, hall.now)
    assert [found[stop].before for stop in ids] == [0, 1]
    assert found[ids[0]].latest < found[ids[1]].latest


def test_a_desk_that_opens_later_is_counted_on_from_then_and_one_that_never_opened_is_not(database: Database) -> None:
    hall = make_test_day(database)
    before = database.read_now(outlook_of_day, hall.id, now=hall.day.opens_at - timedelta(minutes=30))
    late = database.read_now(outlook_of_day, hall.id, now=hall.day.opens_at + timedelta(minutes=20))

    assert {each.takes_from for each in before.desks} == {hall.day.opens_at}
    assert late.desks == ()


def _again(hall: TestDay) -> TestDay:
    """The day as it reads after a change of its services."""
    hall.offer = hall.db.read_now(day_offer, hall.id)
    return hall
