"""Notes at a desk: write one, take it away, and hand a copy to another institution if she agrees."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.tables import desks
from onestop.db.types import new_id
from onestop.directory.tables import institutions
from onestop.domain.errors import NotKnown
from onestop.domain.note import CopyNotAgreed, kept_until, may_read, read_note
from onestop.domain.roles import Actor
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


def remove_note(conn: sa.Connection, stop_id: UUID, note_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take a note away; harmless twice. Raises `NotKnown` for one that this stop's desk does not read."""
    stop = stop_row(conn, stop_id)
    if conn.execute(sa.select(notes.c.id).where(notes.c.id == note_id)).scalar() is None:
        return
    _readable(conn, stop, note_id)
    conn.execute(notes.delete().where(notes.c.id == note_id))
    note(conn, "NoteRemoved", now=now, actor=actor, stop=stop)


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
    if (
        row is None
        or row.party_id != stop.party_id
        or not may_read(
            note_institution=row.institution_id,
            note_service=row.service_id,
            institution=stop.institution_id,
            service=stop.service_id,
        )
    ):
        raise NotKnown
    return row
