"""Calls for help: a desk, a visitor, reception or the floor asks, somebody says that she comes, one of them ends it.

Each is harmless twice.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.db.ledger import record
from onestop.db.types import new_id
from onestop.domain.errors import NotKnown
from onestop.domain.facts import Fact
from onestop.domain.help import CalledBy, HelpEnding
from onestop.domain.roles import Actor
from onestop.visits.actions.rows import Row, check_day_runs, desk_row, open_visit, visit_row
from onestop.visits.tables import alarms, visits


def ask_at_desk(
    conn: sa.Connection, desk_id: UUID, *, by: CalledBy = CalledBy.DESK, actor: Actor, now: datetime
) -> UUID:
    """A desk asks for help, silently, or others ask beside it; one that is open stays the one.

    Raises `DeskUnknown`, `DayOver`.
    """
    desk = desk_row(conn, desk_id)
    same = (alarms.c.desk_id == desk_id, alarms.c.called_by == by)
    return _ask(conn, desk.day_id, same, {"desk_id": desk_id, "called_by": by}, actor=actor, now=now)


def ask_as_visitor(
    conn: sa.Connection, visit_id: UUID, *, by: CalledBy = CalledBy.VISITOR, actor: Actor, now: datetime
) -> UUID:
    """A visitor who is inside asks for help, or others for her. Raises `VisitOver`, `DayOver`."""
    visit = open_visit(conn, visit_id)
    same = (alarms.c.party_id == visit.party_id,)
    return _ask(conn, visit.day_id, same, {"party_id": visit.party_id, "called_by": by}, actor=actor, now=now)


def ask_in_hall(conn: sa.Connection, day: UUID, *, by: CalledBy, actor: Actor, now: datetime) -> UUID:
    """Help is needed in the hall or at the entrance, for somebody whose number nobody knows. Raises `DayOver`."""
    same = (alarms.c.day_id == day, alarms.c.desk_id.is_(None), alarms.c.party_id.is_(None))
    return _ask(conn, day, same, {"called_by": by}, actor=actor, now=now)


def need_no_help(conn: sa.Connection, visit_id: UUID, *, actor: Actor, now: datetime) -> None:
    """She does not need help any more. Raises `VisitOver`."""
    visit = visit_row(conn, visit_id)
    open_one = sa.select(alarms.c.id).where(alarms.c.party_id == visit.party_id, alarms.c.ended_at.is_(None))
    alarm = conn.execute(open_one).scalar()
    if alarm is not None:
        end_alarm(conn, visit.day_id, alarm, actor=actor, now=now)


def say_coming(
    conn: sa.Connection, day: UUID, alarm: UUID, *, desk: UUID | None = None, actor: Actor, now: datetime
) -> None:
    """Somebody has seen it and comes, from a desk or from the floor; the first one counts. Raises `NotKnown`."""
    row = _row(conn, alarm, day)
    if row.coming_at is not None or row.ended_at is not None:
        return
    conn.execute(alarms.update().where(alarms.c.id == alarm).values(coming_at=now, coming_desk_id=desk))
    _note(conn, "HelpComing", row, actor=actor, now=now)


def end_alarm(
    conn: sa.Connection,
    day: UUID,
    alarm: UUID,
    *,
    ending: HelpEnding = HelpEnding.OVER,
    actor: Actor,
    now: datetime,
) -> None:
    """It is over, or it was a mistake. Raises `NotKnown`."""
    row = _row(conn, alarm, day)
    if row.ended_at is not None:
        return
    conn.execute(alarms.update().where(alarms.c.id == alarm).values(ended_at=now, ending=ending))
    _note(conn, "HelpEnded", row, actor=actor, now=now)


def end_alarms(conn: sa.Connection, day: UUID, *, now: datetime) -> None:
    """The day is over, and what was asked on it."""
    conn.execute(alarms.update().where(alarms.c.day_id == day, alarms.c.ended_at.is_(None)).values(ended_at=now))


def _ask(
    conn: sa.Connection,
    day: UUID,
    same: Iterable[sa.ColumnElement[bool]],
    who: dict[str, Any],
    *,
    actor: Actor,
    now: datetime,
) -> UUID:
    check_day_runs(conn, day)
    already = conn.execute(sa.select(alarms.c.id).where(*same, alarms.c.ended_at.is_(None))).scalar()
    if already is not None:
        return already
    values: dict[str, Any] = {"id": new_id(), "day_id": day, "asked_at": now, **who}
    conn.execute(alarms.insert().values(**values))
    _note(conn, "HelpAsked", _row(conn, values["id"], day), actor=actor, now=now)
    return values["id"]


def _row(conn: sa.Connection, alarm: UUID, day: UUID) -> Row:
    row = conn.execute(sa.select(alarms).where(alarms.c.id == alarm, alarms.c.day_id == day)).one_or_none()
    if row is None:
        raise NotKnown
    return row


def _note(conn: sa.Connection, kind: str, row: Row, *, actor: Actor, now: datetime) -> None:
    visit = conn.execute(sa.select(visits.c.id).where(visits.c.party_id == row.party_id)).scalar()
    fact = Fact(kind=kind, at=now, day=row.day_id, party=row.party_id, visit=visit, desk=row.desk_id, actor=actor.ref)
    record(conn, fact)
