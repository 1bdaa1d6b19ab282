"""The desks and mediators of a day as they are configured."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.tables import (
    desk_languages,
    desk_services,
    desks,
    mediator_languages,
    mediators,
    openings,
    precedences,
)
from onestop.db.memo import remembered
from onestop.directory.tables import institutions
from onestop.domain.day import DeskState, MediatorState, is_expected
from onestop.domain.errors import DeskUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """An institution at a day; `authority` is none, state or police."""

    id: UUID
    key: str
    name: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRow:
    """A desk as configured."""

    id: UUID
    day_id: UUID
    number: int
    colour: int
    shape: str
    state: DeskState
    institution: Institution
    services: dict[UUID, int]
    languages: frozenset[str]
    openings: tuple[tuple[datetime, datetime], ...]
    ready_until_at: datetime | None
    opened_at: datetime | None
    """When it was last opened today."""

    def is_expected(self, now: datetime) -> bool:
        """Whether it takes visitors, or will."""
        return is_expected(self.state, self.openings, opened_at=self.opened_at, now=now)

    def holds(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether it is open all the time of a session."""
        return any(opens <= starts_at and ends_at <= closes for opens, closes in self.openings)

    @property
    def closes_at(self) -> datetime | None:
        """The end of the last opening."""
        return max((end for _, end in self.openings), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorRow:
    """A mediator as configured."""

    id: UUID
    label: str
    state: MediatorState
    languages: frozenset[str]
    opens_at: datetime
    closes_at: datetime


def desks_of_day(conn: sa.Connection, day_id: UUID) -> list[DeskRow]:
    """Every desk of the day with services, languages and openings, by number; one statement besides what is kept."""
    now = {row.id: row for row in conn.execute(_LIVE_DESKS, {"day": day_id})}
    return [
        replace(desk, state=DeskState(row.state), ready_until_at=row.ready_until_at, opened_at=row.opened_at)
        for desk in remembered(conn, _configured_desks, day_id)
        if (row := now.get(desk.id)) is not None
    ]


_LIVE_DESKS = sa.select(desks.c.id, desks.c.state, desks.c.ready_until_at, desks.c.opened_at).where(
    desks.c.day_id == sa.bindparam("day")
)


def _configured_desks(conn: sa.Connection, day_id: UUID) -> tuple[DeskRow, ...]:
    """The desks of a day without what changes while it runs; four statements."""
    of_day = sa.select(desks.c.id).where(desks.c.day_id == day_id)
    offered: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for row in conn.execute(sa.select(desk_services).where(desk_services.c.desk_id.in_(of_day))):
        offered[row.desk_id][row.service_id] = row.minutes
    spoken: dict[UUID, set[str]] = defaultdict(set)
    for row in conn.execute(sa.select(desk_languages).where(desk_languages.c.desk_id.in_(of_day))):
        spoken[row.desk_id].add(row.language)
    hours: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in conn.execute(sa.select(openings).where(openings.c.desk_id.in_(of_day)).order_by(openings.c.opens_at)):
        hours[row.desk_id].append((row.opens_at, row.closes_at))
    rows = conn.execute(
        sa.select(desks, institutions.c.key, institutions.c.name, institutions.c.authority)
        .join_from(desks, institutions)
        .where(desks.c.day_id == day_id)
        .order_by(desks.c.number)
    )
    return tuple(
        DeskRow(
            id=row.id,
            day_id=row.day_id,
            number=row.number,
            colour=row.colour,
            shape=row.shape,
            state=DeskState.CLOSED,
            institution=Institution(id=row.institution_id, key=row.key, name=row.name, authority=row.authority),
            services=offered[row.id],
            languages=frozenset(spoken[row.id]),
            openings=tuple(hours[row.id]),
            ready_until_at=None,
            opened_at=None,
        )
        for row in rows
    )


def desk_by_id(conn: sa.Connection, desk_id: UUID) -> DeskRow:
    """One desk. Raises `DeskUnknown`."""
    day_id = conn.execute(sa.select(desks.c.day_id).where(desks.c.id == desk_id)).scalar()
    if day_id is None:
        raise DeskUnknown
    return next(desk for desk in desks_of_day(conn, day_id) if desk.id == desk_id)


def mediators_of_day(conn: sa.Connection, day_id: UUID) -> list[MediatorRow]:
    """Every mediator of the day, by label; one statement besides what is kept."""
    now = {row.id: row.state for row in conn.execute(_LIVE_MEDIATORS, {"day": day_id})}
    return [
        replace(one, state=MediatorState(now[one.id]))
        for one in remembered(conn, _configured_mediators, day_id)
        if one.id in now
    ]


_LIVE_MEDIATORS = sa.select(mediators.c.id, mediators.c.state).where(mediators.c.day_id == sa.bindparam("day"))


def _configured_mediators(conn: sa.Connection, day_id: UUID) -> tuple[MediatorRow, ...]:
    spoken: dict[UUID, set[str]] = defaultdict(set)
    of_day = sa.select(mediators.c.id).where(mediators.c.day_id == day_id)
    for row in conn.execute(sa.select(mediator_languages).where(mediator_languages.c.mediator_id.in_(of_day))):
        spoken[row.mediator_id].add(row.language)
    rows = conn.execute(sa.select(mediators).where(mediators.c.day_id == day_id).order_by(mediators.c.label))
    return tuple(
        MediatorRow(
            id=row.id,
            label=row.label,
            state=MediatorState.FREE,
            languages=frozenset(spoken[row.id]),
            opens_at=row.opens_at,
            closes_at=row.closes_at,
        )
        for row in rows
    )


def day_precedences(conn: sa.Connection, day_id: UUID) -> tuple[tuple[UUID, UUID | None], ...]:
    """Pairs of services, the first before the second; `None`: before every other."""
    return remembered(conn, _configured_precedences, day_id)


def _configured_precedences(conn: sa.Connection, day_id: UUID) -> tuple[tuple[UUID, UUID | None], ...]:
    rows = conn.execute(sa.select(precedences).where(precedences.c.day_id == day_id).order_by(precedences.c.id))
    return tuple((row.before_service_id, row.after_service_id) for row in rows)
