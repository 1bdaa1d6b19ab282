"""The capacity of a day as the plan needs it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import Day
from onestop.days.queries.desks import DeskRow, MediatorRow, day_precedences, desks_of_day, mediators_of_day
from onestop.days.queries.offer import service_keys
from onestop.days.tables import capacity
from onestop.domain.plan import Bucket, CapacityKind, DayCapacity, DeskGroup, MediatorGroup
from onestop.domain.slots import group_key


def load_capacity(conn: sa.Connection, day: Day, *, freed: dict[UUID, tuple[int, int]] | None = None) -> DayCapacity:
    """The day's capacity for planning; `freed` gives back (minutes, reserve) per row: expired holds, own claims."""
    freed = freed or {}
    buckets: dict[tuple[str, str], list[Bucket]] = defaultdict(list)
    for row in conn.execute(
        sa.select(capacity).where(capacity.c.day_id == day.id).order_by(capacity.c.bucket_at, capacity.c.id)
    ):
        minutes, reserve = freed.get(row.id, (0, 0))
        buckets[row.kind, row.key].append(
            Bucket(
                id=row.id,
                start=row.bucket_at,
                total=row.total,
                reserve=row.reserve,
                used=row.used - (minutes - reserve),
                used_reserve=row.used_reserve - reserve,
            )
        )
    return capacity_of(conn, day, buckets)


def capacity_of(conn: sa.Connection, day: Day, buckets: Mapping[tuple[str, str], list[Bucket]]) -> DayCapacity:
    """The day's desks and mediators with these buckets by kind and key; nine statements."""
    keys = service_keys(conn)
    groups: dict[str, DeskRow] = {}
    for desk in desks_of_day(conn, day.id):
        groups.setdefault(desk_group(desk, keys), desk)
    talking: dict[str, MediatorRow] = {}
    for mediator in mediators_of_day(conn, day.id):
        talking.setdefault(group_key((), mediator.languages), mediator)
    return DayCapacity(
        opens_at=day.opens_at,
        closes_at=day.closes_at,
        slot=timedelta(minutes=day.slot_minutes),
        groups=tuple(
            DeskGroup(
                key=key,
                services=frozenset(desk.services),
                languages=desk.languages,
                minutes=desk.services,
                buckets=tuple(buckets.get((CapacityKind.SERVICE, key), ())),
            )
            for key, desk in sorted(groups.items())
        ),
        mediators=tuple(
            MediatorGroup(
                key=key, languages=mediator.languages, buckets=tuple(buckets.get((CapacityKind.MEDIATOR, key), ()))
            )
            for key, mediator in sorted(talking.items())
        ),
        arrivals=tuple(buckets.get((CapacityKind.ARRIVALS, ""), ())),
        precedences=day_precedences(conn, day.id),
    )


def desk_group(desk: DeskRow, keys: dict[UUID, str]) -> str:
    """The name of the group of interchangeable desks this one belongs to."""
    return group_key((keys[service] for service in desk.services), desk.languages)
