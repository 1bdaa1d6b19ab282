"""Reads for the organiser's screens about set-up: numbers of a day, invitations, order."""

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from onestop.days.tables import crew, day_sessions, days, desks, invitations, mediators, precedences
from onestop.directory.tables import institutions, services


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much of everything a day has."""

    desks: int
    institutions: int
    mediators: int
    sessions: int
    crew: int
    """Other people who work there."""
    order: int
    invitations: int
    arrivals_per_slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationLine:
    """Invitations made under one label: how many, for how many bookings, and how many of these were made."""

    label: str
    made: int
    uses: int
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One service before another; without `after` before every other one."""

    id: UUID
    before: str
    before_institution: str
    after: str | None
    after_institution: str
    because: str


def sizes_of_day(conn: sa.Connection, day: UUID) -> Sizes:
    """The numbers of a day's set-up; one statement."""

    def count(table: sa.Table, what: sa.ColumnElement[object] | None = None) -> sa.ScalarSelect[int]:
        counted = sa.func.count() if what is None else sa.func.count(sa.distinct(what))
        return sa.select(counted).select_from(table).where(table.c.day_id == day).scalar_subquery()

    row = (
        conn.execute(
            sa.select(
                count(desks).label("desks"),
                count(desks, desks.c.institution_id).label("institutions"),
                count(mediators).label("mediators"),
                count(day_sessions).label("sessions"),
                count(crew).label("crew"),
                count(precedences).label("order"),
                count(invitations).label("invitations"),
                sa.select(days.c.arrivals_per_slot)
                .where(days.c.id == day)
                .scalar_subquery()
                .label("arrivals_per_slot"),
            )
        )
        .mappings()
        .one()
    )
    return Sizes(**row)


def invitations_of_day(conn: sa.Connection, day: UUID) -> list[InvitationLine]:
    """Invitations by label."""
    rows = conn.execute(
        sa.select(
            invitations.c.label,
            sa.func.count().label("made"),
            sa.func.sum(invitations.c.uses).label("uses"),
            sa.func.sum(invitations.c.used).label("used"),
        )
        .where(invitations.c.day_id == day)
        .group_by(invitations.c.label)
        .order_by(invitations.c.label)
    )
    return [InvitationLine(label=row.label, made=row.made, uses=int(row.uses), used=int(row.used)) for row in rows]


def order_of_day(conn: sa.Connection, day: UUID) -> list[OrderLine]:
    """What comes first, in the order it was written."""
    first, then = services.alias("first"), services.alias("then")
    first_at, then_at = institutions.alias("first_at"), institutions.alias("then_at")
    rows = conn.execute(
        sa.select(
            precedences.c.id,
            precedences.c.because,
            first.c.key.label("before"),
            first_at.c.name.label("before_institution"),
            then.c.key.label("after"),
            then_at.c.name.label("after_institution"),
        )
        .join_from(precedences, first, first.c.id == precedences.c.before_service_id)
        .join(first_at, first_at.c.id == first.c.institution_id)
        .outerjoin(then, then.c.id == precedences.c.after_service_id)
        .outerjoin(then_at, then_at.c.id == then.c.institution_id)
        .where(precedences.c.day_id == day)
        .order_by(precedences.c.id)
    )
    return [
        OrderLine(
            id=row.id,
            before=row.before,
            before_institution=row.before_institution,
            after=row.after,
            after_institution=row.after_institution or "",
            because=row.because,
        )
        for row in rows
    ]
