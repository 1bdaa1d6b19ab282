"""What a floor guide may know of a number: where she stands, which stops she waits for; no name, no topic."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.domain.operational import OperationalNeed
from onestop.domain.visit import StopState, VisitState
from onestop.visits.queries.alarms import Alarm, open_alarm_of
from onestop.visits.queries.people import DeskSpot, Standing, people
from onestop.visits.tables import visit_needs, visits


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """One number of the day. `help`: whether somebody comes; `None` while nobody asked for help."""

    party: UUID
    number: int
    languages: tuple[str, ...]
    standing: Standing
    inside: bool
    desk: DeskSpot | None
    waits_for: tuple[UUID, ...]
    help: Alarm | None
    cannot_stand: bool
    """Whether it is marked that she cannot stand long; no other need is told here."""


def whereabouts(conn: sa.Connection, day: UUID, number: int) -> Whereabouts | None:
    """Where this number stands, `None` for one that nobody has; six statements."""
    found = people(conn, sa.and_(parties.c.day_id == day, parties.c.number == number), limit=1)
    if not found:
        return None
    person = found[0]
    waiting = sa.select(stops.c.id).where(stops.c.party_id == person.party, stops.c.state == StopState.WAITING)
    inside = sa.select(visits.c.id).where(visits.c.party_id == person.party, visits.c.state == VisitState.OPEN)
    sits = (
        sa.select(visit_needs.c.visit_id)
        .join_from(visit_needs, visits)
        .where(visits.c.party_id == person.party, visit_needs.c.kind == OperationalNeed.CANNOT_STAND)
    )
    return Whereabouts(
        party=person.party,
        number=person.number,
        languages=person.languages,
        standing=person.standing,
        inside=conn.execute(inside).first() is not None,
        desk=person.desk,
        waits_for=tuple(conn.execute(waiting).scalars()),
        help=open_alarm_of(conn, person.party),
        cannot_stand=conn.execute(sits).first() is not None,
    )
