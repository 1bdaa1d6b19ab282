"""A day is played beside the server: what is known stands in a file, the newest set-up wins, before is kept."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from onestop.clock import real_now
from onestop.db.session import Database
from onestop.domain.rehearsal import DAYS, Rehearsal, RestsOn
from onestop.domain.remedies import RemedyKind
from onestop.reports.playing import Job, Rehearsed, play_all, read_result, write_result
from onestop.reports.rehearsal import rehearsal_of_day
from onestop.reports.rehearsing import Rehearsals, mark_of_day
from tests.counting import cost
from tests.domain.test_remedies import made_of
from tests.domain.test_simulation import LEGAL, POLICE, day, desk
from tests.halls import make_test_day

DAY = UUID(int=900)
SMALL = made_of(day(desk(1, LEGAL), desk(2, POLICE)))
OTHER = made_of(day(desk(1, LEGAL), desk(2, POLICE), desk(3, LEGAL)))


def begun(version: str = "a", *, later: int = 0) -> Rehearsed:
    started = real_now() + timedelta(seconds=later)
    return Rehearsed(version=version, setup=version, started_at=started, rests_on=RestsOn.TEMPLATE, parties=30)


def quick(made: Rehearsal) -> Rehearsal:
    return replace(made, expected=replace(made.expected, parties=3))


def test_figures_come_first_then_one_change_after_the_other() -> None:
    found = list(play_all(Job(made=quick(SMALL), begins=begun()), over=lambda: False))

    days = [each.expectation.days for each in found if each.expectation is not None]
    assert days[:DAYS] == list(range(1, DAYS + 1))
    assert [each.done for each in found] == [False] * (len(found) - 1) + [True]
    assert found[-1].tried == found[-1].of > 0
    assert {each.remedy.kind for each in found[-1].gains} >= {RemedyKind.DESK, RemedyKind.LONGER}
    assert found[-1].timeline is not None


def test_when_there_is_no_time_left_one_day_is_enough() -> None:
    found = list(play_all(Job(made=quick(SMALL), begins=begun()), over=lambda: True))

    assert [each.done for each in found] == [False, True]
    assert found[-1].expectation is not None
    assert found[-1].expectation.days == 1


def test_who_began_later_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "day.json"

    assert write_result(file, begun("old"))
    assert write_result(file, begun("new", later=1))
    assert not write_result(file, begun("old"))
    found = read_result(file)
    assert found is not None
    assert found.version == "new"
    file.write_text("{half")
    assert read_result(file) is None


def test_a_day_is_played_beside_and_the_figures_before_a_change_stay(tmp_path: Path) -> None:
    rehearsals = Rehearsals(tmp_path)
    first = _played(rehearsals, "1", quick(SMALL))
    again = rehearsals.begin(DAY, "2", quick(SMALL))
    second = _played(rehearsals, "3", quick(OTHER))
    booked = _played(rehearsals, "4", replace(quick(OTHER), rests_on=RestsOn.BOOKINGS))
    rehearsals.close()

    assert again == first
    assert (first.before, second.before) == (None, first.main)
    assert booked.before == first.main
    assert (first.failed, second.failed, len((second.timeline or booked.timeline).rows)) == (False, False, 3)  # pyright: ignore
    assert rehearsals.fresh(DAY, "4") == booked
    assert rehearsals.fresh(DAY, "5") is None
    assert Rehearsals(tmp_path).last(DAY) == booked


def test_the_mark_changes_with_bookings_and_costs_one_statement(database: Database) -> None:
    hall = make_test_day(database)
    before = database.read_now(mark_of_day, hall.id)

    assert database.read_now(mark_of_day, hall.id) == before
    hall.book(hall.wish("legal"))
    assert database.read_now(mark_of_day, hall.id) != before
    assert cost(database, mark_of_day, hall.id) == 1
    assert database.read_now(rehearsal_of_day, hall.day).rests_on is RestsOn.BOTH


def _played(rehearsals: Rehearsals, mark: str, made: Rehearsal) -> Rehearsed:
    begins = rehearsals.begin(DAY, mark, made)
    rehearsals.wait()
    found = rehearsals.last(DAY)
    assert found is not None
    assert (found.version, found.done) == (begins.version, True)
    return found
