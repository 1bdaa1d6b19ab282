"""A day before it comes: every template and a day of the database can be played."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from onestop.days.dayfile import read_template, templates
from onestop.db.session import Database
from onestop.directory.tables import services
from onestop.domain.discipline import POLICIES
from onestop.domain.figures import figures_of, spread
from onestop.domain.rehearsal import Prospect, RestsOn, Tight, rehearse
from onestop.domain.simulation import play
from onestop.reports.rehearsal import by_hand, rehearsal_of_day, rehearsal_of_file
from tests.counting import cost
from tests.halls import make_test_day

ON = date(2027, 3, 28)
"""The night before, the clocks went forward."""


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", templates())
def test_every_template_is_played_to_the_end(name: str, policy: str) -> None:
    made = rehearsal_of_file(read_template(name), ON)
    visitors = made.visitors(1)
    played = play(made.day, visitors, POLICIES[policy], 1)
    found = figures_of(played)

    assert found.parties == sum(who.comes_at is not None for who in visitors) > 0
    assert len(played.stops) > found.parties / 2
    assert found.unfinished < found.parties
    assert all(part >= 0 for part in (*found.desks.values(), *found.mediators.values()))


def test_by_hand_nothing_stands_before_what_must_come_first() -> None:
    a, b, c, d = (UUID(int=n) for n in range(4))

    assert by_hand([a, b, a, c], ()) == (a, b, c)
    assert by_hand([a, b, c], ((c, a),)) == (b, c, a)
    assert by_hand([a, b, c, d], ((d, None), (c, a))) == (d, b, c, a)
    assert by_hand([a, b, c], ((b, None), (c, None))) in ((b, c, a), (c, b, a))


def test_a_day_without_bookings_is_played_with_the_parties_its_template_expects(database: Database) -> None:
    hall = make_test_day(database)
    made = database.read_now(rehearsal_of_day, hall.day)
    visitors = made.visitors(1)

    assert len(visitors) == read_template("iom-bratislava").parties
    assert len(made.day.desks) == len(hall.desks)
    assert play(made.day, visitors).stops != ()
    assert visitors == made.visitors(1) != made.visitors(2)


def test_a_day_with_bookings_is_played_with_them(database: Database) -> None:
    hall = make_test_day(database)
    tickets = [hall.book(hall.wish("legal", "labour")), hall.book(hall.wish("legal", "residence"))]
    few = cost(database, rehearsal_of_day, hall.day)
    tickets += [hall.book(hall.wish("social"), at=hall.day.opens_at + timedelta(hours=2)) for _ in range(2)]
    made = database.read_now(rehearsal_of_day, hall.day)

    assert cost(database, rehearsal_of_day, hall.day) == few
    assert len(made.booked) == len(tickets) == 4
    assert sorted(len(who.stops) for who in made.booked) == [1, 1, 2, 2]
    names = {made.names[stop.service] for who in made.booked for stop in who.stops}
    assert names == {"legal", "labour", "residence", "social"}
    expected = read_template("iom-bratislava").parties
    assert (made.rests_on, {len(made.visitors(seed)) for seed in range(5)}) == (RestsOn.BOTH, {expected})
    assert len({who.id for who in made.visitors(1)}) == expected
    assert made.visitors(1)[0].stops == made.booked[0].stops
    full = replace(made, expected=replace(made.expected, parties=3))
    coming = [sum(who.comes_at is not None for who in full.visitors(seed)) for seed in range(40)]
    assert (max(coming), min(coming) < 4, full.parties) == (4, True, 4)
    assert all(visit.left_at > visit.came_at for visit in play(made.day, made.visitors(1)).visits)


def test_a_day_works_is_tight_or_can_not_work() -> None:
    made = rehearsal_of_file(read_template("iom-bratislava"), ON)
    *_, tally = rehearse(made, 1)
    fine = replace(
        tally.expectation(), parties=15.0, long=20.0, unfinished=spread([0.0, 0.0]), overtime=spread([0.0, 5.0])
    )
    late, much = replace(fine, overtime=spread([20.0, 20.0])), replace(fine, overtime=spread([70.0, 70.0]))
    waits, some = replace(fine, long=75.0), replace(fine, unfinished=spread([1.0, 1.0]))
    many = replace(fine, unfinished=spread([2.0, 2.0]))

    assert [each.prospect for each in (fine, late, waits, some, much, many)] == [
        Prospect.WORKS,
        *[Prospect.TIGHT] * 3,
        *[Prospect.FAILS] * 2,
    ]
    assert [each.tight for each in (fine, late, waits, some)] == [
        (),
        (Tight.OVERTIME,),
        (Tight.WAIT,),
        (Tight.UNFINISHED,),
    ]


def test_a_file_that_says_nothing_of_who_comes_is_played_with_every_service_alike() -> None:
    file = replace(read_template("iom-bratislava"), mix={}, always=(), party_languages={"en": 0.0})
    made = rehearsal_of_file(file, ON)
    wanted = [stop.service for seed in range(20) for who in made.visitors(seed) for stop in who.stops]

    assert set(wanted) == set(made.day.services)
    assert len(wanted) / (20 * file.parties) == pytest.approx(2, abs=0.4)


def test_who_has_come_by_now_is_played_with_all_she_booked(database: Database) -> None:
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("legal", "labour"))
    before = database.read_now(rehearsal_of_day, hall.day).booked
    hall.arrive(ticket)

    assert database.read_now(rehearsal_of_day, hall.day).booked == before != ()


def test_a_private_talk_that_is_booked_is_not_played(database: Database) -> None:
    hall = make_test_day(database)
    hall.book(hall.wish("legal", "social"))
    hall.book(hall.wish("social"))

    def booked() -> list[int]:
        return [len(who.stops) for who in database.read_now(rehearsal_of_day, hall.day).booked]

    before = booked()
    hidden = services.update().where(services.c.id == hall.service("social")).values(private=True)
    database.write_now(lambda conn: conn.execute(hidden))

    assert (before, booked()) == ([2, 1], [1])
