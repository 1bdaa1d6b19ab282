"""What the screen for catching up shows: the lines entered last, and spare tickets that nobody has yet."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.spares import unused_spares
from onestop.booking.tables import parties
from onestop.days.tables import desks
from onestop.domain.paper import PaperWord
from onestop.visits.tables import paper_entries

LISTED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperEntry:
    """A line as it was entered. `last` when it is the newest that stands: that one can be taken back."""

    id: UUID
    party: UUID
    number: int
    desk: int | None
    word: PaperWord
    brought: str
    about_at: datetime
    taken_back: bool
    last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperState:
    """How far the catching up is. `spares` are ranges of printed numbers without a ticket."""

    entries: tuple[PaperEntry, ...]
    entered: int
    spares: tuple[tuple[int, int], ...]


def paper_state(conn: sa.Connection, day: UUID) -> PaperState:
    """The screen's own part; four statements."""
    rows = conn.execute(
        sa.select(paper_entries, parties.c.number, desks.c.number.label("desk"))
        .join_from(paper_entries, parties)
        .outerjoin(desks, desks.c.id == paper_entries.c.desk_id)
        .where(paper_entries.c.day_id == day)
        .order_by(paper_entries.c.entered_at.desc(), paper_entries.c.id.desc())
        .limit(LISTED)
    ).all()
    last = next((row.id for row in rows if row.undone_at is None), None)
    standing = sa.select(sa.func.count()).where(paper_entries.c.day_id == day, paper_entries.c.undone_at.is_(None))
    return PaperState(
        entries=tuple(
            PaperEntry(
                id=row.id,
                party=row.party_id,
                number=row.number,
                desk=row.desk,
                word=PaperWord(row.how),
                brought=row.brought,
                about_at=row.about_at,
                taken_back=row.undone_at is not None,
                last=row.id == last,
            )
            for row in rows
        ),
        entered=conn.execute(standing).scalar_one(),
        spares=unused_spares(conn, day),
    )
