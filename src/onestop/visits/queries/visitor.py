"""One ticket holder on reception's page: her stops, what can be done for her, how she can be reached."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, contacts, members, parties, stop_members, stops
from onestop.days.tables import desks
from onestop.directory.papers import Paper, papers_by_service
from onestop.directory.tables import institutions, services
from onestop.domain.booking import BookingState
from onestop.domain.errors import TicketUnknown
from onestop.domain.operational import OperationalNeed
from onestop.domain.party import Member
from onestop.domain.visit import (
    AT_DESK,
    STOP_OPEN,
    UNDO_WINDOW,
    BlockedBy,
    Outcome,
    StopState,
    VisitReason,
    VisitState,
    waits_for_her,
)
from onestop.visits.queries.people import DeskSpot, Person, Row, Title, people, title_of
from onestop.visits.tables import acts, calls, stop_papers, visit_needs, visits

_CHECKED = frozenset({StopState.PLANNED, StopState.WAITING, StopState.BLOCKED})
_NEVER_ACCEPTED = frozenset({StopState.PROPOSED, StopState.DECLINED})


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitorStop:
    """A stop of hers. A private one carries neither service nor institution (R19), its desk only while called."""

    id: UUID
    title: Title
    institution: str
    authority: str
    state: StopState
    planned_at: datetime | None
    desk: DeskSpot | None
    papers: tuple[Paper, ...] = ()
    """What to bring there, before she comes and while reception can look at it; nothing of a private stop (R19)."""
    checked: Mapping[str, bool] = field(default_factory=dict[str, bool])
    """By key of a paper: seen, or she does not have it."""
    blocked_by: BlockedBy | None = None
    outcome: Outcome | None = None
    """How the talk ended; of a private one it is not told."""
    service: UUID | None = None
    """None of a private stop, like its institution."""
    institution_id: UUID | None = None
    only_desk: UUID | None = None
    """The one desk that it waits for."""
    goers: frozenset[int] = frozenset()
    """Marks of those who go there; of a private stop nobody is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A ticket holder. `undo` is the last act of reception while it can be taken back."""

    person: Person
    display_language: str
    members: tuple[Member, ...]
    answers: tuple[str, ...]
    """Answers that papers hang on."""
    needs: frozenset[OperationalNeed]
    reached_by: tuple[tuple[str, str], ...]
    """Kind of contact, and the end of a phone number; an e-mail address is not shown."""
    booking: BookingState | None
    no_interpreter: bool
    visit: UUID | None
    visit_state: VisitState | None
    reason: VisitReason | None
    checked_in_at: datetime | None
    stops: tuple[VisitorStop, ...]
    asked: tuple[UUID, ...]
    """The services she accepted, whatever became of them."""
    services_open: frozenset[UUID]
    untouched: bool
    can_come_again: bool
    """She left, and stops she wanted are unserved."""
    undo: tuple[UUID, UUID] | None
    """Stop and act."""

    @property
    def children(self) -> int:
        """How many of them are children."""
        return sum(1 for member in self.members if member.child)


def visitor(conn: sa.Connection, day: UUID, party: UUID, *, now: datetime) -> Visitor:
    """One ticket holder of this day; ten statements. Raises `TicketUnknown`."""
    found = people(conn, sa.and_(parties.c.id == party, parties.c.day_id == day))
    if not found:
        raise TicketUnknown
    row = conn.execute(
        sa.select(
            parties.c.display_language,
            parties.c.answers,
            bookings.c.state.label("booking_state"),
            bookings.c.no_interpreter,
            visits.c.id.label("visit"),
            visits.c.state.label("visit_state"),
            visits.c.reason,
            visits.c.walk_in,
            visits.c.checked_in_at,
        )
        .join_from(parties, bookings, bookings.c.party_id == parties.c.id, isouter=True)
        .outerjoin(visits, visits.c.party_id == parties.c.id)
        .where(parties.c.id == party)
    ).one()
    coming, going = _members(conn, party)
    theirs = _stops(conn, party)
    reached = conn.execute(
        sa.select(contacts.c.kind, contacts.c.phone_end).where(contacts.c.party_id == party).order_by(contacts.c.kind)
    )
    called = conn.execute(
        sa.select(calls.c.id).join_from(calls, stops).where(stops.c.party_id == party).limit(1)
    ).scalar()
    checked = _checked(conn, party)
    marked = set(conn.execute(sa.select(visit_needs.c.kind).where(visit_needs.c.visit_id == row.visit)).scalars())
    papers = papers_by_service(conn) if row.visit_state in (None, VisitState.OPEN) else {}
    waiting = {StopState.WAITING, StopState.BLOCKED}
    return Visitor(
        person=found[0],
        display_language=row.display_language,
        members=coming,
        answers=tuple(row.answers),
        needs=frozenset(OperationalNeed(kind) for kind in marked),
        reached_by=tuple((one.kind, one.phone_end) for one in reached),
        booking=BookingState(row.booking_state) if row.booking_state else None,
        no_interpreter=bool(row.no_interpreter),
        visit=row.visit,
        visit_state=VisitState(row.visit_state) if row.visit_state else None,
        reason=VisitReason(row.reason) if row.reason else None,
        checked_in_at=row.checked_in_at,
        stops=tuple(_stop(one, papers.get(one.service_id, ()), checked[one.id], going[one.id]) for one in theirs),
        asked=tuple(one.service_id for one in theirs if one.state not in _NEVER_ACCEPTED),
        services_open=frozenset(one.service_id for one in theirs if one.state in STOP_OPEN),
        untouched=(
            row.visit_state == VisitState.OPEN
            and not row.walk_in
            and called is None
            and all(one.state in waiting for one in theirs)
        ),
        can_come_again=row.visit_state is not None
        and any(
            waits_for_her(VisitState(row.visit_state), StopState(one.state), left_behind=one.left_behind)
            for one in theirs
        ),
        undo=_undo(conn, row.visit, now),
    )


def _members(conn: sa.Connection, party: UUID) -> tuple[tuple[Member, ...], dict[UUID, set[int]]]:
    """The people by mark, and who of them goes to which stop."""
    found: dict[int, Member] = {}
    going: dict[UUID, set[int]] = defaultdict(set)
    for row in conn.execute(
        sa.select(members.c.mark, members.c.child, members.c.guardian_mark, stop_members.c.stop_id)
        .outerjoin_from(members, stop_members)
        .where(members.c.party_id == party)
        .order_by(members.c.mark)
    ):
        found[row.mark] = Member(mark=row.mark, child=row.child, guardian_mark=row.guardian_mark)
        if row.stop_id is not None:
            going[row.stop_id].add(row.mark)
    return tuple(found.values()), going


def _stops(conn: sa.Connection, party: UUID) -> list[Row]:
    return list(
        conn.execute(
            sa.select(
                stops,
                services.c.key,
                institutions.c.name.label("institution"),
                institutions.c.authority,
                desks.c.number,
                desks.c.colour,
                desks.c.shape,
            )
            .join_from(stops, services)
            .join(institutions, institutions.c.id == stops.c.institution_id)
            .outerjoin(desks, desks.c.id == stops.c.desk_id)
            .where(stops.c.party_id == party)
            .order_by(stops.c.position, stops.c.id)
        )
    )


def _checked(conn: sa.Connection, party: UUID) -> dict[UUID, dict[str, bool]]:
    found: dict[UUID, dict[str, bool]] = defaultdict(dict)
    for row in conn.execute(sa.select(stop_papers).join_from(stop_papers, stops).where(stops.c.party_id == party)):
        found[row.stop_id][row.key] = row.seen
    return found


def _stop(row: Row, papers: Sequence[Paper], checked: Mapping[str, bool], goers: Collection[int]) -> VisitorStop:
    shown = row.state in AT_DESK or (row.state == StopState.FINISHED and not row.private)
    return VisitorStop(
        id=row.id,
        title=title_of(row),
        institution="" if row.private else row.institution,
        authority="none" if row.private else row.authority,
        state=StopState(row.state),
        planned_at=row.planned_at,
        desk=_spot(row) if shown and row.desk_id else None,
        papers=tuple(papers) if not row.private and row.state in _CHECKED else (),
        checked=checked,
        blocked_by=BlockedBy(row.blocked_by) if row.blocked_by else None,
        outcome=Outcome(row.outcome) if row.outcome and not row.private else None,
        service=None if row.private else row.service_id,
        institution_id=None if row.private else row.institution_id,
        only_desk=None if row.private else row.only_desk_id,
        goers=frozenset() if row.private else frozenset(goers),
    )


def _spot(row: Row) -> DeskSpot:
    return DeskSpot(number=row.number, colour=row.colour, shape=row.shape)


def _undo(conn: sa.Connection, visit: UUID | None, now: datetime) -> tuple[UUID, UUID] | None:
    """The newest act at this visit with its stop, if reception did it and it is recent."""
    row = conn.execute(
        sa.select(acts.c.id, acts.c.stop_id, acts.c.desk_id, acts.c.undone_at)
        .join_from(acts, stops)
        .where(stops.c.visit_id == visit, acts.c.at >= now - UNDO_WINDOW)
        .order_by(acts.c.at.desc(), acts.c.id.desc())
        .limit(1)
    ).one_or_none()
    mine = row is not None and row.desk_id is None and row.undone_at is None
    return (row.stop_id, row.id) if row is not None and mine else None
