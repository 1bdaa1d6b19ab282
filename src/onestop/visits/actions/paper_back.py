"""Taking the last line from paper back: she is expected again, or her ticket is a spare again."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.db.ledger import facts, record
from onestop.domain.errors import MoveRefused, UndoRefused
from onestop.domain.facts import Fact, Term
from onestop.domain.paper import ON_PAPER, NothingToTakeBack
from onestop.domain.roles import Actor
from onestop.domain.visit import StopState
from onestop.visits.actions.arrivals import undo_check_in
from onestop.visits.actions.rows import Row, check_day_runs, stop_row
from onestop.visits.actions.undo import take_back
from onestop.visits.tables import acts, paper_entries, visits

BY_ENTRY = frozenset({"WalkInIssued", "PaperEntered", "PaperTakenBack", "StopFinished", "VisitEnded", "ActUndone"})
"""What an entry of a spare ticket, and taking it back, write of it; anything else is somebody's work."""


def take_entry_back(conn: sa.Connection, day_id: UUID, entry_id: UUID, *, actor: Actor, now: datetime) -> int:
    """Take back the last entry of this day; gives its number. Harmless twice. Raises `NothingToTakeBack`.

    A spare ticket that the entry gave is a spare again; somebody it checked in is expected again.
    """
    newest: Row | None = conn.execute(
        sa.select(paper_entries)
        .where(paper_entries.c.day_id == day_id, paper_entries.c.undone_at.is_(None))
        .order_by(paper_entries.c.entered_at.desc(), paper_entries.c.id.desc())
        .limit(1)
    ).one_or_none()
    if newest is None or newest.id != entry_id:
        raise NothingToTakeBack
    check_day_runs(conn, day_id)
    party = conn.execute(sa.select(parties).where(parties.c.id == newest.party_id)).one()
    visit = conn.execute(sa.select(visits).where(visits.c.party_id == party.id)).one()
    act = conn.execute(sa.select(acts).where(acts.c.id == newest.act_id)).one_or_none()
    if newest.brought and not _nothing_since(conn, visit, act):
        raise NothingToTakeBack
    if newest.brought == "issued" and (party.asked_at_end or party.asked_tally or _told_more(conn, party)):
        raise NothingToTakeBack
    try:
        if act is not None:
            take_back(conn, stop_row(conn, act.stop_id), act, actor=actor, now=now)
    except (UndoRefused, MoveRefused) as refused:
        raise NothingToTakeBack from refused
    terms: dict[str, Term] = {"paper": True, "number": party.number, "brought": newest.brought}
    record(
        conn,
        Fact(kind="PaperTakenBack", at=now, day=day_id, party=party.id, visit=visit.id, actor=actor.ref, terms=terms),
    )
    conn.execute(paper_entries.update().where(paper_entries.c.id == newest.id).values(undone_at=now))
    if newest.brought == "checked_in":
        _drop_added(conn, party.id, visit.id)
        undo_check_in(conn, visit.id, actor=actor, now=now)
    elif newest.brought == "issued":
        # Nobody else ever knew of this ticket: it is a spare again, as it was printed.
        conn.execute(parties.delete().where(parties.c.id == party.id))
    return party.number


def _nothing_since(conn: sa.Connection, visit: Row, act: Row | None) -> bool:
    """Whether nothing happened to her since the entry that brought her here."""
    later = sa.select(acts.c.id).join_from(acts, stops).where(stops.c.visit_id == visit.id)
    if act is not None:
        later = later.where(acts.c.id != act.id)
    return conn.execute(later.limit(1)).scalar() is None


def _told_more(conn: sa.Connection, party: Row) -> bool:
    """Whether the ledger knows of anything about a spare ticket but its entry: a note, a referral, a name."""
    more = sa.select(facts.c.id).where(facts.c.day_id == party.day_id, facts.c.party_id == party.id)
    return conn.execute(more.where(facts.c.kind.not_in(BY_ENTRY)).limit(1)).scalar() is not None


def _drop_added(conn: sa.Connection, party: UUID, visit: UUID) -> None:
    """A desk that only the entry knew of was never wished for."""
    own = sa.select(stops).where(stops.c.visit_id == visit, stops.c.state == StopState.DROPPED)
    for row in conn.execute(own.where(stops.c.party_id == party)).all():
        if row.consent_how == ON_PAPER:
            conn.execute(stops.delete().where(stops.c.id == row.id))
