"""Lines from paper: booked, known and spare numbers, in any order; each once; taken back; nothing is lost."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.actions.bookings import cancel_booking
from onestop.booking.spares import SpareTicket, lease_spares, unused_spares
from onestop.booking.tables import parties, stops
from onestop.booking.tickets import find_code, lease_numbers
from onestop.clock import real_now
from onestop.devices.actions import create_device
from onestop.domain.ending import EndQuestion
from onestop.domain.errors import DayOver, Refusal
from onestop.domain.paper import (
    AtAnotherDesk,
    CameAlready,
    DeskMissing,
    DeskNeeded,
    EnteredAlready,
    NotCome,
    NothingToTakeBack,
    NumberCancelled,
    NumberNotGiven,
    NumberOfMachine,
    PaperWord,
    TimeToCome,
    WentAlready,
    WhichService,
)
from onestop.domain.roles import Role
from onestop.domain.visit import StopState
from onestop.reports.verify import verify
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.ending import count_answers
from onestop.visits.actions.notes import write_note
from onestop.visits.actions.paper import Entered, Line, enter_line
from onestop.visits.actions.paper_back import take_entry_back
from onestop.visits.actions.route import step_out
from onestop.visits.tables import calls, notes, paper_entries, visits
from tests.halls import KEY, STAFF, TestDay
from tests.visits.looking import booking_state, end, state, stops_of, told, visit

W = PaperWord


def enter(
    hall: TestDay, number: int, word: PaperWord, desk: int | None = None, *, ago: int = 10, **more: Any
) -> Entered:
    """A line of something that happened `ago` minutes ago."""
    line = Line(number=number, word=word, desk=desk, about_at=hall.now - timedelta(minutes=ago), **more)
    return hall.write(enter_line, hall.id, line, key=KEY)


def spares(hall: TestDay, count: int = 12) -> tuple[SpareTicket, ...]:
    return hall.write(lease_spares, hall.id, count=count, key=KEY)


def sound(hall: TestDay) -> list[str]:
    """What the audit finds."""
    return [str(each) for each in hall.db.read_now(verify, now=hall.now)]


def count(hall: TestDay, table: sa.Table) -> int:
    return hall.db.read_now(lambda conn: conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def visit_of(hall: TestDay, party: UUID) -> UUID:
    return hall.db.read_now(
        lambda conn: conn.execute(sa.select(visits.c.id).where(visits.c.party_id == party)).scalar_one()
    )


def test_somebody_booked_was_served_on_paper(hall: TestDay):
    ticket = hall.book(hall.wish("legal", "residence"))
    hall.later(minutes=60)

    done = enter(hall, ticket.number, W.SETTLED, 1, ago=40)

    here = visit_of(hall, ticket.party)
    own = stops_of(hall, here)
    assert (done.brought, done.number) == ("checked_in", ticket.number)
    assert {key: state(hall, stop) for key, stop in own.items()} == {"legal": "finished", "residence": "waiting"}
    row = hall.db.read_now(lambda conn: conn.execute(sa.select(stops).where(stops.c.id == own["legal"])).one())
    assert (row.outcome, row.ended_at, row.served_at, row.called_at, row.on_paper) == (
        "settled", hall.now - timedelta(minutes=40), None, None, True,
    )  # fmt: skip
    assert count(hall, calls) == 0  # no call is invented for it, so no figure of waits counts it
    assert sound(hall) == []


def test_what_is_told_from_paper_says_so_in_the_ledger(hall: TestDay):
    ticket = hall.book(hall.wish("legal"))
    hall.later(minutes=60)

    enter(hall, ticket.number, W.ADVISED, 1, ago=30)

    ago = {"paper": True, "ago_seconds": 1800}
    assert told(hall, "PaperEntered") == [{**ago, "how": "advised"}]
    assert told(hall, "StopFinished") == [{**ago, "outcome": "advised"}]
    assert [terms["paper"] for terms in told(hall, "VisitorCheckedIn")] == [True]


def test_the_last_step_on_paper_ends_the_visit_when_it_was_served(hall: TestDay):
    ticket = hall.book(hall.wish("legal", "residence"))
    hall.later(minutes=90)

    enter(hall, ticket.number, W.SETTLED, 4, ago=20)
    enter(hall, ticket.number, W.ADVISED, 1, ago=50)  # in any order

    here = visit_of(hall, ticket.party)
    assert end(hall, here) == ("completed", "done")
    assert visit(hall, here).ended_at == hall.now - timedelta(minutes=20)
    assert sound(hall) == []


def test_a_spare_ticket_becomes_a_walk_in_with_its_printed_code(hall: TestDay):
    spare = spares(hall)[3]
    hall.later(minutes=60)

    done = enter(hall, spare.number, W.ADVISED, 1)

    opened = hall.db.read_now(find_code, spare.code)
    assert (done.brought, done.number, opened.party) == ("issued", spare.number, done.party)
    assert hall.db.read_now(find_code, spare.short, days=[hall.id]).party == done.party
    assert end(hall, visit_of(hall, done.party)) == ("completed", "done")
    assert hall.db.read_now(unused_spares, hall.id) == (
        (spare.number - 3, spare.number - 1), (spare.number + 1, spare.number + 8),
    )  # fmt: skip
    assert sound(hall) == []


def test_a_spare_ticket_goes_on_to_another_desk(hall: TestDay):
    spare = spares(hall)[0]
    hall.later(minutes=60)
    first = enter(hall, spare.number, W.ADVISED, 1, ago=30)

    second = enter(hall, spare.number, W.SETTLED, 4, ago=10)

    own = stops_of(hall, visit_of(hall, first.party))
    assert second.brought == ""
    assert {key: state(hall, stop) for key, stop in own.items()} == {"legal": "finished", "residence": "finished"}
    assert end(hall, visit_of(hall, first.party)) == ("completed", "done")
    consent = hall.db.read_now(lambda conn: conn.execute(sa.select(stops.c.consent_how)).scalars().all())
    assert consent == ["paper", "paper"]
    assert sound(hall) == []


def test_spare_numbers_are_printed_once_and_given_to_nobody_else(hall: TestDay):
    first, second = spares(hall, 24), spares(hall, 24)
    ticket, _ = hall.walk_in(hall.wish("legal"))

    numbers = [spare.number for spare in (*first, *second)]
    assert numbers == list(range(numbers[0], numbers[0] + 48))
    assert ticket.number == numbers[-1] + 1
    assert len({spare.code for spare in (*first, *second)}) == 48
    assert told(hall, "DayPackMade") == [
        {"paper": True, "spares": 24, "first": numbers[0], "last": numbers[23]},
        {"paper": True, "spares": 24, "first": numbers[24], "last": numbers[47]},
    ]
    assert sound(hall) == []


def test_nobody_is_served_twice(hall: TestDay):
    ticket = hall.book(hall.wish("legal", "residence"))
    hall.arrive(ticket)
    hall.later(minutes=30)
    called = hall.next(1).stop
    hall.write(serve, called)
    hall.write(finish, called)
    before = told(hall, "StopFinished")

    with pytest.raises(EnteredAlready) as refused:
        enter(hall, ticket.number, W.SETTLED, 1)

    assert refused.value.params == {"number": ticket.number, "desk": 1}
    assert (told(hall, "StopFinished"), told(hall, "PaperEntered")) == (before, [])


def test_a_line_that_is_entered_twice_changes_nothing(hall: TestDay):
    ticket = hall.book(hall.wish("legal", "residence"))
    hall.later(minutes=60)
    enter(hall, ticket.number, W.SETTLED, 1)

    with pytest.raises(EnteredAlready):
        enter(hall, ticket.number, W.ADVISED, 1)

    assert count(hall, paper_entries) == 1


def test_a_talk_that_ran_when_the_power_went_is_finished_from_paper(hall: TestDay):
    ticket = hall.book(hall.wish("legal", "residence"))
    here = hall.arrive(ticket)
    hall.later(minutes=30)
    stop = hall.next(1).stop
    assert stop is not None
    hall.write(serve, stop)
    hall.later(minutes=60)

    enter(hall, ticket.number, W.SETTLED, 1, ago=50)

    assert state(hall, stop) == "finished"
    assert visit(hall, here).waiting_since_at == hall.now
    assert sound(hall) == []


def test_a_talk_at_another_desk_is_finished_there(small: TestDay):
    ticket = small.book(small.wish("legal"))
    small.arrive(ticket)
    small.later(minutes=30)
    small.next(1)

    with pytest.raises(AtAnotherDesk) as refused:
        enter(small, ticket.number, W.SETTLED, 2)

    assert refused.value.params == {"number": ticket.number, "desk": 1}


def test_somebody_called_before_the_power_went_is_called_no_more(hall: TestDay):
    ticket = hall.book(hall.wish("legal"))
    hall.arrive(ticket)
    hall.later(minutes=30)
    stop = hall.next(1).stop
    hall.later(minutes=20)

    enter(hall, ticket.number, W.ADVISED, 1)

    outcomes = hall.db.read_now(lambda conn: conn.execute(sa.select(calls.c.outcome)).scalars().all())
    assert (state(hall, stop), outcomes) == ("finished", ["withdrawn"])
    assert sound(hall) == []


def test_called_on_paper_and_not_there_counts_and_three_times_is_missed(hall: TestDay):
    ticket = hall.book(hall.wish("legal"))
    here = hall.arrive(ticket)
    hall.later(minutes=60)

    for _ in range(3):
        enter(hall, ticket.number, W.NOT_HERE, 1)

    assert [terms["count"] for terms in told(hall, "StopNotHere")] == [1, 2, 3]
    assert end(hall, here) == ("left", "no_show")
    assert sound(hall) == []


def test_who_missed_her_calls_and_was_served_on_paper_is_done(hall: TestDay):
    ticket = hall.book(hall.wish("legal"))
    here = hall.arrive(ticket)
    hall.later(minutes=60)
    for _ in range(3):
        enter(hall, ticket.number, W.NOT_HERE, 1)

    enter(hall, ticket.number, W.SETTLED, 1, ago=5)

    assert end(hall, here) == ("completed", "done")
    assert sound(hall) == []


def test_who_came_on_paper_waits_since_then(hall: TestDay):
    ticket = hall.book(hall.wish("legal"))
    hall.later(minutes=120)

    enter(hall, ticket.number, W.CAME, ago=30)

    here = visit(hall, visit_of(hall, ticket.party))
    assert (here.state, here.checked_in_at) == ("open", hall.now - timedelta(minutes=30))
    assert sound(hall) == []


def test_who_came_with_a_spare_ticket_waits_for_the_desk_that_is_named(hall: TestDay):
    spare, other = spares(hall)[:2]
    hall.later(minutes=30)

    done = enter(hall, spare.number, W.CAME, 4)
    with pytest.raises(DeskNeeded):
        enter(hall, other.number, W.CAME)

    own = stops_of(hall, visit_of(hall, done.party))
    assert {key: state(hall, stop) for key, stop in own.items()} == {"residence": "waiting"}
    assert sound(hall) == []


def test_who_went_home_on_paper_has_left(hall: TestDay):
    ticket = hall.book(hall.wish("legal"))
    here = hall.arrive(ticket)
    hall.later(minutes=60)

    enter(hall, ticket.number, W.WENT, ago=20)

    assert end(hall, here) == ("left", "own_wish")
    assert visit(hall, here).ended_at == hall.now - timedelta(minutes=20)
    assert sound(hall) == []


def test_who_stepped_out_and_was_served_is_back(hall: TestDay):
    ticket = hall.book(hall.wish("legal", "residence"))
    here = hall.arrive(ticket)
    hall.write(step_out, here)
    hall.later(minutes=60)

    enter(hall, ticket.number, W.ADVISED, 1)

    assert {state(hall, stop) for stop in stops_of(hall, here).values()} == {"finished", "waiting"}
    assert visit(hall, here).stepped_out_at is None
    assert sound(hall) == []


def test_an_entry_makes_a_ready_desk_call_nobody_it_has_not_told_of_yet(hall: TestDay):
    ticket = hall.book(hall.wish("legal"))
    hall.later(minutes=60)
    hall.next(1, standing=True)

    enter(hall, ticket.number, W.ADVISED, 1)

    assert count(hall, calls) == 0


# -- lines that cannot be entered as they stand ----------------------------------------------------


def test_each_number_that_cannot_be_entered_has_its_own_answer(hall: TestDay):
    cancelled = hall.book(hall.wish("legal"))
    hall.write(cancel_booking, cancelled.party)
    expected = hall.book(hall.wish("legal"))
    device = hall.db.write_now(
        create_device, kind=Role.KIOSK, name="k", day_id=hall.id, actor=STAFF, real=real_now()
    ).device  # fmt: skip
    first = hall.db.write_now(lease_numbers, hall.id, device=device, key=KEY, now=hall.now, day=hall.id).first
    hall.later(minutes=60)
    before = count(hall, parties)

    answers: dict[str, type[Refusal]] = {}
    for name, line in {
        "unknown": (999, W.ADVISED, 1),
        "cancelled": (cancelled.number, W.ADVISED, 1),
        "machine": (first + 2, W.ADVISED, 1),
        "not come": (expected.number, W.NOT_HERE, 1),
        "never here, went": (expected.number, W.WENT, None),
        "desk": (expected.number, W.ADVISED, 77),
        "to come": (expected.number, W.ADVISED, 1, -30),
    }.items():
        number, word, desk, *ago = line
        with pytest.raises(Refusal) as refused:
            enter(hall, number, word, desk, ago=ago[0] if ago else 10)
        answers[name] = type(refused.value)

    assert answers == {
        "unknown": NumberNotGiven,
        "cancelled": NumberCancelled,
        "machine": NumberOfMachine,
        "not come": NotCome,
        "never here, went": NotCome,
        "desk": DeskMissing,
        "to come": TimeToCome,
    }
    assert (count(hall, parties), count(hall, paper_entries)) == (before, 0)


def test_who_has_no_known_number_is_entered_with_a_new_one(hall: TestDay):
    hall.later(minutes=60)

    done = enter(hall, 999, W.ADVISED, 1, fresh=True)

    assert (done.brought, done.number) == ("issued", 100)
    assert sound(hall) == []


def test_a_desk_with_several_kinds_of_help_asks_which(small: TestDay):
    spare = spares(small)[0]
    small.later(minutes=60)

    with pytest.raises(WhichService) as refused:
        enter(small, spare.number, W.ADVISED, 2)
    done = enter(small, spare.number, W.ADVISED, 2, service=small.service("social"))

    assert refused.value.params == {"desk": 2}
    assert list(stops_of(small, visit_of(small, done.party))) == ["social"]
    assert count(small, paper_entries) == 1


def test_a_desk_with_several_kinds_of_help_asks_nothing_when_she_wants_one(small: TestDay):
    ticket = small.book(small.wish("social"))
    small.later(minutes=60)

    enter(small, ticket.number, W.ADVISED, 2)

    assert {key: state(small, stop) for key, stop in stops_of(small, visit_of(small, ticket.party)).items()} == {
        "social": "finished"
    }


def test_who_is_here_or_gone_already_is_told(hall: TestDay):
    ticket = hall.book(hall.wish("legal"))
    hall.arrive(ticket)
    hall.later(minutes=30)

    with pytest.raises(CameAlready):
        enter(hall, ticket.number, W.CAME)
    enter(hall, ticket.number, W.WENT)
    with pytest.raises(WentAlready):
        enter(hall, ticket.number, W.WENT)


def test_a_line_of_minutes_after_the_last_hour_is_entered_all_the_same(hall: TestDay):
    spare, ticket = spares(hall)[0], hall.book(hall.wish("legal"))
    hall.now = hall.day.closes_at + timedelta(minutes=30)

    enter(hall, spare.number, W.ADVISED, 1)
    enter(hall, ticket.number, W.SETTLED, 1)

    assert [terms["outcome"] for terms in told(hall, "StopFinished")] == ["advised", "settled"]
    assert sound(hall) == []


def test_a_closed_day_takes_no_line(hall: TestDay):
    ticket = hall.book(hall.wish("legal"))
    hall.later(hours=10)
    hall.write(close_day, hall.id)

    with pytest.raises(DayOver):
        enter(hall, ticket.number, W.ADVISED, 1, ago=500)


# -- taking the last line back ---------------------------------------------------------------------


def undo(hall: TestDay, done: Entered) -> int:
    return hall.write(take_entry_back, hall.id, done.entry)


def test_a_line_of_somebody_booked_is_taken_back_and_she_is_expected_again(hall: TestDay):
    ticket = hall.book(hall.wish("legal", "residence"))
    hall.later(minutes=60)
    done = enter(hall, ticket.number, W.SETTLED, 1)

    assert undo(hall, done) == ticket.number

    states = hall.db.read_now(lambda conn: conn.execute(sa.select(stops.c.state, stops.c.on_paper)).all())
    assert (booking_state(hall, ticket.party), set(states), count(hall, visits)) == (
        "confirmed", {(StopState.PLANNED, False)}, 0,
    )  # fmt: skip
    assert sound(hall) == []


def test_a_line_of_a_spare_ticket_is_taken_back_and_it_is_a_spare_again(hall: TestDay):
    spare = spares(hall)[0]
    hall.later(minutes=60)
    done = enter(hall, spare.number, W.SETTLED, 1)

    undo(hall, done)

    assert (count(hall, parties), hall.db.read_now(unused_spares, hall.id)) == (0, ((spare.number, spare.number + 11),))
    assert sound(hall) == []
    again = enter(hall, spare.number, W.ADVISED, 4)
    assert (again.number, again.brought) == (spare.number, "issued")
    assert sound(hall) == []


def test_a_spare_ticket_that_somebody_wrote_about_stays_with_the_note(hall: TestDay):
    spare = spares(hall)[0]
    hall.later(minutes=60)
    done = enter(hall, spare.number, W.SETTLED, 1)
    (stop,) = stops_of(hall, visit_of(hall, done.party)).values()
    hall.write(write_note, stop, text="Comes again in spring.")

    with pytest.raises(NothingToTakeBack):
        undo(hall, done)

    assert (count(hall, parties), count(hall, notes)) == (1, 1)
    assert sound(hall) == []


def test_a_spare_ticket_whose_holder_said_how_it_went_stays(hall: TestDay):
    spare = spares(hall)[0]
    hall.later(minutes=60)
    done = enter(hall, spare.number, W.SETTLED, 1)
    hall.db.write_now(count_answers, done.party, {EndQuestion.GOT: "yes"}, day=hall.id)

    with pytest.raises(NothingToTakeBack):
        undo(hall, done)

    assert sound(hall) == []


def test_a_step_that_only_the_line_knew_of_is_taken_off_again(hall: TestDay):
    ticket = hall.book(hall.wish("legal"))
    here = hall.arrive(ticket)
    hall.later(minutes=60)
    done = enter(hall, ticket.number, W.SETTLED, 4)

    undo(hall, done)

    assert {key: state(hall, stop) for key, stop in stops_of(hall, here).items()} == {
        "legal": "waiting", "residence": "dropped",
    }  # fmt: skip
    assert sound(hall) == []


@pytest.mark.parametrize(("word", "desk"), [(W.SETTLED, 1), (W.NOT_HERE, 1), (W.WENT, None)])
def test_a_line_of_somebody_here_is_taken_back_also_later(hall: TestDay, word: PaperWord, desk: int | None):
    ticket = hall.book(hall.wish("legal"))
    here = hall.arrive(ticket)
    hall.later(minutes=60)
    done = enter(hall, ticket.number, word, desk)
    hall.later(minutes=5)

    undo(hall, done)

    (stop,) = stops_of(hall, here).values()
    assert (state(hall, stop), end(hall, here)) == ("waiting", ("open", None))
    assert sound(hall) == []


def test_only_the_last_line_is_taken_back_and_only_once(hall: TestDay):
    tickets = [hall.book(hall.wish("legal")) for _ in range(2)]
    hall.later(minutes=60)
    first, second = (enter(hall, ticket.number, W.SETTLED, 1) for ticket in tickets)

    with pytest.raises(NothingToTakeBack):
        undo(hall, first)
    undo(hall, second)
    with pytest.raises(NothingToTakeBack):
        undo(hall, second)
    undo(hall, first)

    assert sound(hall) == []


def test_what_something_was_built_on_stays(hall: TestDay):
    ticket = hall.book(hall.wish("legal", "residence"))
    hall.later(minutes=60)
    done = enter(hall, ticket.number, W.SETTLED, 1)
    hall.next(4)

    with pytest.raises(NothingToTakeBack):
        undo(hall, done)

    assert sound(hall) == []
