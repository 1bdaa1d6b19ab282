"""What a note may be and who reads it."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from onestop.domain.note import LONGEST_NOTE, NoteRefused, NoteTermRefused, check_term, kept_until, may_read, read_note


def test_a_note_is_kept_as_it_was_meant() -> None:
    assert read_note("  line one\n\u0065\u0301t\u00e9  ") == "line one\n\u00e9t\u00e9"
    assert read_note("x" * LONGEST_NOTE) == "x" * LONGEST_NOTE


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (LONGEST_NOTE + 1)])
def test_nothing_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(NoteRefused):
        read_note(text)


@pytest.mark.parametrize("days", [None, 0, -1, 3651])
def test_a_term_is_some_days(days: int | None) -> None:
    with pytest.raises(NoteTermRefused):
        check_term(days)


def test_its_end_is_fixed_when_it_is_written() -> None:
    assert kept_until(datetime(2026, 3, 1, 12, tzinfo=UTC), check_term(30)) == datetime(2026, 3, 31, 12, tzinfo=UTC)


def test_only_the_own_institution_reads_and_a_private_talk_keeps_its_notes() -> None:
    own, foreign, legal, private = uuid4(), uuid4(), uuid4(), uuid4()

    def reads(institution: object, service: object, note_service: object) -> bool:
        return may_read(note_institution=own, note_service=note_service, institution=institution, service=service)  # type: ignore[arg-type]

    assert (reads(own, legal, None), reads(own, private, None), reads(own, private, private)) == (True, True, True)
    assert (reads(own, legal, private), reads(foreign, legal, None), reads(foreign, private, private)) == (False,) * 3
