"""What a mediator's phone shows: where she is needed, and how many wait who speak her languages; no name, no reason."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import members, parties, stop_members, stops
from onestop.days.queries.desks import mediators_of_day
from onestop.days.tables import desks, mediators
from onestop.domain.booking import Interpreter
from onestop.domain.day import MediatorState
from onestop.domain.visit import AT_DESK, StopState
from onestop.visits.queries.people import DeskSpot


@dataclass(frozen=True, slots=True, kw_only=True)
class NeededAt:
    """The talk that has claimed her."""

    stop: UUID
    desk: DeskSpot
    number: int
    member: int | None
    state: StopState
    called_at: datetime
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorScreen:
    """One mediator of the day. `waiting` counts tickets that asked for an interpreter and speak a language of hers."""

    id: UUID
    label: str
    state: MediatorState
    languages: tuple[str, ...]
    opens_at: datetime
    closes_at: datetime
    needed: NeededAt | None
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorChoice:
    """Somebody of the list that is asked "who are you?"."""

    id: UUID
    label: str
    languages: tuple[str, ...]
    taken: bool


def mediator_of_account(conn: sa.Connection, day: UUID, account: UUID) -> UUID | None:
    """Which mediator of a day an account is."""
    query = sa.select(mediators.c.id).where(mediators.c.day_id == day, mediators.c.account_id == account)
    return conn.execute(query.limit(1)).scalar()


def mediator_choices(conn: sa.Connection, day: UUID) -> tuple[MediatorChoice, ...]:
    """Every mediator of the day; two statements."""
    taken = set(
        conn.execute(
            sa.select(mediators.c.id).where(mediators.c.day_id == day, mediators.c.account_id.is_not(None))
        ).scalars()
    )
    return tuple(
        MediatorChoice(id=one.id, label=one.label, languages=tuple(sorted(one.languages)), taken=one.id in taken)
        for one in mediators_of_day(conn, day)
    )


def mediator_screen(conn: sa.Connection, day: UUID, mediator: UUID) -> MediatorScreen | None:
    """Her screen, `None` when the day has no such mediator; four statements."""
    one = next((each for each in mediators_of_day(conn, day) if each.id == mediator), None)
    if one is None:
        return None
    waits = sa.select(stops.c.party_id).where(stops.c.day_id == day, stops.c.state == StopState.WAITING)
    asked = sa.select(parties.c.languages).where(parties.c.id.in_(waits), parties.c.interpreter == Interpreter.NEEDED)
    return MediatorScreen(
        id=one.id,
        label=one.label,
        state=one.state,
        languages=tuple(sorted(one.languages)),
        opens_at=one.opens_at,
        closes_at=one.closes_at,
        needed=_needed(conn, mediator),
        waiting=sum(1 for row in conn.execute(asked) if one.languages & set(row.languages)),
    )


def _needed(conn: sa.Connection, mediator: UUID) -> NeededAt | None:
    row = conn.execute(
        sa.select(
            stops, parties.c.number, parties.c.languages, desks.c.number.label("desk"), desks.c.colour, desks.c.shape
        )
        .join_from(stops, parties)
        .join(desks, desks.c.id == stops.c.desk_id)
        .where(stops.c.mediator_id == mediator, stops.c.state.in_(AT_DESK))
    ).one_or_none()
    people = conn.execute(
        sa.select(members.c.mark, stop_members.c.stop_id.is_not(None).label("comes"))
        .join_from(stops, members, members.c.party_id == stops.c.party_id)
        .outerjoin(
            stop_members, sa.and_(stop_members.c.member_id == members.c.id, stop_members.c.stop_id == stops.c.id)
        )
        .where(stops.c.mediator_id == mediator, stops.c.state.in_(AT_DESK))
    ).all()
    if row is None:
        return None
    coming = [person.mark for person in people if person.comes]
    return NeededAt(
        stop=row.id,
        desk=DeskSpot(number=row.desk, colour=row.colour, shape=row.shape),
        number=row.number,
        member=coming[0] if len(coming) == 1 < len(people) else None,
        state=StopState(row.state),
        called_at=row.called_at,
        languages=tuple(row.languages),
    )
