"""What is kept in memory is never older than what an organiser changed, in this process or in another."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from onestop.days.actions import set_paused
from onestop.days.queries.days import day_by_id, day_by_slug
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.days.queries.offer import day_offer
from onestop.days.tables import desk_languages, desks, openings
from onestop.db.memo import configuration
from onestop.db.session import Database, open_database
from onestop.directory.tables import institutions, venues
from onestop.domain.day import DeskState
from onestop.domain.roles import SYSTEM
from tests.counting import cost
from tests.halls import TestDay, make_test_day


@pytest.fixture
def hall(database: Database) -> TestDay:
    return make_test_day(database)


@pytest.fixture
def other(database: Database, database_url: str) -> Iterator[Database]:
    """Another process on the same database."""
    opened = open_database(database_url)
    yield opened
    opened.close()


def stamp(database: Database) -> str:
    return database.read_now(lambda conn: conn.execute(sa.select(configuration.c.stamp)).scalar_one())


def everything(database: Database, hall: TestDay) -> tuple[object, ...]:
    reads = (day_by_id, desks_of_day, mediators_of_day, day_offer)
    return tuple(database.read_now(read, hall.id) for read in reads)


def test_the_second_time_only_what_changes_while_the_day_runs_is_read(database: Database, hall: TestDay) -> None:
    assert [cost(database, read, hall.id) for read in (day_by_id, day_offer, desks_of_day, mediators_of_day)] == [
        0,
        0,
        1,
        1,
    ]


@pytest.mark.parametrize(
    "change",
    [
        institutions.update().values(name="Another name"),
        venues.update().values(name="Another house"),
        desks.update().values(colour=7),
        desk_languages.delete(),
        openings.delete(),
    ],
    ids=lambda change: change.table.name + "-" + type(change).__name__.lower(),
)
def test_a_change_is_seen_at_once_here_and_in_another_process(
    database: Database, other: Database, hall: TestDay, change: sa.UpdateBase
) -> None:
    before = everything(database, hall)
    assert everything(other, hall) == before
    database.write_now(lambda conn: conn.execute(change))

    after = everything(database, hall)

    assert after != before
    assert everything(other, hall) == after


def test_whoever_changes_something_reads_what_she_wrote_and_a_failure_leaves_all_as_it_was(
    database: Database, hall: TestDay
) -> None:
    before = everything(database, hall)

    def change(conn: sa.Connection) -> None:
        conn.execute(desks.update().values(colour=7))
        assert {desk.colour for desk in desks_of_day(conn, hall.id)} == {7}
        raise ZeroDivisionError

    kept = stamp(database)
    with pytest.raises(ZeroDivisionError):
        database.write_now(change)
    assert (stamp(database), everything(database, hall)) == (kept, before)


def test_a_pause_is_known_under_both_names_of_the_day(database: Database, other: Database, hall: TestDay) -> None:
    for paused in (True, False):
        database.write_now(set_paused, hall.id, paused=paused, why="", actor=SYSTEM, now=hall.now)
        for each in (database, other):
            assert each.read_now(day_by_id, hall.id).paused is paused
            assert each.read_now(day_by_slug, hall.day.slug).paused is paused


def test_what_happens_on_the_day_changes_no_stamp_and_is_seen_all_the_same(
    database: Database, other: Database, hall: TestDay
) -> None:
    hall.open_desks()
    hall.walk_in(hall.wish("legal"))
    kept = stamp(database)
    hall.now = hall.day.opens_at
    assert hall.next(1).stop is not None
    hall.walk_in(hall.wish("social"))

    assert stamp(database) == kept
    assert {desk.state for desk in other.read_now(desks_of_day, hall.id)} == {DeskState.OPEN}
