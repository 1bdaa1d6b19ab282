"""Carry over: what was not finished goes on at another day, with its people, its yes and a head start."""

from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.actions.offers import Round, make_offers
from onestop.booking.at_once import book_at_once
from onestop.booking.contacts import Contact
from onestop.booking.queries import arrivals
from onestop.booking.tables import bookings, contacts, parties, stops, waiting
from onestop.days.tables import days
from onestop.db.session import Database
from onestop.domain.booking import Channel
from onestop.domain.errors import DayOver, MoveRefused, NothingToCarry, VisitOver
from onestop.reports.verify import verify
from onestop.visits.actions.arrivals import check_in
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.carrying import CarriedOver, carry_over
from onestop.visits.tables import visits
from tests.days.test_days import one_desk
from tests.halls import KEY, ON, STAFF, TestDay, make_test_day


@pytest.fixture
def halls(database: Database) -> tuple[TestDay, TestDay]:
    """The pilot day, running, and the same a day later."""
    later = make_test_day(database, on=ON + timedelta(days=1))
    first = make_test_day(database)
    first.open_desks()
    first.later(minutes=40)
    return first, later


def carry(hall: TestDay, visit: UUID, to: TestDay) -> CarriedOver:
    return hall.db.write_now(carry_over, visit, to.id, key=KEY, actor=STAFF, now=hall.now, day=min(hall.id, to.id))


def audit(*halls: TestDay) -> None:
    for hall in halls:
        assert hall.db.read_now(verify, now=hall.now, day=hall.id) == []


def states(hall: TestDay, party: UUID) -> dict[str, str]:
    """State of each stop by its service."""
    query = sa.select(stops.c.service_id, stops.c.state).where(stops.c.party_id == party)
    keys = {service.id: service.key for service in hall.offer.services}
    return {keys[row[0]]: row[1] for row in hall.db.read_now(lambda conn: conn.execute(query).all())}


def test_open_stops_get_a_time_on_the_other_day_and_the_visit_ends_with_that_reason(
    halls: tuple[TestDay, TestDay],
) -> None:
    hall, later = halls
    ticket, visit = hall.walk_in(hall.wish("legal", "residence", adults=1, children=1, languages=("uk",)))
    called = hall.next(1)
    hall.write(serve, called.stop)
    with pytest.raises(MoveRefused):
        carry(hall, visit, later)
    hall.later(minutes=10)
    hall.write(finish, called.stop)
    carried = carry(hall, visit, later)

    assert states(hall, ticket.party) == {"legal": "finished", "residence": "carried_over"}
    assert states(later, carried.party) == {"residence": "planned"}
    row = hall.db.read_now(lambda conn: conn.execute(sa.select(visits).where(visits.c.id == visit)).one())
    assert (row.state, row.reason) == ("carried_over", "next_day")
    new = hall.db.read_now(lambda conn: conn.execute(sa.select(parties).where(parties.c.id == carried.party)).one())
    assert (new.carried_from_id, new.languages, new.number is not None) == (ticket.party, ["uk"], True)
    audit(hall, later)
    with pytest.raises(VisitOver):
        carry(hall, visit, later)


def test_on_the_other_day_she_begins_with_twenty_minutes(halls: tuple[TestDay, TestDay]) -> None:
    hall, later = halls
    _, visit = hall.walk_in(hall.wish("legal"))
    carried = carry(hall, visit, later)
    assert carried.arrival_at is not None
    later.now = carried.arrival_at
    again = later.db.write_now(check_in, carried.party, actor=STAFF, now=later.now, day=later.id)
    waited = sa.select(visits.c.waited_seconds).where(visits.c.id == again.visit)
    assert later.db.read_now(lambda conn: conn.execute(waited).scalar_one()) == 20 * 60
    audit(hall, later)


def test_name_and_contacts_go_along(halls: tuple[TestDay, TestDay]) -> None:
    hall, later = halls

    at = hall.db.read_now(arrivals, hall.day, hall.wish("legal"), now=hall.now).plans[0].arrival_at
    mail = (Contact(kind="email", address="amira@example.org"),)
    how = {"arrival_at": at, "channel": Channel.RECEPTION, "key": KEY, "hold_minutes": 1, "name": "Amira"}
    _, ticket = hall.write(book_at_once, hall.id, hall.wish("legal"), contact=mail, **how)
    visit = hall.arrive(ticket)
    carried = carry(hall, visit, later)
    query = sa.select(parties.c.name, contacts.c.address).join(contacts).where(parties.c.id == carried.party)
    assert tuple(hall.db.read_now(lambda conn: conn.execute(query).one())) == ("Amira", "amira@example.org")


def test_what_the_other_day_does_not_have_is_not_carried(halls: tuple[TestDay, TestDay]) -> None:
    hall, later = halls
    small = make_test_day(hall.db, file=one_desk("09:00", "12:00"), on=ON + timedelta(days=3))
    _, visit = hall.walk_in(hall.wish("health-insurance"))
    with pytest.raises(NothingToCarry):
        carry(hall, visit, small)
    with pytest.raises(MoveRefused):
        carry(hall, visit, hall)
    later.db.write_now(lambda conn: conn.execute(days.update().where(days.c.id == later.id).values(state="closed")))
    with pytest.raises(DayOver):
        carry(hall, visit, later)
    audit(hall)


def test_on_a_full_day_she_stands_first_on_the_list(halls: tuple[TestDay, TestDay]) -> None:
    hall, later = halls
    now = hall.now
    while plans := hall.db.read_now(
        arrivals, later.day, later.wish("health-insurance"), now=now, with_reserve=True
    ).plans:
        later.now = now

        how = {"channel": Channel.RECEPTION, "key": KEY, "hold_minutes": 1, "with_reserve": True}
        later.write(book_at_once, later.id, later.wish("health-insurance"), arrival_at=plans[0].arrival_at, **how)
    _, visit = hall.walk_in(hall.wish("health-insurance"))
    hall.later(minutes=30)
    carried = carry(hall, visit, later)
    assert carried.arrival_at is None
    since = sa.select(waiting.c.since_at, bookings.c.state).join(bookings, bookings.c.party_id == waiting.c.party_id)
    row = hall.db.read_now(lambda conn: conn.execute(since.where(waiting.c.party_id == carried.party)).one())
    assert (row.since_at, row.state) == (now, "listed")
    later.db.write_now(make_offers, later.id, Round(), now=hall.now, day=later.id)
    audit(hall)
