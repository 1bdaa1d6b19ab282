"""The organiser's live picture of a day: figures, desks, queues, mediators, people at risk; numbers, never names."""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, members, parties, stop_members, stops
from onestop.days.queries.desks import DeskRow, MediatorRow, desks_of_day, mediators_of_day
from onestop.db.memo import remembered
from onestop.directory.tables import institutions, services
from onestop.domain.booking import BookingState
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.intervals import after
from onestop.domain.visit import AT_DESK, LATE_GRACE, StopState, VisitState, waited_seconds
from onestop.visits.queries.risk import AtRisk, at_risk_there
from onestop.visits.queries.sessions import running_sessions
from onestop.visits.tables import visits

Row: TypeAlias = Any  # a row of the database


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Tickets by how they stand; `people` counts everybody of the tickets that are inside."""

    expected: int
    late: int
    inside: int
    people: int
    waiting: int
    served: int
    stepped_out: int
    done: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskNow:
    """A desk and who is there: without a number where the stop is private (R19)."""

    id: UUID
    number: int
    colour: int
    shape: str
    institution: str
    state: DeskState
    ready: bool
    stop_state: StopState | None
    ticket: int | None
    session: bool
    """Whether it holds a session: nobody of those there is told."""
    minutes: int
    waiting: int
    finished: int
    in_hours: bool
    """Whether it should be open now."""
    comes_at: datetime | None
    """When its hours begin, or go on, where it is not open now and they have not yet."""
    closes_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueNow:
    """Who waits for a service; private services stand together in one line without a key."""

    key: str
    institution: str
    waiting: int
    longest_minutes: int
    open_desks: int
    closed_desks: int
    too_many: bool
    """They need more minutes than all its desks have left, whatever else these do: not everybody is seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorNow:
    """A mediator and where she is; without the desk where the stop is private (R19)."""

    id: UUID
    label: str
    state: MediatorState
    languages: tuple[str, ...]
    helping: bool
    desk: int | None
    opens_at: datetime
    closes_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything on the screen."""

    figures: Figures
    at_risk: tuple[AtRisk, ...]
    desks: tuple[DeskNow, ...]
    queues: tuple[QueueNow, ...]
    mediators: tuple[MediatorNow, ...]


def overview(conn: sa.Connection, day: UUID, *, now: datetime, opens_at: datetime) -> Overview:
    """The day as it stands; eight statements however many people there are.

    The database counts what is over: rows are read only of talks, of who waits, and of who may be at risk.
    """
    desks = desks_of_day(conn, day)
    mediators = mediators_of_day(conn, day)
    talks = conn.execute(_TALKS, {"day": day}).all()
    finished = {row.desk_id: row.talks for row in conn.execute(_FINISHED, {"day": day})}
    waiting = [_Waiting._make(row) for row in conn.execute(_WAITING, {"day": day})]
    return Overview(
        figures=_figures(conn, day, talks, now),
        at_risk=at_risk_there(conn, day, desks, mediators, now=now, opens_at=opens_at),
        desks=_desks(desks, talks, waiting, finished, running_sessions(conn, day), now),
        queues=_queues(waiting, desks, remembered(conn, _titles), now),
        mediators=tuple(_mediator(one, talks, desks) for one in mediators),
    )


class _Waiting(NamedTuple):
    """A stop that waits, of a visit that is inside, with nobody of it at a desk."""

    visit: UUID
    service: UUID
    only_desk: UUID | None
    private: bool
    minutes: int
    waited: int
    since: datetime | None


_DAY = sa.bindparam("day")
_NOW_AT_DESK = sa.and_(stops.c.day_id == _DAY, stops.c.state.in_(AT_DESK))
_TALKS = (
    sa.select(
        stops.c.visit_id,
        stops.c.desk_id,
        stops.c.mediator_id,
        stops.c.session_id,
        stops.c.state,
        stops.c.private,
        stops.c.called_at,
        stops.c.served_at,
        parties.c.number,
    )
    .join_from(stops, parties, parties.c.id == stops.c.party_id)
    .where(_NOW_AT_DESK)
)
_FINISHED = (
    sa.select(stops.c.desk_id, sa.func.count().label("talks"))
    .where(stops.c.day_id == _DAY, stops.c.state == StopState.FINISHED, stops.c.desk_id.is_not(None))
    .group_by(stops.c.desk_id)
)
_theirs, _same = stops.alias("theirs"), stop_members.alias("same")
# From the few who are at a desk to the other stops of their visits: members alone have no index.
_OF_PEOPLE_AT_DESKS = (
    sa.select(_same.c.stop_id)
    .join_from(stops, stop_members, sa.and_(stop_members.c.stop_id == stops.c.id, stop_members.c.active))
    .join(_theirs, _theirs.c.visit_id == stops.c.visit_id)
    .join(_same, sa.and_(_same.c.stop_id == _theirs.c.id, _same.c.member_id == stop_members.c.member_id))
    .where(_NOW_AT_DESK)
    .correlate(None)
)
_WAITING = (
    sa.select(
        stops.c.visit_id,
        stops.c.service_id,
        stops.c.only_desk_id,
        stops.c.private,
        stops.c.minutes,
        visits.c.waited_seconds,
        visits.c.waiting_since_at,
    )
    .join_from(stops, visits, visits.c.id == stops.c.visit_id)
    .where(
        stops.c.day_id == _DAY,
        stops.c.state == StopState.WAITING,
        visits.c.state == VisitState.OPEN,
        visits.c.stepped_out_at.is_(None),
        stops.c.id.not_in(_OF_PEOPLE_AT_DESKS),
    )
)


def _number_of(*where: sa.ColumnElement[bool], of: sa.FromClause) -> sa.ScalarSelect[int]:
    return sa.select(sa.func.count()).select_from(of).where(*where).scalar_subquery()


_CONFIRMED = (bookings.c.day_id == _DAY, bookings.c.state == BookingState.CONFIRMED)
_OPEN = (visits.c.day_id == _DAY, visits.c.state == VisitState.OPEN)
_FIGURES = sa.select(
    _number_of(*_CONFIRMED, of=bookings).label("expected"),
    _number_of(*_CONFIRMED, bookings.c.arrival_at < sa.bindparam("late"), of=bookings).label("late"),
    _number_of(*_OPEN, of=visits).label("inside"),
    _number_of(*_OPEN, visits.c.stepped_out_at.is_not(None), of=visits).label("out"),
    _number_of(*_OPEN, of=members.join(visits, visits.c.party_id == members.c.party_id)).label("people"),
    _number_of(visits.c.day_id == _DAY, visits.c.state == VisitState.COMPLETED, of=visits).label("done"),
    _number_of(
        visits.c.day_id == _DAY, visits.c.state.in_([VisitState.LEFT, VisitState.CARRIED_OVER]), of=visits
    ).label("gone"),
)
"""Built once, as in `hall`."""


def _titles(conn: sa.Connection) -> dict[UUID, Row]:
    """Every service with its institution."""
    rows = conn.execute(
        sa.select(services.c.id, services.c.key, services.c.position, institutions.c.name).join_from(
            services, institutions
        )
    )
    return {row.id: row for row in rows}


def _figures(conn: sa.Connection, day: UUID, talks: Sequence[Row], now: datetime) -> Figures:
    counted = conn.execute(_FIGURES, {"day": day, "late": now - LATE_GRACE}).one()
    served = len({row.visit_id for row in talks})
    return Figures(
        expected=counted.expected,
        late=counted.late,
        inside=counted.inside,
        people=counted.people,
        waiting=counted.inside - served - counted.out,
        served=served,
        stepped_out=counted.out,
        done=counted.done,
        left=counted.gone,
    )


def _desks(
    desks: Sequence[DeskRow],
    talks: Sequence[Row],
    waiting: Sequence[_Waiting],
    finished: Mapping[UUID, int],
    sessions: Mapping[UUID, datetime],
    now: datetime,
) -> tuple[DeskNow, ...]:
    at = {row.desk_id: row for row in talks if row.session_id is None}
    lines: dict[tuple[UUID, UUID | None], set[UUID]] = defaultdict(set)
    for stop in waiting:
        lines[stop.service, stop.only_desk].add(stop.visit)
    return tuple(
        _desk(
            desk,
            at.get(desk.id),
            set[UUID]().union(*(lines.get((one, only), ()) for one in desk.services for only in (None, desk.id))),
            finished.get(desk.id, 0),
            sessions.get(desk.id),
            now,
        )
        for desk in desks
    )


def _desk(
    desk: DeskRow, at: Row | None, for_here: Set[UUID], finished: int, session_since: datetime | None, now: datetime
) -> DeskNow:
    since = session_since if at is None else at.served_at or at.called_at
    return DeskNow(
        id=desk.id,
        number=desk.number,
        colour=desk.colour,
        shape=desk.shape,
        institution=desk.institution.name,
        state=desk.state,
        ready=desk.ready_until_at is not None and desk.ready_until_at > now,
        stop_state=StopState(at.state) if at is not None else StopState.SERVING if session_since else None,
        session=session_since is not None,
        ticket=None if at is None or at.private else at.number,
        minutes=0 if since is None else _minutes((now - since).total_seconds()),
        waiting=len(for_here),
        finished=finished,
        in_hours=any(starts <= now < ends for starts, ends in desk.openings),
        comes_at=_comes_at(desk, now),
        closes_at=desk.closes_at,
    )


def _comes_at(desk: DeskRow, now: datetime) -> datetime | None:
    if desk.state is DeskState.OPEN:
        return None
    begins = min((starts for starts, ends in desk.openings if ends > now), default=now)
    return begins if begins > now else None


def _queues(
    waiting: Sequence[_Waiting], desks: Sequence[DeskRow], titles: Mapping[UUID, Row], now: datetime
) -> tuple[QueueNow, ...]:
    lines: dict[UUID | None, list[_Waiting]] = defaultdict(list)
    for stop in waiting:
        lines[None if stop.private else stop.service].append(stop)
    found: list[QueueNow] = []
    for service, own in sorted(lines.items(), key=lambda line: _place(line[0], titles)):
        wanted = {stop.service for stop in own}
        serving = [desk for desk in desks if wanted & desk.services.keys()]
        opened = sum(1 for desk in serving if desk.state is DeskState.OPEN)
        found.append(
            QueueNow(
                key="" if service is None else titles[service].key,
                institution="" if service is None else titles[service].name,
                waiting=len(own),
                longest_minutes=_minutes(max(waited_seconds(stop.waited, stop.since, now) for stop in own)),
                open_desks=opened,
                closed_desks=len(serving) - opened,
                too_many=sum(stop.minutes for stop in own) > sum(_minutes_left(desk, now) for desk in serving),
            )
        )
    return tuple(found)


def _minutes_left(desk: DeskRow, now: datetime) -> float:
    """Of its hours today; none of a desk that is closed and does not come any more."""
    if not desk.is_expected(now):
        return 0.0
    return sum((ends - begins).total_seconds() for begins, ends in after(desk.openings, now)) / 60


def _place(service: UUID | None, titles: Mapping[UUID, Row]) -> tuple[int, str]:
    return (10**6, "") if service is None else (titles[service].position, titles[service].key)


def _mediator(one: MediatorRow, talks: Sequence[Row], desks: Sequence[DeskRow]) -> MediatorNow:
    at = next((row for row in talks if row.mediator_id == one.id), None)
    desk = None if at is None or at.private else next(desk.number for desk in desks if desk.id == at.desk_id)
    return MediatorNow(
        id=one.id,
        label=one.label,
        state=one.state,
        languages=tuple(sorted(one.languages)),
        helping=at is not None,
        desk=desk,
        opens_at=one.opens_at,
        closes_at=one.closes_at,
    )


def _minutes(seconds: float) -> int:
    return max(0, int(seconds // 60))
