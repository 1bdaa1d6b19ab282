"""What the screen of one desk shows: who is there now, who comes next and why, and what was done here today.

Each part has a fixed number of statements, so that a live screen fetches only the part that changed. Nothing here names
another institution's stop, service or note (R14, R19): of those only how many are left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.days.queries.broadcasts import Said, broadcast_here
from onestop.days.tables import days, desks
from onestop.directory.tables import institutions
from onestop.domain.calling import queue_of
from onestop.domain.day import DayState, DeskState
from onestop.domain.errors import DeskUnknown
from onestop.domain.facts import Term
from onestop.domain.visit import StopState
from onestop.visits.queries.alarms import Alarm, alarms_of_desks
from onestop.visits.queries.desk_numbers import MineHere, mine_here
from onestop.visits.queries.desk_visitor import ServiceOffered, VisitorHere, offered_on, visitor_here
from onestop.visits.queries.hall import load_hall

Part = Literal["now", "next", "mine", "help", "asked"]
PARTS: frozenset[Part] = frozenset({"now", "next", "mine", "help", "asked"})
LISTED_NEXT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskHead:
    """The desk itself and how its day stands; `ready_until_at` only while the desk is ready."""

    id: UUID
    number: int
    colour: int
    shape: str
    state: DeskState
    ready_until_at: datetime | None
    institution: str
    institution_id: UUID
    day_name: str
    day_state: DayState
    timezone: str
    paused: bool
    paused_why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """One of those the desk would call next, with the numbers of the reason."""

    number: int
    terms: Mapping[str, Term]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayFromHere:
    """Somebody this desk parked, or called in vain: she is not called before `until_at`."""

    number: int
    parked: bool
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NextHere:
    """Who would be called if the desk were free now; `waiting` counts all who wait for its services."""

    queue: tuple[Upcoming, ...]
    away: tuple[AwayFromHere, ...]
    callable: int
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskScreen:
    """The parts asked for; `None` for the others, and for `visitor` while nobody is at the desk."""

    head: DeskHead
    visitor: VisitorHere | None = None
    offered: tuple[ServiceOffered, ...] = ()
    next: NextHere | None = None
    mine: MineHere | None = None
    alarms: tuple[Alarm, ...] = ()
    """Calls for help of desks, this one's own among them; for a minute also those that ended."""
    said: Said | None = None
    """What everybody is told now."""


def desk_screen(conn: sa.Connection, desk_id: UUID, *, now: datetime, parts: frozenset[Part] = PARTS) -> DeskScreen:
    """The screen of a desk: 1 statement, 7 more for *now*, 7 for *next*, 4 for *mine*, 1 for *help* or *asked*.

    Raises `DeskUnknown`.
    """
    head, day = _head(conn, desk_id, now)
    return DeskScreen(
        head=head,
        visitor=visitor_here(conn, desk_id) if "now" in parts else None,
        offered=offered_on(conn, day) if "now" in parts else (),
        next=_next(conn, desk_id, day, now) if "next" in parts else None,
        mine=mine_here(conn, desk_id, now) if "mine" in parts else None,
        alarms=alarms_of_desks(conn, day, now=now) if parts & {"help", "asked"} else (),
        said=broadcast_here(conn, day, now=now) if parts & {"help", "asked"} else None,
    )


# -- the desk itself -------------------------------------------------------------------------------


def _head(conn: sa.Connection, desk_id: UUID, now: datetime) -> tuple[DeskHead, UUID]:
    row = conn.execute(
        sa.select(
            desks,
            institutions.c.name.label("institution"),
            days.c.name.label("day_name"),
            days.c.state.label("day_state"),
            days.c.timezone,
            days.c.paused_at,
            days.c.paused_why,
        )
        .join_from(desks, days)
        .join(institutions, institutions.c.id == desks.c.institution_id)
        .where(desks.c.id == desk_id)
    ).one_or_none()
    if row is None:
        raise DeskUnknown
    ready = row.ready_until_at if row.ready_until_at is not None and row.ready_until_at > now else None
    head = DeskHead(
        id=row.id,
        number=row.number,
        colour=row.colour,
        shape=row.shape,
        state=DeskState(row.state),
        ready_until_at=ready,
        institution=row.institution,
        institution_id=row.institution_id,
        day_name=row.day_name,
        day_state=DayState(row.day_state),
        timezone=row.timezone,
        paused=row.paused_at is not None,
        paused_why=row.paused_why,
    )
    return head, row.day_id


# -- next -------------------------------------------------------------------------------------------


def _next(conn: sa.Connection, desk_id: UUID, day: UUID, now: datetime) -> NextHere:
    hall = load_hall(conn, day, now=now, at=[desk_id])
    desk = hall.free_desk(desk_id)
    queue = queue_of(desk, hall.waiting, hall.state, now)
    numbers = {stop.stop: stop.number for stop in hall.waiting}
    return NextHere(
        queue=tuple(Upcoming(number=numbers[choice.stop], terms=choice.terms) for choice in queue[:LISTED_NEXT]),
        away=_away(conn, desk_id, now),
        callable=len(queue),
        waiting=len(hall.waiting),
    )


def _away(conn: sa.Connection, desk_id: UUID, now: datetime) -> tuple[AwayFromHere, ...]:
    """What became of those this desk sent away for some minutes."""
    rows = conn.execute(
        sa.select(parties.c.number, stops.c.state, stops.c.callable_from_at)
        .join_from(stops, parties, parties.c.id == stops.c.party_id)
        .where(
            stops.c.desk_id == desk_id,
            stops.c.callable_from_at > now,
            sa.or_(
                stops.c.state == StopState.PARKED,
                sa.and_(stops.c.state == StopState.WAITING, stops.c.no_shows > 0, stops.c.only_desk_id.is_(None)),
            ),
        )
        .order_by(stops.c.callable_from_at, parties.c.number)
    )
    return tuple(
        AwayFromHere(number=row.number, parked=row.state == StopState.PARKED, until_at=row.callable_from_at)
        for row in rows
    )
