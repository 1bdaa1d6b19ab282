"""People with a ticket as reception sees them in a list: where each stands now; two statements however many."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, members, parties, stops
from onestop.days.tables import days, desks
from onestop.directory.tables import services
from onestop.domain.booking import BookingState, Interpreter
from onestop.domain.visit import AT_DESK, STOP_OPEN, StopState, VisitState, waited_seconds
from onestop.visits.tables import visits

Row: TypeAlias = Any
"""A row of a statement with many columns, which SQLAlchemy's types cannot name."""


class Standing(StrEnum):
    """Where somebody is, in reception's words."""

    BOOKED = "booked"
    HERE = "here"
    CALLED = "called"
    SERVING = "serving"
    OUT = "out"
    DONE = "done"
    LEFT = "left"
    CARRIED_OVER = "carried_over"
    CANCELLED = "cancelled"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSpot:
    """A desk as people find it."""

    number: int
    colour: int
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Title:
    """What a stop may be called here; a private one has no key (R19)."""

    key: str
    private: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One ticket. `since_at` is when the standing began."""

    party: UUID
    day: UUID
    day_slug: str
    day_on: date
    number: int
    name: str
    languages: tuple[str, ...]
    interpreter: Interpreter
    people: int
    walk_in: bool
    need: bool
    standing: Standing
    booked_at: datetime | None
    since_at: datetime | None
    desk: DeskSpot | None
    done: int
    to_do: tuple[Title, ...]
    missed: int
    waited: int
    """Seconds of waits that have ended."""
    waiting_since_at: datetime | None
    """Since when she waits now; to come for an early visitor."""
    lost: bool
    """Called as often as the rule says, and nobody came; no desk has seen her since."""

    def waits_minutes(self, now: datetime) -> int:
        """How long she has waited in all; 0 before her time."""
        return max(0, int(waited_seconds(self.waited, self.waiting_since_at, now)) // 60)


def people(
    conn: sa.Connection, where: sa.ColumnElement[bool], *order: sa.ColumnElement[Any], limit: int | None = None
) -> tuple[Person, ...]:
    """The people that match, in the given order or by number; `where` may name parties, bookings, visits and days."""
    rows = conn.execute(
        sa.select(
            parties.c.id,
            parties.c.day_id,
            parties.c.number,
            parties.c.name,
            parties.c.languages,
            parties.c.interpreter,
            days.c.slug,
            days.c.on_date,
            bookings.c.state.label("booking_state"),
            bookings.c.arrival_at,
            visits.c.state.label("visit_state"),
            visits.c.walk_in,
            visits.c.need,
            visits.c.checked_in_at,
            visits.c.waiting_since_at,
            visits.c.waited_seconds,
            visits.c.stepped_out_at,
            visits.c.ended_at,
            sa.select(sa.func.count()).where(members.c.party_id == parties.c.id).scalar_subquery().label("people"),
        )
        .join_from(parties, days)
        .outerjoin(bookings, bookings.c.party_id == parties.c.id)
        .outerjoin(visits, visits.c.party_id == parties.c.id)
        .where(parties.c.number.is_not(None), where)
        .order_by(*order, parties.c.number)
        .limit(limit)
    ).all()
    theirs = _stops(conn, [row.id for row in rows])
    return tuple(_person(row, theirs[row.id]) for row in rows)


def _stops(conn: sa.Connection, of: Sequence[UUID]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in conn.execute(
        sa.select(
            stops.c.party_id,
            stops.c.state,
            stops.c.private,
            stops.c.called_at,
            stops.c.served_at,
            stops.c.ended_at,
            services.c.key,
            desks.c.number,
            desks.c.colour,
            desks.c.shape,
        )
        .join_from(stops, services)
        .outerjoin(desks, desks.c.id == stops.c.desk_id)
        .where(stops.c.party_id.in_(of))
        .order_by(stops.c.position, stops.c.id)
    ):
        found[row.party_id].append(row)
    return found


def _person(row: Row, theirs: list[Row]) -> Person:
    at_desk = next((stop for stop in theirs if stop.state in AT_DESK), None)
    standing, since = _standing(row, at_desk)
    return Person(
        party=row.id,
        day=row.day_id,
        day_slug=row.slug,
        day_on=row.on_date,
        number=row.number,
        name=row.name,
        languages=tuple(row.languages),
        interpreter=Interpreter(row.interpreter),
        people=row.people,
        walk_in=bool(row.walk_in),
        need=bool(row.need),
        standing=standing,
        booked_at=row.arrival_at,
        since_at=since,
        desk=DeskSpot(number=at_desk.number, colour=at_desk.colour, shape=at_desk.shape) if at_desk else None,
        done=sum(1 for stop in theirs if stop.state == StopState.FINISHED),
        to_do=tuple(title_of(stop) for stop in theirs if stop.state in STOP_OPEN),
        lost=standing is Standing.HERE and _lost(theirs),
        waited=row.waited_seconds or 0,
        waiting_since_at=row.waiting_since_at,
        missed=sum(1 for stop in theirs if stop.state == StopState.MISSED),
    )


def _lost(theirs: list[Row]) -> bool:
    acts = [(at, stop.state) for stop in theirs for at in (stop.called_at, stop.served_at, stop.ended_at) if at]
    return bool(acts) and max(acts)[1] == StopState.MISSED


def title_of(stop: Row) -> Title:
    """What a stop may be called outside its own desk."""
    return Title(key="" if stop.private else stop.key, private=stop.private)


def _standing(row: Row, at_desk: Row | None) -> tuple[Standing, datetime | None]:
    if row.visit_state is None:
        ended = {BookingState.CANCELLED: Standing.CANCELLED, BookingState.MISSED: Standing.MISSED}
        return ended.get(row.booking_state, Standing.BOOKED), row.arrival_at
    if row.visit_state != VisitState.OPEN:
        ends = {VisitState.LEFT: Standing.LEFT, VisitState.CARRIED_OVER: Standing.CARRIED_OVER}
        return ends.get(row.visit_state, Standing.DONE), row.ended_at
    if at_desk is not None:
        if at_desk.state == StopState.CALLED:
            return Standing.CALLED, at_desk.called_at
        return Standing.SERVING, at_desk.served_at
    if row.stepped_out_at is not None:
        return Standing.OUT, row.stepped_out_at
    return Standing.HERE, row.checked_in_at
