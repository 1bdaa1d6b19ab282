"""What a cut-off machine printed is handed in: any order, any number of times, conflicts kept and told (R9)."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
import sqlalchemy as sa

from onestop.booking.tables import leases, parties, printed
from onestop.booking.tickets import find_code
from onestop.clock import real_now
from onestop.db.session import Database
from onestop.devices.actions import revoke_device
from onestop.domain.errors import DayOver, NotKnown, TicketUnknown
from onestop.domain.printed import Conflict
from onestop.domain.roles import SYSTEM
from onestop.domain.ticket import short_hash
from onestop.reports.verify import verify
from onestop.visits.actions.arrivals import issue_walk_in
from onestop.visits.actions.calls import finish, serve
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.merging import see_conflict
from onestop.visits.queries.printed import conflicts_of_day
from onestop.visits.queries.reception import find_people
from onestop.visits.tables import visits
from tests.halls import KEY, TestDay, make_test_day
from tests.visits.looking import call_at, end, rows, stops_of, told, visit, waited
from tests.visits.machine_papers import Machine, machine_of


def opened(database: Database) -> TestDay:
    """The day an hour after its opening."""
    hall = make_test_day(database)
    hall.now = hall.day.opens_at + timedelta(hours=1)
    return hall


def agrees(hall: TestDay) -> None:
    assert hall.db.read_now(verify, now=hall.now) == []


def listed(hall: TestDay) -> list[tuple[Conflict, int, int | None]]:
    """Conflicts as the organiser sees them: why, what the paper says, what is called."""
    return [(one.why, one.printed, one.number) for one in hall.db.read_now(conflicts_of_day, hall.id)]


def test_a_printed_ticket_keeps_its_number_its_codes_and_its_time(database: Database) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    merged = machine.hand_in(machine.paper(103, issued_at=hall.now - timedelta(minutes=12)), hall.wish("legal"))

    assert merged.ticket is not None
    assert merged.visit is not None
    assert (merged.ticket.number, merged.ticket.code, merged.ticket.short, merged.conflict) == (
        103,
        machine.numbers[103].code,
        machine.numbers[103].short,
        None,
    )
    assert waited(hall, merged.visit) == 12
    assert listed(hall) == []
    agrees(hall)


def test_handed_in_again_it_is_one_visit_and_the_same_answer(database: Database) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    paper = machine.paper(103)
    first = machine.hand_in(paper, hall.wish("legal"))
    hall.later(minutes=2)

    assert machine.hand_in(paper, hall.wish("legal")) == first
    assert machine.hand_in(replace(paper, number=104), hall.wish("social")) == first
    assert len(told(hall, "WalkInIssued")) == 1


def test_a_ticket_that_was_taken_online_is_handed_in_again_without_harm(database: Database) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    ticket, came = hall.write(issue_walk_in, hall.id, hall.wish("legal"), key=KEY, how="kiosk", nonce="n-1")
    merged = machine.hand_in(machine.paper(103, nonce="n-1"), hall.wish("legal"))

    assert (merged.ticket, merged.visit) == (ticket, came)
    agrees(hall)


def test_two_papers_with_one_number_are_two_visits_and_reception_finds_both(database: Database) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    first = machine.hand_in(machine.paper(103), hall.wish("legal"))
    paper = machine.paper(103)
    second = machine.hand_in(paper, hall.wish("social"))

    assert first.ticket is not None
    assert second.ticket is not None
    assert second == machine.hand_in(paper, hall.wish("social"))
    assert (first.ticket.number, second.ticket.number, second.conflict) == (103, 150, Conflict.TAKEN)
    assert listed(hall) == [(Conflict.TAKEN, 103, 150)]
    for typed in (machine.numbers[103].code, machine.numbers[103].short, "103"):
        found = hall.db.read_now(find_people, hall.day, typed, everywhere=False)
        assert sorted(one.number for one in found.people) == [103, 150]
        assert not found.code  # neither of the two is opened by itself
    agrees(hall)


def test_a_number_of_another_machine_is_hers_only_if_nobody_else_can_print_it(database: Database) -> None:
    hall = opened(database)
    lobby, shelter = machine_of(hall), machine_of(hall, "Shelter")
    foreign = lobby.hand_in(lobby.paper(150), hall.wish("legal"))
    assert foreign.ticket is not None
    assert (foreign.ticket.number, foreign.conflict) == (200, Conflict.FOREIGN)
    # Her paper finds her until the other machine prints the same number.
    code = shelter.numbers[150].code
    assert hall.db.read_now(find_code, code).party == foreign.ticket.party
    own = shelter.hand_in(shelter.paper(150), hall.wish("social"))
    assert own.ticket is not None
    assert (own.ticket.number, own.conflict) == (150, None)
    assert hall.db.read_now(find_code, code).party == own.ticket.party

    hall.db.write_now(revoke_device, shelter.device, actor=SYSTEM, real=real_now())
    left_over = lobby.hand_in(lobby.paper(151), hall.wish("legal"))
    assert left_over.ticket is not None
    assert (left_over.ticket.number, left_over.conflict) == (151, Conflict.FOREIGN)
    assert listed(hall) == [(Conflict.FOREIGN, 150, 200), (Conflict.FOREIGN, 151, 151)]
    agrees(hall)


def test_a_lease_that_a_restored_backup_does_not_know_still_gives_her_the_number_on_her_paper(
    database: Database,
) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    database.write_now(lambda conn: conn.execute(leases.delete()))
    known = machine.hand_in(machine.paper(120), hall.wish("legal"))
    beyond = machine.hand_in(machine.paper(9000), hall.wish("legal"))

    assert known.ticket is not None
    assert beyond.ticket is not None
    assert (known.ticket.number, known.ticket.code) == (120, machine.numbers[120].code)
    assert beyond.ticket.number == 150
    assert listed(hall) == [(Conflict.UNKNOWN, 120, 120), (Conflict.UNKNOWN, 9000, 150)]
    agrees(hall)


def test_a_number_whose_time_is_over_is_hers_and_told(database: Database) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    database.write_now(lambda conn: conn.execute(leases.update().values(until_at=hall.now - timedelta(minutes=1))))
    merged = machine.hand_in(machine.paper(103), hall.wish("legal"))
    assert (merged.ticket and merged.ticket.number, merged.conflict) == (103, Conflict.ENDED)


@pytest.mark.parametrize(
    ("minutes", "waited_minutes", "conflict"),
    [(-600, 120, Conflict.TIME), (-120, 120, None), (-60, 60, None), (3, 0, None), (30, 0, Conflict.TIME)],
    ids=["night", "the doors open", "at the opening", "a little ahead", "tomorrow's clock"],
)
def test_nobody_waits_since_before_the_doors_open_or_from_the_future(
    database: Database, minutes: int, waited_minutes: int, conflict: Conflict | None
) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    merged = machine.hand_in(machine.paper(103, issued_at=hall.now + timedelta(minutes=minutes)), hall.wish("legal"))

    assert merged.visit is not None
    assert (waited(hall, merged.visit), merged.conflict) == (waited_minutes, conflict)
    agrees(hall)


def test_the_order_of_a_machine_is_kept_in_whatever_order_it_hands_in(database: Database) -> None:
    hall = opened(database)
    seen = set[tuple[int, ...]]()
    for order in permutations(range(3)):
        machine = machine_of(hall)
        # Its clock was set back by five minutes between the first and the second paper.
        minutes = (-10, -15, -4)
        first = min(machine.numbers)
        papers = [
            machine.paper(first + place, issued_at=hall.now + timedelta(minutes=each))
            for place, each in enumerate(minutes)
        ]
        came = {place: machine.hand_in(papers[place], hall.wish("legal")).visit for place in order}
        seen.add(tuple(int(waited(hall, came[place])) for place in range(3) if came[place]))
    assert seen == {(15, 15, 4)}
    agrees(hall)


def test_who_was_served_meanwhile_keeps_what_she_had_waited(database: Database) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    hall.open_desks()
    early = machine.hand_in(machine.paper(100, issued_at=hall.now - timedelta(minutes=5)), hall.wish("legal", "social"))
    assert early.visit is not None
    stop = call_at(hall, 1)
    hall.write(serve, stop)
    hall.write(finish, stop)
    before = waited(hall, early.visit)
    machine.hand_in(machine.paper(101, issued_at=hall.now - timedelta(minutes=8)), hall.wish("legal"))
    assert waited(hall, early.visit) == before + 3
    agrees(hall)


def test_a_desk_that_is_gone_is_left_out_and_told(database: Database) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    some = machine.hand_in(machine.paper(100), hall.wish("legal"), whole=False)
    paper = machine.paper(101)
    none = machine.hand_in(paper, None, whole=False)

    assert some.visit is not None
    assert list(stops_of(hall, some.visit)) == ["legal"]
    assert (none.ticket, none.visit, none.conflict) == (None, None, Conflict.DESKS)
    assert machine.hand_in(paper, None, whole=False) == none
    assert listed(hall) == [(Conflict.DESKS, 100, 100), (Conflict.DESKS, 101, None)]
    agrees(hall)


def test_a_ticket_that_comes_after_the_day_was_closed_has_left_and_is_told(database: Database) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    paper = machine.paper(103)
    hall.later(minutes=10)
    hall.write(close_day, hall.id, reason="")
    merged = machine.hand_in(paper, hall.wish("legal"))

    assert merged.visit is not None
    assert end(hall, merged.visit) == ("left", "day_closed")
    assert listed(hall) == [(Conflict.OVER, 103, 103)]
    agrees(hall)


def test_a_day_that_is_over_leases_no_numbers(database: Database) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    hall.now = hall.day.closes_at
    with pytest.raises(DayOver):
        machine.lease()


def test_a_wiped_machine_counts_on_where_the_server_knows_it(database: Database) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    for number in (100, 101):
        machine.hand_in(machine.paper(number), hall.wish("legal"))
    wiped = Machine(hall=hall, device=machine.device)
    assert wiped.lease() == list(range(150, 200))
    assert wiped.counter == 2


def test_a_conflict_that_somebody_looked_at_goes_to_the_end_of_the_list(database: Database) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    for number in (9000, 9001):
        machine.hand_in(machine.paper(number), hall.wish("legal"))
    first = hall.db.read_now(conflicts_of_day, hall.id)[0]
    for _ in range(2):
        hall.write(see_conflict, hall.id, first.id)

    assert [(one.printed, one.seen) for one in hall.db.read_now(conflicts_of_day, hall.id)] == [
        (9001, False),
        (9000, True),
    ]
    assert told(hall, "ConflictSeen") == [{"printed": 9000}]
    with pytest.raises(NotKnown):
        hall.write(see_conflict, hall.id, first.party)


def test_a_short_code_that_another_ticket_has_leaves_her_the_long_one(database: Database) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    other = hall.book(hall.wish("legal"))
    clash = short_hash(hall.id, machine.numbers[103].short)
    hall.db.write_now(
        lambda conn: conn.execute(parties.update().where(parties.c.id == other.party).values(short_hash=clash))
    )
    merged = machine.hand_in(machine.paper(103), hall.wish("social"))
    assert merged.ticket is not None
    assert hall.db.read_now(find_code, machine.numbers[103].code).party == merged.ticket.party
    assert hall.db.read_now(find_code, machine.numbers[103].short, days=[hall.id]).party == other.party


def test_two_papers_of_no_machine_with_one_number_open_neither(database: Database) -> None:
    hall = opened(database)
    lobby, shelter = machine_of(hall), machine_of(hall, "Shelter")
    for _ in range(2):
        lobby.hand_in(lobby.paper(150), hall.wish("legal"))
    with pytest.raises(TicketUnknown):
        hall.db.read_now(find_code, shelter.numbers[150].code)
    assert len(rows(hall, visits, sa.true())) == 2
    assert visit(hall, rows(hall, visits, sa.true())[0].id).walk_in


def test_verify_finds_a_paper_nobody_is_told_of_and_an_order_that_is_not_kept(database: Database) -> None:
    hall = opened(database)
    machine = machine_of(hall)
    first = machine.hand_in(machine.paper(103), hall.wish("legal"))
    second = machine.hand_in(machine.paper(103), hall.wish("social"))
    agrees(hall)
    database.write_now(lambda conn: conn.execute(printed.update().values(conflict=None)))
    early = hall.now - timedelta(minutes=5)
    database.write_now(
        lambda conn: conn.execute(
            visits.update().where(visits.c.id == second.visit).values(checked_in_at=early, waiting_since_at=early)
        )
    )
    assert first.visit is not None
    assert [one.sentence for one in hall.db.read_now(verify, now=hall.now) if one.rule == "R9"] == [
        "Paper 103 does not fit, and nobody is told.",
        "Paper 103 came before one that was printed earlier.",
    ]
