"""The picture of a day that was lived is what its ledger says; before and after now; a fixed number of statements."""

from collections import defaultdict
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.days.actions import set_paused
from onestop.days.dayfile import parse_day
from onestop.days.queries.days import day_by_id
from onestop.days.queries.desks import mediators_of_day
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.timeline import Level, Row, Timeline
from onestop.reports.truth import truth_of_day
from onestop.visits.actions.calls import finish, park, serve
from onestop.visits.actions.desks import set_desk_state
from onestop.visits.actions.mediators import set_mediator_state
from onestop.visits.actions.route import come_back, step_out
from onestop.visits.tables import visits
from tests.counting import cost
from tests.halls import TestDay, make_test_day
from tests.reports.from_ledger import without_what_was_undone
from tests.reports.played import FILE, play_day
from tests.reports.truth_from_ledger import Quarter, quarters

NEARLY = 0.02
"""The ledger is looked at every two seconds."""


def truth(hall: TestDay) -> Timeline:
    return hall.db.read_now(lambda conn: truth_of_day(conn, day_by_id(conn, hall.id), now=hall.now))


def row_of(made: Timeline, who: UUID) -> Row:
    return next(row for row in made.rows if who in row.members)


def open_hall(database: Database) -> TestDay:
    hall = make_test_day(database)
    hall.now = hall.day.opens_at
    hall.open_desks()
    return hall


def _looked_at(hall: TestDay) -> list[Quarter]:
    return hall.db.read_now(lambda conn: _look(conn, hall))


def _look(conn: sa.Connection, hall: TestDay) -> list[Quarter]:
    lines = conn.execute(sa.select(facts).where(facts.c.day_id == hall.id).order_by(facts.c.id)).all()
    steps = {
        row.id: (row.visit_id, row.service_id)
        for row in conn.execute(sa.select(stops).where(stops.c.day_id == hall.id, stops.c.visit_id.is_not(None)))
    }
    added = {line.stop_id for line in lines if line.kind == "StopProposed"}
    wanted: dict[UUID, list[UUID]] = defaultdict(list)
    for stop, (visit, _) in steps.items():
        if stop not in added:
            wanted[visit].append(stop)
    booked = dict(conn.execute(sa.select(visits.c.id, visits.c.booked_at).where(visits.c.booked_at.is_not(None))).all())
    return quarters(
        without_what_was_undone(lines),
        steps=steps,
        wanted=wanted,
        booked=booked,
        private=conn.execute(sa.select(stops.c.id).where(stops.c.private)).scalars().all(),
        opens_at=hall.day.opens_at,
        until=hall.now,
    )


@pytest.mark.parametrize(("seed", "closed"), [(7, True), (21, False)])
def test_the_picture_of_a_lived_day_is_what_its_ledger_says(database: Database, seed: int, *, closed: bool) -> None:
    hall = play_day(database, seed=seed, closed=closed).hall
    made, told = truth(hall), _looked_at(hall)

    wholes = [min(timedelta(minutes=15), hall.now - start).total_seconds() for start in made.starts]
    if closed:
        wholes = [900.0] * len(wholes)
    services = {desk.id: desk.services for desk in hall.desks.values()}
    rows = 0
    for row in made.rows:
        (who,) = row.members
        for span, quarter, whole in zip(row.spans, told, wholes, strict=True):
            assert span.used == pytest.approx(quarter.used[who] / whole, abs=NEARLY)
            if not row.mediates:
                waiting = sum(quarter.waits[service] for service in services[who])
                assert span.waiting == pytest.approx(waiting / whole, abs=NEARLY * 5)
                assert span.there == pytest.approx(quarter.there[who] / whole, abs=NEARLY)
        rows += 1
    assert (rows, len(told)) == (6, len(made.starts))
    assert sum(hour.came for hour in made.hours) == len(hall.db.read_now(_visits, hall.id))


def _visits(conn: sa.Connection, day: UUID) -> list[UUID]:
    return list(conn.execute(sa.select(visits.c.id).where(visits.c.day_id == day)).scalars())


def test_beside_talks_it_knows_breaks_pauses_who_was_out_and_set_aside(database: Database) -> None:
    hall = open_hall(database)
    one, other = hall.desks[4], hall.desks[1]
    mediator = hall.db.read_now(mediators_of_day, hall.id)[0]
    _, visit = hall.walk_in(hall.wish("residence"))
    hall.write(set_desk_state, other.id, DeskState.PAUSED)
    hall.write(set_mediator_state, mediator.id, MediatorState.BREAK)
    hall.later(minutes=15)
    hall.write(set_mediator_state, mediator.id, MediatorState.FREE)
    hall.write(step_out, visit)
    hall.later(minutes=15)
    hall.write(come_back, visit)
    stop = hall.next(4).stop
    hall.write(serve, stop)
    hall.later(minutes=15)
    hall.write(park, stop, minutes=10)
    hall.later(minutes=15)
    hall.write(set_paused, hall.id, paused=True, why="Fire drill")
    hall.later(minutes=15)
    hall.write(set_paused, hall.id, paused=False, why="")
    hall.next(4)
    hall.later(minutes=5)
    made = truth(hall)

    spans = row_of(made, one.id).spans[: made.behind]
    assert [(round(each.there, 3), round(each.used, 3), round(each.waiting, 3)) for each in spans] == [
        (1, 0, 1),
        (1, 0, 0),
        (1, 1, 0),
        (1, 0, 1),
        (0, 0, 1),
        (1, 1, 0),
    ]
    assert [each.level for each in spans] == [*(Level.FREE,) * 2, Level.FULL, Level.FREE, Level.PAUSED, Level.FULL]
    assert {each.level for each in row_of(made, other.id).spans[: made.behind]} == {Level.PAUSED}
    assert [each.level for each in row_of(made, mediator.id).spans[:2]] == [Level.PAUSED, Level.FREE]
    assert (made.now, made.behind) == (hall.now, 6)


def test_a_talk_after_the_hours_of_a_desk_is_over_time_and_has_its_column(database: Database) -> None:
    hall = open_hall(database)
    hall.walk_in(hall.wish("residence"))
    desk = hall.desks[4]
    assert desk.closes_at is not None
    hall.now = desk.closes_at - timedelta(minutes=15)
    hall.write(serve, hall.next(4).stop)
    hall.later(minutes=40)
    made = truth(hall)

    levels = [each.level for each in row_of(made, desk.id).spans]
    at = made.starts.index(desk.closes_at)
    assert levels[at - 1 : at + 2] == [Level.FULL, Level.OVER, Level.OVER]


def test_what_is_booked_and_what_waits_now_stands_after_now_and_never_before(database: Database) -> None:
    hall = make_test_day(database)
    ticket = hall.book(hall.wish("residence"))
    hall.book(hall.wish("residence"), at=hall.day.opens_at + timedelta(hours=2))
    planned = hall.db.read_now(_planned, hall.id)
    before = row_of(truth(hall), hall.desks[4].id)
    minutes = hall.desks[4].services[hall.service("residence")]

    assert (truth(hall).behind, {each.used for each in before.spans}) == (0, {0})
    assert sum(each.planned or 0 for each in before.spans) * 15 >= 2 * minutes
    first = truth(hall).starts.index(min(planned) - (min(planned) - hall.day.opens_at) % timedelta(minutes=15))
    assert next(n for n, each in enumerate(before.spans) if each.planned) == first
    assert sum(hour.expected for hour in truth(hall).hours) == 2

    hall.now = hall.day.opens_at
    hall.open_desks()
    hall.arrive(ticket)
    hall.walk_in(hall.wish("residence"))
    after = truth(hall)
    assert sum(each.planned or 0 for each in row_of(after, hall.desks[4].id).spans) * 15 >= 3 * minutes
    assert sum(hour.expected for hour in after.hours) == 1
    hall.now = hall.day.closes_at
    assert all(each.planned is None for row in truth(hall).rows for each in row.spans)


def _planned(conn: sa.Connection, day: UUID) -> list[datetime]:
    return list(conn.execute(sa.select(stops.c.planned_at).where(stops.c.day_id == day)).scalars())


def test_what_is_booked_for_private_talks_alone_is_not_told(database: Database) -> None:
    hall = make_test_day(database, file=parse_day(FILE.format("")))
    hall.book(hall.wish("psychological"))
    hall.book(hall.wish("legal"))

    rows = truth(hall).rows
    assert max(each.planned or 0 for each in row_of(truth(hall), hall.desks[1].id).spans) > 0
    assert [{each.planned for each in row.spans} for row in rows if row.members == (hall.desks[4].id,)] == [{0.0}]


def test_who_waits_for_a_private_talk_is_not_told_either(database: Database) -> None:
    hall = make_test_day(database, file=parse_day(FILE.format("")))
    hall.now = hall.day.opens_at
    hall.walk_in(hall.wish("psychological"))
    hall.walk_in(hall.wish("legal"))
    hall.later(minutes=20)

    def told(number: int) -> list[bool]:
        spans = row_of(truth(hall), hall.desks[number].id).spans
        return [any(each.waiting for each in spans), any(each.planned for each in spans)]

    assert (told(1), told(4)) == ([True, True], [False, False])


def test_the_picture_takes_as_many_statements_for_three_as_for_one(database: Database) -> None:
    hall = open_hall(database)
    counts: list[int] = []
    for _ in range(3):
        hall.book(hall.wish("legal", "residence"))
        hall.walk_in(hall.wish("residence", "social", languages=("ar",)))
        stop = hall.next(4).stop
        if stop is not None:
            hall.write(finish, stop)
        day = hall.db.read_now(day_by_id, hall.id)
        counts.append(cost(database, truth_of_day, day, now=hall.now))

    assert counts == [8, 8, 8]
