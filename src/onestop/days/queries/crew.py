"""Who works at a day beside its mediators, and when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.desks import DeskRow
from onestop.days.tables import crew, desks, shifts
from onestop.directory.tables import institutions
from onestop.domain.crew import DeskHours, Gap, OnShift, Work, gaps
from onestop.domain.intervals import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewRow:
    """A person of the day with her shifts, in the order of time. Without a label nobody fills the place yet."""

    id: UUID
    work: Work
    label: str
    institution: UUID | None
    """Of an officer: that of her desk, where she has one."""
    institution_name: str
    desk: UUID | None
    desk_number: int | None
    account: UUID | None
    left_at: datetime | None
    """When she said that she cannot come any more."""
    hours: tuple[Interval, ...]


def crew_of_day(conn: sa.Connection, day: UUID) -> list[CrewRow]:
    """Officers by institution and desk, then the others by name; one statement."""
    of = sa.func.coalesce(desks.c.institution_id, crew.c.institution_id)
    rows = conn.execute(
        sa.select(
            crew,
            of.label("of"),
            institutions.c.name.label("institution_name"),
            desks.c.number,
            shifts.c.opens_at,
            shifts.c.closes_at,
        )
        .select_from(crew)
        .outerjoin(desks, desks.c.id == crew.c.desk_id)
        .outerjoin(institutions, institutions.c.id == of)
        .outerjoin(shifts, shifts.c.crew_id == crew.c.id)
        .where(crew.c.day_id == day)
        .order_by(crew.c.work, institutions.c.name, desks.c.number, crew.c.label, crew.c.id, shifts.c.opens_at)
    )
    found: dict[UUID, CrewRow] = {}
    for row in rows:
        one = found.get(row.id) or CrewRow(
            id=row.id,
            work=Work(row.work),
            label=row.label,
            institution=row.of,
            institution_name=row.institution_name or "",
            desk=row.desk_id,
            desk_number=row.number,
            account=row.account_id,
            left_at=row.left_at,
            hours=(),
        )
        if row.opens_at is not None:
            one = replace(one, hours=(*one.hours, (row.opens_at, row.closes_at)))
        found[row.id] = one
    return list(found.values())


def gaps_of(
    day: Interval, desks_there: Sequence[DeskRow], people: Sequence[CrewRow], *, since: datetime
) -> tuple[Gap, ...]:
    """Where somebody is missing; a place without a name is nobody."""
    return gaps(
        day,
        [DeskHours(desk=desk.id, institution=desk.institution.id, openings=desk.openings) for desk in desks_there],
        [
            OnShift(work=one.work, hours=one.hours, desk=one.desk, institution=one.institution)
            for one in people
            if one.label
        ],
        since=since,
    )
