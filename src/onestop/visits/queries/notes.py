"""The notes a desk may read about the visitor it has: its institution's own, also of her earlier ticket."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.days.tables import days, desks
from onestop.directory.tables import institutions
from onestop.domain.errors import StopUnknown
from onestop.visits.tables import notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What an officer of the institution wrote, or another institution handed over."""

    id: UUID
    text: str
    written_at: datetime
    handed_over: bool
    handed_by: str
    """The institution a copy came from; empty for an own note, and where it must not be told."""
    earlier: bool
    """Of the ticket she had before this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotesOfStop:
    """The page of notes of one stop."""

    stop: UUID
    desk: UUID
    number: int
    timezone: str
    day_name: str
    kept_days: int
    """How long the institution keeps a note."""
    notes: tuple[Note, ...]
    copies: dict[UUID, tuple[tuple[UUID, str], ...]]
    """By note: the institutions that have a copy of it."""
    others: tuple[tuple[UUID, str], ...]
    """The other institutions of the day, which a copy can go to."""


def notes_at(conn: sa.Connection, stop_id: sa.ColumnElement[UUID] | UUID) -> tuple[Note, ...]:
    """What may be read while this stop is at its desk, oldest first; one statement."""
    source = institutions.alias()
    rows = conn.execute(
        sa.select(notes, source.c.name.label("handed_by"), stops.c.party_id.label("present"))
        .join_from(stops, parties, parties.c.id == stops.c.party_id)
        .join(notes, sa.or_(notes.c.party_id == parties.c.id, notes.c.party_id == parties.c.carried_from_id))
        .outerjoin(source, source.c.id == notes.c.handed_by_id)
        .where(
            stops.c.id == stop_id,
            # As `domain.note.may_read` says.
            notes.c.institution_id == stops.c.institution_id,
            sa.or_(notes.c.service_id.is_(None), notes.c.service_id == stops.c.service_id),
        )
        .order_by(notes.c.written_at, notes.c.id)
    )
    return tuple(
        Note(
            id=row.id,
            text=row.text,
            written_at=row.written_at,
            handed_over=row.handed_over,
            handed_by=row.handed_by or "",
            earlier=row.party_id != row.present,
        )
        for row in rows
    )


def notes_of_stop(conn: sa.Connection, stop_id: UUID) -> NotesOfStop:
    """The page; four statements. Raises `StopUnknown` for a stop that was at no desk."""
    stop = conn.execute(
        sa.select(
            stops.c.day_id,
            stops.c.desk_id,
            stops.c.institution_id,
            parties.c.number,
            days.c.timezone,
            days.c.name,
            institutions.c.note_days,
        )
        .join_from(stops, parties, parties.c.id == stops.c.party_id)
        .join(institutions, institutions.c.id == stops.c.institution_id)
        .join(days, days.c.id == stops.c.day_id)
        .where(stops.c.id == stop_id)
    ).one_or_none()
    if stop is None or stop.desk_id is None:
        raise StopUnknown
    others = conn.execute(
        sa.select(institutions.c.id, institutions.c.name)
        .join_from(desks, institutions, institutions.c.id == desks.c.institution_id)
        .where(desks.c.day_id == stop.day_id, institutions.c.id != stop.institution_id)
        .distinct()
        .order_by(institutions.c.name, institutions.c.id)
    )
    found = notes_at(conn, stop_id)
    copies: dict[UUID, tuple[tuple[UUID, str], ...]] = {}
    for row in conn.execute(
        sa.select(notes.c.copy_of_id, institutions.c.id, institutions.c.name)
        .join_from(notes, institutions, institutions.c.id == notes.c.institution_id)
        .where(notes.c.copy_of_id.in_([each.id for each in found]))
        .order_by(institutions.c.name, institutions.c.id)
    ):
        copies[row.copy_of_id] = (*copies.get(row.copy_of_id, ()), (row.id, row.name))
    return NotesOfStop(
        stop=stop_id,
        desk=stop.desk_id,
        number=stop.number,
        timezone=stop.timezone,
        day_name=stop.name,
        kept_days=stop.note_days,
        notes=found,
        copies=copies,
        others=tuple((row.id, row.name) for row in others),
    )
