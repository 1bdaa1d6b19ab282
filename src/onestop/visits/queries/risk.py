"""Who is at risk at a day, for the overview and for reception; by number and party, without a name or a service."""

from collections import defaultdict
from collections.abc import Sequence
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
from onestop.domain.risk import LONG_DAY, LONG_OUT, LONG_WAIT, Inside, Risk, StopAtRisk, risks
from onestop.domain.visit import LATE_GRACE, BlockedBy, StopState, VisitState, waited_seconds
from onestop.visits.queries.hall import Spoken, spoken_here, words_of
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
    desks, mediators = desks_of_day(conn, day), mediators_of_day(conn, day)
    return at_risk_there(conn, day, desks, mediators, opens_at=opens_at, now=now)


def at_risk_there(
    conn: sa.Connection,
    day: UUID,
    desks: Sequence[DeskRow],
    mediators: Sequence[MediatorRow],
    *,
    opens_at: datetime,
    now: datetime,
) -> tuple[AtRisk, ...]:
    """The same where desks and mediators were read already; two statements."""
    spoken = spoken_here(desks, mediators, now=now)
    opened = {service for desk in desks if desk.state is not DeskState.CLOSED for service in desk.services}
    held = {one.service for one in sessions_of_day(conn, day)}
    asked = {
        "day": day,
        "out": now - LONG_OUT,
        "waits": now - LONG_WAIT,
        "came": now - LONG_DAY + LATE_GRACE,
        "opened": list(opened),
        "held": list(held),
    }
    theirs: dict[UUID, list[Row]] = defaultdict(list)
    for row in conn.execute(_THEIR_STOPS, asked):
        theirs[row.visit_id].append(row)
    found: list[AtRisk] = []
    for visit in conn.execute(_PERHAPS, asked):
        why = risks(_inside(visit, theirs[visit.id], spoken, opened, held), opens_at=opens_at, now=now)
        if why:
            found.append(_line(visit, why, now))
    return tuple(sorted(found, key=lambda each: (-each.minutes, each.number)))


_DAY = sa.bindparam("day")
_STRIKING = sa.select(stops.c.visit_id).where(
    stops.c.day_id == _DAY,
    sa.or_(
        stops.c.state.in_([StopState.MISSED, StopState.BLOCKED, StopState.CALLED]),
        stops.c.no_shows > 0,
        sa.and_(
            stops.c.state.in_([StopState.WAITING, StopState.PARKED]),
            stops.c.service_id.not_in(sa.bindparam("opened", expanding=True)),
        ),
        sa.and_(
            stops.c.state == StopState.WAITING,
            stops.c.session_id.is_(None),
            stops.c.service_id.in_(sa.bindparam("held", expanding=True)),
        ),
    ),
)
# No rule: a sieve that lets through whomever the rule of `domain.risk` may name, so that the others need not be read.
_MAY_BE_AT_RISK = (
    visits.c.day_id == _DAY,
    visits.c.state == VisitState.OPEN,
    sa.or_(
        visits.c.stepped_out_at < sa.bindparam("out"),
        visits.c.waiting_since_at < sa.bindparam("waits"),
        visits.c.checked_in_at < sa.bindparam("came"),
        parties.c.interpreter == Interpreter.NEEDED,
        visits.c.id.in_(_STRIKING),
    ),
)
_PERHAPS = (
    sa.select(
        visits.c.id,
        visits.c.party_id,
        visits.c.booked_at,
        visits.c.checked_in_at,
        visits.c.waited_seconds,
        visits.c.waiting_since_at,
        visits.c.stepped_out_at,
        parties.c.number,
        sa.type_coerce(parties.c.languages, sa.Text).label("languages"),
        parties.c.interpreter,
    )
    .join_from(visits, parties)
    .where(*_MAY_BE_AT_RISK)
)
_THEIR_STOPS = sa.select(
    stops.c.visit_id,
    stops.c.service_id,
    stops.c.session_id,
    stops.c.state,
    stops.c.blocked_by,
    stops.c.no_shows,
    stops.c.called_at,
    stops.c.ended_at,
).where(
    stops.c.visit_id.in_(sa.select(visits.c.id).join_from(visits, parties).where(*_MAY_BE_AT_RISK)),
)


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
        languages=words_of(visit.languages) if Risk.NOBODY_SPEAKS in why else (),
    )


def _inside(visit: Row, theirs: Sequence[Row], spoken: Spoken, opened: set[UUID], held: set[UUID]) -> Inside:
    needs, languages = visit.interpreter == Interpreter.NEEDED, words_of(visit.languages)
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
                spoken=not needs or spoken.reaches(languages, row.service_id),
                has_desk=row.service_id in opened,
                no_seat=row.service_id in held and row.session_id is None,
            )
            for row in theirs
        ],
    )
