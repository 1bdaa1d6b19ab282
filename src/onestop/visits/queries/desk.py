"""What the screen of one desk shows: who is there now, who comes next and why, and what was done here today.

Each part has a fixed number of statements, so that a live screen fetches only the part that changed. Nothing here names
another institution's stop, service or note (R14, R19): of those only how many are left.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.days.queries.broadcasts import Said, broadcast_here
from onestop.days.tables import days, desk_services, desks, openings
from onestop.db.ledger import facts
from onestop.directory.tables import institutions
from onestop.domain.calling import Desk, Hindrance, hindrance_of, queue_of
from onestop.domain.day import DayState, DeskState
from onestop.domain.errors import DeskUnknown
from onestop.domain.facts import Term
from onestop.domain.visit import FINISH_GRACE, BlockedBy, StopState, VisitState
from onestop.visits.queries.alarms import Alarm, alarms_of_desks
from onestop.visits.queries.desk_numbers import MineHere, mine_here
from onestop.visits.queries.desk_visitor import ServiceOffered, VisitorHere, offered_on, visitor_here
from onestop.visits.queries.hall import Hall, load_hall
from onestop.visits.queries.put_off import NotReady, not_ready_here, times_put_off
from onestop.visits.queries.sessions import SessionAtDesk, next_sessions
from onestop.visits.tables import visits

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
    break_since_at: datetime | None
    """While the desk has a break."""
    break_until_at: datetime | None
    """Its next opening, while its hours say that it is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """One of those the desk would call next, with the numbers of the reason."""

    number: int
    terms: Mapping[str, Term]


@dataclass(frozen=True, slots=True, kw_only=True)
class AwayFromHere:
    """Somebody this desk parked, or called in vain or too early: she is not called before `until_at`."""

    stop: UUID
    number: int
    parked: bool
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """How many who are inside cannot be called by this desk, for one reason; `first_at` if a time is known."""

    why: Hindrance | BlockedBy
    people: int
    first_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextHere:
    """Who would be called if the desk were free now; `waiting` counts all who wait for its services."""

    queue: tuple[Upcoming, ...]
    away: tuple[AwayFromHere, ...]
    held: tuple[HeldBack, ...]
    """Everybody who cannot be called and is not told by number in `away`."""
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskScreen:
    """The parts asked for; `None` for the others, and for `visitor` while nobody is at the desk."""

    head: DeskHead
    visitor: VisitorHere | None = None
    not_ready: NotReady | None = None
    """Whoever it called last and who is not ready."""
    offered: tuple[ServiceOffered, ...] = ()
    next: NextHere | None = None
    mine: MineHere | None = None
    alarms: tuple[Alarm, ...] = ()
    """Calls for help of desks, this one's own among them; for a minute also those that ended."""
    session: SessionAtDesk | None = None
    """The session that runs at the desk or comes next there."""
    said: Said | None = None
    """What everybody is told now."""


def desk_screen(conn: sa.Connection, desk_id: UUID, *, now: datetime, parts: frozenset[Part] = PARTS) -> DeskScreen:
    """The screen of a desk: 1 statement, 9 more for *now*, 7 for *next*, 4 for *mine*, 1 for *help* or *asked*.

    Raises `DeskUnknown`.
    """
    head, day = _head(conn, desk_id, now)
    return DeskScreen(
        head=head,
        visitor=visitor_here(conn, desk_id) if "now" in parts else None,
        not_ready=not_ready_here(conn, desk_id, now=now) if "now" in parts else None,
        offered=offered_on(conn, day) if "now" in parts else (),
        session=next_sessions(conn, day, now=now).get(desk_id) if "now" in parts else None,
        next=_next(conn, desk_id, day, now) if "next" in parts else None,
        mine=mine_here(conn, desk_id, now) if "mine" in parts else None,
        alarms=alarms_of_desks(conn, day, now=now) if parts & {"help", "asked"} else (),
        said=broadcast_here(conn, day, now=now) if parts & {"help", "asked"} else None,
    )


# -- the desk itself -------------------------------------------------------------------------------


def _head(conn: sa.Connection, desk_id: UUID, now: datetime) -> tuple[DeskHead, UUID]:
    paused = sa.and_(facts.c.day_id == desks.c.day_id, facts.c.desk_id == desks.c.id, facts.c.kind == "DeskPaused")
    since = sa.select(sa.func.max(facts.c.at)).where(paused).correlate(desks).scalar_subquery()
    hours = openings.c.desk_id == desks.c.id
    expected = sa.exists().where(hours, openings.c.opens_at <= now, openings.c.closes_at > now)
    until = sa.select(sa.func.min(openings.c.opens_at)).where(hours, openings.c.opens_at > now).correlate(desks)
    row = conn.execute(
        sa.select(
            desks,
            institutions.c.name.label("institution"),
            days.c.name.label("day_name"),
            days.c.state.label("day_state"),
            days.c.timezone,
            days.c.paused_at,
            days.c.paused_why,
            sa.case((desks.c.state == DeskState.PAUSED, since)).label("break_since_at"),
            sa.case((~expected, until.scalar_subquery())).label("break_until_at"),
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
        break_since_at=row.break_since_at,
        break_until_at=row.break_until_at if row.break_since_at is not None else None,
    )
    return head, row.day_id


# -- next -------------------------------------------------------------------------------------------


def _next(conn: sa.Connection, desk_id: UUID, day: UUID, now: datetime) -> NextHere:
    hall = load_hall(conn, day, now=now, at=[desk_id])
    desk = hall.free_desk(desk_id)
    queue = queue_of(desk, hall.waiting, hall.state, now)
    numbers = {stop.stop: stop.number for stop in hall.waiting}
    away, blocked = _set_aside(conn, desk_id, day, now)
    return NextHere(
        queue=tuple(Upcoming(number=numbers[choice.stop], terms=choice.terms) for choice in queue[:LISTED_NEXT]),
        away=away,
        held=held_back(hall, desk, {one.stop for one in away}, now=now) + blocked,
        waiting=len(hall.waiting),
    )


def held_back(hall: Hall, desk: Desk, told: Collection[UUID] = (), *, now: datetime) -> tuple[HeldBack, ...]:
    """Those who wait and cannot be called, by the rule's own reasons; stops that are `told` elsewhere do not count."""
    found: dict[Hindrance, list[datetime | None]] = defaultdict(list)
    for stop in hall.waiting:
        why = hindrance_of(desk, stop, hall.state, now)
        if why is None or stop.stop in told:
            continue
        if why is Hindrance.LATER and stop.callable_from is not None and stop.callable_from <= now + FINISH_GRACE:
            why = Hindrance.AT_A_DESK  # She has just stood up there.
        found[why].append(stop.callable_from)
    return tuple(
        HeldBack(
            why=why,
            people=len(found[why]),
            first_at=min(filter(None, found[why])) if why is Hindrance.LATER else None,
        )
        for why in Hindrance
        if found[why]
    )


def _set_aside(
    conn: sa.Connection, desk_id: UUID, day: UUID, now: datetime
) -> tuple[tuple[AwayFromHere, ...], tuple[HeldBack, ...]]:
    """What became of those this desk sent away for some minutes, and how many are kept from its services."""
    here = sa.select(desk_services.c.service_id).where(desk_services.c.desk_id == desk_id)
    rows = conn.execute(
        sa.select(stops.c.id, parties.c.number, stops.c.state, stops.c.callable_from_at, stops.c.blocked_by)
        .join_from(stops, parties, parties.c.id == stops.c.party_id)
        .join(visits, visits.c.id == stops.c.visit_id)
        .where(
            stops.c.day_id == day,
            visits.c.state == VisitState.OPEN,
            sa.or_(
                sa.and_(stops.c.state == StopState.BLOCKED, stops.c.service_id.in_(here)),
                sa.and_(
                    stops.c.desk_id == desk_id,
                    stops.c.callable_from_at > now,
                    sa.or_(
                        stops.c.state == StopState.PARKED,
                        sa.and_(
                            stops.c.state == StopState.WAITING,
                            stops.c.only_desk_id.is_(None),
                            sa.or_(stops.c.no_shows > 0, times_put_off() > 0),
                        ),
                    ),
                ),
            ),
        )
        .order_by(stops.c.callable_from_at, parties.c.number)
    ).all()
    away = tuple(
        AwayFromHere(
            stop=row.id, number=row.number, parked=row.state == StopState.PARKED, until_at=row.callable_from_at
        )
        for row in rows
        if row.state != StopState.BLOCKED
    )
    kept = Counter(row.blocked_by for row in rows if row.state == StopState.BLOCKED)
    return away, tuple(HeldBack(why=why, people=kept[why]) for why in BlockedBy if kept[why])
