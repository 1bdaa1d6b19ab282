"""Who asks to be erased is found nowhere afterwards, and the day goes on as if she had cancelled or left (R12)."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

from onestop.booking.queries import booking_of_party
from onestop.booking.tables import parties
from onestop.booking.tickets import Ticket, find_code, new_code
from onestop.days.tables import capacity
from onestop.domain.booking import BookingState
from onestop.domain.errors import TicketUnknown
from onestop.domain.operational import OperationalNeed
from onestop.domain.roles import VISITOR
from onestop.domain.visit import VisitReason, VisitState
from onestop.reports.verify import verify
from onestop.retention.actions import ErasureLater, erase_party, replay_erasures
from onestop.retention.journal import FILE, note_erasure, party_hash
from onestop.visits.actions.calls import serve
from onestop.visits.actions.route import set_needs
from onestop.visits.actions.rows import visit_row
from onestop.visits.actions.triage import see_papers
from onestop.visits.queries.api import stops_of_visit
from onestop.visits.tables import acts, stop_papers, visit_needs
from tests.halls import KEY
from tests.retention.canary import Nest, ids_in_facts, own_ids


def erase(nest: Nest, ticket: Ticket) -> bool:
    return nest.db.write_now(
        erase_party, ticket.party, journal=nest.var, actor=VISITOR, now=nest.hall.now, day=nest.hall.id
    )


def test_after_erasure_no_table_holds_a_trace_and_the_code_opens_nothing(nest: Nest) -> None:
    hall = nest.hall
    ticket = nest.book()
    visit = hall.arrive(ticket)
    hall.write(set_needs, visit, needs=[OperationalNeed.INFANT])
    hall.write(see_papers, hall.db.read_now(stops_of_visit, visit)[0], keys=["id"])
    hall.open_desks()
    hall.now = hall.day.opens_at
    assert hall.next(1).stop is not None
    before, own = nest.traces("'ti'"), own_ids(nest.db, ticket.party)
    assert {trace.split(":")[0] for trace in before} == {"parties", "contacts", "outbox"}
    assert own <= ids_in_facts(nest.db, hall.id) | own
    assert len(own & ids_in_facts(nest.db, hall.id)) >= 3

    assert erase(nest, ticket)

    assert nest.traces("'ti'", ticket.code) == set()
    assert own & ids_in_facts(nest.db, hall.id) == set()
    for code in (ticket.code, ticket.short):
        with pytest.raises(TicketUnknown):
            nest.db.read_now(find_code, code, days=[hall.id])
    left = [sa.select(sa.func.count()).select_from(table) for table in (acts, stop_papers, visit_needs)]
    assert nest.db.read_now(lambda conn: [conn.execute(each).scalar_one() for each in left]) == [0, 0, 0]
    row = nest.db.read_now(visit_row, visit)
    assert (row.state, row.reason, row.need) == (VisitState.LEFT, VisitReason.OWN_WISH, False)
    assert hall.next(1).stop is None
    assert nest.db.read_now(verify, now=hall.now) == []


def test_the_number_of_an_erased_ticket_stays_taken_and_gets_no_new_code(nest: Nest) -> None:
    ticket = nest.book()
    erase(nest, ticket)
    other = nest.hall.book(nest.hall.wish("legal"))

    assert (ticket.number, other.number) == (100, 101)
    with pytest.raises(TicketUnknown):
        nest.db.write_now(new_code, party=ticket.party, key=KEY, actor=VISITOR, now=nest.hall.now)


def test_erasing_a_booking_gives_its_places_back_and_sends_nothing(nest: Nest) -> None:
    ticket = nest.book()
    used = sa.select(sa.func.sum(capacity.c.used + capacity.c.used_reserve))
    assert nest.db.read_now(lambda conn: conn.execute(used).scalar_one()) > 0

    erase(nest, ticket)

    booking = nest.db.read_now(booking_of_party, ticket.party)
    assert booking is not None
    assert (booking.state, booking.name, booking.languages) == (BookingState.CANCELLED, "", ())
    assert nest.db.read_now(lambda conn: conn.execute(used).scalar_one()) == 0
    assert nest.traces() == set()
    assert nest.db.read_now(verify, now=nest.hall.now) == []


def test_somebody_being_served_is_asked_to_finish_first_and_nothing_has_changed(nest: Nest) -> None:
    hall = nest.hall
    ticket = nest.book()
    hall.arrive(ticket)
    hall.open_desks()
    hall.now = hall.day.opens_at
    called = hall.next(1).stop
    hall.write(serve, called)
    before = nest.traces()

    with pytest.raises(ErasureLater):
        erase(nest, ticket)

    assert (nest.traces(), (nest.var / FILE).exists()) == (before, False)


def test_erasing_twice_is_harmless_and_an_unknown_party_is_nobody(nest: Nest) -> None:
    ticket = nest.book()

    assert (erase(nest, ticket), erase(nest, ticket)) == (True, False)
    assert not nest.db.write_now(erase_party, uuid4(), journal=nest.var, actor=VISITOR, now=nest.hall.now)
    assert len((nest.var / FILE).read_text().splitlines()) == 1


def test_the_journal_names_nobody(nest: Nest) -> None:
    ticket = nest.book()
    erase(nest, ticket)

    line = (nest.var / FILE).read_text()
    assert json.loads(line) == {
        "at": nest.hall.now.isoformat(timespec="seconds"),
        "day": str(nest.hall.id),
        "party": party_hash(ticket.party),
    }
    assert str(ticket.party) not in line
    assert (nest.var / FILE).stat().st_mode & 0o077 == 0


def test_without_its_journal_line_nothing_is_erased(nest: Nest, tmp_path: Path) -> None:
    ticket = nest.book()
    before = nest.traces()
    blocked = tmp_path / "a file"
    blocked.touch()

    with pytest.raises(OSError, match="a file"):
        nest.db.write_now(erase_party, ticket.party, journal=blocked, actor=VISITOR, now=nest.hall.now)

    assert nest.traces() == before


def test_a_restored_backup_forgets_again_who_was_erased(nest: Nest) -> None:
    """The database is as the backup had it: the canary is still at a desk, another visitor was never erased."""
    hall = nest.hall
    ticket = nest.book()
    other = hall.book(hall.wish("legal"), name="Somebody Else")
    hall.arrive(ticket)
    hall.open_desks()
    hall.now = hall.day.opens_at
    called = hall.next(1).stop
    hall.write(serve, called)
    note_erasure(nest.var, party=ticket.party, day=hall.id, now=hall.now)
    note_erasure(nest.var, party=uuid4(), day=hall.id, now=hall.now)
    with (nest.var / FILE).open("a") as file:
        file.write('{"at": "2026-12-03T')  # the power went here

    again = [replay_erasures(nest.db, nest.var, now=hall.now) for _ in range(2)]

    assert again == [1, 0]
    assert nest.traces() == set()
    named = sa.select(parties.c.name).order_by(parties.c.number)
    names = nest.db.read_now(lambda conn: conn.execute(named).scalars().all())
    assert names == ["", "Somebody Else"]
    assert nest.db.read_now(find_code, other.code).party == other.party
    assert len((nest.var / FILE).read_text().splitlines()) == 3
    assert nest.db.read_now(verify, now=hall.now) == []
