"""Notes: read by the own institution's desks only, handed over with her yes only, gone in time and on request."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.db.ledger import facts
from onestop.db.session import Database
from onestop.directory.tables import institutions
from onestop.domain.errors import NotKnown, StopUnknown, UndoTooLate
from onestop.domain.note import CopyNotAgreed, NoteRefused
from onestop.retention.actions import erase_party
from onestop.visits.actions.notes import (
    forget_notes,
    hand_over,
    put_back,
    remove_note,
    take_copy_back,
    write_note,
)
from onestop.visits.queries.notes import notes_at, notes_of_stop
from onestop.visits.tables import notes
from tests.counting import cost
from tests.halls import TestDay, make_test_day


@pytest.fixture
def hall(database: Database) -> TestDay:
    """The pilot day, its desks open."""
    made = make_test_day(database)
    made.open_desks()
    return made


def _at_desk(hall: TestDay, *keys: str) -> tuple[UUID, UUID, dict[str, UUID]]:
    """Somebody with these steps: her party, her visit and her stops by service."""
    ticket, visit = hall.walk_in(hall.wish(*keys))
    return ticket.party, visit, {key: hall.db.read_now(_stop, visit, hall.service(key)) for key in keys}


def _stop(conn: sa.Connection, visit: UUID, service: UUID) -> UUID:
    query = sa.select(stops.c.id).where(stops.c.visit_id == visit, stops.c.service_id == service)
    return conn.execute(query).scalar_one()


def _change(hall: TestDay, statement: sa.Update) -> None:
    hall.db.write_now(lambda conn: conn.execute(statement))


def _read(hall: TestDay, stop: UUID) -> list[str]:
    return [one.text for one in hall.db.read_now(notes_at, stop)]


def _count(conn: sa.Connection) -> int:
    return conn.execute(sa.select(sa.func.count()).select_from(notes)).scalar_one()


def _institution(hall: TestDay, desk: int) -> UUID:
    return hall.desks[desk].institution.id


def test_a_note_is_read_at_the_desks_of_its_institution_only(hall: TestDay) -> None:
    _, _, at = _at_desk(hall, "legal", "social", "residence")
    hall.write(write_note, at["legal"], text="  Has a lawyer. ")
    hall.later(minutes=1)
    hall.write(write_note, at["social"], text="Two children.")

    assert _read(hall, at["legal"]) == _read(hall, at["social"]) == ["Has a lawyer.", "Two children."]
    assert _read(hall, at["residence"]) == []


def test_a_note_about_somebody_else_is_not_among_them(hall: TestDay) -> None:
    _, _, one = _at_desk(hall, "legal")
    _, _, other = _at_desk(hall, "legal")
    hall.write(write_note, one["legal"], text="Of the first.")

    assert (_read(hall, one["legal"]), _read(hall, other["legal"])) == (["Of the first."], [])


def test_what_was_written_in_a_private_talk_stays_with_its_service(hall: TestDay) -> None:
    _, _, at = _at_desk(hall, "legal", "social")
    _change(hall, stops.update().where(stops.c.id == at["social"]).values(private=True))
    hall.write(write_note, at["social"], text="Private.")
    hall.write(write_note, at["legal"], text="Ordinary.")

    assert (_read(hall, at["legal"]), _read(hall, at["social"])) == (["Ordinary."], ["Private.", "Ordinary."])


def test_an_empty_note_is_refused_and_nothing_is_kept(hall: TestDay) -> None:
    _, _, at = _at_desk(hall, "legal")
    with pytest.raises(NoteRefused):
        hall.write(write_note, at["legal"], text=" ")

    assert hall.db.read_now(_count) == 0


def test_a_copy_needs_her_yes_and_is_given_once(hall: TestDay) -> None:
    _, _, at = _at_desk(hall, "legal", "residence")
    note = hall.write(write_note, at["legal"], text="Passport is being renewed.")
    police = _institution(hall, 4)
    with pytest.raises(CopyNotAgreed):
        hall.write(hand_over, at["legal"], note, institution=police, said_yes=False)
    before = _read(hall, at["residence"])
    for _ in range(2):
        hall.write(hand_over, at["legal"], note, institution=police, said_yes=True)
    (copy,) = hall.db.read_now(notes_at, at["residence"])
    own = hall.db.read_now(notes_at, at["legal"])

    assert before == []
    assert (copy.text, copy.handed_over, copy.handed_by) == (
        "Passport is being renewed.",
        True,
        hall.desks[1].institution.name,
    )
    assert [one.handed_over for one in own] == [False]


def test_a_copy_from_a_private_talk_does_not_say_where_it_comes_from(hall: TestDay) -> None:
    _, _, at = _at_desk(hall, "legal", "residence")
    _change(hall, stops.update().where(stops.c.id == at["legal"]).values(private=True))
    note = hall.write(write_note, at["legal"], text="Needs a quiet room.")
    hall.write(hand_over, at["legal"], note, institution=_institution(hall, 4), said_yes=True)
    (copy,) = hall.db.read_now(notes_at, at["residence"])

    assert (copy.handed_over, copy.handed_by) == (True, "")


def test_a_copy_is_not_copied_on_and_goes_to_no_institution_of_another_day(hall: TestDay) -> None:
    _, _, at = _at_desk(hall, "legal", "residence")
    note = hall.write(write_note, at["legal"], text="One.")
    hall.write(hand_over, at["legal"], note, institution=_institution(hall, 4), said_yes=True)
    (copy,) = hall.db.read_now(notes_at, at["residence"])

    for stop, one, to in [
        (at["residence"], copy.id, _institution(hall, 1)),
        (at["legal"], note, uuid4()),
        (at["legal"], note, _institution(hall, 1)),
        (at["residence"], note, _institution(hall, 5)),
    ]:
        with pytest.raises(NotKnown):
            hall.write(hand_over, stop, one, institution=to, said_yes=True)
    assert hall.db.read_now(_count) == 2


def test_a_foreign_note_cannot_be_deleted_and_an_own_one_once(hall: TestDay) -> None:
    _, _, at = _at_desk(hall, "legal", "residence")
    note = hall.write(write_note, at["legal"], text="One.")
    with pytest.raises(NotKnown):
        hall.write(remove_note, at["residence"], note)
    kept = _read(hall, at["legal"])
    for _ in range(2):
        hall.write(remove_note, at["legal"], note)

    assert (kept, _read(hall, at["legal"])) == (["One."], [])


def test_the_term_of_the_institution_counts_from_the_writing(hall: TestDay) -> None:
    _change(hall, institutions.update().where(institutions.c.id == _institution(hall, 4)).values(note_days=2))
    _, _, at = _at_desk(hall, "legal", "residence")
    for key in at:
        hall.write(write_note, at[key], text=key)
    _change(hall, institutions.update().values(note_days=1))
    gone = [hall.db.write_now(forget_notes, now=hall.now + timedelta(days=days)) for days in (1, 2, 29, 30)]

    assert gone == [0, 1, 0, 1]


def test_erasing_takes_every_note_about_her_the_copies_too(hall: TestDay, tmp_path: Path) -> None:
    party, _, at = _at_desk(hall, "legal", "residence")
    _, _, other = _at_desk(hall, "legal")
    note = hall.write(write_note, at["legal"], text="One.")
    hall.write(hand_over, at["legal"], note, institution=_institution(hall, 4), said_yes=True)
    hall.write(write_note, other["legal"], text="Of somebody else.")
    hall.write(erase_party, party, journal=tmp_path)

    assert (hall.db.read_now(_count), _read(hall, other["legal"])) == (1, ["Of somebody else."])


def test_on_her_next_day_the_notes_of_before_are_there(hall: TestDay) -> None:
    party, _, at = _at_desk(hall, "legal", "residence")
    hall.write(write_note, at["legal"], text="Begun today.")
    later, _, then = _at_desk(hall, "legal", "residence")
    _change(hall, parties.update().where(parties.c.id == later).values(carried_from_id=party))
    shown = hall.db.read_now(notes_at, then["legal"])

    assert [(one.text, one.earlier) for one in shown] == [("Begun today.", True)]
    assert _read(hall, then["residence"]) == []


def test_the_ledger_knows_that_a_note_was_written_and_not_one_word_of_it(hall: TestDay) -> None:
    _, _, at = _at_desk(hall, "legal", "residence")
    note = hall.write(write_note, at["legal"], text="CANARY")
    hall.write(hand_over, at["legal"], note, institution=_institution(hall, 4), said_yes=True)
    hall.write(remove_note, at["legal"], note)

    def read(conn: sa.Connection) -> list[tuple[str, object]]:
        rows = conn.execute(sa.select(facts).where(facts.c.kind.like("Note%")).order_by(facts.c.id))
        return [(row.kind, row.terms) for row in rows]

    assert hall.db.read_now(read) == [
        ("NoteWritten", {}),
        ("NoteHandedOver", {"institution": str(_institution(hall, 4))}),
        ("NoteRemoved", {}),
    ]


def test_the_page_of_notes_is_four_questions(hall: TestDay) -> None:
    _, _, at = _at_desk(hall, "legal")
    stop = hall.next(1).stop
    assert stop == at["legal"]
    found = [cost(hall.db, notes_of_stop, stop)]
    for text in ("One.", "Two.", "Three."):
        hall.write(write_note, stop, text=text)
    found.append(cost(hall.db, notes_of_stop, stop))

    assert found == [4, 4]


def _rows(conn: sa.Connection) -> list[sa.Row[object]]:
    return list(conn.execute(sa.select(notes).order_by(notes.c.id)))


def test_a_removed_note_is_put_back_exactly_within_half_a_minute(hall: TestDay) -> None:
    _, _, at = _at_desk(hall, "legal", "residence")
    note = hall.write(write_note, at["legal"], text="CANARY")
    hall.write(hand_over, at["legal"], note, institution=_institution(hall, 4), said_yes=True)
    before = hall.db.read_now(_rows)
    removed = hall.write(remove_note, at["legal"], note)
    assert (_read(hall, at["legal"]), hall.write(remove_note, at["legal"], note)) == ([], None)

    hall.now += timedelta(seconds=30)
    hall.write(put_back, at["legal"], removed)
    hall.write(put_back, at["legal"], removed)

    assert hall.db.read_now(_rows) == before


def test_a_removed_note_comes_back_neither_late_nor_at_another_desk(hall: TestDay) -> None:
    _, _, at = _at_desk(hall, "legal", "residence")
    removed = hall.write(remove_note, at["legal"], hall.write(write_note, at["legal"], text="CANARY"))

    with pytest.raises(NotKnown):
        hall.write(put_back, at["residence"], removed)
    hall.now += timedelta(seconds=31)
    with pytest.raises(UndoTooLate):
        hall.write(put_back, at["legal"], removed)
    assert hall.db.read_now(_count) == 0


def test_what_she_erased_meanwhile_is_not_put_back(hall: TestDay, tmp_path: Path) -> None:
    party, _, at = _at_desk(hall, "legal")
    removed = hall.write(remove_note, at["legal"], hall.write(write_note, at["legal"], text="CANARY"))
    hall.write(erase_party, party, journal=tmp_path)

    with pytest.raises((NotKnown, StopUnknown)):
        hall.write(put_back, at["legal"], removed)
    assert hall.db.read_now(_count) == 0


def test_a_copy_that_is_taken_back_is_read_no_more_and_the_ledger_knows(hall: TestDay) -> None:
    _, _, at = _at_desk(hall, "legal", "residence")
    note, to = hall.write(write_note, at["legal"], text="CANARY"), _institution(hall, 4)
    hall.write(hand_over, at["legal"], note, institution=to, said_yes=True)
    assert _read(hall, at["residence"]) == ["CANARY"]
    with pytest.raises(NotKnown):
        hall.write(take_copy_back, at["residence"], note, institution=to)

    hall.write(take_copy_back, at["legal"], note, institution=to)
    hall.write(take_copy_back, at["legal"], note, institution=to)

    assert (_read(hall, at["residence"]), _read(hall, at["legal"])) == ([], ["CANARY"])
    told = sa.select(facts.c.terms).where(facts.c.kind == "NoteCopyTakenBack")
    assert hall.db.read_now(lambda conn: list(conn.execute(told).scalars())) == [{"institution": str(to)}]
