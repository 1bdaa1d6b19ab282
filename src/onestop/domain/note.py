"""Notes of an institution about a visitor: what may be written, who may read it, how long it stays."""

import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from onestop.domain.errors import N_, InvalidInput, Refusal

LONGEST_NOTE = 2000
"""Characters."""
NOTE_DAYS = 30
"""An institution that said nothing else keeps its notes so many days."""
LONGEST_TERM_DAYS = 3650


class NoteRefused(InvalidInput):
    code = "note_refused"
    sentence = N_("Please write a note with 1 to %(limit)s letters.")


class NoteTermRefused(InvalidInput):
    code = "note_term_refused"
    sentence = N_("Please give the days for which notes are kept: 1 to %(limit)s.")


class CopyNotAgreed(Refusal):
    code = "copy_not_agreed"
    sentence = N_("Please ask the visitor first. A copy is given only with a yes.")


def read_note(text: str) -> str:
    """The note in NFC without outer spaces. Raises `NoteRefused`."""
    note = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(note) <= LONGEST_NOTE:
        raise NoteRefused(field="text", limit=LONGEST_NOTE)
    return note


def check_term(days: int | None) -> int:
    """Days an institution keeps its notes. Raises `NoteTermRefused`."""
    if days is None or not 1 <= days <= LONGEST_TERM_DAYS:
        raise NoteTermRefused(field="note_days", limit=LONGEST_TERM_DAYS)
    return days


def kept_until(now: datetime, days: int) -> datetime:
    """When a note goes; stored with it, so that no later change or clock makes it go early (R11)."""
    return now + timedelta(days=days)


def may_read(*, note_institution: UUID, note_service: UUID | None, institution: UUID, service: UUID) -> bool:
    """Whether a desk reads a note while it has the visitor for `service`.

    Only the institution's own desks do (R14); what was written in a private talk stays with that service (R19).
    """
    return note_institution == institution and note_service in (None, service)
