"""Reads of days: the day itself, what it offers, and its capacity as the plan needs it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from onestop.days.tables import (
    capacity,
    day_always,
    day_languages,
    days,
    desk_languages,
    desk_services,
    desks,
    mediator_languages,
    mediators,
    openings,
    precedences,
)
from onestop.directory.tables import centres, checklist_items, institutions, need_services, needs, services, venues
from onestop.domain.day import DayState, DeskState, MediatorState, Release
from onestop.domain.errors import DayUnknown, DeskUnknown
from onestop.domain.plan import Bucket, CapacityKind, DayCapacity, DeskGroup, MediatorGroup
from onestop.domain.slots import group_key

LATE_OFFICER = timedelta(minutes=60)
EARLY_OFFICER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One advisory day with its venue and the centre's help line."""

    id: UUID
    slug: str
    name: str
    on: date
    timezone: str
    opens_at: datetime
    closes_at: datetime
    state: DayState
    release: Release
    scarce: bool
    slot_minutes: int
    reserve_percent: int
    bookings_per_contact: int
    working_language: str
    languages: tuple[str, ...]
    venue: str
    address: str
    phone: str
    email: str
    paused: bool
    paused_why: str
    closed_why: str
    template: str
    version: int

    @property
    def zone(self) -> ZoneInfo:
        """The venue's time zone."""
        return ZoneInfo(self.timezone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """An institution at a day; `authority` is none, state or police."""

    id: UUID
    key: str
    name: str
    authority: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper to bring for a service."""

    id: UUID
    key: str
    pictogram: str
    blocking: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedService:
    """A service some desk of the day offers, with its institution and papers."""

    id: UUID
    key: str
    private: bool
    minutes: int
    institution: Institution
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedNeed:
    """A need that leads to services of this day."""

    key: str
    pictogram: str
    services: tuple[UUID, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOffer:
    """What a day offers: needs, services by position, and services every party gets."""

    needs: tuple[OfferedNeed, ...]
    services: tuple[OfferedService, ...]
    always: frozenset[UUID]
    precedences: tuple[tuple[UUID, UUID | None], ...]

    def service(self, service_id: UUID) -> OfferedService | None:
        """The service of that id, `None` if the day does not offer it."""
        return next((service for service in self.services if service.id == service_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskRow:
    """A desk as configured."""

    id: UUID
    day_id: UUID
    number: int
    colour: int
    shape: str
    state: DeskState
    institution: Institution
    services: dict[UUID, int]
    languages: frozenset[str]
    openings: tuple[tuple[datetime, datetime], ...]
    ready_until_at: datetime | None
    opened_at: datetime | None
    """When it was last opened today."""

    def is_expected(self, now: datetime) -> bool:
        """Whether it takes visitors, or will: closed, it is expected to until an hour after its hours began.

        A desk that was there for these hours and is closed has gone home.
        """
        if self.state is not DeskState.CLOSED:
            return True
        seen = self.opened_at
        return any(
            now < min(closes, opens + LATE_OFFICER) and (seen is None or seen < opens - EARLY_OFFICER)
            for opens, closes in self.openings
        )

    @property
    def closes_at(self) -> datetime | None:
        """The end of the last opening."""
        return max((end for _, end in self.openings), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MediatorRow:
    """A mediator as configured."""

    id: UUID
    label: str
    state: MediatorState
    languages: frozenset[str]
    opens_at: datetime
    closes_at: datetime


def day_by_slug(conn: sa.Connection, slug: str) -> Day:
    """The day with this address name. Raises `DayUnknown`."""
    return _one_day(conn, days.c.slug == slug)


def day_by_id(conn: sa.Connection, day_id: UUID) -> Day:
    """The day with this id. Raises `DayUnknown`."""
    return _one_day(conn, days.c.id == day_id)


def all_days(conn: sa.Connection) -> list[Day]:
    """Every day of the centre, newest first."""
    return _days(conn, sa.true(), days.c.on_date.desc(), days.c.slug)


def published_days(conn: sa.Connection, *, now: datetime) -> list[Day]:
    """Published days that are not over, soonest first."""
    coming = sa.and_(days.c.state == DayState.PUBLISHED, days.c.closes_at > now)
    return _days(conn, coming, days.c.opens_at, days.c.slug)


def first_closing(conn: sa.Connection) -> datetime | None:
    """When the first day of all ends; `None` while there is none."""
    return conn.execute(sa.select(sa.func.min(days.c.closes_at))).scalar()


def _one_day(conn: sa.Connection, where: sa.ColumnElement[bool]) -> Day:
    found = _days(conn, where)
    if not found:
        raise DayUnknown
    return found[0]


def _days(conn: sa.Connection, where: sa.ColumnElement[bool], *order: sa.ColumnElement[object]) -> list[Day]:
    rows = conn.execute(
        sa.select(
            days,
            venues.c.name.label("venue"),
            venues.c.address,
            sa.select(centres.c.phone).limit(1).scalar_subquery().label("phone"),
            sa.select(centres.c.email).limit(1).scalar_subquery().label("email"),
        )
        .join_from(days, venues)
        .where(where)
        .order_by(*order)
    ).all()
    languages: dict[UUID, list[str]] = defaultdict(list)
    for row in conn.execute(
        sa.select(day_languages)
        .where(day_languages.c.day_id.in_([row.id for row in rows]))
        .order_by(day_languages.c.position)
    ):
        languages[row.day_id].append(row.language)
    return [
        Day(
            id=row.id,
            slug=row.slug,
            name=row.name,
            on=row.on_date,
            timezone=row.timezone,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            state=DayState(row.state),
            release=Release(row.release),
            scarce=row.scarce,
            slot_minutes=row.slot_minutes,
            reserve_percent=row.reserve_percent,
            bookings_per_contact=row.bookings_per_contact,
            working_language=row.working_language,
            languages=tuple(languages[row.id]),
            venue=row.venue,
            address=row.address,
            phone=row.phone or "",
            email=row.email or "",
            paused=row.paused_at is not None,
            paused_why=row.paused_why,
            closed_why=row.closed_why,
            template=row.template,
            version=row.version,
        )
        for row in rows
    ]


def desks_of_day(conn: sa.Connection, day_id: UUID) -> list[DeskRow]:
    """Every desk of the day with services, languages and openings, by number; four statements."""
    of_day = sa.select(desks.c.id).where(desks.c.day_id == day_id)
    offered: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for row in conn.execute(sa.select(desk_services).where(desk_services.c.desk_id.in_(of_day))):
        offered[row.desk_id][row.service_id] = row.minutes
    spoken: dict[UUID, set[str]] = defaultdict(set)
    for row in conn.execute(sa.select(desk_languages).where(desk_languages.c.desk_id.in_(of_day))):
        spoken[row.desk_id].add(row.language)
    hours: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in conn.execute(sa.select(openings).where(openings.c.desk_id.in_(of_day)).order_by(openings.c.opens_at)):
        hours[row.desk_id].append((row.opens_at, row.closes_at))
    rows = conn.execute(
        sa.select(desks, institutions.c.key, institutions.c.name, institutions.c.authority)
        .join_from(desks, institutions)
        .where(desks.c.day_id == day_id)
        .order_by(desks.c.number)
    )
    return [
        DeskRow(
            id=row.id,
            day_id=row.day_id,
            number=row.number,
            colour=row.colour,
            shape=row.shape,
            state=DeskState(row.state),
            institution=Institution(id=row.institution_id, key=row.key, name=row.name, authority=row.authority),
            services=offered[row.id],
            languages=frozenset(spoken[row.id]),
            openings=tuple(hours[row.id]),
            ready_until_at=row.ready_until_at,
            opened_at=row.opened_at,
        )
        for row in rows
    ]


def desk_by_id(conn: sa.Connection, desk_id: UUID) -> DeskRow:
    """One desk. Raises `DeskUnknown`."""
    day_id = conn.execute(sa.select(desks.c.day_id).where(desks.c.id == desk_id)).scalar()
    if day_id is None:
        raise DeskUnknown
    return next(desk for desk in desks_of_day(conn, day_id) if desk.id == desk_id)


def mediators_of_day(conn: sa.Connection, day_id: UUID) -> list[MediatorRow]:
    """Every mediator of the day, by label; two statements."""
    spoken: dict[UUID, set[str]] = defaultdict(set)
    of_day = sa.select(mediators.c.id).where(mediators.c.day_id == day_id)
    for row in conn.execute(sa.select(mediator_languages).where(mediator_languages.c.mediator_id.in_(of_day))):
        spoken[row.mediator_id].add(row.language)
    rows = conn.execute(sa.select(mediators).where(mediators.c.day_id == day_id).order_by(mediators.c.label))
    return [
        MediatorRow(
            id=row.id,
            label=row.label,
            state=MediatorState(row.state),
            languages=frozenset(spoken[row.id]),
            opens_at=row.opens_at,
            closes_at=row.closes_at,
        )
        for row in rows
    ]


def day_precedences(conn: sa.Connection, day_id: UUID) -> tuple[tuple[UUID, UUID | None], ...]:
    """Pairs of services, the first before the second; `None`: before every other."""
    rows = conn.execute(sa.select(precedences).where(precedences.c.day_id == day_id).order_by(precedences.c.id))
    return tuple((row.before_service_id, row.after_service_id) for row in rows)


def day_offer(conn: sa.Connection, day_id: UUID) -> DayOffer:
    """Needs and services of a day; five statements."""
    return day_offers(conn, [day_id])[day_id]


def day_offers(conn: sa.Connection, day_ids: Collection[UUID]) -> dict[UUID, DayOffer]:
    """What each of these days offers; five statements however many."""
    rows = conn.execute(
        sa.select(
            desks.c.day_id,
            services.c.id,
            services.c.key,
            services.c.private,
            sa.func.min(desk_services.c.minutes).label("minutes"),
            institutions.c.id.label("institution_id"),
            institutions.c.key.label("institution_key"),
            institutions.c.name,
            institutions.c.authority,
        )
        .join_from(desk_services, desks)
        .join(services, services.c.id == desk_services.c.service_id)
        .join(institutions, institutions.c.id == services.c.institution_id)
        .where(desks.c.day_id.in_(day_ids))
        .group_by(
            desks.c.day_id,
            services.c.id,
            services.c.key,
            services.c.private,
            services.c.position,
            institutions.c.id,
            institutions.c.key,
            institutions.c.name,
            institutions.c.authority,
        )
        .order_by(services.c.position, services.c.key)
    ).all()
    papers: dict[UUID, list[Paper]] = defaultdict(list)
    for row in conn.execute(
        sa.select(checklist_items)
        .where(checklist_items.c.service_id.in_({row.id for row in rows}))
        .order_by(checklist_items.c.position)
    ):
        papers[row.service_id].append(Paper(id=row.id, key=row.key, pictogram=row.pictogram, blocking=row.blocking))
    offered: dict[UUID, list[OfferedService]] = defaultdict(list)
    for row in rows:
        offered[row.day_id].append(
            OfferedService(
                id=row.id,
                key=row.key,
                private=row.private,
                minutes=row.minutes,
                institution=Institution(
                    id=row.institution_id, key=row.institution_key, name=row.name, authority=row.authority
                ),
                papers=tuple(papers[row.id]),
            )
        )
    asked = conn.execute(
        sa.select(needs.c.key, needs.c.pictogram, need_services.c.service_key)
        .join_from(needs, need_services)
        .order_by(needs.c.position, needs.c.key, need_services.c.service_key)
    ).all()
    always: dict[UUID, set[UUID]] = defaultdict(set)
    for row in conn.execute(sa.select(day_always).where(day_always.c.day_id.in_(day_ids))):
        always[row.day_id].add(row.service_id)
    before: dict[UUID, list[tuple[UUID, UUID | None]]] = defaultdict(list)
    for row in conn.execute(sa.select(precedences).where(precedences.c.day_id.in_(day_ids)).order_by(precedences.c.id)):
        before[row.day_id].append((row.before_service_id, row.after_service_id))
    return {
        day: DayOffer(
            needs=_offered_needs(asked, offered[day]),
            services=tuple(offered[day]),
            always=frozenset(always[day]),
            precedences=tuple(before[day]),
        )
        for day in day_ids
    }


def _offered_needs(asked: Sequence[Any], offered: Sequence[OfferedService]) -> tuple[OfferedNeed, ...]:
    by_key: dict[str, list[UUID]] = defaultdict(list)
    for service in offered:
        by_key[service.key].append(service.id)
    wanted: dict[str, list[UUID]] = defaultdict(list)
    pictograms: dict[str, str] = {}
    for row in asked:
        pictograms[row.key] = row.pictogram
        wanted[row.key] += by_key[row.service_key]
    return tuple(
        OfferedNeed(key=key, pictogram=pictograms[key], services=tuple(ids)) for key, ids in wanted.items() if ids
    )


def service_keys(conn: sa.Connection) -> dict[UUID, str]:
    """`institution:service` of every service, the stable part of a desk group's name."""
    rows = conn.execute(
        sa.select(services.c.id, services.c.key, institutions.c.key.label("institution")).join_from(
            services, institutions
        )
    )
    return {row.id: f"{row.institution}:{row.key}" for row in rows}


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
