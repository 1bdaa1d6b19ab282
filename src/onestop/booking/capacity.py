"""Claims on capacity: taken by one guarded statement per amount, given back when a booking ends (R1)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onestop.booking.rests import rest_if_awaited
from onestop.booking.tables import bookings, claims, stop_members, stops
from onestop.days.capacity import resize_capacity
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.tables import capacity
from onestop.db.ledger import record
from onestop.domain.booking import BookingState
from onestop.domain.errors import ArrivalTaken
from onestop.domain.facts import Fact
from onestop.domain.plan import CapacityKind, Claim
from onestop.domain.visit import StopState

_LOCKED = (
    sa.select(capacity.c.id)
    .where(capacity.c.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(capacity.c.id)
    .with_for_update()
)
_MINUTES, _KEPT = sa.bindparam("minutes", type_=sa.Integer), sa.bindparam("kept", type_=sa.Integer)
_GUARDED = (
    capacity.update()
    .where(
        capacity.c.id.in_(sa.bindparam("ids", expanding=True)),
        capacity.c.used + _MINUTES <= capacity.c.total - capacity.c.reserve,
        capacity.c.used_reserve + _KEPT <= capacity.c.reserve,
    )
    .values(used=capacity.c.used + _MINUTES, used_reserve=capacity.c.used_reserve + _KEPT)
)


def claim(conn: sa.Connection, booking: UUID, wanted: Sequence[Claim], *, offered: bool = False) -> None:
    """Take every row of a plan or raise `ArrivalTaken`; locked in id order, so two plans never wait in a circle.

    `offered` claims are for a time the booking may take, beside those it has.
    """
    ids = sorted(item.bucket for item in wanted)
    if conn.dialect.name == "postgresql":  # SQLite has one writer
        conn.execute(_LOCKED, {"ids": ids})
    amounts: dict[tuple[int, int], list[UUID]] = defaultdict(list)
    for item in wanted:
        amounts[item.minutes - item.reserve, item.reserve].append(item.bucket)
    for (used, reserve), rows in amounts.items():
        taken = conn.execute(_GUARDED, {"ids": rows, "minutes": used, "kept": reserve})
        if taken.rowcount != len(rows):
            raise ArrivalTaken
    conn.execute(
        claims.insert(),
        [
            {
                "booking_id": booking,
                "capacity_id": item.bucket,
                "minutes": item.minutes,
                "reserve": item.reserve,
                "offered": offered,
            }
            for item in wanted
        ],
    )


def give_back(
    conn: sa.Connection,
    bookings_ended: Sequence[UUID],
    *,
    offered: bool | None = None,
    arrivals_too: bool = True,
) -> dict[UUID, tuple[int, int]]:
    """Return every claim of these bookings, or only what was offered to them or not; gives it by row.

    Not `arrivals_too`: they keep their arrivals.
    """
    if not bookings_ended:
        return {}
    theirs = claims.c.booking_id.in_(bookings_ended)
    if offered is not None:
        theirs = sa.and_(theirs, claims.c.offered.is_(offered))
    if not arrivals_too:
        arrivals = sa.select(capacity.c.id).where(capacity.c.kind == CapacityKind.ARRIVALS)
        theirs = sa.and_(theirs, claims.c.capacity_id.not_in(arrivals))
    held = freed_by(conn, theirs)
    for row, (minutes, reserve) in sorted(held.items()):
        conn.execute(
            capacity.update()
            .where(capacity.c.id == row)
            .values(used=capacity.c.used - (minutes - reserve), used_reserve=capacity.c.used_reserve - reserve)
        )
    conn.execute(claims.delete().where(theirs))
    # Minutes that the set-up no longer has were there for these claims only.
    surplus = sa.or_(capacity.c.total > capacity.c.wanted, capacity.c.reserve > capacity.c.wanted_reserve)
    for row in conn.execute(sa.select(capacity).where(capacity.c.id.in_(held), surplus)).all():
        resize_capacity(conn, row, wanted=row.wanted, reserve=row.wanted_reserve)
    return held


def claims_of(conn: sa.Connection, booking: UUID) -> tuple[Claim, ...]:
    """What a booking has of each capacity row, offers apart."""
    rows = conn.execute(sa.select(claims).where(claims.c.booking_id == booking, claims.c.offered.is_(False)))
    return tuple(Claim(bucket=row.capacity_id, minutes=row.minutes, reserve=row.reserve) for row in rows)


def freed_by(
    conn: sa.Connection, where: sa.ColumnElement[bool], *, without: sa.Select[Any, Any, int] | None = None
) -> dict[UUID, tuple[int, int]]:
    """Minutes and reserve minutes per capacity row of the claims that match; `without` rows of the same shape."""
    freed = sa.select(claims.c.capacity_id, claims.c.minutes, claims.c.reserve).join_from(claims, bookings).where(where)
    found = (freed if without is None else freed.union_all(without)).subquery()
    rows = conn.execute(
        sa.select(found.c.capacity_id, sa.func.sum(found.c.minutes), sa.func.sum(found.c.reserve)).group_by(
            found.c.capacity_id
        )
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def with_seats(freed: Mapping[UUID, tuple[int, int]], conn: sa.Connection, day: UUID) -> dict[UUID, tuple[int, int]]:
    """What is freed, less the seats of people without a claim."""
    found = dict(freed)
    for row, (minutes, reserve) in seats_besides(conn, day).items():
        more, kept = found.get(row, (0, 0))
        found[row] = (more + minutes, kept + reserve)
    return found


_HAS_A_SEAT = (
    StopState.PLANNED,
    StopState.WAITING,
    StopState.BLOCKED,
    StopState.CALLED,
    StopState.SERVING,
    StopState.PARKED,
    StopState.FINISHED,
)
_SEATED = (
    sa.select(stops.c.session_id, sa.func.count().label("people"))
    .join_from(stops, stop_members, stop_members.c.stop_id == stops.c.id)
    .where(stops.c.day_id == sa.bindparam("day"), stops.c.session_id.is_not(None), stops.c.state.in_(_HAS_A_SEAT))
    .group_by(stops.c.session_id)
)
_OFFERED_SEATS = (
    sa.select(capacity.c.key, sa.func.sum(claims.c.minutes).label("people"))
    .join_from(claims, capacity, capacity.c.id == claims.c.capacity_id)
    .where(
        capacity.c.day_id == sa.bindparam("day"),
        capacity.c.kind == CapacityKind.SESSION,
        claims.c.offered.is_(True),
    )
    .group_by(capacity.c.key)
)


def seats_taken(conn: sa.Connection, day: UUID) -> dict[UUID, int]:
    """By session, the seats of everybody who is booked, holds a time, is offered one or is here; two statements."""
    taken: Counter[UUID] = Counter({row.session_id: row.people for row in conn.execute(_SEATED, {"day": day})})
    for row in conn.execute(_OFFERED_SEATS, {"day": day}):
        taken[UUID(row.key)] += int(row.people)
    return dict(taken)


def seats_besides(conn: sa.Connection, day: UUID) -> dict[UUID, tuple[int, int]]:
    """Seats of people without a claim, who came without an appointment or go to another session than the booked one.

    By capacity row as what is less to be had, for `load_capacity`: of the reserve first. Nothing is asked on a day
    without sessions.
    """
    sessions = sessions_of_day(conn, day)
    if not sessions:
        return {}
    taken = seats_taken(conn, day)
    less: dict[UUID, tuple[int, int]] = {}
    rows = conn.execute(sa.select(capacity).where(capacity.c.day_id == day, capacity.c.kind == CapacityKind.SESSION))
    starts = {str(one.id): one for one in sessions}
    for row in rows:
        session = starts.get(row.key)
        if session is None or session.starts_at != row.bucket_at:
            continue
        more = max(0, taken.get(session.id, 0) - row.used - row.used_reserve)
        if more:
            less[row.id] = (-more, -min(more, row.reserve - row.used_reserve))
    return less


def expired_holds(day: Any, now: Any) -> sa.ColumnElement[bool]:
    """Holds whose time is over; they are free for everybody from that instant on, whether marked yet or not."""
    return sa.and_(bookings.c.day_id == day, bookings.c.state == BookingState.HELD, bookings.c.hold_until_at <= now)


_EXPIRED = sa.select(bookings.c.id, bookings.c.party_id).where(expired_holds(sa.bindparam("day"), sa.bindparam("now")))


def expire_holds(conn: sa.Connection, day: UUID, *, now: datetime) -> int:
    """Mark holds that are over and return their claims; gives how many."""
    over = conn.execute(_EXPIRED, {"day": day, "now": now}).all()
    if not over:
        return 0
    ids = [row.id for row in over]
    rest_if_awaited(conn, day, give_back(conn, ids), now=now)
    conn.execute(bookings.update().where(bookings.c.id.in_(ids)).values(state=BookingState.EXPIRED, ended_at=now))
    conn.execute(
        stops.update()
        .where(stops.c.party_id.in_([row.party_id for row in over]), stops.c.state == StopState.PLANNED)
        .values(state=StopState.DROPPED, ended_at=now, version=stops.c.version + 1)
    )
    for row in over:
        record(conn, Fact(kind="HoldExpired", at=now, day=day, party=row.party_id, actor="system"))
    return len(ids)


def days_with_expired_holds(conn: sa.Connection, *, now: datetime) -> list[UUID]:
    """Days on which some hold is over and not marked yet."""
    over = sa.and_(bookings.c.state == BookingState.HELD, bookings.c.hold_until_at <= now)
    return list(conn.execute(sa.select(bookings.c.day_id).distinct().where(over)).scalars())
