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

from onestop.booking.tables import members, parties, stop_members, stops
from onestop.days.tables import days, desk_languages, desk_services, desks, mediators
from onestop.directory.papers import Paper, papers_by_service
from onestop.directory.tables import institutions, services
from onestop.domain.booking import Interpreter
from onestop.domain.calling import queue_of
from onestop.domain.day import DayState, DeskState
from onestop.domain.errors import DeskUnknown
from onestop.domain.facts import Term
from onestop.domain.operational import OperationalNeed
from onestop.domain.party import Member, may_go_apart
from onestop.domain.visit import AT_DESK, STOP_OPEN, UNDO_WINDOW, Outcome, StopState
from onestop.visits.queries.alarms import Alarm, open_alarms
from onestop.visits.queries.hall import load_hall
from onestop.visits.queries.notes import Note, notes_at
from onestop.visits.tables import acts, calls, stop_papers, visit_needs, visits

Part = Literal["now", "next", "mine", "help"]
PARTS: frozenset[Part] = frozenset({"now", "next", "mine", "help"})
LISTED_NEXT = 3
LISTED_DONE = 6


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
class VisitorHere:
    """The party that is called to the desk or served there."""

    stop: UUID
    visit: UUID
    version: int
    call: int
    state: StopState
    service_key: str
    number: int
    member: int | None
    people: int
    children: int
    marks: tuple[int, ...]
    """Marks of those who come to this stop; empty for the whole party."""
    apart: tuple[int, ...]
    """Which adults of the party, counted from 1, are here with others and can have a ticket of their own."""
    languages: tuple[str, ...]
    shared: tuple[str, ...]
    """Languages that the party and this desk both speak."""
    interpreter: Interpreter
    mediator: str
    needs: tuple[OperationalNeed, ...]
    papers: tuple[tuple[Paper, bool], ...]
    """The papers of this stop that reception asked for, and whether it saw them."""
    called_at: datetime
    quiet: bool
    """No board shows the call: she is fetched."""
    served_at: datetime | None
    recalls: int
    more: int
    """Other open stops of the visit, wherever they are."""
    terms: Mapping[str, Term]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOffered:
    """A service at a desk of the day: a step to add, or a place of the own institution to send to."""

    service: UUID
    key: str
    desk: UUID
    desk_number: int
    institution: str
    institution_id: UUID
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Upcoming:
    """One of those the desk would call next, with the numbers of the reason."""

    number: int
    terms: Mapping[str, Term]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextHere:
    """Who would be called if the desk were free now; `waiting` counts all who wait for its services."""

    queue: tuple[Upcoming, ...]
    callable: int
    waiting: int


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
    not_here: int
    recent: tuple[DoneHere, ...]
    undo: UndoOffer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskScreen:
    """The parts asked for; `None` for the others, and for `visitor` while nobody is at the desk."""

    head: DeskHead
    visitor: VisitorHere | None = None
    offered: tuple[ServiceOffered, ...] = ()
    next: NextHere | None = None
    mine: MineHere | None = None
    alarms: tuple[Alarm, ...] = ()
    """Open calls for help of desks, this one's own among them."""


def desk_screen(conn: sa.Connection, desk_id: UUID, *, now: datetime, parts: frozenset[Part] = PARTS) -> DeskScreen:
    """The screen of a desk: 1 statement, 7 more for *now*, 6 for *next*, 4 for *mine*, 1 for *help* or *mine*.

    Raises `DeskUnknown`.
    """
    head, day = _head(conn, desk_id, now)
    return DeskScreen(
        head=head,
        visitor=_visitor(conn, desk_id) if "now" in parts else None,
        offered=_offered(conn, day) if "now" in parts else (),
        next=_next(conn, desk_id, day, now) if "next" in parts else None,
        mine=_mine(conn, desk_id, now) if "mine" in parts else None,
        alarms=_alarms(conn, day) if parts & {"help", "mine"} else (),
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


# -- now --------------------------------------------------------------------------------------------


def _visitor(conn: sa.Connection, desk_id: UUID) -> VisitorHere | None:
    others, each = stops.alias(), calls.alias()
    last_call = sa.select(sa.func.max(each.c.id)).where(each.c.stop_id == stops.c.id).correlate(stops).scalar_subquery()
    row = conn.execute(
        sa.select(
            stops.c.id,
            stops.c.visit_id,
            stops.c.service_id,
            stops.c.version,
            stops.c.state,
            stops.c.called_at,
            stops.c.served_at,
            services.c.key,
            parties.c.number,
            parties.c.languages,
            parties.c.interpreter,
            mediators.c.label,
            calls.c.id.label("call"),
            calls.c.recalls,
            calls.c.quiet,
            calls.c.terms,
            sa.select(sa.func.count())
            .where(others.c.visit_id == stops.c.visit_id, others.c.id != stops.c.id, others.c.state.in_(STOP_OPEN))
            .scalar_subquery()
            .label("more"),
        )
        .join_from(stops, services)
        .join(parties, parties.c.id == stops.c.party_id)
        .join(visits, visits.c.id == stops.c.visit_id)
        .join(calls, calls.c.id == last_call)
        .outerjoin(mediators, mediators.c.id == stops.c.mediator_id)
        .where(stops.c.desk_id == desk_id, stops.c.state.in_(AT_DESK))
    ).one_or_none()
    spoken = set(
        conn.execute(sa.select(desk_languages.c.language).where(desk_languages.c.desk_id == desk_id)).scalars()
    )
    party = conn.execute(
        sa.select(members.c.mark, members.c.child, stop_members.c.stop_id.is_not(None).label("comes"))
        .join_from(stops, members, members.c.party_id == stops.c.party_id)
        .outerjoin(
            stop_members,
            sa.and_(stop_members.c.member_id == members.c.id, stop_members.c.stop_id == stops.c.id),
        )
        .where(stops.c.desk_id == desk_id, stops.c.state.in_(AT_DESK))
        .order_by(members.c.mark)
    ).all()
    at_desk = sa.select(stops.c.id).where(stops.c.desk_id == desk_id, stops.c.state.in_(AT_DESK)).scalar_subquery()
    written = notes_at(conn, at_desk)
    checked = {
        paper.key: paper.seen
        for paper in conn.execute(sa.select(stop_papers).where(stop_papers.c.stop_id == at_desk)).all()
    }
    marked = conn.execute(
        sa.select(visit_needs.c.kind)
        .join_from(visit_needs, stops, stops.c.visit_id == visit_needs.c.visit_id)
        .where(stops.c.id == at_desk)
    ).scalars().all()  # fmt: skip
    if row is None:
        return None
    coming = [member for member in party if member.comes]
    marks = tuple(member.mark for member in coming) if len(coming) < len(party) else ()
    adults = [member for member in party if not member.child]
    can = may_go_apart([Member(mark=member.mark, child=member.child) for member in party]) if len(coming) > 1 else ()
    return VisitorHere(
        stop=row.id,
        visit=row.visit_id,
        version=row.version,
        call=row.call,
        state=StopState(row.state),
        service_key=row.key,
        number=row.number,
        member=marks[0] if len(marks) == 1 else None,
        people=len(coming),
        children=sum(1 for member in coming if member.child),
        marks=marks,
        apart=tuple(nth for nth, adult in enumerate(adults, 1) if adult.comes and adult.mark in can),
        languages=tuple(row.languages),
        shared=tuple(language for language in row.languages if language in spoken),
        interpreter=Interpreter(row.interpreter),
        mediator=row.label or "",
        needs=tuple(need for need in OperationalNeed if need in marked),
        papers=tuple(
            (paper, checked[paper.key])
            for paper in papers_by_service(conn).get(row.service_id, ())
            if paper.key in checked
        ),
        called_at=row.called_at,
        quiet=row.quiet,
        served_at=row.served_at,
        recalls=row.recalls,
        more=row.more,
        terms=row.terms,
        notes=written,
    )


def _offered(conn: sa.Connection, day: UUID) -> tuple[ServiceOffered, ...]:
    rows = conn.execute(
        sa.select(
            services.c.id,
            services.c.key,
            desks.c.id.label("desk"),
            desks.c.number,
            institutions.c.name,
            institutions.c.id.label("institution"),
            institutions.c.authority,
        )
        .join_from(desk_services, desks)
        .join(services, services.c.id == desk_services.c.service_id)
        .join(institutions, institutions.c.id == services.c.institution_id)
        .where(desks.c.day_id == day)
        .order_by(services.c.position, services.c.key, desks.c.number)
    )
    return tuple(
        ServiceOffered(
            service=row.id,
            key=row.key,
            desk=row.desk,
            desk_number=row.number,
            institution=row.name,
            institution_id=row.institution,
            authority=row.authority,
        )
        for row in rows
    )


# -- next -------------------------------------------------------------------------------------------


def _next(conn: sa.Connection, desk_id: UUID, day: UUID, now: datetime) -> NextHere:
    hall = load_hall(conn, day, now=now, at=[desk_id])
    desk = hall.free_desk(desk_id)
    queue = queue_of(desk, hall.waiting, hall.state, now)
    numbers = {stop.stop: stop.number for stop in hall.waiting}
    return NextHere(
        queue=tuple(Upcoming(number=numbers[choice.stop], terms=choice.terms) for choice in queue[:LISTED_NEXT]),
        callable=len(queue),
        waiting=len(hall.waiting),
    )


# -- help -------------------------------------------------------------------------------------------


def _alarms(conn: sa.Connection, day: UUID) -> tuple[Alarm, ...]:
    return tuple(alarm for alarm in open_alarms(conn, day) if alarm.desk_id is not None)


# -- mine -------------------------------------------------------------------------------------------


def _mine(conn: sa.Connection, desk_id: UUID, now: datetime) -> MineHere:
    counts = conn.execute(
        sa.select(
            sa.select(sa.func.count())
            .where(stops.c.desk_id == desk_id, stops.c.state == StopState.FINISHED)
            .scalar_subquery()
            .label("served"),
            sa.select(sa.func.count())
            .where(calls.c.desk_id == desk_id, calls.c.outcome == "no_show")
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
