"""Reads of days for visitors: which days are listed, what is spoken there, which day an invitation opens."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import Day, published_days
from onestop.days.tables import days, desk_languages, desks, invitations, mediator_languages, mediators
from onestop.domain.day import DayState, Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Languages of a day: of the advisers, and of the mediators."""

    desks: tuple[str, ...]
    mediators: tuple[str, ...]


def listed_days(conn: sa.Connection, *, now: datetime) -> list[Day]:
    """Coming days that anybody may see; a day by invitation is not among them."""
    return [day for day in published_days(conn, now=now) if day.release is not Release.INVITED]


def unlisted_days(conn: sa.Connection, *, now: datetime) -> list[UUID]:
    """Coming days by invitation, for looking a code up; never shown."""
    rows = conn.execute(
        sa.select(days.c.id)
        .where(days.c.state == DayState.PUBLISHED, days.c.closes_at > now, days.c.release == Release.INVITED)
        .order_by(days.c.opens_at, days.c.id)
    )
    return list(rows.scalars())


def spoken_on(conn: sa.Connection, day: UUID) -> Spoken:
    """Languages spoken at a day; two statements."""
    by_desks = conn.execute(
        sa.select(desk_languages.c.language)
        .distinct()
        .join_from(desk_languages, desks)
        .where(desks.c.day_id == day)
        .order_by(desk_languages.c.language)
    )
    by_mediators = conn.execute(
        sa.select(mediator_languages.c.language)
        .distinct()
        .join_from(mediator_languages, mediators)
        .where(mediators.c.day_id == day)
        .order_by(mediator_languages.c.language)
    )
    return Spoken(desks=tuple(by_desks.scalars()), mediators=tuple(by_mediators.scalars()))


def day_of_invitation(conn: sa.Connection, code_hash: str) -> str | None:
    """The address name of the day a usable invitation opens."""
    return conn.execute(
        sa.select(days.c.slug)
        .join_from(invitations, days)
        .where(
            invitations.c.code_hash == code_hash,
            invitations.c.used < invitations.c.uses,
            days.c.state == DayState.PUBLISHED,
        )
    ).scalar()
