"""Where a desk, a stop or an act belongs, for the guards of acts at a desk; and which desks an officer may open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import parties, stops
from onestop.days.tables import days, desks
from onestop.directory.tables import institutions
from onestop.domain.day import DayState, DeskState
from onestop.domain.errors import DeskUnknown, StopUnknown
from onestop.domain.roles import Grant, Role
from onestop.visits.tables import acts

AFTER_CLOSING = timedelta(hours=6)
"""A desk stays on the list of desks to open this long after the day's closing hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskPlace:
    """What an act at a desk touches, for the guards."""

    id: UUID
    day: UUID
    day_state: DayState
    institution: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskChoice:
    """A desk somebody may open."""

    id: UUID
    number: int
    colour: int
    shape: str
    state: DeskState
    institution: str
    day_name: str
    day_opens_at: datetime
    timezone: str


def desk_place(conn: sa.Connection, desk_id: UUID) -> DeskPlace:
    """Where a desk belongs; one statement. Raises `DeskUnknown`."""
    found = _place(conn, sa.select(desks.c.id).where(desks.c.id == desk_id).scalar_subquery())
    if found is None:
        raise DeskUnknown
    return found


def place_of_stop(conn: sa.Connection, stop_id: UUID) -> DeskPlace:
    """The desk a stop is at or was last called to; one statement. Raises `StopUnknown`, also if it never was at one."""
    found = _place(conn, sa.select(stops.c.desk_id).where(stops.c.id == stop_id).scalar_subquery())
    if found is None:
        raise StopUnknown
    return found


def place_of_act(conn: sa.Connection, stop_id: UUID, act_id: UUID | None) -> DeskPlace:
    """The desk at which an act on a stop (the last one, if none is named) was done. Raises `StopUnknown`."""
    wanted = acts.c.id == act_id if act_id is not None else sa.true()
    at_desk = (
        sa.select(acts.c.desk_id)
        .where(acts.c.stop_id == stop_id, acts.c.desk_id.is_not(None), wanted)
        .order_by(acts.c.at.desc(), acts.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = _place(conn, at_desk)
    if found is None:
        raise StopUnknown
    return found


def visit_was_here(conn: sa.Connection, visit_id: UUID, desk_id: UUID) -> bool:
    """Whether a visit is at this desk or was; only then may the desk add a stop to it."""
    found = conn.execute(
        sa.select(stops.c.id).where(stops.c.visit_id == visit_id, stops.c.desk_id == desk_id).limit(1)
    ).scalar()
    return found is not None


def desks_to_open(conn: sa.Connection, held: Iterable[Grant], *, now: datetime) -> tuple[DeskChoice, ...]:
    """Desks of published days that the officer's grants cover, soonest day first; one statement."""
    covered = [_covered_by(grant) for grant in held if grant.role is Role.OFFICER]
    rows = conn.execute(
        sa.select(
            desks,
            institutions.c.name.label("institution"),
            days.c.name.label("day_name"),
            days.c.opens_at,
            days.c.timezone,
        )
        .join_from(desks, days)
        .join(institutions, institutions.c.id == desks.c.institution_id)
        .where(
            days.c.state == DayState.PUBLISHED,
            days.c.closes_at > now - AFTER_CLOSING,
            sa.or_(sa.false(), *covered),
        )
        .order_by(days.c.opens_at, days.c.slug, desks.c.number)
    )
    return tuple(
        DeskChoice(
            id=row.id,
            number=row.number,
            colour=row.colour,
            shape=row.shape,
            state=DeskState(row.state),
            institution=row.institution,
            day_name=row.day_name,
            day_opens_at=row.opens_at,
            timezone=row.timezone,
        )
        for row in rows
    )


def _covered_by(grant: Grant) -> sa.ColumnElement[bool]:
    narrowed = (
        (desks.c.institution_id, grant.institution),
        (desks.c.day_id, grant.day),
        (desks.c.id, grant.desk),
    )
    return sa.and_(sa.true(), *(column == value for column, value in narrowed if value is not None))


def _place(conn: sa.Connection, desk: sa.ScalarSelect[UUID | None]) -> DeskPlace | None:
    row = conn.execute(
        sa.select(desks.c.id, desks.c.day_id, desks.c.institution_id, days.c.state)
        .join_from(desks, days)
        .where(desks.c.id == desk)
    ).one_or_none()
    if row is None:
        return None
    return DeskPlace(id=row.id, day=row.day_id, day_state=DayState(row.state), institution=row.institution_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkWith:
    """How to talk with the visitor of a stop, for the phrase card."""

    stop: UUID
    desk: UUID
    number: int
    languages: tuple[str, ...]
    """What she speaks, then what she reads."""
    timezone: str
    day_name: str


def talk_with(conn: sa.Connection, stop_id: UUID) -> TalkWith:
    """One statement. Raises `StopUnknown` for a stop that was at no desk."""
    row = conn.execute(
        sa.select(
            stops.c.desk_id,
            parties.c.number,
            parties.c.languages,
            parties.c.display_language,
            days.c.timezone,
            days.c.name,
        )
        .join_from(stops, parties, parties.c.id == stops.c.party_id)
        .join(days, days.c.id == stops.c.day_id)
        .where(stops.c.id == stop_id, stops.c.desk_id.is_not(None))
    ).one_or_none()
    if row is None:
        raise StopUnknown
    return TalkWith(
        stop=stop_id,
        desk=row.desk_id,
        number=row.number,
        languages=tuple(dict.fromkeys([*row.languages, row.display_language])),
        timezone=row.timezone,
        day_name=row.name,
    )
