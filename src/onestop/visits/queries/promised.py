"""A day and everybody who is promised something on it, as the weighing of a change needs them."""

from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.tables import bookings, claims, members, parties, stop_members, stops
from onestop.days.queries.capacity import capacity_of
from onestop.days.queries.days import day_by_id
from onestop.days.tables import capacity
from onestop.domain.booking import BookingState, Interpreter
from onestop.domain.capacity import Bucket, CapacityKind, DayCapacity
from onestop.domain.party import Member
from onestop.domain.touch import Promised, PromisedStop
from onestop.domain.visit import AT_DESK, STOP_OPEN, VisitState
from onestop.visits.tables import visits

_AHEAD = STOP_OPEN - AT_DESK


def room_of(conn: sa.Connection, day_id: UUID) -> DayCapacity:
    """The minutes that the set-up of a day has now, whatever is claimed of them, and how much is."""
    buckets: dict[tuple[str, str], list[Bucket]] = defaultdict(list)
    rows = conn.execute(
        sa.select(capacity).where(capacity.c.day_id == day_id, capacity.c.kind != CapacityKind.ARRIVALS)
    )
    for row in rows:
        buckets[row.kind, row.key].append(
            Bucket(
                id=row.id,
                start=row.bucket_at,
                total=row.wanted,
                reserve=0,
                used=row.used + row.used_reserve,
                used_reserve=0,
            )
        )
    for each in buckets.values():
        each.sort(key=lambda bucket: bucket.start)
    return capacity_of(conn, day_by_id(conn, day_id), buckets)


def promised(conn: sa.Connection, day_id: UUID, *, party: UUID | None = None) -> tuple[Promised, ...]:
    """Everybody with a booking, or inside with something ahead (of one `party`); five statements."""
    ours = sa.and_(parties.c.day_id == day_id, parties.c.erased_at.is_(None), parties.c.number.is_not(None))
    if party is not None:
        ours = sa.and_(ours, parties.c.id == party)
    live = sa.or_(bookings.c.state == BookingState.CONFIRMED, visits.c.state == VisitState.OPEN)
    found = conn.execute(
        sa.select(
            parties.c.id,
            parties.c.number,
            parties.c.languages,
            parties.c.interpreter,
            bookings.c.id.label("booking"),
            bookings.c.arrival_at,
            bookings.c.ends_at,
            bookings.c.confirmed_at,
            visits.c.checked_in_at,
        )
        .join_from(parties, bookings, bookings.c.party_id == parties.c.id, isouter=True)
        .outerjoin(visits, visits.c.party_id == parties.c.id)
        .where(ours, live)
    ).all()
    people: dict[UUID, list[Member]] = defaultdict(list)
    for row in conn.execute(
        sa.select(members).join(parties, parties.c.id == members.c.party_id).where(ours).order_by(members.c.mark)
    ):
        people[row.party_id].append(Member(mark=row.mark, child=row.child, guardian_mark=row.guardian_mark))
    steps = _stops(conn, day_id, party)
    taken = _claims(conn, day_id, party)
    return tuple(
        Promised(
            party=row.id,
            number=row.number,
            here=row.checked_in_at is not None,
            since=_since(row.confirmed_at, row.checked_in_at),
            arrival_at=row.arrival_at or row.checked_in_at,
            ends_at=row.ends_at or row.checked_in_at,
            languages=frozenset(row.languages),
            interpreter=Interpreter(row.interpreter),
            members=tuple(people[row.id]),
            stops=steps[row.id],
            claims=taken.get(row.booking, {}),
        )
        for row in found
        if row.id in steps
    )


def _since(confirmed_at: datetime | None, checked_in_at: datetime | None) -> datetime:
    since = confirmed_at or checked_in_at
    assert since is not None
    return since


def _stops(conn: sa.Connection, day_id: UUID, party: UUID | None) -> dict[UUID, tuple[PromisedStop, ...]]:
    query = (
        sa.select(
            stops.c.id,
            stops.c.party_id,
            stops.c.service_id,
            stops.c.private,
            stops.c.planned_at,
            stops.c.minutes,
            members.c.mark,
        )
        .join_from(stops, stop_members, stop_members.c.stop_id == stops.c.id)
        .join(members, members.c.id == stop_members.c.member_id)
        .where(stops.c.day_id == day_id, stops.c.state.in_(_AHEAD))
        .order_by(stops.c.position, stops.c.id)
    )
    found: dict[UUID, PromisedStop] = {}
    whose: dict[UUID, list[UUID]] = defaultdict(list)
    for row in conn.execute(query if party is None else query.where(stops.c.party_id == party)):
        known = found.get(row.id)
        if known is None:
            whose[row.party_id].append(row.id)
            known = PromisedStop(
                service=row.service_id,
                members=frozenset(),
                start=row.planned_at,
                minutes=row.minutes,
                private=row.private,
            )
        found[row.id] = replace(known, members=known.members | {row.mark})
    return {each: tuple(found[stop] for stop in ids) for each, ids in whose.items()}


def _claims(conn: sa.Connection, day_id: UUID, party: UUID | None) -> dict[UUID, dict[UUID, int]]:
    query = (
        sa.select(claims.c.booking_id, claims.c.capacity_id, claims.c.minutes)
        .join_from(claims, bookings)
        .join(capacity, capacity.c.id == claims.c.capacity_id)
        .where(
            bookings.c.day_id == day_id,
            bookings.c.state == BookingState.CONFIRMED,
            capacity.c.kind != CapacityKind.ARRIVALS,
            claims.c.offered.is_(False),
        )
    )
    found: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for row in conn.execute(query if party is None else query.where(bookings.c.party_id == party)):
        found[row.booking_id][row.capacity_id] = row.minutes
    return found
