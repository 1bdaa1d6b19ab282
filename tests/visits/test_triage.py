"""Papers at reception: a stop waits for what it cannot do without, the rest of the route goes on."""

from uuid import UUID

import pytest
import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.directory.tables import checklist_items
from onestop.domain.errors import InvalidInput, MoveRefused, StopUnknown
from onestop.domain.visit import BlockedBy, StopState
from onestop.reports.verify import verify
from onestop.visits.actions.calls import finish, park
from onestop.visits.actions.closing import close_day
from onestop.visits.actions.route import come_back, step_out
from onestop.visits.actions.triage import miss_paper, see_papers
from onestop.visits.queries.desk import desk_screen
from onestop.visits.queries.ticket import ticket_state
from onestop.visits.queries.visitor import visitor
from onestop.visits.tables import stop_papers
from tests.halls import TestDay
from tests.visits.looking import call_at, rows, state, stop, stops_of, told, visit, waited


def arrived(hall: TestDay, *services: str) -> tuple[UUID, dict[str, UUID]]:
    """Somebody who waits; her visit and her stops."""
    _, found = hall.walk_in(hall.wish(*services))
    return found, stops_of(hall, found)


def blocked_by(hall: TestDay, stop_id: UUID) -> tuple[str, str | None]:
    row = stop(hall, stop_id)
    return row.state, row.blocked_by


def test_without_a_paper_the_desk_needs_nobody_calls_her_there_until_she_brings_it(hall: TestDay) -> None:
    who, theirs = arrived(hall, "residence", "social")
    police = theirs["residence"]

    hall.write(miss_paper, police, key="passport")

    assert blocked_by(hall, police) == (StopState.BLOCKED, BlockedBy.PAPERS)
    assert not hall.next(4).new
    hall.later(minutes=5)
    assert call_at(hall, 2) == theirs["social"]
    hall.write(finish, theirs["social"])
    hall.later(minutes=1)
    before = waited(hall, who)

    hall.write(see_papers, police, keys=["passport"])

    assert (blocked_by(hall, police), waited(hall, who)) == ((StopState.WAITING, None), before)
    assert call_at(hall, 4) == police
    assert told(hall, "PaperMissing") == [{"paper": "passport"}]
    assert (told(hall, "StopBlocked"), told(hall, "StopFreed")) == ([{"by": "papers"}], [{}])
    assert hall.db.read_now(verify, now=hall.now) == []


def test_a_paper_the_desk_can_do_without_blocks_nothing_and_is_counted_once(hall: TestDay) -> None:
    _, theirs = arrived(hall, "residence")
    for _ in range(2):
        hall.write(miss_paper, theirs["residence"], key="photo")
    assert state(hall, theirs["residence"]) == StopState.WAITING
    assert told(hall, "PaperMissing") == [{"paper": "photo"}]
    assert call_at(hall, 4) == theirs["residence"]


def test_a_second_paper_that_is_brought_does_not_free_her(hall: TestDay) -> None:
    _, theirs = arrived(hall, "residence")
    hall.db.write_now(_make_blocking, "photo")
    for key in ("passport", "photo"):
        hall.write(miss_paper, theirs["residence"], key=key)
    states: list[str] = []
    for key in ("photo", "fee", "passport"):
        hall.write(see_papers, theirs["residence"], keys=[key])
        states.append(state(hall, theirs["residence"]))
    assert states == ["blocked", "blocked", "waiting"]


def test_what_would_come_after_it_does_not_wait_for_a_paper_that_may_never_come(small: TestDay) -> None:
    _, theirs = arrived(small, "legal", "residence")
    small.db.write_now(_make_blocking, "id")
    assert not small.next(3).new  # legal advice comes first
    small.write(miss_paper, theirs["legal"], key="id")
    assert call_at(small, 3) == theirs["residence"]


def test_a_paper_and_stepping_out_do_not_free_each_other(hall: TestDay) -> None:
    who, theirs = arrived(hall, "residence", "social")
    police = theirs["residence"]
    hall.write(miss_paper, police, key="passport")
    hall.write(step_out, who)
    hall.write(come_back, who)
    assert (blocked_by(hall, police), state(hall, theirs["social"])) == (("blocked", "papers"), "waiting")
    hall.write(step_out, who)
    hall.write(see_papers, police, keys=["passport"])
    assert blocked_by(hall, police) == ("blocked", "stepped_out")
    hall.write(miss_paper, police, key="passport")
    assert blocked_by(hall, police) == ("blocked", "papers")
    hall.write(see_papers, police, keys=["passport"])
    hall.write(come_back, who)
    assert blocked_by(hall, police) == ("waiting", None)


def test_only_papers_that_are_asked_for_and_only_while_she_waits(hall: TestDay) -> None:
    _, theirs = arrived(hall, "residence")
    for key in ("cv", "children-birth", ""):
        with pytest.raises(InvalidInput):
            hall.write(see_papers, theirs["residence"], keys=[key] if key else [])
    called = call_at(hall, 4)
    with pytest.raises(MoveRefused):
        hall.write(miss_paper, called, key="passport")
    hall.write(park, called, minutes=10)
    with pytest.raises(MoveRefused):
        hall.write(miss_paper, called, key="passport")
    assert state(hall, called) == StopState.PARKED


def test_the_papers_of_a_private_stop_are_asked_by_nobody_and_shown_to_nobody(hall: TestDay) -> None:
    who, theirs = arrived(hall, "residence")
    party = visit(hall, who).party_id
    hall.write(miss_paper, theirs["residence"], key="passport")
    shown = hall.db.read_now(visitor, hall.id, party, now=hall.now).stops[0]
    assert shown.papers[0].key == "passport"
    assert shown.checked == {"passport": False}

    hall.write(see_papers, theirs["residence"], keys=["passport"])
    hall.db.write_now(lambda conn: conn.execute(stops.update().values(private=True)))
    for act, more in ((miss_paper, {"key": "passport"}), (see_papers, {"keys": ["passport"]})):
        with pytest.raises(StopUnknown):
            hall.write(act, theirs["residence"], **more)
    assert hall.db.read_now(visitor, hall.id, party, now=hall.now).stops[0].papers == ()


def test_her_own_ticks_stay_hers_and_the_ticket_knows_what_is_missing(hall: TestDay) -> None:
    who, theirs = arrived(hall, "residence", "social")
    party = visit(hall, who).party_id
    hall.db.write_now(lambda conn: conn.execute(parties.update().values(papers_ready=["passport"])))
    before = hall.db.read_now(visitor, hall.id, party, now=hall.now)

    hall.write(miss_paper, theirs["residence"], key="passport")

    assert [dict(one.checked) for one in before.stops] == [{}, {}]
    missing = {one.service: set(one.missing) for one in hall.db.read_now(ticket_state, party).stops}
    assert missing == {"residence": {"passport"}, "social": set()}


def test_a_desk_sees_what_was_ticked_for_its_own_stop_and_nothing_of_another(hall: TestDay) -> None:
    _, theirs = arrived(hall, "residence", "social")
    hall.write(see_papers, theirs["residence"], keys=["passport", "photo"])
    hall.write(miss_paper, theirs["social"], key="letters")
    hall.write(miss_paper, theirs["residence"], key="fee")
    call_at(hall, 2)
    social = hall.db.read_now(desk_screen, hall.desks[2].id, now=hall.now).visitor
    hall.write(finish, theirs["social"])
    hall.later(minutes=1)
    call_at(hall, 4)
    police = hall.db.read_now(desk_screen, hall.desks[4].id, now=hall.now).visitor
    assert social is not None
    assert police is not None
    assert [(paper.key, seen) for paper, seen in social.papers] == [("letters", False)]
    assert [(paper.key, seen) for paper, seen in police.papers] == [("passport", True), ("photo", True), ("fee", False)]


def test_a_day_closes_over_a_stop_that_waits_for_a_paper(hall: TestDay) -> None:
    who, theirs = arrived(hall, "residence")
    hall.write(miss_paper, theirs["residence"], key="passport")
    hall.now = hall.day.closes_at
    hall.write(close_day, hall.id, reason="evening")
    assert (state(hall, theirs["residence"]), visit(hall, who).state) == (StopState.DROPPED, "left")
    assert hall.db.read_now(verify, now=hall.now) == []
    assert len(rows(hall, stop_papers, sa.true(), ordered=False)) == 1  # until midnight


def _make_blocking(conn: sa.Connection, key: str) -> None:
    conn.execute(checklist_items.update().where(checklist_items.c.key == key).values(blocking=True))
