"""The numbers of one desk today: how many were served, who came last, and the act that can be taken back."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.domain.visit import UNDO_WINDOW, Outcome, StopState
from onestop.visits.tables import acts, calls, visits

LISTED_DONE = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneHere:
    """A conversation that ended at the desk."""

    stop: UUID
    number: int
    outcome: Outcome | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoOffer:
    """The last act at the desk, if an undo would be accepted now."""

    act: UUID
    stop: UUID
    kind: str
    number: int
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MineHere:
    """The numbers of this desk today."""

    served: int
    """Talks that ended here."""
    not_here: int
    """Who was called here in vain and has not come since."""
    recent: tuple[DoneHere, ...]
    undo: UndoOffer | None


def mine_here(conn: sa.Connection, desk_id: UUID, now: datetime) -> MineHere:
    counts = conn.execute(
        sa.select(
            sa.select(sa.func.count())
            .where(stops.c.desk_id == desk_id, stops.c.state == StopState.FINISHED)
            .scalar_subquery()
            .label("served"),
            sa.select(sa.func.count(calls.c.stop_id.distinct()))
            .join_from(calls, stops, stops.c.id == calls.c.stop_id)
            .where(
                calls.c.desk_id == desk_id,
                calls.c.outcome == "no_show",
                stops.c.no_shows > 0,
                stops.c.state.in_((StopState.WAITING, StopState.MISSED)),
            )
            .scalar_subquery()
            .label("not_here"),
        )
    ).one()
    recent = conn.execute(
        sa.select(stops.c.id, parties.c.number, stops.c.outcome, stops.c.ended_at)
        .join_from(stops, parties)
        .where(stops.c.desk_id == desk_id, stops.c.state == StopState.FINISHED)
        .order_by(stops.c.ended_at.desc(), stops.c.id)
        .limit(LISTED_DONE)
    )
    return MineHere(
        served=counts.served,
        not_here=counts.not_here,
        recent=tuple(
            DoneHere(
                stop=row.id,
                number=row.number,
                outcome=Outcome(row.outcome) if row.outcome else None,
                at=row.ended_at,
            )
            for row in recent
        ),
        undo=_undo_offer(conn, desk_id, now),
    )


def _undo_offer(conn: sa.Connection, desk_id: UUID, now: datetime) -> UndoOffer | None:
    """The last act here, unless it is too old or something was built on it: then its button would only be refused."""
    row = conn.execute(
        sa.select(acts.c.id, acts.c.stop_id, acts.c.kind, acts.c.at, acts.c.after, parties.c.number)
        .join_from(acts, stops)
        .join(parties, parties.c.id == stops.c.party_id)
        .where(acts.c.desk_id == desk_id, acts.c.undone_at.is_(None))
        .order_by(acts.c.at.desc(), acts.c.id.desc())
        .limit(1)
    ).one_or_none()
    changed = [UUID(each) for each in row.after] if row is not None else []
    versions = {
        str(each.id): each.version
        for each in conn.execute(
            sa.select(visits.c.id, visits.c.version)
            .where(visits.c.id.in_(changed))
            .union_all(sa.select(stops.c.id, stops.c.version).where(stops.c.visit_id.in_(changed)))
        )
    }
    if row is None or row.at < now - UNDO_WINDOW or versions != row.after:
        return None
    return UndoOffer(act=row.id, stop=row.stop_id, kind=row.kind, number=row.number, until_at=row.at + UNDO_WINDOW)
