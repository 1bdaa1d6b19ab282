"""The capacity of a day as the plan needs it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from onestop.days.queries.days import Day, day_by_id
from onestop.days.queries.desks import DeskRow, MediatorRow, day_precedences, desks_of_day, mediators_of_day
from onestop.days.queries.offer import service_keys
from onestop.days.queries.sessions import sessions_of_day
from onestop.days.tables import capacity
from onestop.db.memo import remembered
from onestop.domain.plan import Bucket, CapacityKind, DayCapacity, DeskGroup, MediatorGroup, Session
from onestop.domain.slots import group_key

_BUCKETS = (
    sa.select(
        capacity.c.id,
        capacity.c.kind,
        capacity.c.key,
        capacity.c.bucket_at,
        capacity.c.total,
        capacity.c.reserve,
        capacity.c.used,
        capacity.c.used_reserve,
    )
    .where(capacity.c.day_id == sa.bindparam("day"), capacity.c.key.in_(sa.bindparam("keys", expanding=True)))
    .order_by(capacity.c.bucket_at, capacity.c.id)
)


def load_capacity(
    conn: sa.Connection,
    day: Day,
    *,
    services: Collection[UUID],
    languages: Collection[str],
    freed: dict[UUID, tuple[int, int]] | None = None,
) -> DayCapacity:
    """The day's capacity for planning these services for people with these languages; other groups have no buckets.

    `freed` gives back (minutes, reserve) per row: expired holds, own claims.
    """
    freed = freed or {}
    whole = remembered(conn, _groups, day.id)
    keys = [
        "",
        *(group.key for group in whole.groups if not group.services.isdisjoint(services)),
        *(group.key for group in whole.mediators if not group.languages.isdisjoint(languages)),
        *(str(session.id) for session in whole.sessions if session.service in services),
    ]
    buckets: dict[tuple[str, str], list[Bucket]] = defaultdict(list)
    for row, kind, key, start, total, kept, used, used_kept in conn.execute(
        _BUCKETS, {"day": day.id, "keys": keys}
    ).all():
        minutes, reserve = freed.get(row, (0, 0))
        buckets[kind, key].append(
            Bucket(
                id=row,
                start=start,
                total=total,
                reserve=kept,
                used=used - (minutes - reserve),
                used_reserve=used_kept - reserve,
            )
        )
    return _with_buckets(whole, buckets)


def _with_buckets(room: DayCapacity, buckets: Mapping[tuple[str, str], list[Bucket]]) -> DayCapacity:
    def of(kind: CapacityKind, key: str) -> tuple[Bucket, ...]:
        return tuple(buckets.get((kind, key), ()))

    return replace(
        room,
        groups=tuple(replace(each, buckets=of(CapacityKind.SERVICE, each.key)) for each in room.groups),
        mediators=tuple(replace(each, buckets=of(CapacityKind.MEDIATOR, each.key)) for each in room.mediators),
        arrivals=of(CapacityKind.ARRIVALS, ""),
        sessions=tuple(
            # A row of a time it had before stays as long as somebody claims it.
            replace(
                each, buckets=tuple(row for row in of(CapacityKind.SESSION, str(each.id)) if row.start == each.start)
            )
            for each in room.sessions
        ),
    )


def capacity_of(conn: sa.Connection, day: Day, buckets: Mapping[tuple[str, str], list[Bucket]]) -> DayCapacity:
    """The day's desks and mediators with these buckets by kind and key."""
    return _with_buckets(remembered(conn, _groups, day.id), buckets)


def _groups(conn: sa.Connection, day_id: UUID) -> DayCapacity:
    """Interchangeable desks and mediators, without minutes."""
    day = day_by_id(conn, day_id)
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
                buckets=(),
            )
            for key, desk in sorted(groups.items())
        ),
        mediators=tuple(
            MediatorGroup(key=key, languages=mediator.languages, buckets=())
            for key, mediator in sorted(talking.items())
        ),
        arrivals=(),
        precedences=day_precedences(conn, day.id),
        sessions=tuple(
            Session(
                id=each.id,
                service=each.service,
                start=each.starts_at,
                minutes=each.minutes,
                language=each.language,
                buckets=(),
            )
            for each in sessions_of_day(conn, day.id)
        ),
    )


def desk_group(desk: DeskRow, keys: dict[UUID, str]) -> str:
    """The name of the group of interchangeable desks this one belongs to."""
    return group_key((keys[service] for service in desk.services), desk.languages)
