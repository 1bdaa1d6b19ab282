"""Who is still inside at the end of a day and what would go on at another one; who was carried there already."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, members, parties, stops
from onestop.days.queries.days import Day, published_days
from onestop.days.queries.draws import draws_of_days
from onestop.days.queries.offer import day_offer
from onestop.domain.booking import BookingState
from onestop.domain.day import Release
from onestop.domain.visit import STOP_OPEN, StopState, VisitState
from onestop.visits.tables import visits

NEXT_DAYS = 12


class Fate(StrEnum):
    """What carrying over would do with a visit."""

    GOES = "goes"
    TALKS = "talks"
    """In the middle of a talk: nobody is carried out of it."""
    NOTHING = "nothing"
    """No open step that she accepted is offered on the other day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StillInside:
    """A ticket inside; `stops` are those the other day has."""

    visit: UUID
    number: int
    people: int
    stops: int
    fate: Fate


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A ticket that goes on at the other day as `party`: with a time, or without one on the waiting list there.

    `over` if she does not come there after all.
    """

    number: int
    party: UUID
    then: int | None
    arrival_at: datetime | None
    over: bool


def days_to_carry_to(conn: sa.Connection, day: Day, *, now: datetime) -> tuple[Day, ...]:
    """The published days that begin after this one and have not begun, soonest first.

    Not those by draw whose places are not given yet: nobody gets a time there before.
    """
    later = [each for each in published_days(conn, now=now) if each.opens_at > max(now, day.opens_at)]
    by_draw = [each.id for each in later if each.release is Release.DRAW]
    draws = draws_of_days(conn, by_draw) if by_draw else {}
    given = {each for each, draw in draws.items() if draw.drawn_at is not None}
    return tuple(each for each in later if each.release is not Release.DRAW or each.id in given)[:NEXT_DAYS]


def still_inside(conn: sa.Connection, day: UUID, to_day: UUID) -> tuple[StillInside, ...]:
    """Everybody inside, who has waited longest first: they get the first times. Two statements and the other day."""
    offered = {service.id for service in day_offer(conn, to_day).services}
    inside = conn.execute(
        sa.select(
            visits.c.id,
            parties.c.number,
            sa.select(sa.func.count()).where(members.c.party_id == parties.c.id).scalar_subquery().label("people"),
        )
        .join_from(visits, parties, parties.c.id == visits.c.party_id)
        .where(visits.c.day_id == day, visits.c.state == VisitState.OPEN)
        .order_by(visits.c.checked_in_at, parties.c.number)
    ).all()
    left = sa.select(stops.c.visit_id, stops.c.service_id, stops.c.state, stops.c.consent_at).where(
        stops.c.day_id == day, stops.c.visit_id.is_not(None), stops.c.state.in_(STOP_OPEN)
    )
    by_visit: dict[UUID, list[Any]] = {row.id: [] for row in inside}
    for stop in conn.execute(left):
        by_visit.get(stop.visit_id, []).append(stop)
    return tuple(
        StillInside(
            visit=row.id,
            number=row.number,
            people=row.people,
            stops=sum(_goes(stop, offered) for stop in by_visit[row.id]),
            fate=_fate(by_visit[row.id], offered),
        )
        for row in inside
    )


def carried_from(conn: sa.Connection, day: UUID, to_day: UUID) -> tuple[Carried, ...]:
    """Everybody of this day who goes on at that one, in the order of their times; one statement."""
    then = parties.alias("then")
    rows = conn.execute(
        sa.select(parties.c.number, then.c.id, then.c.number.label("then"), bookings.c.arrival_at, bookings.c.state)
        .join_from(then, parties, parties.c.id == then.c.carried_from_id)
        .join(bookings, bookings.c.party_id == then.c.id)
        .where(parties.c.day_id == day, then.c.day_id == to_day)
        .order_by(bookings.c.arrival_at.is_(None), bookings.c.arrival_at, parties.c.number)
    )
    return tuple(
        Carried(number=row.number, party=row.id, then=row.then, arrival_at=row.arrival_at, over=row.state in _OVER)
        for row in rows
    )


_OVER = frozenset({BookingState.CANCELLED, BookingState.WITHDRAWN, BookingState.LAPSED, BookingState.MISSED})


def _goes(stop: Any, offered: Collection[UUID]) -> bool:
    return stop.consent_at is not None and stop.service_id in offered


def _fate(left: list[Any], offered: Collection[UUID]) -> Fate:
    if any(stop.state == StopState.SERVING for stop in left):
        return Fate.TALKS
    return Fate.GOES if any(_goes(stop, offered) for stop in left) else Fate.NOTHING
