"""Notes at a desk: write one, take it away, hand a copy to another institution if she agrees; and take either back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties
from onestop.days.tables import desks
from onestop.db.types import new_id
from onestop.directory.tables import institutions
from onestop.domain.errors import NotKnown, UndoTooLate
from onestop.domain.note import CopyNotAgreed, kept_until, may_read, read_note
from onestop.domain.roles import Actor
from onestop.domain.visit import UNDO_WINDOW
from onestop.visits.actions.rows import Row, note, stop_row
from onestop.visits.tables import notes


def write_note(conn: sa.Connection, stop_id: UUID, *, text: str, actor: Actor, now: datetime) -> UUID:
    """Keep a note for the institution of this stop. Raises `NoteRefused`, `StopUnknown`."""
    stop = stop_row(conn, stop_id)
    made = _keep(
        conn,
        stop,
        institution=stop.institution_id,
        service=stop.service_id if stop.private else None,
        text=read_note(text),
        actor=actor,
        now=now,
    )
    note(conn, "NoteWritten", now=now, actor=actor, stop=stop)
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovedNote:
    """All that a note was. Nothing of it is stored any more: whoever removed it holds it for the 30 s of an undo."""

    id: UUID
    party_id: UUID
    institution_id: UUID
    service_id: UUID | None
    text: str
    written_by: str
    written_at: datetime
    handed_over: bool
    handed_by_id: UUID | None
    copy_of_id: UUID | None
    until_at: datetime
    copies: tuple[UUID, ...]
    removed_at: datetime


def remove_note(
    conn: sa.Connection, stop_id: UUID, note_id: UUID, *, actor: Actor, now: datetime
) -> RemovedNote | None:
    """Take a note away; `None` if it is gone already. Raises `NotKnown` for one that this stop's desk does not read."""
    stop = stop_row(conn, stop_id)
    if conn.execute(sa.select(notes.c.id).where(notes.c.id == note_id)).scalar() is None:
        return None
    row = _readable(conn, stop, note_id)
    copies = conn.execute(sa.select(notes.c.id).where(notes.c.copy_of_id == note_id).order_by(notes.c.id)).scalars()
    removed = RemovedNote(
        **{column.name: getattr(row, column.name) for column in notes.c}, copies=tuple(copies), removed_at=now
    )
    conn.execute(notes.delete().where(notes.c.id == note_id))
    note(conn, "NoteRemoved", now=now, actor=actor, stop=stop)
    return removed


def put_back(conn: sa.Connection, stop_id: UUID, removed: RemovedNote, *, actor: Actor, now: datetime) -> None:
    """Undo `remove_note`, exactly; harmless twice. Raises `UndoTooLate` after 30 s, `NotKnown` for a foreign note."""
    stop = stop_row(conn, stop_id)
    if not removed.removed_at <= now <= removed.removed_at + UNDO_WINDOW:
        raise UndoTooLate
    erased = sa.select(parties.c.erased_at).where(parties.c.id == stop.party_id)
    if not _may_be_read(stop, removed) or conn.execute(erased).scalar() is not None:
        raise NotKnown
    if conn.execute(sa.select(notes.c.id).where(notes.c.id == removed.id)).scalar() is not None:
        return
    source = conn.execute(sa.select(notes.c.id).where(notes.c.id == removed.copy_of_id)).scalar()
    values = {column.name: getattr(removed, column.name) for column in notes.c}
    conn.execute(notes.insert().values(**values | {"copy_of_id": source}))
    conn.execute(notes.update().where(notes.c.id.in_(removed.copies)).values(copy_of_id=removed.id))
    note(conn, "NotePutBack", now=now, actor=actor, stop=stop)


def hand_over(
    conn: sa.Connection,
    stop_id: UUID,
    note_id: UUID,
    *,
    institution: UUID,
    said_yes: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Give another institution of the day a copy; what it got already it gets once.

    Raises `CopyNotAgreed` without her yes, `NotKnown` for a foreign note, for what is a copy itself, and for an
    institution without a desk that day.
    """
    stop = stop_row(conn, stop_id)
    row = _readable(conn, stop, note_id)
    here = sa.select(desks.c.id).where(desks.c.day_id == stop.day_id, desks.c.institution_id == institution)
    if row.handed_over or institution == stop.institution_id or conn.execute(here.limit(1)).scalar() is None:
        raise NotKnown
    if not said_yes:
        raise CopyNotAgreed
    same = sa.select(notes.c.id).where(notes.c.copy_of_id == note_id, notes.c.institution_id == institution)
    if conn.execute(same).scalar() is not None:
        return
    copy = _keep(conn, stop, institution=institution, service=None, text=row.text, actor=actor, now=now)
    source = None if stop.private else stop.institution_id
    conn.execute(
        notes.update().where(notes.c.id == copy).values(handed_over=True, handed_by_id=source, copy_of_id=note_id)
    )
    note(conn, "NoteHandedOver", now=now, actor=actor, stop=stop, terms={"institution": str(institution)})


def take_copy_back(
    conn: sa.Connection, stop_id: UUID, note_id: UUID, *, institution: UUID, actor: Actor, now: datetime
) -> None:
    """The other institution no longer reads its copy; harmless twice. Raises `NotKnown` for a foreign note."""
    stop = stop_row(conn, stop_id)
    _readable(conn, stop, note_id)
    copy = sa.and_(notes.c.copy_of_id == note_id, notes.c.institution_id == institution)
    if conn.execute(notes.delete().where(copy)).rowcount:
        note(conn, "NoteCopyTakenBack", now=now, actor=actor, stop=stop, terms={"institution": str(institution)})


def forget_notes(conn: sa.Connection, *, now: datetime) -> int:
    """Notes whose term is over."""
    return conn.execute(notes.delete().where(notes.c.until_at <= now)).rowcount


def _keep(
    conn: sa.Connection,
    stop: Row,
    *,
    institution: UUID,
    service: UUID | None,
    text: str,
    actor: Actor,
    now: datetime,
) -> UUID:
    days = conn.execute(sa.select(institutions.c.note_days).where(institutions.c.id == institution)).scalar_one()
    made = new_id()
    conn.execute(
        notes.insert().values(
            id=made,
            party_id=stop.party_id,
            institution_id=institution,
            service_id=service,
            text=text,
            written_by=actor.ref,
            written_at=now,
            until_at=kept_until(now, days),
        )
    )
    return made


def _readable(conn: sa.Connection, stop: Row, note_id: UUID) -> Row:
    row = conn.execute(sa.select(notes).where(notes.c.id == note_id)).one_or_none()
    if row is None or not _may_be_read(stop, row):
        raise NotKnown
    return row


def _may_be_read(stop: Row, row: Row | RemovedNote) -> bool:
    return row.party_id == stop.party_id and may_read(
        note_institution=row.institution_id,
        note_service=row.service_id,
        institution=stop.institution_id,
        service=stop.service_id,
    )
