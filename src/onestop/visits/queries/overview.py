"""The organiser's live picture of a day: figures, desks, queues, mediators, people at risk; numbers, never names."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, members, stop_members, stops
from onestop.days.queries.desks import DeskRow, MediatorRow, desks_of_day, mediators_of_day
from onestop.days.queries.sessions import sessions_of_day
from onestop.directory.tables import institutions, services
from onestop.domain.booking import BookingState
from onestop.domain.day import DeskState, MediatorState
from onestop.domain.intervals import after
from onestop.domain.visit import AT_DESK, LATE_GRACE, StopState, VisitState, waited_seconds
from onestop.visits.queries.risk import AtRisk, at_risk_of, visits_of_day
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
    """The day as it stands; eight statements however many people there are."""
    desks = desks_of_day(conn, day)
    mediators = mediators_of_day(conn, day)
    here = visits_of_day(conn, day, sa.true())
    rows = conn.execute(sa.select(stops).where(stops.c.day_id == day, stops.c.visit_id.is_not(None))).all()
    titles = _titles(conn, day)
    elsewhere = _elsewhere(conn, day)
    held = {one.service for one in sessions_of_day(conn, day)}
    waiting = [row for row in rows if _waits(row, here[row.visit_id]) and row.id not in elsewhere]
    return Overview(
        figures=_figures(conn, day, here, rows, now),
        at_risk=at_risk_of(here.values(), rows, desks, mediators, held, now=now, opens_at=opens_at),
        desks=_desks(desks, rows, waiting, here, now),
        queues=_queues(here, waiting, desks, titles, now),
        mediators=tuple(_mediator(one, rows, desks) for one in mediators),
    )


def _titles(conn: sa.Connection, day: UUID) -> dict[UUID, Row]:
    wanted = sa.select(stops.c.service_id).where(stops.c.day_id == day)
    rows = conn.execute(
        sa.select(services.c.id, services.c.key, services.c.position, institutions.c.name)
        .join_from(services, institutions)
        .where(services.c.id.in_(wanted))
    )
    return {row.id: row for row in rows}


def _elsewhere(conn: sa.Connection, day: UUID) -> frozenset[UUID]:
    """Stops of people who are at a desk just now."""
    busy = (
        sa.select(stop_members.c.member_id)
        .join(stops, stops.c.id == stop_members.c.stop_id)
        .where(stops.c.day_id == day, stop_members.c.active)
    )
    return frozenset(
        conn.execute(sa.select(stop_members.c.stop_id).where(stop_members.c.member_id.in_(busy))).scalars()
    )


def _waits(stop: Row, visit: Row) -> bool:
    return stop.state == StopState.WAITING and visit.state == VisitState.OPEN and visit.stepped_out_at is None


def _figures(conn: sa.Connection, day: UUID, here: Mapping[UUID, Row], rows: Sequence[Row], now: datetime) -> Figures:
    confirmed = (bookings.c.day_id == day, bookings.c.state == BookingState.CONFIRMED)
    booked = conn.execute(
        sa.select(
            sa.func.count().label("expected"),
            sa.func.count().filter(bookings.c.arrival_at < now - LATE_GRACE).label("late"),
        )
        .select_from(bookings)
        .where(*confirmed)
    ).one()
    people = conn.execute(
        sa.select(sa.func.count())
        .select_from(members)
        .join(visits, visits.c.party_id == members.c.party_id)
        .where(visits.c.day_id == day, visits.c.state == VisitState.OPEN)
    ).scalar_one()
    states = Counter(row.state for row in here.values())
    at_desk = {row.visit_id for row in rows if row.state in AT_DESK}
    out = {row.id for row in here.values() if row.state == VisitState.OPEN and row.stepped_out_at is not None}
    return Figures(
        expected=booked.expected,
        late=booked.late,
        inside=states[VisitState.OPEN],
        people=people,
        waiting=states[VisitState.OPEN] - len(at_desk) - len(out),
        served=len(at_desk),
        stepped_out=len(out),
        done=states[VisitState.COMPLETED],
        left=states[VisitState.LEFT] + states[VisitState.CARRIED_OVER],
    )


def _desks(
    desks: Sequence[DeskRow], rows: Sequence[Row], waiting: Sequence[Row], here: Mapping[UUID, Row], now: datetime
) -> tuple[DeskNow, ...]:
    # One look at each row, not one for each desk: there are thousands of rows.
    at: dict[UUID, Row] = {}
    finished: Counter[UUID] = Counter()
    for row in rows:
        if row.state in AT_DESK:
            at[row.desk_id] = row
        elif row.state == StopState.FINISHED:
            finished[row.desk_id] += 1
    lines: dict[tuple[UUID, UUID | None], set[UUID]] = defaultdict(set)
    for row in waiting:
        lines[row.service_id, row.only_desk_id].add(row.visit_id)
    return tuple(
        _desk(
            desk,
            at.get(desk.id),
            set[UUID]().union(*(lines.get((one, only), ()) for one in desk.services for only in (None, desk.id))),
            finished[desk.id],
            here,
            now,
        )
        for desk in desks
    )


def _desk(
    desk: DeskRow, at: Row | None, for_here: Set[UUID], finished: int, here: Mapping[UUID, Row], now: datetime
) -> DeskNow:
    since = None if at is None else at.served_at or at.called_at
    return DeskNow(
        id=desk.id,
        number=desk.number,
        colour=desk.colour,
        shape=desk.shape,
        institution=desk.institution.name,
        state=desk.state,
        ready=desk.ready_until_at is not None and desk.ready_until_at > now,
        stop_state=None if at is None else StopState(at.state),
        ticket=None if at is None or at.private else here[at.visit_id].number,
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
    here: Mapping[UUID, Row],
    waiting: Sequence[Row],
    desks: Sequence[DeskRow],
    titles: Mapping[UUID, Row],
    now: datetime,
) -> tuple[QueueNow, ...]:
    lines: dict[UUID | None, list[Row]] = defaultdict(list)
    for row in waiting:
        lines[None if row.private else row.service_id].append(row)
    found: list[QueueNow] = []
    for service, own in sorted(lines.items(), key=lambda line: _place(line[0], titles)):
        wanted = {row.service_id for row in own}
        serving = [desk for desk in desks if wanted & desk.services.keys()]
        opened = sum(1 for desk in serving if desk.state is DeskState.OPEN)
        found.append(
            QueueNow(
                key="" if service is None else titles[service].key,
                institution="" if service is None else titles[service].name,
                waiting=len(own),
                longest_minutes=max(_waited(here[row.visit_id], now) for row in own),
                open_desks=opened,
                closed_desks=len(serving) - opened,
                too_many=sum(row.minutes for row in own) > sum(_minutes_left(desk, now) for desk in serving),
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


def _mediator(one: MediatorRow, rows: Sequence[Row], desks: Sequence[DeskRow]) -> MediatorNow:
    at = next((row for row in rows if row.mediator_id == one.id and row.state in AT_DESK), None)
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


def _waited(visit: Row, now: datetime) -> int:
    return _minutes(waited_seconds(visit.waited_seconds, visit.waiting_since_at, now))


def _minutes(seconds: float) -> int:
    return max(0, int(seconds // 60))
