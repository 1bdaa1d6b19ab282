"""Capacity rows of a day: written from its desks and mediators, never cut below what is claimed (R1)."""

from datetime import timedelta

import sqlalchemy as sa

from onestop.days.queries.capacity import desk_group
from onestop.days.queries.days import Day
from onestop.days.queries.desks import desks_of_day, mediators_of_day
from onestop.days.queries.offer import service_keys
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.tables import capacity, days
from onestop.db.types import new_id
from onestop.domain.plan import CapacityKind
from onestop.domain.slots import CapacityRow, SeatSupply, Supply, beside, capacity_rows, group_key


def write_capacity(conn: sa.Connection, day: Day) -> None:
    """Write the capacity rows that follow from desks and mediators; nothing is cut below what is claimed."""
    rows = wanted_capacity(conn, day)
    held = {
        (row.kind, row.key, row.bucket_at): row
        for row in conn.execute(sa.select(capacity).where(capacity.c.day_id == day.id))
    }
    fresh: list[dict[str, object]] = []
    for row in rows:
        old = held.pop((row.kind, row.key, row.bucket_at), None)
        if old is not None:
            resize_capacity(conn, old, wanted=row.total, reserve=row.reserve)
            continue
        fresh.append(
            {
                "id": new_id(),
                "day_id": day.id,
                "kind": row.kind,
                "key": row.key,
                "bucket_at": row.bucket_at,
                "total": row.total,
                "reserve": row.reserve,
                "used": 0,
                "used_reserve": 0,
                "wanted": row.total,
                "wanted_reserve": row.reserve,
            }
        )
    if fresh:
        conn.execute(capacity.insert(), fresh)
    for old in held.values():
        resize_capacity(conn, old, wanted=0, reserve=0)


def wanted_capacity(conn: sa.Connection, day: Day) -> list[CapacityRow]:
    """The capacity rows that follow from the desks, mediators and sessions of a day as they are set up now.

    While a desk holds a session it has no minutes for talks; one outside its hours is not held and has no seats.
    """
    keys = service_keys(conn)
    desks = desks_of_day(conn, day.id)
    by_id = {desk.id: desk for desk in desks}
    sessions = [one for one in sessions_of_day(conn, day.id) if by_id[one.desk].holds(one.starts_at, one.ends_at)]
    supplies = [
        Supply(kind=CapacityKind.SERVICE, group=desk_group(desk, keys), opens_at=start, closes_at=end)
        for desk in desks
        for opening in desk.openings
        for start, end in beside(opening, [(one.starts_at, one.ends_at) for one in sessions if one.desk == desk.id])
    ]
    supplies += [
        Supply(
            kind=CapacityKind.MEDIATOR,
            group=group_key((), mediator.languages),
            opens_at=mediator.opens_at,
            closes_at=mediator.closes_at,
        )
        for mediator in mediators_of_day(conn, day.id)
    ]
    per_slot = conn.execute(sa.select(days.c.arrivals_per_slot).where(days.c.id == day.id)).scalar_one()
    return capacity_rows(
        supplies,
        opens_at=day.opens_at,
        closes_at=day.closes_at,
        slot=timedelta(minutes=day.slot_minutes),
        arrivals_per_slot=per_slot,
        reserve_percent=day.reserve_percent,
        seats=[SeatSupply(key=str(one.id), starts_at=one.starts_at, seats=one.seats) for one in sessions],
    )


def resize_capacity(conn: sa.Connection, old: sa.Row[tuple[object, ...]], *, wanted: int, reserve: int) -> None:
    """Give a capacity row the minutes that are wanted now, but never fewer than are claimed of it."""
    kept = max(old.used_reserve, min(reserve, max(0, wanted - old.used)))
    conn.execute(
        capacity.update()
        .where(capacity.c.id == old.id)
        .values(total=max(wanted, old.used + kept), reserve=kept, wanted=wanted, wanted_reserve=reserve)
    )
