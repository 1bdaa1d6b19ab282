"""Who is at risk at a day, for the overview and for reception; by number and party, without a name or a service."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.days.queries.desks import DeskRow, MediatorRow, desks_of_day, mediators_of_day
from onestop.days.queries.sessions import sessions_of_day
from onestop.domain.booking import Interpreter
from onestop.domain.day import DeskState
from onestop.domain.risk import Inside, Risk, StopAtRisk, risks
from onestop.domain.visit import BlockedBy, StopState, VisitState, waited_seconds
from onestop.visits.queries.hall import Spoken, spoken_here
from onestop.visits.tables import visits

Row: TypeAlias = Any  # a row of the database


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """A ticket somebody should look after."""

    party: UUID
    number: int
    minutes: int
    """Of waiting in all; of being out where she is out."""
    out: bool
    why: tuple[Risk, ...]
    languages: tuple[str, ...]
    """What she speaks, where nobody speaks it."""


def people_at_risk(conn: sa.Connection, day: UUID, *, opens_at: datetime, now: datetime) -> tuple[AtRisk, ...]:
    """Who is at risk, the longest wait first; a fixed number of statements."""
    here = visits_of_day(conn, day, visits.c.state == VisitState.OPEN).values()
    rows = conn.execute(
        sa.select(stops)
        .join_from(stops, visits, visits.c.id == stops.c.visit_id)
        .where(stops.c.day_id == day, visits.c.state == VisitState.OPEN)
    ).all()
    desks, mediators = desks_of_day(conn, day), mediators_of_day(conn, day)
    held = {one.service for one in sessions_of_day(conn, day)}
    return at_risk_of(here, rows, desks, mediators, held, opens_at=opens_at, now=now)


def visits_of_day(conn: sa.Connection, day: UUID, where: sa.ColumnElement[bool]) -> dict[UUID, Row]:
    """Visits of a day with what their tickets speak; one statement."""
    rows = conn.execute(
        sa.select(
            visits.c.id,
            visits.c.state,
            visits.c.party_id,
            visits.c.booked_at,
            visits.c.checked_in_at,
            visits.c.waited_seconds,
            visits.c.waiting_since_at,
            visits.c.stepped_out_at,
            parties.c.number,
            parties.c.languages,
            parties.c.interpreter,
        )
        .join_from(visits, parties)
        .where(visits.c.day_id == day, where)
    )
    return {row.id: row for row in rows}


def at_risk_of(
    here: Iterable[Row],
    rows: Iterable[Row],
    desks: Sequence[DeskRow],
    mediators: Sequence[MediatorRow],
    held: Collection[UUID],
    *,
    opens_at: datetime,
    now: datetime,
) -> tuple[AtRisk, ...]:
    """The same of rows that were read already; `held` are the services that are reached by sessions only."""
    spoken = spoken_here(desks, mediators, now=now)
    opened = {service for desk in desks if desk.state is not DeskState.CLOSED for service in desk.services}
    theirs: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        theirs[row.visit_id].append(row)
    found: list[AtRisk] = []
    for visit in here:
        if visit.state != VisitState.OPEN:
            continue
        why = risks(_inside(visit, theirs[visit.id], spoken, opened, held), opens_at=opens_at, now=now)
        if why:
            found.append(_line(visit, why, now))
    return tuple(sorted(found, key=lambda each: (-each.minutes, each.number)))


def _line(visit: Row, why: tuple[Risk, ...], now: datetime) -> AtRisk:
    out = visit.stepped_out_at is not None
    waited = waited_seconds(visit.waited_seconds, visit.waiting_since_at, now)
    seconds = (now - visit.stepped_out_at).total_seconds() if out else waited
    return AtRisk(
        party=visit.party_id,
        number=visit.number,
        minutes=max(0, int(seconds // 60)),
        out=out,
        why=why,
        languages=tuple(visit.languages) if Risk.NOBODY_SPEAKS in why else (),
    )


def _inside(visit: Row, theirs: Sequence[Row], spoken: Spoken, opened: set[UUID], held: Collection[UUID]) -> Inside:
    needs = visit.interpreter == Interpreter.NEEDED
    return Inside(
        checked_in_at=visit.checked_in_at,
        booked_at=visit.booked_at,
        waiting_since_at=visit.waiting_since_at,
        out_since_at=visit.stepped_out_at,
        stops=[
            StopAtRisk(
                state=StopState(row.state),
                blocked_by=BlockedBy(row.blocked_by) if row.blocked_by else None,
                no_shows=row.no_shows,
                called_at=row.called_at,
                ended_at=row.ended_at,
                spoken=not needs or spoken.reaches(visit.languages, row.service_id),
                has_desk=row.service_id in opened,
                no_seat=row.service_id in held and row.session_id is None,
            )
            for row in theirs
        ],
    )
