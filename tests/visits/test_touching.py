"""Whoever a change touches is told once, laid anew where that is possible, and nothing promised is broken by it."""

from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.queries import arrivals, booking_of_party
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.days.setup import edit_desk, edit_mediator
from onestop.days.setup_values import DeskSettings, MediatorSettings
from onestop.days.tables import setup_changes
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.domain.booking import Interpreter
from onestop.reports.verify import verify
from onestop.visits.actions.setup import ServiceWanted, remove_mediator, set_up
from onestop.visits.actions.touching import TOLD_AT_ONCE, days_with_touched, mark_seen, tell_next_touched
from onestop.visits.actions.weighing import ChangeTouches
from onestop.visits.tables import setup_touched
from tests.halls import TestDay, make_test_day
from tests.reliability.days import eight_desks


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 3, hour, minute, tzinfo=UTC)


def change_hours(hall: TestDay, number: int, opens: time, closes: time, *, sure: str = "") -> None:
    """Give a desk these local hours."""
    (desk,) = [each for each in hall.db.read_now(desks_of_day, hall.id) if each.number == number]
    settings = DeskSettings(
        number=number,
        institution=desk.institution.id,
        services=desk.services,
        languages=tuple(sorted(desk.languages)),
        hours=((opens, closes),),
    )
    hall.write(set_up, hall.id, edit_desk, desk.id, settings, version=version(hall), sure=sure)


def version(hall: TestDay) -> int:
    return hall.db.read_now(day_by_id, hall.id).version


def surely(act: Any, *args: Any, **more: Any) -> None:
    """Press twice: what is asked is meant."""
    try:
        act(*args, **more)
    except ChangeTouches as touches:
        act(*args, sure=touches.token, **more)


def told(hall: TestDay) -> list[tuple[UUID, str]]:
    rows = sa.select(facts.c.party_id, facts.c.terms).where(facts.c.kind == "PartyTouched").order_by(facts.c.id)
    return [(row.party_id, row.terms["how"]) for row in hall.db.read_now(lambda conn: conn.execute(rows).all())]


def test_nothing_is_changed_and_nobody_told_while_it_is_not_sure(database: Database) -> None:
    hall = make_test_day(database)
    hall.book(hall.wish("legal"), at=at(11))
    before = version(hall)

    with pytest.raises(ChangeTouches):
        change_hours(hall, 1, time(9), time(11))

    assert (version(hall), told(hall)) == (before, [])
    assert database.read_now(lambda conn: conn.execute(sa.select(setup_changes.c.id)).all()) == []


def test_who_loses_her_service_keeps_her_claims_and_is_told_once(database: Database) -> None:
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("legal"), at=at(11))
    booked = database.read_now(booking_of_party, ticket.party)

    surely(change_hours, hall, 1, time(9), time(11))

    assert told(hall) == [(ticket.party, "service")]
    assert database.read_now(booking_of_party, ticket.party) == booked
    assert hall.write(tell_next_touched, hall.id) == 0
    assert database.read_now(verify, now=hall.now) == []


def test_who_only_ends_at_another_time_is_laid_anew_in_the_minutes_that_are_there(database: Database) -> None:
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("legal"), at=at(8))

    surely(change_hours, hall, 1, time(10), time(15))

    booking = database.read_now(booking_of_party, ticket.party)
    assert booking is not None
    assert (told(hall), booking.arrival_at) == ([(ticket.party, "estimate")], at(8))
    assert booking.ends_at > at(9)
    assert database.read_now(verify, now=hall.now) == []
    # Nothing is left in the hours the desk has no more: the same change again would touch nobody.
    change_hours(hall, 1, time(10), time(14, 50))


def test_what_was_lost_and_is_there_again_is_told_as_such(database: Database) -> None:
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("legal"), at=at(11))
    surely(change_hours, hall, 1, time(9), time(11))

    change_hours(hall, 1, time(9), time(15))

    assert told(hall) == [(ticket.party, "service"), (ticket.party, "again")]


def test_many_are_told_a_few_at_a_time_and_who_cancels_meanwhile_is_left_out(database: Database) -> None:
    file, opens = eight_desks(datetime(2026, 12, 3, 9, tzinfo=UTC))
    hall = make_test_day(database, file=file, on=opens.date())
    tickets = [hall.book(hall.wish("legal")) for _ in range(2 * TOLD_AT_ONCE + 3)]
    desks = [desk.number for desk in hall.desks.values() if hall.service("legal") in desk.services]
    last = (hall.day.closes_at - timedelta(minutes=10)).astimezone(hall.day.zone).time()
    close = hall.day.closes_at.astimezone(hall.day.zone).time()

    for number in desks:
        surely(change_hours, hall, number, last, close)
    first = len(told(hall))
    assert database.read_now(days_with_touched, now=hall.now) == [hall.id]
    hall.write(cancel_booking, tickets[-1].party)
    while hall.write(tell_next_touched, hall.id):
        pass

    assert first <= TOLD_AT_ONCE * len(desks)
    assert {party for party, _ in told(hall)} >= {ticket.party for ticket in tickets[:-1]}
    assert database.read_now(days_with_touched, now=hall.now) == []
    assert database.read_now(verify, now=hall.now) == []


def test_seen_is_kept_once(database: Database) -> None:
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("legal"), at=at(11))
    surely(change_hours, hall, 1, time(9), time(11))

    for _ in range(2):
        hall.write(mark_seen, ticket.party)

    seen = sa.select(setup_touched.c.seen_at)
    kinds = sa.select(facts.c.kind).where(facts.c.kind == "ChangeSeen")
    assert database.read_now(lambda conn: conn.execute(seen).scalars().all()) == [hall.now]
    assert len(database.read_now(lambda conn: conn.execute(kinds).all())) == 1


@pytest.mark.parametrize("seed", range(3))
def test_after_random_changes_everything_promised_holds(database: Database, seed: int) -> None:
    random = Random(seed)
    hall = make_test_day(database)
    services = ("legal", "social", "labour", "residence")
    for _ in range(12):
        languages, interpreter = random.choice([(("en",), Interpreter.NONE), (("ar",), Interpreter.NEEDED)])
        wish = hall.wish(*random.sample(services, random.randint(1, 2)), languages=languages, interpreter=interpreter)
        if plans := hall.db.read_now(arrivals, hall.day, wish, now=hall.now).plans:
            hall.book(wish, at=random.choice(plans).arrival_at)
    for _ in range(6):
        opens, closes = sorted(random.sample([time(9), time(10), time(11, 30), time(13), time(15)], 2))
        try:
            if random.random() < 0.7:
                surely(change_hours, hall, random.choice(sorted(hall.desks)), opens, closes)
            else:
                surely(_change_mediator, hall, random, opens, closes)
        except ServiceWanted:
            pass
        assert database.read_now(verify, now=hall.now) == []
        assert hall.write(tell_next_touched, hall.id) in range(TOLD_AT_ONCE + 1)
    assert database.read_now(verify, now=hall.now) == []


def _change_mediator(hall: TestDay, random: Random, opens: time, closes: time, *, sure: str = "") -> None:
    there = hall.db.read_now(mediators_of_day, hall.id)
    if not there:
        return
    one = there[0]
    if len(there) > 1 and random.random() < 0.3:
        hall.write(remove_mediator, hall.id, one.id, version=version(hall), sure=sure)
        return
    settings = MediatorSettings(label=one.label, languages=tuple(sorted(one.languages)), hours=(opens, closes))
    hall.write(set_up, hall.id, edit_mediator, one.id, settings, version=version(hall), sure=sure)
