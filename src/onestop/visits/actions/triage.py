"""Papers at reception: what was seen of a stop, what she does not have. Without a paper a desk needs, the stop waits.

The rest of her route goes on; "brought now" lets the stop wait again with the seniority she has. The papers of a
private stop are nobody's business here (R19): it answers as if it did not exist.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import members, parties
from onestop.db.ledger import record
from onestop.directory.papers import needed_papers, papers_by_service
from onestop.domain.checklist import Coming
from onestop.domain.errors import InvalidInput, MoveRefused, StopUnknown
from onestop.domain.facts import Fact
from onestop.domain.roles import Actor
from onestop.domain.visit import BlockedBy, StopState
from onestop.visits.actions.matching import match
from onestop.visits.actions.rows import Row, change_stop, check_day_runs, move_stop, note, open_visit, stop_row
from onestop.visits.tables import stop_papers

_CHECKED = frozenset({StopState.WAITING, StopState.BLOCKED, StopState.PARKED})


def see_papers(conn: sa.Connection, stop_id: UUID, keys: Collection[str], *, actor: Actor, now: datetime) -> None:
    """These papers were seen; a stop that nothing is missing for any more waits again. Harmless twice.

    Raises `InvalidInput` for a paper that is not asked for, `StopUnknown`, `MoveRefused`.
    """
    stop, needed = _checked(conn, stop_id, keys)
    _keep(conn, stop.id, dict.fromkeys(keys, True))
    note(conn, "PapersSeen", now=now, actor=actor, stop=stop, terms={"papers": len(set(keys))})
    if stop.blocked_by == BlockedBy.PAPERS and not any(needed.get(key) for key in _missing(conn, stop.id)):
        _free(conn, stop, actor=actor, now=now)


def miss_paper(conn: sa.Connection, stop_id: UUID, key: str, *, actor: Actor, now: datetime) -> None:
    """She does not have this paper. If the desk cannot do without it, nobody calls her there until she brings it.

    It is counted for the day without the person. Raises like `see_papers`.
    """
    stop, needed = _checked(conn, stop_id, [key])
    if needed[key] and stop.state == StopState.PARKED:
        raise MoveRefused  # the desk itself wants her back
    if key not in _missing(conn, stop.id):
        record(conn, Fact(kind="PaperMissing", at=now, day=stop.day_id, actor=actor.ref, terms={"paper": key}))
    _keep(conn, stop.id, {key: False})
    if not needed[key] or stop.blocked_by == BlockedBy.PAPERS:
        return
    if stop.state == StopState.BLOCKED:
        change_stop(conn, stop, blocked_by=BlockedBy.PAPERS)
    else:
        move_stop(conn, stop, StopState.BLOCKED, blocked_by=BlockedBy.PAPERS)
    note(conn, "StopBlocked", now=now, actor=actor, stop=stop, terms={"by": BlockedBy.PAPERS.value})
    match(conn, stop.day_id, now=now)  # what would have come after it may be called now


def _free(conn: sa.Connection, stop: Row, *, actor: Actor, now: datetime) -> None:
    if open_visit(conn, stop.visit_id).stepped_out_at is not None:
        change_stop(conn, stop, blocked_by=BlockedBy.STEPPED_OUT)
    else:
        move_stop(conn, stop, StopState.WAITING, blocked_by=None)
    note(conn, "StopFreed", now=now, actor=actor, stop=stop)
    match(conn, stop.day_id, now=now)


def _checked(conn: sa.Connection, stop_id: UUID, keys: Collection[str]) -> tuple[Row, dict[str, bool]]:
    """The stop, and which papers are asked for; each of `keys` is one of them."""
    stop = stop_row(conn, stop_id)
    if stop.private:
        raise StopUnknown
    if stop.visit_id is None or stop.state not in _CHECKED:
        raise MoveRefused
    check_day_runs(conn, stop.day_id)
    open_visit(conn, stop.visit_id)
    children = list(conn.execute(sa.select(members.c.child).where(members.c.party_id == stop.party_id)).scalars())
    said = conn.execute(sa.select(parties.c.answers).where(parties.c.id == stop.party_id)).scalar_one()
    needed = needed_papers(
        papers_by_service(conn).get(stop.service_id, ()),
        coming=Coming(adults=children.count(False), children=children.count(True)),
        said=said,
    )
    if not keys or not set(keys) <= needed.keys():
        raise InvalidInput(field="paper")
    return stop, needed


def _missing(conn: sa.Connection, stop: UUID) -> frozenset[str]:
    rows = conn.execute(sa.select(stop_papers.c.key).where(stop_papers.c.stop_id == stop, ~stop_papers.c.seen))
    return frozenset(rows.scalars())


def _keep(conn: sa.Connection, stop: UUID, seen: dict[str, bool]) -> None:
    conn.execute(stop_papers.delete().where(stop_papers.c.stop_id == stop, stop_papers.c.key.in_(list(seen))))
    conn.execute(stop_papers.insert(), [{"stop_id": stop, "key": key, "seen": value} for key, value in seen.items()])
