"""Reads of the floor guide: who was called and has not come yet, and whose call ended a moment ago; no names."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import stops
from onestop.db.ledger import facts
from onestop.domain.visit import NO_SHOWS_UNTIL_MISSED, StopState, VisitState
from onestop.visits.queries.floor import at_desk_rows, member_mark
from onestop.visits.queries.people import DeskSpot, Row
from onestop.visits.tables import calls, visits

GUIDE_SAYS: dict[str, bool | None] = {"VisitorFound": True, "VisitorNotFound": False, "SearchTakenBack": None}
"""What a guide says of a call, by its fact; the newest one counts."""
JUST_ENDED = timedelta(seconds=60)
"""How long the guide's list says why a number is not on it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """A number that was called and has not come to its desk yet."""

    stop: UUID
    number: int
    member: int | None
    desk: DeskSpot
    languages: tuple[str, ...]
    called_at: datetime
    recalled_at: datetime | None
    quiet: bool
    found: bool | None
    """What the floor guide said since the call; `None` for nothing yet."""
    nth: int
    """Which of her calls for this stop it is."""
    last: bool
    """Whether she is not called any more if nobody comes."""


class Why(StrEnum):
    """Why a number is not called any more."""

    AT_DESK = "at_desk"
    NOT_COME = "not_come"
    LEFT = "left"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledBefore:
    """A number whose call ended a moment ago."""

    number: int
    member: int | None
    desk: DeskSpot
    why: Why
    until_at: datetime


def called_not_seen(conn: sa.Connection, day: UUID) -> tuple[Called, ...]:
    """Called numbers by the time of their call, the longest first; two statements."""
    rows = conn.execute(
        at_desk_rows(day)
        .add_columns(calls.c.called_at.label("call_at"), calls.c.recalled_at, calls.c.quiet, calls.c.id.label("call"))
        .join(calls, sa.and_(calls.c.stop_id == stops.c.id, calls.c.outcome.is_(None)))
        .where(stops.c.state == StopState.CALLED)
        .order_by(calls.c.called_at, calls.c.id)
    ).all()
    said = {
        row.stop_id: row
        for row in conn.execute(
            sa.select(facts.c.stop_id, facts.c.kind, facts.c.at)
            .where(
                facts.c.day_id == day,
                facts.c.kind.in_(GUIDE_SAYS),
                facts.c.stop_id.in_([row.id for row in rows]),
            )
            .order_by(facts.c.id)
        )
    }
    return tuple(
        Called(
            stop=row.id,
            number=row.number,
            member=member_mark(row),
            desk=DeskSpot(number=row.desk_number, colour=row.colour, shape=row.shape),
            languages=tuple(row.languages),
            called_at=row.call_at,
            recalled_at=row.recalled_at,
            quiet=row.quiet,
            found=_found(said.get(row.id), row),
            nth=row.no_shows + 1,
            last=row.no_shows + 1 >= NO_SHOWS_UNTIL_MISSED,
        )
        for row in rows
    )


def called_before(conn: sa.Connection, day: UUID, *, now: datetime) -> tuple[CalledBefore, ...]:
    """Numbers whose call ended within the last minute, the newest first; one statement."""
    rows = conn.execute(
        at_desk_rows(day)
        .add_columns(calls.c.ended_at.label("over_at"), calls.c.outcome, visits.c.state.label("visit_state"))
        .join(calls, calls.c.stop_id == stops.c.id)
        .join(visits, visits.c.id == stops.c.visit_id)
        .where(calls.c.ended_at > now - JUST_ENDED, stops.c.state != StopState.CALLED, stops.c.session_id.is_(None))
        .order_by(calls.c.ended_at.desc(), calls.c.id.desc())
    )
    newest = {row.number: row for row in reversed(rows.all())}
    found = [
        CalledBefore(
            number=row.number,
            member=member_mark(row),
            desk=DeskSpot(number=row.desk_number, colour=row.colour, shape=row.shape),
            why=_why(row),
            until_at=row.over_at + JUST_ENDED,
        )
        for row in newest.values()
    ]
    return tuple(sorted(found, key=lambda each: each.until_at, reverse=True))


def _why(call: Row) -> Why:
    if call.visit_state == VisitState.LEFT:
        return Why.LEFT
    if call.outcome == "served":
        return Why.AT_DESK
    return Why.NOT_COME if call.outcome == "no_show" else Why.TAKEN_BACK


def _found(said: Row | None, call: Row) -> bool | None:
    if said is None or said.at < (call.recalled_at or call.call_at):
        return None
    return GUIDE_SAYS[said.kind]
